"""Office before 2007 and Outlook's messages: their words, numbers, macros and files."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.documents.biff import read_biff
from rules.documents.document import DocumentFact, Draft
from tests.given.documents import compound, cut, opened, pdf


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


@pytest.mark.parametrize(
    "words", [wide("Dear all, the chamber is mended.\r"), b"Dear all, the chamber is mended.\r"]
)
@pytest.mark.parametrize(
    ("stream", "kind"), [("WordDocument", "doc"), ("PowerPoint Document", "ppt"), ("Workbook", "xls")]
)
def test_words_are_found_in_one_octet_and_in_two(words: bytes, stream: str, kind: str) -> None:
    found = opened(compound({stream: b"\0" * 600 + words}))
    assert found.kind == kind
    assert found.text == "Dear all, the chamber is mended."
    assert not found.facts


def record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def test_numbers_that_could_identify_somebody_are_found_in_a_workbook() -> None:
    number = record(0x0203, struct.pack("<HHHd", 0, 0, 0, 9434765919.0))
    short = record(0x0203, struct.pack("<HHHd", 0, 0, 0, 42.5))
    whole = record(0x027E, struct.pack("<HHHI", 0, 0, 0, 1234567 << 2 | 2))
    several = record(0x00BD, struct.pack("<HHHIHIH", 0, 0, 0, 7654321 << 2 | 2, 0, 5 << 2 | 2, 1))
    found = opened(compound({"Workbook": number + short + whole + several}))
    assert found.text.split() == ["9434765919", "1234567", "7654321"]


def test_macros_are_a_fact() -> None:
    assert DocumentFact.MACROS in opened(compound({"WordDocument": b"x", "Macros/VBA/dir": b"x"})).facts
    assert DocumentFact.MACROS in opened(compound({"Workbook": b"x", "_VBA_PROJECT_CUR/VBA/dir": b"x"})).facts
    assert DocumentFact.MACROS in opened(compound({"Workbook": record(0x0085, b"\0\0\0\0\0\1\1\0M")})).facts


@pytest.mark.parametrize(
    "streams",
    [
        {"EncryptedPackage": b"x", "EncryptionInfo": b"x"},
        {"WordDocument": b"\xec\xa5" + b"\0" * 9 + b"\x01"},
        {"Workbook": record(0x0809, b"\0" * 16) + record(0x002F, b"\0\0")},
        {"PowerPoint Document": b"x", "Current User": b"\0" * 12 + b"\xdf\xc4\xd1\xf3"},
    ],
)
def test_what_is_locked_is_said_to_be(streams: dict[str, bytes]) -> None:
    found = opened(compound(streams))
    assert found.doubts == ("is locked with a password",)
    assert found.facts == {DocumentFact.ENCRYPTED}


def test_a_message_of_outlook_is_read_with_its_files() -> None:
    octets = compound(
        {
            "__substg1.0_0037001F": wide("The rota"),
            "__substg1.0_1000001F": wide("Dear all, see below."),
            "__attach_version1.0_#00000000/__substg1.0_3707001F": wide("rota.pdf"),
            "__attach_version1.0_#00000000/__substg1.0_37010102": pdf("Jo is away."),
        }
    )
    found = opened(octets)
    assert found.kind == "msg"
    assert found.names == ("rota.pdf",)
    for words in ("The rota", "Dear all, see below.", "Jo is away."):
        assert words in found.text


def test_a_file_that_only_begins_as_one_is_damaged() -> None:
    assert "damaged" in opened(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls").doubts[0]


def test_any_beginning_of_a_file_is_opened_without_an_exception() -> None:
    for octets in cut(compound({"WordDocument": wide("Dear all"), "Macros/VBA/dir": b"x"})):
        if octets:
            opened(octets, "a.doc")


@given(st.binary(max_size=200))
def test_any_records_are_read_without_an_exception(stream: bytes) -> None:
    read_biff(Draft("xls"), stream.replace(b"\x2f\0", b"\0\0"))
