"""read_compound(octets): Office before 2007, Outlook's messages, what Office encrypts (OLE files).

The words are found as runs of printable characters, not by each program's
records: that cannot be led astray, and it finds what the records hide.
"""

import io
import re
from collections.abc import Iterator

import olefile

from rules.documents.biff import read_biff
from rules.documents.document import Document, DocumentFact, Draft, Inner, Refused
from rules.documents.runs import runs

_MESSAGE = re.compile(r"__substg1\.0_([0-9A-F]{4})(001E|001F|0102)", re.IGNORECASE)
_MESSAGE_TEXTS = ("0037", "0C1A", "0E04", "1000", "1013")  # subject, sender, recipients, body, HTML
_MESSAGE_FILE, _FILE_NAMES = "3701", ("3707", "3704")
_MACROS = re.compile(r"_VBA_PROJECT(?:_CUR)?|VBA|Macros", re.IGNORECASE)
_LOCKED = ("EncryptedPackage", "EncryptionInfo", "EncryptedSummary")
_KINDS = (("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"), ("PowerPoint Document", "ppt"))
_LABELS = ("title", "subject", "author", "keywords", "comments", "last_saved_by", "company", "manager")
_INNER_MOST = 50


def read_compound(octets: bytes) -> Document:
    """Return what a compound file says. Raises Refused for one that is damaged or locked."""
    file, streams = _opened(octets)
    draft = Draft(next((kind for stream, kind in _KINDS if stream in streams), "compound"))
    if any(name.startswith("__substg1.0_") for name in streams):
        draft.kind = "msg"
    # The directory may promise more than there is, or chain its sectors in a circle.
    sound = {name: path for name, path in streams.items() if file.get_size(path) <= len(octets)}
    if len(sound) < len(streams):
        draft.doubt("is damaged: a part of it is said to be longer than the whole")
    if any(_MACROS.fullmatch(part) for path in streams.values() for part in path):
        draft.facts.add(DocumentFact.MACROS)
    _refuse_locked(file, sound)
    for name in sound:
        _read_stream(draft, file, sound, name)
    _read_properties(draft, file)
    return draft.done()


def _opened(octets: bytes) -> tuple[olefile.OleFileIO, dict[str, list[str]]]:
    """Return the file, and its streams by their whole names."""
    try:
        file = olefile.OleFileIO(io.BytesIO(octets))
        return file, {"/".join(path): path for path in file.listdir()}
    except Exception as problem:  # whatever olefile trips over is damage
        raise Refused("is damaged: it begins as a compound file and cannot be opened as one") from problem


def _stream(file: olefile.OleFileIO, path: list[str]) -> bytes:
    try:
        return bytes(file.openstream(path).read())
    except Exception as problem:  # the same
        raise Refused("is damaged: a part of it cannot be found") from problem


def _refuse_locked(file: olefile.OleFileIO, streams: dict[str, list[str]]) -> None:
    word = _stream(file, streams["WordDocument"])[:12] if "WordDocument" in streams else b""
    user = _stream(file, streams["Current User"])[:16] if "Current User" in streams else b""
    # [MS-DOC] 2.5.2 fEncrypted; [MS-PPT] 2.3.2 headerToken
    marked = (len(word) == 12 and word[11] & 0x01) or user[12:16] == b"\xdf\xc4\xd1\xf3"
    if marked or any(name in streams for name in _LOCKED):
        raise Refused("is locked with a password", DocumentFact.ENCRYPTED)


def _read_stream(draft: Draft, file: olefile.OleFileIO, streams: dict[str, list[str]], name: str) -> None:
    path = streams[name]
    if draft.kind == "msg":
        _read_part_of_message(draft, file, streams, name)
    elif name in ("WordDocument", "PowerPoint Document"):
        for words in runs(_stream(file, path)):
            draft.say(words + "\n")
    elif name in ("Workbook", "Book"):
        content = _stream(file, path)
        for words in runs(content):
            draft.say(words + "\n")
        read_biff(draft, content)


def _read_part_of_message(
    draft: Draft, file: olefile.OleFileIO, streams: dict[str, list[str]], name: str
) -> None:
    *folder, last = streams[name]
    match = _MESSAGE.fullmatch(last)
    if match is None:
        return
    if match[1] in _MESSAGE_TEXTS:
        draft.say(_text(_stream(file, streams[name]), match[2]) + "\n")
    elif match[1] == _MESSAGE_FILE and match[2] == "0102":
        if len(draft.inner) >= _INNER_MOST:
            draft.doubt(f"holds more than {_INNER_MOST} files; the others were not opened")
            return
        file_name = next(_file_names(file, streams, folder), "")
        draft.names.append(file_name or "a file without a name")
        draft.inner.append(Inner(file_name, _stream(file, streams[name])))


def _file_names(file: olefile.OleFileIO, streams: dict[str, list[str]], folder: list[str]) -> Iterator[str]:
    for key in _FILE_NAMES:
        for kind in ("001F", "001E"):
            path = "/".join((*folder, f"__substg1.0_{key}{kind}"))
            if path in streams and (name := _text(_stream(file, streams[path]), kind)):
                yield name


def _text(octets: bytes, kind: str) -> str:
    return octets.decode("utf-16-le" if kind.upper() == "001F" else "cp1252", "replace").strip("\0")


def _read_properties(draft: Draft, file: olefile.OleFileIO) -> None:
    try:
        found = file.get_metadata()
    except Exception:  # noqa: BLE001  Properties that cannot be read hide nothing that the document shows
        return
    for label in _LABELS:
        value = getattr(found, label, None)
        if isinstance(value, bytes):
            value = value.decode("utf-8" if found.codepage == 65001 else "cp1252", "replace")
        if isinstance(value, str):
            draft.property(label.replace("_", " ").capitalize(), value)
