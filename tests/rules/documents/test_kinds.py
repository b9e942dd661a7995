"""What a file is, is decided by its octets, then by its name; text and unknown files are nobody's."""

import pytest

from rules.documents.kinds import Kind, is_text, kind_of
from tests.given.documents import (
    compound,
    dicom,
    docx,
    opendocument,
    paragraph,
    patient,
    pdf,
    picture,
    tarred,
    zipped,
)

SHOWN = {
    "a PDF": (pdf("x"), Kind.PDF),
    "a document": (docx(paragraph("x")), Kind.ZIP),
    "an OpenDocument": (opendocument("text", ""), Kind.ZIP),
    "an archive": (zipped({"a": b"x"}), Kind.ZIP),
    "an old document": (compound({"WordDocument": b"x"}), Kind.COMPOUND),
    "RTF": (b"{\\rtf1 x}", Kind.RTF),
    "a PNG": (picture(), Kind.PICTURE),
    "a JPEG": (picture("JPEG"), Kind.PICTURE),
    "a GIF": (picture("GIF"), Kind.PICTURE),
    "a TIFF": (picture("TIFF"), Kind.PICTURE),
    "a WebP": (picture("WEBP"), Kind.PICTURE),
    "a HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0", Kind.PICTURE),
    "DICOM": (patient("A^B"), Kind.DICOM),
    "DICOM without a preamble": (patient("A^B", preamble=False), Kind.DICOM),
    "implicit DICOM": (b"\x08\0\x05\0\x0a\0\0\0ISO_IR 100\x08\0\x60\0", Kind.DICOM),
    "big-endian DICOM": (b"\0\x08\0\x05CS\0\x0aISO_IR 100", Kind.DICOM),
    "a packed tar": (tarred({"a": b"x"}), Kind.TAPE),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\4", Kind.CLOSED),
    "RAR": (b"Rar!\x1a\x07\x01\0", Kind.CLOSED),
}


@pytest.mark.parametrize("what", SHOWN)
@pytest.mark.parametrize("name", ["notes.txt", "a.jpg", ""])
def test_the_octets_say_what_a_file_is_whatever_it_is_called(what: str, name: str) -> None:
    octets, kind = SHOWN[what]
    assert kind_of(name, "text/plain", octets) is kind


@pytest.mark.parametrize(
    ("name", "declared", "kind"),
    [
        ("a.pdf", "", Kind.PDF),
        ("a.docx", "", Kind.ZIP),
        ("a.doc", "", Kind.COMPOUND),
        ("a.dcm", "", Kind.DICOM),
        ("a.zip", "", Kind.ZIP),
        ("", "application/pdf", Kind.PDF),
        ("", "application/dicom", Kind.DICOM),
        ("data.mat", "application/octet-stream", None),
        ("data.h5", "", None),
        ("a.jpg", "image/jpeg", None),
    ],
)
def test_the_name_counts_for_octets_that_show_nothing(name: str, declared: str, kind: Kind | None) -> None:
    assert kind_of(name, declared, b"\x01\0\x02\0" * 20) is kind


@pytest.mark.parametrize("name", ["a.pdf", "a.doc", "a.dcm", "a.zip"])
def test_text_is_text_whatever_it_is_called(name: str) -> None:
    assert kind_of(name, "", b"Dear all,\nthe table is below.\n") is None


@pytest.mark.parametrize("name", ["a.pdf", "a.zip", ""])
def test_nothing_is_nothing_whatever_it_is_called(name: str) -> None:
    assert kind_of(name, "application/pdf", b"") is None


def test_a_pdf_may_begin_late_as_its_readers_allow() -> None:
    assert kind_of("a.pdf", "", b"\xef\xbb\xbf\n%PDF-1.7") is Kind.PDF
    assert kind_of("", "", b"\0" * 500 + b"%PDF-1.7") is Kind.PDF
    assert kind_of("a.txt", "", b"A PDF begins with %PDF-1.7, always.") is None


def test_a_file_of_letters_is_text_in_any_usual_set() -> None:
    assert is_text("Größe;µGy\n".encode())
    assert is_text("Größe;µGy\n".encode("cp1252"))
    assert is_text("Größe".encode("utf-16"))
    assert not is_text(b"PK\x03\x04")
    assert not is_text(b"MZ and letters")
    assert not is_text(b"")


def test_dicom_of_another_first_element_is_dicom() -> None:
    assert kind_of("", "", dicom({(0x0008, 0x0008): ("CS", "ORIGINAL")}, preamble=False)) is Kind.DICOM
