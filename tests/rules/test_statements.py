"""Sentences are known again however a mail program wraps and marks them."""

import textwrap
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.text.statements import statements, tells


def words(text: str) -> list[str]:
    return [found for _, _, found in statements(text)]


def test_a_sentence_ends_at_its_sign_at_a_dash_and_at_an_empty_line() -> None:
    assert words("Dear all\n\nOne (two.) Three? “Four!” five: six – seven\n - eight\n> \n> nine") == [
        *("dear all", "one two", "three", "four", "five", "six", "seven", "eight", "nine")
    ]


def test_signs_within_a_word_and_hyphens_part_nothing() -> None:
    assert words("See https://a.example/b.html at 10:30, it is a well-\nknown 1.5 mm cap") == [
        "see https a example b html at 10 30 it is a well known 1 5 mm cap"
    ]


def test_case_form_and_punctuation_do_not_matter_and_pictures_do() -> None:
    assert words("The “CAFÉ” is\u00a0fine, £5") == words("the cafe\u0301 'is fine' 5")
    assert words("now here") != words("nowhere")
    assert words("all is well") != words("all is 🖕 well")


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("vote for the green party", True),
        ("yes i think so too", False),
        ("radiotherapeutically speaking", False),
    ],
)
def test_what_anybody_could_have_said_tells_nothing(text: str, known: bool) -> None:
    assert tells(text) is known


WORD = st.text(alphabet="abcdeEé’'-.!?:µ1", min_size=1, max_size=7)
PARAGRAPH = st.lists(WORD | st.sampled_from(["–", "-", "*", "…", "--"]), min_size=1, max_size=30)


@given(st.lists(PARAGRAPH, max_size=4), st.integers(8, 90), st.integers(0, 3))
def test_wrapping_and_quoting_change_no_sentence(paragraphs: list[list[str]], width: int, depth: int) -> None:
    text = "\n\n".join(" ".join(paragraph) for paragraph in paragraphs)
    wrapped = "\n\n".join(
        textwrap.fill(" ".join(paragraph), width, break_on_hyphens=False, break_long_words=False)
        for paragraph in paragraphs
    )
    quoted = "\n".join(">" * depth + " " * bool(depth and line) + line for line in wrapped.split("\n"))
    assert words(quoted) == words(text)


@given(st.text(alphabet="aB .:!\n>–-)”é1🖕\u200b", max_size=60))
def test_sentences_follow_each_other_and_leave_no_word_out(text: str) -> None:
    found = list(statements(text))
    assert all(one[1] <= following[0] for one, following in pairwise(found))
    left = text
    for start, end, _ in reversed(found):
        left = left[:start] + left[end:]
    assert not any(map(str.isalnum, left))


@pytest.mark.parametrize("text", [".", ". ", "- ", "\n", "\n>", ".)", "..))", "a", "é. ", " -- \n"])
def test_no_text_makes_it_slow(text: str) -> None:
    started = time.process_time()
    list(statements(text * (400_000 // len(text))))
    assert time.process_time() - started < 5
