"""A stretch of a zone's displayed text, and how stretches lie to each other."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice, takewhile

from rules.text.sentences import ends

LONGEST_SENTENCE = 2_000
"""Code points: what lies further apart is not one sentence, whatever its punctuation."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: ``zone`` is an index into the reading's zones.

    ``start`` and ``end`` count code points of the displayed text;
    ``disguised`` says that it was seen only after undoing a disguise.
    """

    zone: int
    start: int
    end: int
    disguised: bool = False

    def holds(self, other: "Place") -> bool:
        """Whether the other place lies within this one."""
        return self.zone == other.zone and self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Place") -> bool:
        """Whether they share any text."""
        return self.zone == other.zone and self.start < other.end and other.start < self.end

    def gap(self, other: "Place") -> int:
        """Characters between them, in one zone; less than 0 where they overlap."""
        return max(self.start, other.start) - min(self.end, other.end)

    def to(self, other: "Place") -> "Place":
        """The stretch from the first to the last character of both."""
        start, end = min(self.start, other.start), max(self.end, other.end)
        return Place(self.zone, start, end, self.disguised or other.disguised)


def outside(places: Iterable[Place], others: Iterable[Place]) -> list[Place]:
    """The places that lie within none of the others."""
    starts: dict[int, list[int]] = {}
    reaches: dict[int, list[int]] = {}  # how far the others go that start there or before
    for other in sorted(others):
        reach = reaches.setdefault(other.zone, [])
        starts.setdefault(other.zone, []).append(other.start)
        reach.append(max(other.end, reach[-1] if reach else 0))
    kept = []
    for place in places:
        begun = bisect_right(starts.get(place.zone, ()), place.start)
        if not begun or reaches[place.zone][begun - 1] < place.end:
            kept.append(place)
    return kept


def same_sentence(text: str, one: Place, other: Place) -> bool:
    """Whether no sentence ends between two places of one zone's displayed text."""
    start, end = min(one.end, other.end), max(one.start, other.start)
    if end - start > LONGEST_SENTENCE:
        return False
    return next(ends(text, start, end), None) is None


def words_between(text: str, one: Place, other: Place) -> int:
    """How many words stand between two places of one zone."""
    start, end = min(one.end, other.end), max(one.start, other.start)
    return sum(any(map(str.isalnum, word)) for word in text[start:end].split()) if start < end else 0


Near = Callable[[Place, Place], bool]
"""Whether two places lie near each other; if so, all between them do too."""


def pairs(firsts: Iterable[Place], seconds: Iterable[Place], near: Near) -> Iterator[tuple[Place, Place]]:
    """The pairs of places in one zone that lie near each other and do not overlap.

    From each first it goes outwards and stops at what is not near, so that a
    long post full of both costs no more than what it yields.
    """
    for first, sides in _around(firsts, seconds):
        for second in chain.from_iterable(takewhile(partial(near, first), side) for side in sides):
            yield first, second


def nearest(firsts: Iterable[Place], seconds: Iterable[Place]) -> tuple[Place, Place] | None:
    """The pair with the fewest characters between them, None where no zone has both."""
    heads = (
        (first, second)
        for first, sides in _around(firsts, seconds)
        for side in sides
        for second in islice(side, 1)
    )
    return min(heads, key=lambda pair: (pair[0].gap(pair[1]), pair), default=None)


_Sides = tuple[Iterator[Place], Iterator[Place]]


def _around(firsts: Iterable[Place], seconds: Iterable[Place]) -> Iterator[tuple[Place, _Sides]]:
    """For each first the seconds behind it and those before it in its zone, each from it outwards."""
    by_start = sorted(seconds)
    by_end = sorted(by_start, key=_end_of)
    for first in sorted(firsts):
        behind = bisect_left(by_start, (first.zone, first.end), key=_start_of)
        before = bisect_right(by_end, (first.zone, first.start), key=_end_of)
        yield (
            first,
            (
                _of_zone(first.zone, by_start, range(behind, len(by_start))),
                _of_zone(first.zone, by_end, range(before - 1, -1, -1)),
            ),
        )


def _of_zone(zone: int, ordered: Sequence[Place], indexes: range) -> Iterator[Place]:
    return takewhile(lambda place: place.zone == zone, (ordered[index] for index in indexes))


def _start_of(place: Place) -> tuple[int, int]:
    return place.zone, place.start


def _end_of(place: Place) -> tuple[int, int]:
    return place.zone, place.end
