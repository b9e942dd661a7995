"""link: where links lead, and whether they say so."""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from rules.conditions.condition import ConditionSpec, Found, Measure, Post, Question, Spec, summary
from rules.conditions.counted import Count
from rules.conditions.pattern import compilable
from rules.conditions.sender import in_domain
from rules.files.values import Values, YesNo
from rules.matching.patterns import matches
from rules.matching.places import Place
from rules.profile import Profile
from rules.reading import Link

_TARGET = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://(?:[^/?#@\s]*@)?(\[[^\]\s]*\]|[^/?#:\s]*))?")
_HOST_SHOWN = re.compile(r"(?:https?://)?((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})(?:[/:?#]\S*)?")


class LinkTest(Spec):
    """What one link must be in every respect; ``count`` counts those that are."""

    host: Values | None = None
    scheme: Values | None = None
    mismatch: YesNo = False
    matches: Annotated[Values | None, AfterValidator(lambda values: values and compilable(values))] = None
    count: Count | None = None


class LinkSpec(ConditionSpec):
    """Holds when a link, or so many, fit."""

    link: LinkTest

    def made(self, _profile: Profile, /) -> "Linked":
        """The condition; the list's profile does not matter."""
        said = ", ".join(self.link.host or sorted(self.link.model_fields_set)) or "any"
        return Linked(test=self.link, confidence=self.confidence, words=summary("link", said))


_ANY = Count(over=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked(Question):
    """A question about links."""

    test: LinkTest

    def find(self, post: Post) -> Found | None:
        """The first target that fits, as the detail, and its place where it stands in a zone."""
        fits = self._fitting(post)
        count = self.test.count or _ANY
        if not count.fits(len(fits)):
            return None
        if not fits:
            return self.found("no link")
        return self.found(fits[0].target, _place_of(post, fits[0]))

    def measure(self, post: Post) -> Measure | None:
        """How many fit, where they are counted."""
        count = self.test.count
        return Measure(len(self._fitting(post)), "fitting", count.asked) if count else None

    def _fitting(self, post: Post) -> list[Link]:
        return [link for link in post.reading.links if self._fits(link)]

    def _fits(self, link: Link) -> bool:
        test, (scheme, host) = self.test, parts_of(link.target)
        return (
            (test.host is None or any(in_domain(host, wanted) for wanted in test.host))
            and (test.scheme is None or scheme in {wanted.casefold() for wanted in test.scheme})
            and (not test.mismatch or _misleads(link, host))
            and (test.matches is None or any(matches(pattern, link.target) for pattern in test.matches))
        )


def parts_of(target: str) -> tuple[str, str]:
    """A target's scheme and host in lower case, each "" where there is none.

    >>> parts_of("HTTPS://User@WWW.Example.org:443/a")
    ('https', 'www.example.org')
    """
    match = _TARGET.match(target.strip())
    scheme, host = (match[1] or "", match[2] or "") if match else ("", "")
    return scheme.casefold(), host.casefold().rstrip(".")


def _misleads(link: Link, host: str) -> bool:
    """Whether the link's text is itself an address on the web, of another site."""
    shown = _HOST_SHOWN.fullmatch(link.text.strip())
    if not shown or not host:
        return False
    site = shown[1].casefold().removeprefix("www.")
    return not (in_domain(host, site) or in_domain(site, host.removeprefix("www.")))


def _place_of(post: Post, link: Link) -> tuple[Place, ...]:
    for family in ("own", "html", "link-target"):
        for index in post.haystack.zones(frozenset({family})):
            start = post.haystack.texts[index].find(link.target)
            if link.target and start >= 0:
                return (Place(index, start, start + len(link.target)),)
    return ()
