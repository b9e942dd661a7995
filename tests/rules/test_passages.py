"""Passages: every sentence, and its neighbours with it."""

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from rules.normal import normalise
from rules.text.passages import passages
from rules.text.shifts import at_or_behind


def read(displayed: str) -> list[str]:
    normal = normalise(displayed)
    return [normal.text[start:end].strip() for start, end in sorted(passages(displayed, normal).tolist())]


def test_each_sentence_stands_alone_and_with_the_next_two() -> None:
    assert read("One. Two! Three? Four.") == [
        *("one.", "one. two!", "one. two! three?"),
        *("two!", "two! three?", "two! three? four."),
        *("three?", "three? four."),
        "four.",
    ]


def test_a_paragraph_and_a_list_part_sentences_without_a_full_stop() -> None:
    assert "dear all" in read("Dear all\n\nno full stop here\n- one\n- two")
    assert "- one" in read("Dear all:\n- one\n- two")


def test_what_normalising_drops_does_not_move_the_borders() -> None:
    assert "idiots do." in read("O\u200bne   thing.  Idi\u200bots\u00ad do.")


def test_a_listing_is_nobodys_words() -> None:
    patch = "- if (ret == STATUS_OK && message_ret) {\n+ if ((ret == STATUS_OK || ret == STATUS_TWICE) && message_ret) {"
    assert read(f"Thanks for this.\n\n{patch}\n\nShall I apply it?") == [
        "thanks for this.",
        "shall i apply it?",
    ]


def test_a_row_of_numbers_is_nobodys_words() -> None:
    assert read("We count:\n\n2002 2003 2004\n 705  282  486\n\nIs that all?") == [
        "we count:",
        "is that all?",
    ]


def test_words_between_drawn_lines_are_somebodys() -> None:
    assert "vote for us" in read("==========\nVote for us\n==========")[0]


def test_what_has_no_full_stop_is_cut_at_a_blank() -> None:
    assert max(map(len, read("word " * 400))) <= 600


@given(st.text(alphabet="ab .!?\n\u200b\u00ad\t•-", max_size=80))
def test_passages_lie_within_the_text_and_cover_it(displayed: str) -> None:
    normal = normalise(displayed)
    found = passages(displayed, normal).tolist()
    assert all(0 <= start < end <= len(normal.text) for start, end in found)
    assert bool(found) == bool(normal.text.strip())


@given(st.text(alphabet="ab .!?\n>|\u200b\u00ad\t\x1bßﬁé\u0301\u0430", max_size=80))
def test_a_place_is_found_in_whatever_became_of_a_text(displayed: str) -> None:
    places = normalise(displayed).places
    sought = range(len(displayed) + 1)
    assert list(at_or_behind(places, sought)) == [bisect_left(places, place) for place in sought]
