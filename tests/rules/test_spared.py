"""Spared passages: the same rows again, nothing of their words, and a plain refusal of other octets."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.errors import TooFewLessons, Unreadable
from rules.features import SIZE, features
from rules.learned import Weights, judge, written
from rules.normal import normalise
from rules.pack import WEIGHTS, read_pack, read_untaught
from rules.teaching.lessons import SPARED
from rules.teaching.spared import SparedUnreadable, distinct, spared_in, to_octets, worth_sparing
from rules.teaching.train import train
from rules.text.passages import passages
from tests.given.house import change, house
from tests.rules.test_teaching import HELD, ORDINARY

ROWS = st.lists(st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=20), max_size=8)


@given(ROWS)
def test_rows_are_read_as_they_were_written(lists: list[list[int]]) -> None:
    rows = distinct(np.array(row, dtype=np.int64) for row in lists)
    again = spared_in(to_octets(rows))
    assert [row.tolist() for row in again] == [row.tolist() for row in rows]
    assert sorted(map(sorted, map(list, {tuple(sorted(row)) for row in lists}))) == sorted(
        row.tolist() for row in rows
    )


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda end: to_octets(()) + end))
def test_other_octets_are_refused(octets: bytes) -> None:
    with suppress(SparedUnreadable):
        assert all(len(row) for row in spared_in(octets))


def test_a_damaged_file_is_refused() -> None:
    octets = to_octets((np.arange(5, dtype=np.int64),))
    for damaged in (
        octets[:-4],
        octets.replace(b'"format"', b'"matter"'),
        octets.replace(b'"rows": 1', b'"rows": 9'),
        octets.replace(b"{", b"[", 1),
    ):
        with pytest.raises(SparedUnreadable, match="is not a file of passages"):
            spared_in(damaged)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack that may learn, and has not."""
    folder = house(tmp_path_factory.mktemp("spared"))
    change(folder / "tone.yaml", "when: {phrase: [idiot, liar]}", "when: {like: examples}")
    (folder / "examples" / "tone.yaml").write_text(HELD)
    return folder


def test_what_was_spared_is_left_alone_and_no_word_of_it_is_kept(pack: Path) -> None:
    untaught = read_untaught(pack)
    before = train(untaught, lambda grade: None, ORDINARY)
    text = "A dreadful day at sea, and dreadful weather on Friday."
    rows = distinct(worth_sparing(before, [text], lambda text: ()))
    assert len(rows) == 1
    (pack / SPARED).write_bytes(to_octets(rows))
    assert b"dreadful" not in (pack / SPARED).read_bytes()
    after = train(untaught, lambda grade: None, ORDINARY)
    assert before.taught != after.taught, "weights without it are stale"
    assert not tuple(worth_sparing(after, [text], lambda text: ())) or _surest(after, text) < _surest(
        before, text
    )
    (pack / SPARED).write_bytes(b"no rows")
    with pytest.raises(Unreadable, match="spared: is not a file of passages"):
        train(untaught, lambda grade: None, ORDINARY)


def _surest(weights: Weights, text: str) -> float:
    normal = normalise(text)
    return float(judge(weights, passages(text, normal), features(normal.text)).surest[0])


def test_a_clause_with_too_few_posts_says_how_many_it_wants(tmp_path: Path) -> None:
    folder = house(tmp_path)
    change(folder / "tone.yaml", "when: {phrase: [idiot, liar]}", "when: {like: examples}")
    with pytest.raises(TooFewLessons, match="'tone' has 1 posts to hold, and learns from 3 at least"):
        train(read_untaught(folder), lambda grade: None, ORDINARY)


def test_weights_for_other_clauses_than_ask_are_stale(pack: Path) -> None:
    (pack / SPARED).unlink(missing_ok=True)
    weights = train(read_untaught(pack), lambda grade: None, ORDINARY)
    (pack / WEIGHTS).write_bytes(written(replace(weights, clauses=("other",))))
    with pytest.raises(Unreadable, match="was learned from other examples, clauses or names"):
        read_pack(pack)
