"""leaves(octets) -> every leaf of the MIME tree, decoded: the one adapter around mail-parser.

mail-parser raises outside its own hierarchy, changes its types and recurses
of many kinds, so whatever it raises becomes ``Unparsed``, and only its tree of
stdlib messages is walked, by our own code and without recursion. Its modern
policy and header registry are never used: they take quadratic time.
"""

import logging
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from email.feedparser import BytesFeedParser
from email.message import Message as Tree

import mailparser

from rules.parsing.ambiguity import encoding_of
from rules.parsing.charsets import decoded
from rules.parsing.fields import split_header, unfold
from rules.parsing.leaf import Leaf, Place, content_of, kinds_of, leaves_of, octets, payload, values
from rules.parsing.parts import structure
from rules.parsing.transfer import looks_encoded, transferred
from rules.parsing.words import readable

__all__ = ["Forwarded", "Leaf", "Margin", "Unparsed", "leaves"]

# It logs addresses and header values; ours is the only journal.
logging.getLogger("mailparser").setLevel(logging.CRITICAL)

_COLLECTED_CAP = 2 * 1024 * 1024
"""Octets above which mail-parser never collects, because it keeps nine copies of attachments (P8)."""
_PIECE = 64 * 1024
_LEAVES_CAP = 1000
_AGAIN = 6
"""How often a message's octets may be parsed again as messages within it; honest ones need two or three."""
_DELIMITER = re.compile(rb"^--(\S[^\r\n]{0,69}?)[ \t]*\r?$", re.MULTILINE)
_PLAIN = ("", "7bit", "8bit", "binary")
_HEADED = re.compile(rb"(?:[A-Za-z][\w-]{1,40}:[ \t][^\r\n]{0,998}\r?\n(?:[ \t][^\r\n]{0,998}\r?\n)*){2,}")


class Unparsed(Exception):
    """mail-parser or the standard library could not read the message; the text says what they met."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The subject of an attached message."""

    subject: str


@dataclass(frozen=True, slots=True)
class Margin:
    """Text before the first or behind the last part of a multipart, which most readers do not see."""

    text: str


Found = Leaf | Forwarded | Margin
"""What is found in a message, in its order."""


class _TreeAlone(mailparser.MailParser):  # type: ignore[misc]
    """mail-parser's guarded construction of the tree, and nothing more.

    What it collects besides (addresses, bodies, dates, attachments) is read by
    our own code, and collecting it costs four times the parsing.
    """

    def parse(self) -> "_TreeAlone":
        """Collect nothing."""
        return self


def parse(message: bytes, suspect: bool) -> Tree:
    """Return the tree of the message. Raises Unparsed for whatever goes wrong.

    Of a ``suspect`` message mail-parser has to collect everything: what it
    trips over is doubt, even where our own reading would get through.
    """
    collecting = suspect and len(message) <= _COLLECTED_CAP
    try:
        if len(message) > _COLLECTED_CAP:
            tree = _TreeAlone(_fed(message)).message
        else:
            tree = (mailparser.MailParser if collecting else _TreeAlone).from_bytes(message).message
    except Exception as problem:  # the promise: what cannot be read is doubt, endless recursion too
        raise Unparsed(type(problem).__name__) from problem
    if not isinstance(tree, Tree):
        raise Unparsed("no message")
    return tree


def _fed(message: bytes) -> Tree:
    """The tree, parsed piece by piece: as a whole, a text takes four octets for each of the message's."""
    parser = BytesFeedParser()
    for at in range(0, len(message), _PIECE):
        parser.feed(message[at : at + _PIECE])
    return parser.close()


class _Within:
    """Parses messages within one, not seen as such before; files that are messages, too, if ``files``."""

    def __init__(self, size: int, files: bool) -> None:
        self.files = files
        self._left = _AGAIN * size

    def __call__(self, message: bytes) -> Tree:
        """Return the tree of one, within the caps of any. Raises Unparsed."""
        self._left -= len(message)
        if self._left < 0:
            raise Unparsed("messages within messages without end")
        found = structure(message, split_header(message))
        if found.excess:
            raise Unparsed(found.excess[0])
        return parse(message, suspect=False)


def leaves(message: bytes, suspect: bool, body: int = 0, *, files: bool = True) -> Iterator[Found]:
    """Yield all leaves in their order, with what stands between them; ``suspect`` as in `parse`.

    Of a message that is certainly of one part, ``body`` tells where that
    begins; it need not be parsed, which takes most of the time. Messages that
    are attached as ``files`` are gone through, too. Raises Unparsed.
    """
    within = _Within(len(message), files)
    pending = [] if body else [(parse(message, suspect), Place())]
    if body:
        pending += yield from _leaf(parse(message[:body], suspect=False), Place(), message[body:], within)
    alternatives = count = 0
    while pending:
        part, place = pending.pop()
        count += 1
        if count > _LEAVES_CAP:
            raise Unparsed("more parts than were counted")
        kind = kinds_of(part)[0].value
        children = _children(part, kind, within)
        if not children:
            pending += yield from _leaf(part, place, content_of(part), within)
            continue
        yield from _margins(part)
        if kind == "multipart/alternative":
            alternatives += 1
            place = Place((*place.alternatives, alternatives), place.forwarded)
        elif kind.startswith("message/"):
            place = Place(place.alternatives, True)
            yield from _subjects(children)
        pending.extend((child, place) for child in reversed([*children, *_parts_beside(part, within)]))


def _leaf(
    part: Tree, place: Place, content: bytes, within: _Within
) -> Generator[Found, None, list[tuple[Tree, Place]]]:
    """Yield the readings of a leaf; return the message that it holds, if it holds one, and its place."""
    readings = tuple(leaves_of(part, kinds_of(part), place, content))
    yield from readings
    inner = _attached_message(readings[0], within) if within.files else None
    if inner is None:
        return []
    yield from _subjects([inner])
    return [(inner, Place(place.alternatives, True))]


def _children(part: Tree, kind: str, within: _Within) -> list[Tree]:
    """The parts of a multipart or the message that a part holds, decoded if they were encoded as a whole."""
    inside = payload(part)
    if isinstance(inside, list):
        children = [child for child in inside if isinstance(child, Tree)]
        return (
            [_unwrapped(part, child, within) for child in children]
            if kind.startswith("message/")
            else children
        )
    if not kind.startswith("multipart/") or not isinstance(inside, str):
        return []
    # The boundary does not occur in what it should part: the content is encoded, or has another boundary.
    content = transferred(octets(inside), _encoding(part))
    return _parted(content, within)


def _parted(content: bytes, within: _Within) -> list[Tree]:
    delimiter = _DELIMITER.search(content)
    if delimiter is None:
        return []
    boundary = delimiter[1].replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    head = b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    found = payload(within(head + content))
    return [child for child in found if isinstance(child, Tree)] if isinstance(found, list) else []


def _unwrapped(part: Tree, child: Tree, within: _Within) -> Tree:
    """Return an attached message; one that was encoded as a whole is decoded: the parser does not."""
    content = payload(child)
    encoding = _encoding(part)
    if child.keys() or not isinstance(content, str):
        return child
    if encoding in _PLAIN:
        encoding = looks_encoded(octets(content))
    return child if encoding in _PLAIN else within(transferred(octets(content), encoding))


def _attached_message(leaf: Leaf, within: _Within) -> Tree | None:
    """The message that a leaf holds by its name or by its look, whatever type it gives itself."""
    named = any(name.lower().endswith((".eml", ".mht", ".mhtml")) for name in leaf.names)
    if not (named or leaf.kind.startswith("message/")) or not _HEADED.match(leaf.content):
        return None
    return within(leaf.content)


def _subjects(messages: list[Tree]) -> Iterator[Forwarded]:
    for message in messages:
        for value in values(message, "subject"):
            yield Forwarded(readable(decoded(unfold(value))))


def _margins(part: Tree) -> Iterator[Margin]:
    for text in _beside(part):
        yield Margin(decoded(text).replace("\r\n", "\n").strip())


def _beside(part: Tree) -> list[bytes]:
    """What stands before the first part and behind the last: parts too, if programs differ on the end."""
    return [octets(text) for text in (part.preamble, part.epilogue) if text and text.strip()]


def _parts_beside(part: Tree, within: _Within) -> list[Tree]:
    return [child for margin in _beside(part) for child in _parted(margin, within)]


def _encoding(part: Tree) -> str:
    encodings = values(part, "content-transfer-encoding")
    return encoding_of(encodings[0]) if encodings else ""
