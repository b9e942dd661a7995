"""RTF: words in any code page, properties, notes, links and pictures; and groups without end."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.documents.rtf import read_rtf
from tests.given.documents import cut, opened, picture

LETTER = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\froman Times;}}{\colortbl;\red0\green0\blue0;}"
    rb"{\stylesheet{\s0 Normal;}}{\*\generator Riched20;}"
    rb"{\info{\title The rota}{\author Jo Tern}{\keywords leave}}"
    rb"\pard Dear \b all\b0,\par caf\'e9 and \u8217? and \uc0\u-10179\u-8704.\par"
    rb"{\trowd Name\cell Jo\cell\row}{\header On every page}{\footnote Below}{\*\annotation A comment}"
    rb'{\field{\*\fldinst{HYPERLINK "https://a.example/x"}}{\fldrslt here}}\}'
    rb"}"
)


def test_a_letter_says_what_its_reader_sees() -> None:
    found = opened(LETTER)
    assert found.kind == "rtf"
    assert found.text == (
        "Dear all,\ncafé and ’ and \U0001f600.\nName\tJo\nOn every pageBelowA commenthere}".replace(
            "\n\n", "\n"
        )
    )
    assert found.properties == ("Title: The rota", "Author: Jo Tern", "Keywords: leave")
    assert [link.target for link in found.links] == ["https://a.example/x"]
    assert not found.doubts


def test_letters_of_another_code_page_are_read() -> None:
    assert opened(rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2}").text == "Привет"


def test_pictures_are_taken_out_in_hexadecimal_and_as_they_are() -> None:
    logo = picture()
    for written in (logo.hex().encode(), b"\\bin%d " % len(logo) + logo):
        found = opened(b"{\\rtf1 Before {\\pict\\pngblip " + written + b"} after}")
        assert found.pictures == (logo,)
        assert found.text == "Before  after"


def test_raw_octets_are_not_taken_for_words() -> None:
    assert opened(b"{\\rtf1 a\\bin7 }}}{{{x b}").text == "a b"


@pytest.mark.parametrize(
    "octets",
    [
        b"{\\rtf1 " + b"{" * 1_000_000,
        b"{\\rtf1 " + b"{}" * 1_000_000,
        b"{\\rtf1 " + b"\\" * 1_000_000,
        b"{\\rtf1 " + b"\\u1" * 500_000,
        b"{\\rtf1 " + b"x" * 3_000_000,
    ],
    ids=["open", "empty", "backslashes", "units", "letters"],
)
def test_what_is_endless_is_read_in_bounded_time(octets: bytes) -> None:
    begun = time.process_time()
    found = read_rtf(octets)
    assert time.process_time() - begun < 3
    assert found.doubts or found.text


def test_any_beginning_of_a_letter_is_opened_without_an_exception() -> None:
    for octets in cut(LETTER, 60):
        assert not read_rtf(octets).doubts


@given(
    st.lists(
        st.sampled_from(
            [
                "{",
                "}",
                "\\",
                "\\par ",
                "\\u55357 ",
                "\\bin9 ",
                "\\'",
                "e9",
                "\\*",
                "\\pict",
                "\\title ",
                "\\fldinst ",
                "x",
            ]
        )
    )
)
def test_any_pieces_of_rtf_are_read_without_an_exception(pieces: list[str]) -> None:
    read_rtf("".join(pieces).encode())
