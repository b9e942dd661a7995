"""read_pdf(octets): a PDF's text, notes, forms, properties, links, pictures and attached files."""

import ctypes
import io
from collections.abc import Iterator
from typing import Any

import pypdfium2
from pypdfium2 import raw

from rules.documents.document import PICTURES_CAP, Document, DocumentFact, Draft, Inner, Refused

_PAGES_CAP = 1000
_NOTES_CAP = 5000  # on a page
_OBJECTS_DEPTH = 4
_PIXELS_CAP = 4_000_000  # of a picture that has to be unpacked
_FILES_CAP = 20
_FILE_SIZE = 8 * 1024 * 1024
_LABELS = ("Title", "Author", "Subject", "Keywords", "Creator")
_NOTE_TEXTS = (b"Contents", b"V", b"RC")  # the note, a form field's value, a note in rich text
_DAMAGED = ("is damaged: it cannot be opened as a PDF", ())
_LOCKED = {
    raw.FPDF_ERR_PASSWORD: ("is locked with a password", (DocumentFact.ENCRYPTED,)),
    raw.FPDF_ERR_SECURITY: ("is locked in a way that is not known here", (DocumentFact.ENCRYPTED,)),
}


def read_pdf(octets: bytes) -> Document:
    """Return what a PDF says. Raises Refused for one that is damaged or locked."""
    draft = Draft("pdf")
    try:
        document = pypdfium2.PdfDocument(octets)
    except pypdfium2.PdfiumError as problem:
        why, facts = _LOCKED.get(problem.err_code or 0, _DAMAGED)
        raise Refused(why, *facts) from problem
    try:
        _read(draft, document)
    finally:
        document.close()
    return draft.done()


def _read(draft: Draft, document: pypdfium2.PdfDocument) -> None:
    for label in _LABELS:
        draft.property(label, document.get_metadata_value(label))
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        draft.facts.add(DocumentFact.SCRIPTS)
    _take_files(draft, document)
    pages = len(document)
    for number in range(min(pages, _PAGES_CAP)):
        if draft.full:
            return
        _read_page(draft, document, number)
    if pages > _PAGES_CAP:
        draft.doubt(f"has {pages} pages, of which {_PAGES_CAP} are read")


def _read_page(draft: Draft, document: pypdfium2.PdfDocument, number: int) -> None:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        draft.doubt("is damaged: not all of its pages can be opened")
        return
    try:
        text = page.get_textpage()
        draft.say(text.get_text_range() + "\n")
        text.close()
        for note in _notes(draft, page):
            _read_note(draft, document, note)
        if len(draft.pictures) < PICTURES_CAP:
            _take_pictures(draft, page)
    finally:
        page.close()


def _notes(draft: Draft, page: pypdfium2.PdfPage) -> Iterator[Any]:
    count = raw.FPDFPage_GetAnnotCount(page)
    if count > _NOTES_CAP:
        draft.doubt(f"has a page with {count} notes and links, of which {_NOTES_CAP} are read")
    for index in range(min(count, _NOTES_CAP)):
        note = raw.FPDFPage_GetAnnot(page, index)
        if note:
            try:
                yield note
            finally:
                raw.FPDFPage_CloseAnnot(note)


def _read_note(draft: Draft, document: pypdfium2.PdfDocument, note: Any) -> None:
    for key in _NOTE_TEXTS:
        if raw.FPDFAnnot_HasKey(note, key):
            draft.say(_wide(raw.FPDFAnnot_GetStringValue, note, key) + "\n")
    link = raw.FPDFAnnot_GetLink(note)
    action = raw.FPDFLink_GetAction(link) if link else None
    if action and raw.FPDFAction_GetType(action) == raw.PDFACTION_URI:
        size = raw.FPDFAction_GetURIPath(document, action, None, 0)
        buffer = ctypes.create_string_buffer(max(1, size))
        raw.FPDFAction_GetURIPath(document, action, buffer, size)
        draft.link(buffer.raw[: max(0, size - 1)].decode("utf-8", "replace"))


def _wide(ask: Any, *about: Any) -> str:
    """Ask pdfium for a text in UTF-16: first for its size, then for the text."""
    size = ask(*about, None, 0)
    buffer = (ctypes.c_ushort * max(1, size // 2))()
    ask(*about, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")


def _take_pictures(draft: Draft, page: pypdfium2.PdfPage) -> None:
    images = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=_OBJECTS_DEPTH)
    for number, found in enumerate(images):
        if number >= PICTURES_CAP or not isinstance(found, pypdfium2.PdfImage):
            return
        try:
            draft.picture(_picture(found))
        except (pypdfium2.PdfiumError, ValueError, OSError):
            # A picture that its reader does not see either.
            continue


def _picture(image: pypdfium2.PdfImage) -> bytes:
    if image.get_filters(skip_simple=True) == ["DCTDecode"]:
        return bytes(image.get_data(decode_simple=True))
    width, height = image.get_px_size()
    if width * height > _PIXELS_CAP:
        return b""
    file = io.BytesIO()
    image.get_bitmap().to_pil().convert("RGB").save(file, "PNG", compress_level=1)
    return file.getvalue()


def _take_files(draft: Draft, document: pypdfium2.PdfDocument) -> None:
    count = document.count_attachments()
    for index in range(min(count, _FILES_CAP)):
        file = document.get_attachment(index)
        name = file.get_name()
        draft.names.append(name)
        size = ctypes.c_ulong()
        there = raw.FPDFAttachment_GetFile(file, None, 0, size)
        content = bytes(file.get_data()) if there and size.value <= _FILE_SIZE else b""
        if size.value <= _FILE_SIZE:
            draft.inner.append(Inner(name, content))
        else:
            draft.doubt(f"holds a file of {size.value} octets, which is not opened")
    if count > _FILES_CAP:
        draft.doubt(f"holds {count} files, of which {_FILES_CAP} are opened")
