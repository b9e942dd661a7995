"""document(name, declared, octets): a file given to its family; whatever happens there is a doubt.

Families are imported when a file of theirs comes: plain posts never pay for
the libraries, and a gateway's own process never has them.
"""

from collections.abc import Callable

from rules.documents.document import Document, DocumentFact, Refused
from rules.documents.kinds import Kind, kind_of

Opener = Callable[[str, str, bytes], Document | None]
"""Opens a file by its name, declared type and octets; None for text and for what no family reads."""

_Reader = Callable[[str, bytes], Document]


def document(name: str, declared: str, octets: bytes) -> Document | None:
    """Return what a file says, or None for text and what no family reads; never an exception.

    >>> document("notes.txt", "text/plain", b"%PDF-1.7").doubts
    ('is damaged: it cannot be opened as a PDF',)
    """
    kind = kind_of(name, declared, octets)
    if kind is None:
        return None
    try:
        return reader_of(kind)(name, octets)
    except Refused as refused:
        return Document(kind.value, facts=refused.facts, doubts=(str(refused),))
    except Exception as problem:  # noqa: BLE001  the promise: doubt, for endless recursion too
        return Document(kind.value, doubts=(f"cannot be opened ({type(problem).__name__})",))


def reader_of(kind: Kind) -> _Reader:
    """Return the function that reads files of a family; its libraries are loaded now."""
    match kind:
        case Kind.ZIP:
            from rules.documents.archives import read_zip

            return read_zip
        case Kind.TAPE:
            from rules.documents.archives import read_tape

            return read_tape
        case Kind.CLOSED:
            return _closed
        case _:
            return _reader_of_one(kind)


def _reader_of_one(kind: Kind) -> _Reader:
    read: Callable[[bytes], Document]
    match kind:
        case Kind.PDF:
            from rules.documents.pdf import read_pdf as read
        case Kind.COMPOUND:
            from rules.documents.compound import read_compound as read
        case Kind.RTF:
            from rules.documents.rtf import read_rtf as read
        case Kind.PICTURE:
            from rules.documents.picture import read_picture as read
        case Kind.DICOM:
            from rules.documents.dicom import read_dicom as read
        case Kind.DRAWING:
            from rules.documents.drawing import read_drawing as read
        case Kind.LETTER:
            from rules.documents.letter import read_letter as read
        case _:
            raise ValueError(kind)
    return lambda _name, octets: read(octets)


def _closed(_name: str, _octets: bytes) -> Document:
    # Not a doubt: what it is, is known; a clause may ask for it.
    return Document(Kind.CLOSED.value, facts=frozenset({DocumentFact.UNOPENED_ARCHIVE}))
