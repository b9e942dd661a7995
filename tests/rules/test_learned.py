"""Weights files: the same octets again, and a plain refusal of any others."""

import zlib
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rules.features import buckets_of, features
from rules.learned import Weights, WeightsUnreadable, judge, weights_in, written

BUCKETS = np.unique(buckets_of(["dreadful", "committee", "phantom"]))


def weights(**changes: object) -> Weights:
    """What makes 'dreadful' a sign of one clause, 'committee' of another, and says nothing of 'phantom'."""
    dreadful, committee, _ = buckets_of(["dreadful", "committee", "phantom"])
    values = np.zeros((3, 2), dtype=np.int16)
    values[np.searchsorted(BUCKETS, dreadful), 0] = 100
    values[np.searchsorted(BUCKETS, committee), 1] = 100
    made = Weights(
        taught="0" * 64,
        clauses=("tone", "purpose"),
        rows=BUCKETS.astype(np.uint32),
        values=values,
        lengths=np.full(3, 20, dtype=np.uint8),
        scales=np.full(2, 3, dtype=np.float32),
        offsets=np.full(2, -4, dtype=np.float32),
    )
    return replace(made, **changes)


def spans(*found: tuple[int, int]) -> NDArray[np.int64]:
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def test_what_was_written_reads_as_it_was() -> None:
    octets = written(weights())
    again = weights_in(octets)
    assert (again.clauses, again.taught, again.octets) == (("tone", "purpose"), "0" * 64, octets)
    assert written(again) == octets


def test_a_passage_is_judged_by_its_own_words() -> None:
    text = "the committee met. how dreadful. a phantom."
    found = judge(weights(), spans((0, 18), (18, 32), (32, 43)), features(text))
    assert (found.confidence > 0.5).tolist() == [[False, True], [True, False], [False, False]]
    assert (found.surest > 0.5).all()


def test_a_text_without_words_is_like_nothing() -> None:
    assert judge(weights(), spans(), features("")).surest.tolist() == [0, 0]
    assert judge(weights(), spans((0, 3)), features("---")).surest.tolist() == [0, 0]


@pytest.mark.parametrize(
    "changes",
    [
        {"clauses": ("tone",)},
        {"clauses": ()},
        {"lengths": np.full(2, 20, dtype=np.uint8)},
        {"lengths": np.full(3, 200, dtype=np.uint8)},
        {"scales": np.array([np.nan, 1], dtype=np.float32)},
        {"rows": np.array([1, 2, 1 << 30], dtype=np.uint32)},
        {"values": np.zeros((3, 2), dtype=np.int64)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_weights_that_do_not_fit_together_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(WeightsUnreadable, match="does not fit together"):
        weights_in(written(weights(**changes)))


def test_a_file_that_unpacks_without_end_is_refused() -> None:
    with pytest.raises(WeightsUnreadable):
        weights_in(zlib.compress(bytes(200 << 20)))


@given(st.binary(max_size=200))
def test_any_octets_are_weights_or_refused(octets: bytes) -> None:
    with pytest.raises(WeightsUnreadable):
        weights_in(octets)


@given(st.data())
def test_damaged_weights_are_refused_or_whole(data: st.DataObject) -> None:
    octets = bytearray(zlib.decompress(written(weights())))
    octets[data.draw(st.integers(0, len(octets) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(WeightsUnreadable):
        assert weights_in(zlib.compress(bytes(octets))).table.shape[1] == 3
