"""What was learned from examples: a weights file, and how sure it makes one of each clause, by passages.

A feature's weight for a clause, times how rare the feature is, is a whole
number of small steps: sums of them are exact, and the same on every machine.
"""

import hashlib
import io
import json
import zlib
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rules.features import SIZE, Features

FORMAT = 2
SMOOTHING = 4000
"""Added to the square of each passage's length, so that two words alone do not make one sure."""
STRANGE = 40
"""What a feature that no lesson had adds to that square: strange words make one less sure."""
_MOST_CLAUSES = 64
_LENGTHS = 127
_LARGEST = 64 << 20


class WeightsUnreadable(ValueError):
    """Octets that are not a weights file; ``str()`` says why, as the end of a sentence."""


@dataclass(frozen=True)
class Weights:
    """The weights of the clauses of one pack; ``taught`` is the digest of the lessons they were learned from.

    ``rows`` are buckets, ``values`` their weights in steps, one column a clause;
    ``lengths`` says for each of these rows how much it adds to the square of a
    passage's length; a bucket without a row adds ``STRANGE``. A score is
    ``scale * sum / length + offset``, its logistic function the confidence.
    """

    taught: str
    clauses: tuple[str, ...]
    rows: NDArray[np.uint32]
    values: NDArray[np.int16]
    lengths: NDArray[np.uint8]
    scales: NDArray[np.float32]
    offsets: NDArray[np.float32]
    octets: bytes = field(repr=False, compare=False, default=b"")

    @property
    def digest(self) -> str:
        """SHA-256 of the file, in hex."""
        return hashlib.sha256(self.octets).hexdigest()

    @cached_property
    def table(self) -> NDArray[np.int16]:
        """A row for every bucket: its weights, and last its share in a passage's length."""
        table = np.zeros((SIZE, len(self.clauses) + 1), dtype=np.int16)
        table[:, -1] = STRANGE
        table[self.rows, : len(self.clauses)] = self.values
        table[self.rows, -1] = self.lengths
        return table


@dataclass(frozen=True)
class Judged:
    """Passages of a text with a confidence (0 to 1) for each clause, a column a clause."""

    passages: NDArray[np.int64]
    confidence: NDArray[np.float32]

    @cached_property
    def surest(self) -> NDArray[np.float32]:
        """The highest confidence in each clause."""
        if not len(self.passages):
            return np.zeros(self.confidence.shape[1], dtype=np.float32)
        surest: NDArray[np.float32] = self.confidence.max(axis=0)
        return surest


def judge(weights: Weights, passages: NDArray[np.int64], seen: Features) -> Judged:
    """Return how sure the weights make one of each passage; linear in the text's length."""
    clauses = len(weights.clauses)
    if not len(passages) or not len(seen.words):
        return Judged(passages, np.zeros((len(passages), clauses), dtype=np.float32))
    sums = _sums(weights.table, seen, passages)
    scores = sums[:, :clauses] / np.sqrt(sums[:, -1:] + SMOOTHING)
    return Judged(passages, _logistic(scores * weights.scales + weights.offsets))


def _sums(table: NDArray[np.int16], seen: Features, passages: NDArray[np.int64]) -> NDArray[np.float32]:
    """What the features of each passage add up to."""
    edges, which = np.unique(passages, return_inverse=True)
    first, behind = which.reshape(passages.shape).T
    total = np.zeros((len(edges), table.shape[1]), dtype=np.int32)
    for kind in seen.kinds:
        cuts = np.searchsorted(kind.starts, edges)
        if cuts[-1] > cuts[0]:
            total[1:] += kind.times * _between(table.take(kind.buckets[: cuts[-1]], axis=0), cuts)
    running = total.cumsum(axis=0, dtype=np.int64)
    sums: NDArray[np.float32] = (running[behind] - running[first]).astype(np.float32)
    return sums


def _between(rows: NDArray[np.int16], cuts: NDArray[np.int64]) -> NDArray[np.int32]:
    """The sums of rows between neighbouring cuts; reduceat alone would give a row for an empty stretch."""
    starts, ends = cuts[:-1], cuts[1:]
    there = starts < ends
    sums = np.zeros((len(starts), rows.shape[1]), dtype=np.int32)
    sums[there] = np.add.reduceat(rows, starts[there], axis=0, dtype=np.int32)
    return sums


def _logistic(scores: NDArray[np.floating]) -> NDArray[np.float32]:
    shares: NDArray[np.float32] = (1 / (1 + np.exp(-np.clip(scores, -30, 30)))).astype(np.float32)
    return shares


def written(weights: Weights) -> bytes:
    """Return the weights as the octets of a file; the same weights give the same octets."""
    head = json.dumps(
        {"format": FORMAT, "taught": weights.taught, "clauses": weights.clauses}, sort_keys=True
    ).encode()
    arrays = (weights.rows, weights.values, weights.lengths, weights.scales, weights.offsets)
    body = io.BytesIO()
    for array in (np.frombuffer(head, dtype=np.uint8), *arrays):
        np.lib.format.write_array(body, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return zlib.compress(body.getvalue(), 9)


def weights_in(octets: bytes) -> Weights:
    """Return the weights in a file. Raises WeightsUnreadable, whatever the octets are."""
    try:
        weights = _parsed(octets)
    except WeightsUnreadable:
        raise
    except Exception as error:
        raise WeightsUnreadable("is no weights file") from error
    _refuse_misfits(weights)
    return weights


def _parsed(octets: bytes) -> Weights:
    inflater = zlib.decompressobj()
    body = io.BytesIO(inflater.decompress(octets, _LARGEST))
    if inflater.unconsumed_tail:
        raise WeightsUnreadable("is larger than weights can be")
    head, *arrays = (np.lib.format.read_array(body, allow_pickle=False) for _ in range(6))
    told = json.loads(head.tobytes())
    if told["format"] != FORMAT:
        raise WeightsUnreadable("was written by another version; run 'gatepost rules train'")
    rows, values, lengths, scales, offsets = arrays
    clauses = tuple(map(str, told["clauses"]))
    return Weights(str(told["taught"]), clauses, rows, values, lengths, scales, offsets, octets)


def _refuse_misfits(weights: Weights) -> None:
    rows, clauses = len(weights.rows), len(weights.clauses)
    fits = (
        0 < clauses <= _MOST_CLAUSES
        and weights.rows.dtype == np.uint32
        and weights.values.dtype == np.int16
        and weights.lengths.dtype == np.uint8
        and weights.values.shape == (rows, clauses)
        and weights.lengths.shape == (rows,)
        and weights.scales.shape == weights.offsets.shape == (clauses,)
        and bool(np.isfinite(weights.scales).all() and np.isfinite(weights.offsets).all())
        and (not rows or int(weights.rows.max()) < SIZE)
        and (not rows or int(weights.lengths.max()) <= _LENGTHS)
    )
    if not fits:
        raise WeightsUnreadable("does not fit together; run 'gatepost rules train'")
