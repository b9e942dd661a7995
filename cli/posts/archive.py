"""Finds messages in files, mailboxes, Maildirs and folders, and gives their octets as they would be sent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import GivenWrong

_LINE_END = re.compile(rb"\r?\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_START = b"From "


@dataclass(frozen=True, slots=True)
class Post:
    """One message found: ``name`` is its path as found, with #N (from 1) inside a mailbox."""

    name: str
    octets: bytes


@dataclass
class NoMessages(GivenWrong):
    """A path that holds no message."""

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}; give message files, mailboxes, or folders of *.eml files"


def posts(path: Path) -> Iterator[Post]:
    """Every message under a path, in the order of their names. Raises NoMessages."""
    try:
        if not path.is_dir():
            yield from _of_file(path)
            return
        files = _within(path)
        if not files:
            raise NoMessages(str(path), "no messages in this folder")
        for file in files:
            yield from _of_file(file)
    except OSError as error:
        raise NoMessages(str(path), f"cannot be read ({error.strerror or error})") from error


def post(path: Path) -> Post:
    """The first message of a file. Raises NoMessages."""
    for found in posts(path):
        return found
    raise NoMessages(str(path), "no messages in this file")


def as_sent(octets: bytes) -> bytes:
    """The octets with CRLF where a file has only LF, ending in CRLF; mixed line ends stay as they are.

    >>> as_sent(b"a: b\\n\\nc")
    b'a: b\\r\\n\\r\\nc\\r\\n'
    """
    if b"\r\n" not in octets:
        octets = octets.replace(b"\n", b"\r\n")
    if octets and not octets.endswith(b"\r\n"):
        octets += b"\r\n"
    return octets


def _within(folder: Path) -> tuple[Path, ...]:
    # A Maildir's tmp/ holds half-written messages; cur/ and new/ hold whole ones under any name.
    boxes = [folder / "cur", folder / "new"]
    if all(box.is_dir() for box in boxes):
        return tuple(sorted(file for box in boxes for file in box.iterdir() if file.is_file()))
    return tuple(sorted(file for file in folder.rglob("*.eml") if file.is_file()))


def _of_file(file: Path) -> Iterator[Post]:
    if not file.exists():
        raise NoMessages(str(file), "no such file or folder")
    if not file.is_file():
        raise NoMessages(str(file), "neither a file nor a folder")
    octets = file.read_bytes()
    if octets.startswith(_START):
        for number, part in enumerate(_of_mailbox(octets), start=1):
            yield Post(f"{file}#{number}", as_sent(part))
    else:
        yield Post(str(file), as_sent(octets))


def _of_mailbox(octets: bytes) -> Iterator[bytes]:
    # RFC 4155: a line "From " at the start, or after an empty line, begins a message.
    message: list[bytes] = []
    empty = True
    begun = False
    for line in _lines(octets):
        if empty and line.startswith(_START):
            if begun:
                yield _unquoted(message)
            message, begun = [], True
        else:
            message.append(line)
        empty = line in (b"\n", b"\r\n")
    yield _unquoted(message)


def _lines(octets: bytes) -> Iterator[bytes]:
    start = 0
    for match in _LINE_END.finditer(octets):
        yield octets[start : match.end()]
        start = match.end()
    if start < len(octets):
        yield octets[start:]


def _unquoted(lines: list[bytes]) -> bytes:
    # The empty line before the next "From " belongs to the mailbox, not to the message.
    if len(lines) > 1 and lines[-1] in (b"\n", b"\r\n"):
        lines = lines[:-1]
    return _QUOTED_FROM.sub(rb"\1", b"".join(lines))
