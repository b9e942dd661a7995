"""kind_of(name, declared, octets): which family reads a file, by its octets, then by its name."""

import re
from enum import StrEnum

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""What a text in UTF-16 begins with."""
_SNIFFED = 4096
_PDF_WITHIN = 1024  # as Acrobat looks for its mark


class Kind(StrEnum):
    """The families of files that are opened."""

    PDF = "pdf"
    ZIP = "zip"  # archives, Office since 2007, OpenDocument
    COMPOUND = "compound"  # Office before 2007, Outlook's messages, whatever Office encrypts
    RTF = "rtf"
    PICTURE = "picture"
    DICOM = "dicom"
    LETTER = "letter"
    DRAWING = "drawing"  # SVG
    TAPE = "tape"  # tar, gzip, bzip2, xz
    CLOSED = "closed"  # archives that are not opened


_MAGIC = (
    (b"%PDF-", Kind.PDF),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.COMPOUND),
    (b"{\\rt", Kind.RTF),
    (b"\x89PNG\r\n\x1a\n", Kind.PICTURE),
    (b"\xff\xd8\xff", Kind.PICTURE),
    (b"GIF87a", Kind.PICTURE),
    (b"GIF89a", Kind.PICTURE),
    (b"II*\0", Kind.PICTURE),
    (b"MM\0*", Kind.PICTURE),
    (b"\0\0\0\x0cjP  \r\n", Kind.PICTURE),
    (b"\x1f\x8b\x08", Kind.TAPE),
    (b"BZh", Kind.TAPE),
    (b"\xfd7zXZ\0", Kind.TAPE),
    (b"7z\xbc\xaf\x27\x1c", Kind.CLOSED),
    (b"Rar!\x1a\x07", Kind.CLOSED),
    (b"\x28\xb5\x2f\xfd", Kind.CLOSED),
)
_MARKS = tuple(start for start, _ in _MAGIC)
_BARE_DICOM = (b"\x02\0", b"\x08\0", b"\0\x08")
_DICOM_LEAST = 32
_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heif", b"mif1", b"msf1", b"avif", b"avis"})
_ENDINGS = {
    Kind.PDF: "pdf",
    Kind.ZIP: "zip docx docm dotx dotm xlsx xlsm xltx xltm xlsb pptx pptm ppsx ppsm potx odt ods odp odg",
    Kind.COMPOUND: "doc dot xls xlt ppt pps pot msg",
    Kind.DICOM: "dcm dicom",
    Kind.TAPE: "gz tgz tar bz2 xz",
    Kind.CLOSED: "7z rar",
    Kind.PICTURE: "bmp",
}
_BY_ENDING = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
_BY_TYPE = (
    ("application/pdf", Kind.PDF),
    ("application/zip", Kind.ZIP),
    ("application/vnd.openxmlformats-officedocument.", Kind.ZIP),
    ("application/vnd.oasis.opendocument.", Kind.ZIP),
    ("application/msword", Kind.COMPOUND),
    ("application/vnd.ms-excel", Kind.COMPOUND),
    ("application/vnd.ms-powerpoint", Kind.COMPOUND),
    ("application/vnd.ms-outlook", Kind.COMPOUND),
    ("application/dicom", Kind.DICOM),
)
_LETTER = re.compile(rb"(?:[!-9;-~]{1,60}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2}")
_FIRST_ELEMENTS = (b"\0\0", b"\x01\0", b"\x05\0", b"\x08\0", b"\x16\0")
_FIRST_KINDS = (b"UL", b"OB", b"UI", b"CS", b"DA", b"SH", b"LO", b"TM")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))


def kind_of(name: str, declared: str, octets: bytes) -> Kind | None:
    """Return the family that reads a file, or None for text and for what no family knows.

    >>> kind_of("notes.txt", "text/plain", b"%PDF-1.7"), kind_of("a.pdf", "", b"hello")
    (<Kind.PDF: 'pdf'>, None)
    """
    if shown := shown_kind(octets):
        return shown
    ending = name.rpartition(".")[2].lower()
    named = _BY_ENDING.get(ending)
    if is_text(octets):
        return _kind_of_text(ending, declared, octets)
    if b"%PDF-" in octets[:_PDF_WITHIN]:
        return Kind.PDF
    if octets and named is Kind.PICTURE:
        return named if octets.startswith(b"BM") else None
    said = named or next((kind for start, kind in _BY_TYPE if declared.startswith(start)), None)
    # Loading the library takes half a second; so few octets have room for nothing.
    return None if not octets or (said is Kind.DICOM and len(octets) < _DICOM_LEAST) else said


def _kind_of_text(ending: str, declared: str, octets: bytes) -> Kind | None:
    if ending == "eml" and _LETTER.match(octets):
        return Kind.LETTER
    if ending == "svg" or declared == "image/svg+xml":
        return Kind.DRAWING
    return Kind.PDF if ending == "pdf" and b"%PDF-" in octets[:_PDF_WITHIN] else None


def shown_kind(octets: bytes) -> Kind | None:
    """Return the family that the first octets show beyond doubt, or None."""
    if octets[128:132] == b"DICM" or (octets.startswith(_BARE_DICOM) and _is_bare_dicom(octets)):
        return Kind.DICOM
    if octets.startswith(_MARKS):
        return next(kind for start, kind in _MAGIC if octets.startswith(start))
    if octets[4:8] == b"ftyp" and octets[8:12] in _BRANDS:
        return Kind.PICTURE
    if octets.startswith(b"RIFF") and octets[8:12] == b"WEBP":
        return Kind.PICTURE
    return Kind.TAPE if octets[257:262] == b"ustar" else None


def _is_bare_dicom(octets: bytes) -> bool:
    """Whether the octets begin with an early element of group 2 or 8, as files without a preamble do."""
    group, element, kind, length = octets[:2], octets[2:4], octets[4:6], octets[6:8]
    if len(octets) < 16 or (group, element[1:]) not in ((b"\x02\0", b"\0"), (b"\x08\0", b"\0")):
        return group == b"\0\x08" and element in (b"\0\x05", b"\0\x08", b"\0\x16") and kind.isupper()
    implicit = element in _FIRST_ELEMENTS and length == b"\0\0" and kind[1] == 0
    return implicit or kind in _FIRST_KINDS


def is_text(octets: bytes) -> bool:
    """Return whether the octets are text in a set of characters that keeps ASCII, or in UTF-16 with its mark.

    >>> is_text("dose,µGy\\n".encode()), is_text(b"\\x00\\x01\\x02")
    (True, False)
    """
    start = octets[:_SNIFFED]
    if start.startswith(UTF_16):
        return True
    # A program made of letters is a program.
    return bool(start) and not start.startswith(b"MZ") and len(start.translate(None, _CONTROLS)) == len(start)
