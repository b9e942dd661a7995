"""A stretch of a zone's displayed text, and how stretches lie to each other."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_BREAK = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|\n[ \t]*\n|\n[ \t]*[-*•–][ \t]")
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|prof|rev|st|sir|ltd|inc|co|plc|vs|e\.g|i\.e|cf|fig|no|approx|dept|al)|\b[a-z])\.$",
    re.IGNORECASE,
)
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

    def to(self, other: "Place") -> "Place":
        """The stretch from the first to the last character of both."""
        start, end = min(self.start, other.start), max(self.end, other.end)
        return Place(self.zone, start, end, self.disguised or other.disguised)


def same_sentence(text: str, one: Place, other: Place) -> bool:
    """Whether no sentence ends between two places of one zone's displayed text."""
    start, end = min(one.end, other.end), max(one.start, other.start)
    if end - start > LONGEST_SENTENCE:
        return False
    return not any(True for _ in _breaks(text, start, end))


def words_between(text: str, one: Place, other: Place) -> int:
    """How many words stand between two places of one zone."""
    start, end = min(one.end, other.end), max(one.start, other.start)
    return sum(any(map(str.isalnum, word)) for word in text[start:end].split()) if start < end else 0


def pairs(firsts: Iterable[Place], seconds: Iterable[Place], reach: int) -> Iterator[tuple[Place, Place]]:
    """The pairs of places in one zone that lie at most ``reach`` code points apart and do not overlap."""
    ordered = sorted(seconds)
    for first in sorted(firsts):
        low = bisect_left(ordered, Place(first.zone, max(0, first.start - 2 * reach), 0))
        for second in ordered[low:]:
            if second.zone != first.zone or second.start - first.end > reach:
                break
            if first.start - second.end <= reach and not first.overlaps(second):
                yield first, second


def _breaks(text: str, start: int, end: int) -> Iterator[int]:
    for match in _BREAK.finditer(text, start, end + 1):
        if match.start() >= end:
            return
        before = text[max(0, match.start() - 8) : match.start() + 1]
        if not (match[0] == "." and _ABBREVIATION.search(before)):
            yield match.start()
