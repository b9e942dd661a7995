"""Where a condition on words looks, and which of its hits count."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, Protocol

from pydantic import Field

from rules.conditions.condition import FAMILIES, Atoms, Condition, ConditionSpec, Found, Post
from rules.conditions.excuse import Excuse, Excuses, excuses_of, stand
from rules.facts import Need
from rules.matching.phrases import as_written
from rules.matching.places import Place, outside

DISGUISED = 0.8
"""The confidence in words that were seen only after undoing a disguise."""

MOST = 8
"""Places in one finding; a moderator does not read more."""

Zone = StrEnum("Zone", {name.replace("-", "_").upper(): name for name in FAMILIES})  # type: ignore[misc]
Zones = Annotated[tuple[Zone, ...], Field(min_length=1)] | Literal["all"]

OWN = frozenset({"subject", "own"})
QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Scope:
    """The zones that count, and what excuses a hit: words in its sentence, or longer phrases around it."""

    zones: frozenset[str] = OWN
    unless: tuple[Excuse, ...] = ()
    excepted: frozenset[str] = frozenset()
    disguised: bool = True

    def atoms(self) -> Atoms:
        """The phrases that excuse a hit: sought, but not reasons to look."""
        return Atoms(self.excepted.union(*(excuse.sought for excuse in self.unless)))

    def needs(self) -> frozenset[Need]:
        """What must be known of a post to tell which places count."""
        return frozenset({Need.SAID}) if QUOTED in self.zones else frozenset()

    def kept(self, post: Post, places: Iterable[Place]) -> tuple[Place, ...]:
        """The places that count, in the order in which they stand: none in what the list has said before."""
        hay = post.haystack
        kept = [
            place
            for place in places
            if hay.families[place.zone] in self.zones and (self.disguised or not place.disguised)
        ]
        if kept and post.facts.said:
            kept = [place for place in kept if not _is_said(post, place)]
        if kept and self.excepted:
            kept = outside(kept, stand(post, self.excepted))
        for excuse in self.unless if kept else ():
            standing = excuse.among(post)
            kept = [place for place in kept if not standing.excuse(hay.texts[place.zone], place)]
        return tuple(kept)


class WordsCondition(Condition, Protocol):
    """A condition on words: it can tell every place where it holds."""

    def places(self, post: Post) -> tuple[Place, ...]: ...


class WordsSpec(ConditionSpec):
    """What every condition on words may say."""

    in_: Annotated[Zones | None, Field(alias="in")] = None
    unless: Excuses | None = None

    def scope(self, usual: frozenset[str] = OWN, disguised: bool = True) -> Scope:
        """The scope that the file asks for; ``usual`` are this kind's zones when it names none."""
        excepted: tuple[str, ...] = getattr(self, "except_", None) or ()
        return Scope(
            chosen(self.in_, usual),
            excuses_of(self.unless or ()),
            frozenset(map(as_written, excepted)),
            disguised,
        )


def chosen(zones: "tuple[Zone, ...] | Literal['all'] | None", usual: frozenset[str]) -> frozenset[str]:
    """The families of zones that a clause file names."""
    if zones is None:
        return usual
    return frozenset(FAMILIES) if zones == "all" else frozenset(zone.value for zone in zones)


def found_at(places: tuple[Place, ...], confidence: float) -> Found | None:
    """The answer for these places: None where there are none, less sure where all were disguised."""
    if not places:
        return None
    if all(place.disguised for place in places):
        confidence *= DISGUISED
    return Found(apart(places), confidence)


def apart(places: Iterable[Place]) -> tuple[Place, ...]:
    """The places in reading order, without those within another, at most ``MOST``."""
    kept: list[Place] = []
    for place in sorted(set(places), key=lambda place: (place.zone, place.start, -place.end)):
        if len(kept) < MOST and not any(other.holds(place) for other in kept):
            kept.append(place)
    return tuple(kept)


def _is_said(post: Post, place: Place) -> bool:
    return post.haystack.families[place.zone] == QUOTED and post.facts.said.holds(place.start, place.end)
