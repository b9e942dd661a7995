"""What reaches the terminal is harmless, whatever a stranger wrote."""

import io
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.output import Declined, Piece, Unconfirmed, confirm, emit, highlighted, one_line, say, table, visible

PAINTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


@given(st.text())
def test_no_character_that_paints_a_terminal_is_ever_left(text: str):
    assert not PAINTS.search(visible(text))
    assert not PAINTS.search(visible("".join(chr(ord(c) % 0x2100) for c in text)))


def test_escapes_show_what_was_there():
    assert visible("\x1b[2J\x9b\u202eevil\r") == "\\x1b[2J\\x9b\\u202eevil\\x0d"


def test_letters_with_many_marks_do_not_run_over_other_lines():
    assert "\\u0301" in visible("a" + "\u0301" * 9)


def test_ordinary_words_of_any_language_stay_as_they_are():
    text = "Prüfung\tnaïve 日本語 العربية\nĈu µGy β⁻ é"
    assert visible(text) == text


def test_a_cell_stays_on_one_line(capsys: pytest.CaptureFixture[str]):
    table(("subject",), [("one\ntwo\x1b[1m",)])
    assert capsys.readouterr().out == "subject\none two\\x1b[1m\n"


def test_no_colours_leave_for_a_pipe(capsys: pytest.CaptureFixture[str]):
    say(Piece("held"), *highlighted("a bad word", [(2, 5)]))
    assert capsys.readouterr().out == "helda [[bad]] word\n"


def test_highlights_may_overlap_and_run_past_the_end():
    pieces = highlighted("abcdef", [(1, 3), (2, 4), (5, 99), (50, 60)])
    assert "".join(piece.text for piece in pieces) == "a[[bcd]]e[[f]]"


@given(st.dictionaries(st.text(), st.text()))
def test_json_is_one_line_of_printable_ascii(value: dict[str, str]):
    written = io.StringIO()
    before, sys.stdout = sys.stdout, written
    try:
        emit(value)
    finally:
        sys.stdout = before
    assert re.fullmatch(r"[ -~]*\n", written.getvalue())


def test_a_program_that_is_not_told_yes_is_not_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    # A question as it stands, so that each reads right in the sentence.
    with pytest.raises(
        Unconfirmed, match=r'nobody could answer "Serve it no more\?": give --yes, or run it on a'
    ):
        confirm("Serve it no more", yes=False)


def test_a_no_is_a_no(monkeypatch: pytest.MonkeyPatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("\n"))
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(Declined):
        confirm("Discarding", yes=False)


def test_one_line_never_breaks():
    assert one_line(" a\r\n b\x85c ") == "a b c"
