"""A reading's zones, normalised once and laid out as the one text that the matchers search."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from rules.matching.phrases import bounded
from rules.matching.places import Place
from rules.normal import Normal, normalise, undisguised
from rules.reading import Reading

CANARY = "gatepost canary heron"
"""Appended to every haystack: an engine that does not find it has not searched."""


@dataclass(frozen=True, slots=True)
class View:
    """One zone as the matchers see it; ``start`` is its place in the haystack."""

    zone: int
    normal: Normal
    disguised: bool
    start: int

    def place(self, start: int, end: int) -> Place:
        """The displayed place of a stretch of the haystack that lies in this view."""
        first, last = self.normal.displayed(start - self.start, end - self.start)
        return Place(self.zone, first, last, self.disguised)


@dataclass(frozen=True)
class Haystack:
    """All zones, plain views first and then those with a disguise undone.

    ``text`` starts with a line break, each view and the canary end with one;
    no normalised view holds one, so nothing is found across two views.
    ``plain`` is the end of the plain views and their canary.
    """

    texts: tuple[str, ...]
    families: tuple[str, ...]
    views: tuple[View, ...]
    text: str
    plain: int

    @cached_property
    def apart(self) -> str:
        """The text as phrases are sought in it, each word between two blanks."""
        return bounded(self.text)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each view starts, in order."""
        return tuple(view.start for view in self.views)

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """Where each view ends, in order."""
        return tuple(view.start + len(view.normal.text) for view in self.views)

    def is_ours(self, position: int) -> bool:
        """Whether a position lies in no view, as the canary does."""
        index = bisect_right(self.starts, position) - 1
        return index < 0 or position >= self.ends[index]

    def zones(self, families: frozenset[str]) -> tuple[int, ...]:
        """Indexes of the zones of these families."""
        return tuple(index for index, family in enumerate(self.families) if family in families)


def lay_out(reading: Reading) -> Haystack:
    """Return the haystack of a reading."""
    normals = [normalise(zone.text) for zone in reading.zones]
    views: list[View] = []
    pieces = ["\n"]
    place = 1
    for index, normal in enumerate(normals):
        views.append(View(index, normal, False, place))
        pieces += (normal.text, "\n")
        place += len(normal.text) + 1
    pieces.append(CANARY + "\n")
    plain = place = place + len(CANARY) + 1
    for index, normal in enumerate(normals):
        second = undisguised(normal)
        if second is normal or second.text == normal.text:
            continue
        views.append(View(index, second, True, place))
        pieces += (second.text, "\n")
        place += len(second.text) + 1
    return Haystack(
        tuple(zone.text for zone in reading.zones),
        tuple(family(zone.name) for zone in reading.zones),
        tuple(views),
        "".join(pieces),
        plain,
    )


def family(zone: str) -> str:
    """The name without its number.

    >>> family("attachment-name-3")
    'attachment-name'
    """
    head, _, tail = zone.rpartition("-")
    return head if tail.isdigit() else zone
