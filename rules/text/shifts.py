"""Shifts, chained: where characters of a changed text stood before, by the few places where that changes."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload


class _Places(Sequence[int]):
    """Places that are worked out when asked for: most texts are searched and nothing is found."""

    def _at(self, index: int) -> int:
        raise NotImplementedError

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> "Sequence[int]": ...
    def __getitem__(self, index: int | slice) -> "int | Sequence[int]":
        if isinstance(index, slice):
            return tuple(self._at(i) for i in range(*index.indices(len(self))))
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        return self._at(at)


@dataclass(frozen=True, slots=True)
class Shifts(_Places):
    """The places of a text that differs from another by a few dropped or added characters.

    From ``starts[i]`` on, a character stands ``by[i]`` further in the other text.
    """

    length: int
    starts: Sequence[int] = (0,)
    by: Sequence[int] = (0,)

    def __len__(self) -> int:
        return self.length

    def _at(self, index: int) -> int:
        return index + self.by[bisect_right(self.starts, index) - 1]

    def at_or_behind(self, places: Iterable[int]) -> Iterator[int]:
        """Yield for each place in the other text, in rising order, the first character from there on."""
        starts, by = self.starts, self.by
        run, last = 0, len(starts) - 1
        for place in places:
            # Of characters that came from one place the first counts.
            while run < last and starts[run + 1] + by[run + 1] < place:
                run += 1
            index = max(place - by[run], starts[run])
            yield min(index, self.length if run == last else starts[run + 1])


@dataclass(frozen=True, slots=True)
class _Chain(_Places):
    outer: Sequence[int]
    inner: Sequence[int]

    def __len__(self) -> int:
        return len(self.outer)

    def _at(self, index: int) -> int:
        return self.inner[self.outer[index]]


def chained(outer: Sequence[int], inner: Sequence[int]) -> Sequence[int]:
    """The places of a text twice changed: ``outer`` leads into the text that ``inner`` leads back from."""
    if isinstance(inner, range):
        return outer
    return inner if isinstance(outer, range) else _Chain(outer, inner)


def at_or_behind(places: Sequence[int], displayed: Iterable[int]) -> Iterable[int]:
    """The first characters that stand at or behind places of the text before its change, in rising order.

    >>> list(at_or_behind(Shifts(4, (0, 2), (0, 3)), (1, 3, 6)))
    [1, 2, 3]
    """
    if isinstance(places, range):
        return displayed
    if isinstance(places, Shifts):
        return places.at_or_behind(displayed)
    if isinstance(places, _Chain):
        return at_or_behind(places.outer, at_or_behind(places.inner, displayed))
    return (bisect_left(places, place) for place in displayed)
