"""header: what the fields of the header say, decoded, in any case."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from rules.conditions.condition import ConditionSpec, Found, Measure, Post, Question, Spec, summary
from rules.conditions.counted import Count
from rules.conditions.pattern import compilable
from rules.files.values import Text, Values, YesNo
from rules.matching.patterns import matches
from rules.profile import Profile

_LONGEST = 80


class HeaderTest(Spec):
    """A field's name, and what a value of it must be; with several tests, one is enough."""

    name: Text
    is_: Annotated[Values | None, Field(alias="is")] = None
    contains: Values | None = None
    matches: Annotated[Values | None, AfterValidator(lambda values: values and compilable(values))] = None
    count: Count | None = None
    foreign: YesNo = False


class HeaderSpec(ConditionSpec):
    """Holds when a field is there, and is what the tests ask for where there are tests."""

    header: HeaderTest

    def made(self, _profile: Profile, /) -> "Header":
        """The condition; the list's own name tells whose a foreign field is not."""
        return Header(test=self.header, confidence=self.confidence, words=summary("header", self.header.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Header(Question):
    """A question about the fields of one name."""

    test: HeaderTest

    def find(self, post: Post) -> Found | None:
        """The first value that fits, as the detail."""
        test = self.test
        for value in post.reading.field(test.name):
            if self._fits(value, post.profile):
                return self.found(f"{test.name}: {_short(value)}")
        if test.count is None:
            return None
        # Counted in the octets: two readers of mail may see different fields.
        number = post.reading.scan.count(test.name)
        return self.found(f"{number} {test.name} fields") if test.count.fits(number) else None

    def measure(self, post: Post) -> Measure | None:
        """How many fields there are, where they are counted."""
        test = self.test
        return Measure(post.reading.scan.count(test.name), "fields", test.count.asked) if test.count else None

    def _fits(self, value: str, profile: Profile) -> bool:
        test, folded = self.test, value.casefold().strip()
        if not (test.is_ or test.contains or test.matches or test.count or test.foreign):
            return True
        return (
            any(folded == text.casefold() for text in test.is_ or ())
            or any(text.casefold() in folded for text in test.contains or ())
            or any(matches(text, folded) for text in test.matches or ())
            or (test.foreign and not is_own(value, profile))
        )


def is_own(value: str, profile: Profile) -> bool:
    """Whether a List-Id or X-BeenThere value names this list (RFC 2919: name.domain in angle brackets)."""
    folded = value.casefold()
    addresses = (profile.list, *profile.aliases)
    return any(
        address.casefold() in folded or address.casefold().replace("@", ".") in folded
        for address in addresses
    )


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
