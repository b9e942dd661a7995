"""Shifts: where the characters of a shortened text stood before, by the few places where that changes."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload


@dataclass(frozen=True, slots=True)
class Shifts(Sequence[int]):
    """The places of a text that differs from the displayed one by a few dropped characters.

    From ``starts[i]`` on, a character stands ``by[i]`` further in the displayed text.
    """

    length: int
    starts: tuple[int, ...] = (0,)
    by: tuple[int, ...] = (0,)

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> "Sequence[int]": ...
    def __getitem__(self, index: int | slice) -> "int | Sequence[int]":
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(self.length)))
        at = index + self.length if index < 0 else index
        if not 0 <= at < self.length:
            raise IndexError(index)
        return at + self.by[bisect_right(self.starts, at) - 1]
