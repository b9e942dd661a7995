"""scan: what the octets themselves show, before any parser: ambiguities, and what cannot be read."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from rules.conditions.condition import ConditionSpec, Found, Post, Question, Spec, summary
from rules.files.values import Text, one_or_more
from rules.profile import Profile


class ScanTest(Spec):
    """The kinds of ambiguity that count; ``any`` is all of them."""

    ambiguity: Annotated[tuple[Text, ...], one_or_more(str), Field(min_length=1)]


class ScanSpec(ConditionSpec):
    """Holds when two readers of mail could understand different things, or when none can."""

    scan: ScanTest | Literal["unreadable"]

    def made(self, _profile: Profile, /) -> "Scanned":
        """The condition; the list's profile does not matter."""
        kinds = () if self.scan == "unreadable" else self.scan.ambiguity
        return Scanned(
            kinds=frozenset(kinds),
            confidence=self.confidence,
            words=summary("scan", kinds or "unreadable"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned(Question):
    """A question about the octets; without kinds, whether they can be read."""

    kinds: frozenset[str]

    def find(self, post: Post) -> Found | None:
        """The first thing that fits, as the detail."""
        reading = post.reading
        if not self.kinds:
            why = (*reading.scan.excess, *reading.doubts)
            return self.found(why[0]) if why else None
        for ambiguity in reading.scan.ambiguities:
            if ambiguity.kind in self.kinds or "any" in self.kinds:
                return self.found(ambiguity.detail)
        return None
