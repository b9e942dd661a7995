"""A reading's zones, normalised once and laid out as the one text that the matchers search."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from rules.matching.close import Close, closer
from rules.matching.phrases import bounded
from rules.matching.places import Place
from rules.normal import Normal, normalise, undisguised
from rules.reading import Reading
from rules.text.masks import masked_words
from rules.text.spots import shape
from rules.zones import Family

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
    ``plain`` is the end of the plain views and their canary. ``close`` are the
    stretches in which words may be disguised; they are not in ``text``.
    """

    texts: tuple[str, ...]
    families: tuple[str, ...]
    views: tuple[View, ...]
    text: str
    plain: int
    close: tuple[Close, ...] = ()

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

    @cached_property
    def masked(self) -> tuple[tuple[View, str, tuple[tuple[int, int], ...]], ...]:
        """The views with a disguise undone in which words are masked still, with their shape and those
        words.
        """
        shapes = ((view, shape(view.normal.text)) for view in self.views if view.disguised)
        return tuple((view, form, words) for view, form in shapes if (words := masked_words(form)))

    def is_ours(self, position: int) -> bool:
        """Whether a position lies in no view, as the canary does."""
        index = bisect_right(self.starts, position) - 1
        return index < 0 or position >= self.ends[index]

    def zones(self, families: frozenset[str]) -> tuple[int, ...]:
        """Indexes of the zones of these families."""
        return tuple(index for index, family in enumerate(self.families) if family in families)


def lay_out(reading: Reading) -> Haystack:
    """Return the haystack of a reading."""
    texts = tuple(zone.text for zone in reading.zones)
    normals = [normalise(text) for text in texts]
    views: list[View] = []
    pieces = ["\n"]
    length = 1
    for index, normal in enumerate(normals):
        length += _add(View(index, normal, False, length), views, pieces)
    close = tuple(closer("".join(pieces), normals, texts))
    pieces.append(CANARY + "\n")
    plain = length = length + len(CANARY) + 1
    for stretches in close:
        second = undisguised(stretches.normal)
        if second is not stretches.normal:
            length += _add(View(stretches.zone, second, True, length), views, pieces)
    families = tuple(family(zone.name) for zone in reading.zones)
    return Haystack(texts, families, tuple(views), "".join(pieces), plain, close)


def _add(view: View, views: list[View], pieces: list[str]) -> int:
    """Add a view and return its length, with the line end behind it."""
    views.append(view)
    pieces += (view.normal.text, "\n")
    return len(view.normal.text) + 1


def family(zone: str) -> Family:
    """The family of a zone of that name. Raises ValueError where there is none.

    >>> family("attachment-name-3").value
    'attachment-name'
    """
    head, _, tail = zone.rpartition("-")
    return Family(head if tail.isdigit() else zone)
