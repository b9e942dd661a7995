"""fitted(lessons, clauses) -> Weights: a logistic regression for each clause over all lessons.

A held post breaks its clause in some passage, nobody says in which: so the
model chooses the passage that is most like the others, learns again, and so
on. Everything is deterministic: the same lessons give the same octets.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rules.learned import SMOOTHING, STRANGE, Weights, weights_in, written
from rules.teaching.kin import kin
from rules.teaching.lessons import Lesson
from rules.teaching.rows import Namer, Rows, rows_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROUNDS = 3
_FOLDS = 3
FEWEST = _FOLDS
"""Posts to hold, and posts to pass, without which no fold would have one."""
_LENIENCY = 20.0
"""The inverse of the penalty on large weights (C of logistic regression)."""
_OTHERS = 0.2
"""The weight of a post that breaks another clause: it may well break this one too."""
_FALSE = 0.0007
"""The share of innocent lessons above the threshold, when judged by a model that has not seen them."""
_STEEP = 2.0
_STEPS = 2047
_INSISTING = 6
"""Rounds in which examples that do not come out are given more weight."""
_MARGIN = 0.15


@dataclass(frozen=True, slots=True)
class Grade:
    """How a clause did on lessons that were kept from it: shares of the held found, of the innocent found."""

    clause: str
    lessons: int
    found: float
    false: float
    stubborn: int = 0


def fitted(
    lessons: Sequence[Lesson],
    clauses: Mapping[str, float],
    namer: Namer,
    taught: str,
    told: Callable[[Grade], None],
) -> Weights:
    """Return the weights of these clauses, each with the confidence that it asks for.

    ``told`` hears of each, ``taught`` is the lessons' digest.
    """
    rows = rows_of(lessons, namer)
    rarity = _rarity(rows.counts)
    met = np.flatnonzero(rarity)
    scaled = _scaled(rows.counts, rarity, met)
    columns, offsets = [], []
    for clause, asked in clauses.items():
        grade, weights, threshold = _Course(rows, scaled, lessons, clause, asked).run()
        told(grade)
        column = kin() @ weights[len(met) :]
        column[met] += weights[: len(met)] * rarity[met]
        columns.append(column)
        offsets.append(threshold)
    return _packed(np.stack(columns, axis=1), np.array(offsets), _lengths(rarity), tuple(clauses), taught)


def _rarity(counts: Any) -> Floats:
    """How much a bucket counts: the rarer the more, and nothing when only one passage has it."""
    seen = np.asarray((counts > 0).sum(axis=0)).ravel()
    rarity: Floats = np.log((1 + counts.shape[0]) / (1 + seen)) + 1
    rarity[seen <= 1] = 0
    return rarity


def _lengths(rarity: Floats) -> Floats:
    return np.where(rarity > 0, rarity**2, STRANGE)


def _scaled(counts: Any, rarity: Floats, met: Ints) -> Any:
    """The rows as they are learned from: the buckets that were met, then the kin of their words."""
    from scipy.sparse import diags, hstack

    shorter = diags(1 / np.sqrt(np.asarray(counts @ _lengths(rarity)).ravel() + SMOOTHING))
    parts = (shorter @ counts[:, met] @ diags(rarity[met]), shorter @ counts @ kin())
    return hstack(parts).tocsr().astype(np.float32)


class _Course:
    """One clause being learned.

    ``held``, ``others`` and ``innocent`` are its lessons, those of other
    clauses and of none; ``shown`` is the passage of each held lesson that is
    taken for its breach, ``harmless`` those of innocent ones that teach;
    ``insist`` is each lesson's weight, ``above`` what its score must have over
    the threshold for the confidence that the clause asks for.
    """

    def __init__(self, rows: Rows, scaled: Any, lessons: Sequence[Lesson], clause: str, asked: float) -> None:
        self.rows, self.scaled, self.clause = rows, scaled, clause
        self.above = float(np.log(asked / (1 - asked))) / _STEEP if 0 < asked < 1 else 0.0
        self.held = np.flatnonzero([lesson.clause == clause for lesson in lessons])
        self.others = np.flatnonzero([lesson.clause not in ("", clause) for lesson in lessons])
        self.innocent = np.array([not lesson.clause for lesson in lessons])
        # Spared passages were chosen for looking guilty: they teach, but say nothing of how many do.
        self.usual = self.innocent & np.array([lesson.spared is None for lesson in lessons])
        self.proved = np.array([lesson.proved for lesson in lessons])
        self.insist = np.ones(len(lessons))
        self.shown = rows.longest[self.held]
        self.harmless = rows.longest[self.innocent]

    def run(self) -> tuple[Grade, Floats, float]:
        """The grade, a weight for each bucket, and the score at which a post is as likely held as not."""
        everything = np.ones(len(self.insist), dtype=bool)
        for _ in range(_ROUNDS):
            weights, base = self._learned(everything)
            self._look_again(self.scaled @ weights)
        unseen = self._unseen()
        threshold = self._threshold(unseen)
        stubborn = self._insist(self.scaled @ weights + base, threshold)
        for _ in range(_INSISTING):
            if not stubborn:
                break
            again, on = self._learned(everything)
            left = self._insist(self.scaled @ again + on, threshold)
            # What contradicts other lessons only spoils them, however much it is insisted on.
            if left >= stubborn:
                break
            weights, base, stubborn = again, on, left
        found = float((unseen[self.held] >= threshold).mean())
        false = float((unseen[self.usual] >= threshold).mean())
        return Grade(self.clause, len(self.held), found, false, stubborn), weights, threshold - base

    def _look_again(self, scores: Floats) -> None:
        """Choose the passages to learn from: the worst of each held post, the worst-looking of the others."""
        self.shown = self.rows.best(scores, self.held)
        looking = self.rows.best(scores, np.flatnonzero(self.innocent))
        self.harmless = np.union1d(self.harmless, looking)

    def _learned(self, taught: NDArray[np.bool_]) -> tuple[Floats, float]:
        from sklearn.linear_model import LogisticRegression

        ours = taught[self.held]
        shown, others = self.shown[ours], self.rows.longest[self.others[taught[self.others]]]
        innocent = self.harmless[taught[self.rows.lesson[self.harmless]]]
        chosen = np.concatenate((shown, innocent, others))
        answers = np.concatenate((np.ones(len(shown)), np.zeros(len(innocent) + len(others))))
        shares = np.concatenate((np.ones(len(shown) + len(innocent)), np.full(len(others), _OTHERS)))
        model = LogisticRegression(C=_LENIENCY, solver="liblinear", dual=False, tol=1e-2, random_state=0)
        with warnings.catch_warnings():
            # That it stops short of its tolerance shows in the grade; the rest is about other solvers.
            warnings.simplefilter("ignore")
            model.fit(
                self.scaled[chosen], answers, sample_weight=shares * self.insist[self.rows.lesson[chosen]]
            )
        return model.coef_[0].astype(np.float64), float(model.intercept_[0])

    def _unseen(self) -> Floats:
        """The score of each lesson by a model that was taught the others."""
        fold = np.arange(len(self.insist)) % _FOLDS
        fold[self.held] = np.arange(len(self.held)) % _FOLDS
        unseen = np.zeros(len(self.insist))
        for number in range(_FOLDS):
            weights, base = self._learned(fold != number)
            unseen[fold == number] = self.rows.highest(self.scaled @ weights + base)[fold == number]
        return unseen

    def _threshold(self, unseen: Floats) -> float:
        usual = np.sort(unseen[self.usual])
        return float(usual[-max(1, round(_FALSE * len(usual)))])

    def _insist(self, scores: Floats, threshold: float) -> int:
        """Give more weight to examples that do not come out; how many do not."""
        best = self.rows.highest(scores) - self.above
        ours = np.zeros(len(best), dtype=bool)
        ours[self.held] = True
        wrong = (ours & self.proved & (best < threshold + _MARGIN)) | (
            self.innocent & self.proved & (best > threshold - _MARGIN)
        )
        self.insist[wrong] *= 2
        return int(wrong.sum())


def _packed(
    columns: Floats, thresholds: Floats, lengths: Floats, clauses: Sequence[str], taught: str
) -> Weights:
    """The weights in whole steps: one part in 2,047 of the largest weight of a clause is the finest."""
    known = np.flatnonzero((np.abs(columns).max(axis=1) > 0) | (lengths != STRANGE))
    steps = np.abs(columns[known]).max(axis=0) / _STEPS
    values = np.rint(columns[known] / steps).astype(np.int16)
    weights = Weights(
        taught=taught,
        clauses=tuple(clauses),
        rows=known.astype(np.uint32),
        values=values,
        lengths=np.clip(np.rint(lengths[known]), 0, 127).astype(np.uint8),
        scales=(_STEEP * steps).astype(np.float32),
        offsets=(-_STEEP * thresholds).astype(np.float32),
    )
    return weights_in(written(weights))
