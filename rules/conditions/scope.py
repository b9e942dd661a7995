"""Where a condition on words looks, and which of its hits count."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, Protocol

from pydantic import Field

from rules.conditions.condition import FAMILIES, Atoms, Condition, ConditionSpec, Found, Post
from rules.matching.phrases import Sought, as_written
from rules.matching.places import Place, same_sentence

DISGUISED = 0.8
"""The confidence in words that were seen only after undoing a disguise."""

MOST = 8
"""Places in one finding; a moderator does not read more."""

Zone = StrEnum("Zone", {name.replace("-", "_").upper(): name for name in FAMILIES})  # type: ignore[misc]
Zones = Annotated[tuple[Zone, ...], Field(min_length=1)] | Literal["all"]

OWN = frozenset({"subject", "own"})


@dataclass(frozen=True, slots=True)
class Scope:
    """The zones that count, and the phrases that excuse a hit: in its sentence, or around it."""

    zones: frozenset[str] = OWN
    unless: frozenset[str] = frozenset()
    excepted: frozenset[str] = frozenset()
    disguised: bool = True

    def atoms(self) -> Atoms:
        """The phrases that excuse a hit: sought, but not reasons to look."""
        return Atoms(self.unless | self.excepted)

    def kept(self, post: Post, places: Iterable[Place]) -> tuple[Place, ...]:
        """The places that count, in the order in which they stand."""
        hay = post.haystack
        kept = [
            place
            for place in places
            if hay.families[place.zone] in self.zones and (self.disguised or not place.disguised)
        ]
        if kept and self.excepted:
            longer = _places(post, self.excepted)
            kept = [place for place in kept if not any(other.holds(place) for other in longer)]
        if kept and self.unless:
            excuses = _places(post, self.unless)
            kept = [place for place in kept if not self._excused(hay.texts[place.zone], place, excuses)]
        return tuple(kept)

    def _excused(self, text: str, place: Place, excuses: tuple[Place, ...]) -> bool:
        return any(excuse.zone == place.zone and same_sentence(text, place, excuse) for excuse in excuses)


class WordsCondition(Condition, Protocol):
    """A condition on words: it can tell every place where it holds."""

    def places(self, post: Post) -> tuple[Place, ...]: ...


class WordsSpec(ConditionSpec):
    """What every condition on words may say."""

    in_: Annotated[Zones | None, Field(alias="in")] = None
    unless: Sought | None = None

    def scope(self, usual: frozenset[str] = OWN, disguised: bool = True) -> Scope:
        """The scope that the file asks for; ``usual`` are this kind's zones when it names none."""
        excepted: tuple[str, ...] = getattr(self, "except_", None) or ()
        return Scope(
            chosen(self.in_, usual),
            frozenset(map(as_written, self.unless or ())),
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


def _places(post: Post, phrases: frozenset[str]) -> tuple[Place, ...]:
    there = phrases.intersection(post.hits.phrases)
    return tuple(place for phrase in there for place in post.hits.places(phrase))
