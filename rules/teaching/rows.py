"""The passages of lessons as rows of one sparse matrix: the same features that posts are judged by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rules.features import SIZE, Features, Named, features
from rules.normal import normalise
from rules.teaching.lessons import Lesson
from rules.text.passages import passages

Namer = Callable[[str], tuple[Named, ...]]
"""The stretches of a normalised text that name somebody whom the list file names."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """A row a passage; ``lesson`` is the index of its lesson, ``longest`` each lesson's longest passage."""

    counts: Any
    lesson: Ints
    longest: Ints

    def best(self, scores: NDArray[np.float64], lessons: Ints) -> Ints:
        """The row with the highest score of each of these lessons."""
        first = np.searchsorted(self.lesson, lessons)
        behind = np.searchsorted(self.lesson, lessons, side="right")
        return np.array(
            [start + int(scores[start:end].argmax()) for start, end in zip(first, behind, strict=True)]
        )

    def highest(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """The highest score of each lesson."""
        starts = np.flatnonzero(np.diff(self.lesson, prepend=-1))
        return np.maximum.reduceat(scores, starts)


def rows_of(lessons: Sequence[Lesson], namer: Namer) -> Rows:
    """Return the rows of all lessons, in their order; each lesson has at least one."""
    from scipy.sparse import csr_matrix

    found: list[Ints] = []
    owners: list[int] = []
    longest: list[int] = []
    for number, lesson in enumerate(lessons):
        of_lesson = _of_lesson(lesson, namer) or [np.empty(0, np.int64)]
        longest.append(len(found) + max(range(len(of_lesson)), key=lambda at: len(of_lesson[at])))
        found += of_lesson
        owners += [number] * len(of_lesson)
    ends = np.cumsum([0, *map(len, found)])
    ones = np.ones(ends[-1], dtype=np.float32)
    counts = csr_matrix((ones, np.concatenate(found), ends), shape=(len(found), SIZE))
    counts.sum_duplicates()
    return Rows(counts, np.array(owners), np.array(longest))


def _of_lesson(lesson: Lesson, namer: Namer) -> list[Ints]:
    if lesson.spared is not None:
        return [lesson.spared]
    return [row for text in lesson.texts for row in _of_text(text, namer)]


def _of_text(text: str, namer: Namer) -> list[Ints]:
    normal = normalise(text)
    seen = features(normal.text, namer(normal.text))
    rows = (between(seen, start, end) for start, end in passages(text, normal))
    return [row for row in rows if len(row)]


def between(seen: Features, start: int, end: int) -> Ints:
    """The buckets of a passage, one as often as it counts."""
    pieces = []
    for kind in seen.kinds:
        first, behind = np.searchsorted(kind.starts, (start, end))
        pieces += [kind.buckets[first:behind]] * kind.times
    return np.concatenate(pieces)
