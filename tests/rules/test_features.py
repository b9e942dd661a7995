"""Words and letters as buckets: the same everywhere, found by place, and no name of a person among them."""

import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rules.features import SIZE, Named, apart, buckets_of, features


def words(text: str) -> list[int]:
    return list(features(text).kinds[0].buckets)


def test_a_word_has_the_same_bucket_wherever_it_stands() -> None:
    assert words("the lead door")[1] == words("a door of lead")[3] == buckets_of(["lead"])[0]


def test_the_order_of_two_neighbouring_words_counts() -> None:
    assert set(features("lead door").kinds[1].buckets) != set(features("door lead").kinds[1].buckets)


def test_numbers_count_by_their_length_alone() -> None:
    assert words("at 25 mm") == words("at 99 mm") != words("at 100 mm")


def test_a_table_of_figures_has_no_letters() -> None:
    assert [len(kind.starts) for kind in features("4857773458 4857773464 12:30").kinds[2:]] == [0, 0]


def test_a_drawn_line_counts_no_more_than_three_of_its_signs() -> None:
    assert words("#" * 70) == words("###") != words("##")
    assert words("well!!!!!!! now") == words("well!!! now")
    assert words("!?!?!?") != words("!?!")


def test_an_apostrophe_within_a_word_is_a_letter() -> None:
    assert len(words("don't 'quote' it")) == 3


def test_whoever_is_named_counts_as_one_of_a_class() -> None:
    text = "write to judith penhale today"
    named = features(text, (Named(9, 23, "staff"),))
    other = features("write to x y today", (Named(9, 12, "staff"),))
    assert list(named.kinds[0].buckets) == list(other.kinds[0].buckets)
    assert len(named.kinds[0].buckets) == 4


def test_of_two_names_that_overlap_the_first_counts() -> None:
    assert apart([(5, 9, "staff"), (0, 6, "company")]) == (Named(0, 6, "company"),)


def test_another_process_finds_the_same_buckets() -> None:
    program = "from rules.features import features; print(features('a quiet list').kinds[0].buckets.tolist())"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.strip() == str(features("a quiet list").kinds[0].buckets.tolist())


@given(st.text())
def test_any_text_has_features_within_it(text: str) -> None:
    for kind in features(text).kinds:
        assert len(kind.starts) == len(kind.buckets)
        assert not len(kind.starts) or (kind.starts.min() >= 0 and kind.starts.max() < len(text))
        assert not len(kind.buckets) or (kind.buckets.min() >= 0 and kind.buckets.max() < SIZE)
        assert (np.diff(kind.starts) >= 0).all()
