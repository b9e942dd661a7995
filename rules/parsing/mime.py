"""leaves(octets) -> every leaf of the MIME tree, decoded: the one adapter around mail-parser.

mail-parser raises outside its own hierarchy, changes its types and recurses
of many kinds, so whatever it raises becomes ``Unparsed``, and only its tree of
stdlib messages is walked, by our own code and without recursion. Its modern
policy and header registry are never used: they take quadratic time.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Tree

import mailparser

from rules.parsing.ambiguity import encoding_of
from rules.parsing.charsets import decoded
from rules.parsing.fields import Structured, structured, unfold
from rules.parsing.names import shown_name
from rules.parsing.transfer import transferred
from rules.parsing.words import readable

# It logs addresses and header values; ours is the only journal.
logging.getLogger("mailparser").setLevel(logging.CRITICAL)

_COLLECTED_CAP = 2 * 1024 * 1024
"""Octets above which mail-parser never collects, because it keeps nine copies of attachments (P8)."""
_LEAVES_CAP = 1000
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_CONTINUED = re.compile(r"(name|filename)\*(\d{1,3})?(\*)?")


class Unparsed(Exception):
    """mail-parser or the standard library could not read the message; the text says what they met."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part that contains no others, its content decoded.

    ``alternatives`` number the multipart/alternative containers around it,
    ``forwarded`` says that it is within an attached message. ``names`` are all
    names that its header gives it, cleaned, without repeats.
    """

    kind: str
    charset: str
    attached: bool
    names: tuple[str, ...]
    content: bytes
    alternatives: tuple[int, ...] = ()
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The subject of an attached message."""

    subject: str


@dataclass(frozen=True, slots=True)
class Margin:
    """Text before the first or behind the last part of a multipart, which most readers do not see."""

    text: str


class _TreeAlone(mailparser.MailParser):  # type: ignore[misc]
    """mail-parser's guarded construction of the tree, and nothing more.

    What it collects besides (addresses, bodies, dates, attachments) is read by
    our own code, and collecting it costs four times the parsing.
    """

    def parse(self) -> "_TreeAlone":
        """Collect nothing."""
        return self


def parse(octets: bytes, suspect: bool) -> Tree:
    """Return the tree of the message. Raises Unparsed for whatever goes wrong.

    Of a ``suspect`` message mail-parser has to collect everything: what it
    trips over is doubt, even where our own reading would get through.
    """
    collecting = suspect and len(octets) <= _COLLECTED_CAP
    try:
        parser = mailparser.MailParser if collecting else _TreeAlone
        tree = parser.from_bytes(octets).message
    except (Exception, RecursionError) as problem:  # the promise: what cannot be read is doubt
        raise Unparsed(type(problem).__name__) from problem
    if not isinstance(tree, Tree):
        raise Unparsed("no message")
    return tree


@dataclass(frozen=True, slots=True)
class _Place:
    alternatives: tuple[int, ...] = ()
    forwarded: bool = False


def leaves(octets: bytes, suspect: bool) -> Iterator[Leaf | Forwarded | Margin]:
    """Yield all leaves in their order, with what stands between them; ``suspect`` as in `parse`.

    Raises Unparsed.
    """
    pending = [(parse(octets, suspect), _Place())]
    alternatives = count = 0
    while pending:
        part, place = pending.pop()
        kind, payload = _kind(part), _payload(part)
        count += 1
        if count > _LEAVES_CAP:
            raise Unparsed("more parts than were counted")
        if not isinstance(payload, list):
            yield _leaf(part, kind, place)
            continue
        yield from _margins(part)
        children = [child for child in payload if isinstance(child, Tree)]
        if kind.value == "multipart/alternative":
            alternatives += 1
            place = _Place((*place.alternatives, alternatives), place.forwarded)
        elif kind.value.startswith("message/"):
            place = _Place(place.alternatives, True)
            children = [_unwrapped(part, child) for child in children]
            yield from _subjects(children)
        pending.extend((child, place) for child in reversed(children))


def _unwrapped(part: Tree, child: Tree) -> Tree:
    """Return an attached message; one that was encoded as a whole is decoded, because the parser does not."""
    content = _payload(child)
    if child.keys() or not isinstance(content, str) or _encoding(part) in ("", "7bit", "8bit", "binary"):
        return child
    return parse(transferred(_octets(content), _encoding(part)), suspect=True)


def _subjects(payload: list[Tree]) -> Iterator[Forwarded]:
    for child in payload:
        values = [raw for name, raw in child.raw_items() if name.lower() == "subject"]
        for value in values:
            yield Forwarded(readable(decoded(unfold(_octets(value)))))


def _margins(part: Tree) -> Iterator[Margin]:
    for text in (part.preamble, part.epilogue):
        if text and text.strip():
            yield Margin(decoded(_octets(text)).replace("\r\n", "\n").strip())


def _payload(part: Tree) -> object:
    # get_payload() decodes by any codec that the sender names; this has the octets as they came.
    return vars(part).get("_payload")


def _octets(text: str) -> bytes:
    # The parser keeps octets that are not ASCII as surrogates; anything else would be its own doing.
    return str(text).encode("utf-8", "surrogateescape")


def _values(part: Tree, name: str) -> list[bytes]:
    return [_octets(raw) for key, raw in part.raw_items() if key.lower() == name]


def _kind(part: Tree) -> Structured:
    values = _values(part, "content-type")
    kind = structured(values[0]) if values else Structured("")
    if "/" in kind.value:
        return kind
    return Structured(part.get_content_type(), kind.parameters)


def _encoding(part: Tree) -> str:
    values = _values(part, "content-transfer-encoding")
    return encoding_of(values[0]) if values else ""


def _leaf(part: Tree, kind: Structured, place: _Place) -> Leaf:
    dispositions = [structured(value) for value in _values(part, "content-disposition")]
    payload = _payload(part)
    content = _octets(payload) if isinstance(payload, str) else b""
    return Leaf(
        kind=kind.value,
        charset=kind.first("charset").decode("latin-1"),
        attached=any(disposition.value == "attachment" for disposition in dispositions),
        names=_names((kind, *dispositions)),
        content=transferred(content, _encoding(part)),
        alternatives=place.alternatives,
        forwarded=place.forwarded,
    )


def _names(fields: tuple[Structured, ...]) -> tuple[str, ...]:
    """Return every name that a reader could take: plain, encoded (RFC 2047) and continued (RFC 2231)."""
    names: list[str] = []
    for field in fields:
        for key in ("filename", "name"):
            names.extend(readable(decoded(value)) for value in field.all(key))
            names.append(_continued(field, key))
    return tuple(dict.fromkeys(clean for name in names if (clean := shown_name(name))))


def _octet(match: re.Match[bytes]) -> bytes:
    return bytes((int(match[1], 16),))


def _continued(field: Structured, key: str) -> str:
    pieces = []
    for name, value in field.parameters:
        match = _CONTINUED.fullmatch(name)
        if match and match[1] == key:
            # A lone asterisk says that the value is encoded; after a number it says so too.
            pieces.append((int(match[2] or 0), match[2] is None or match[3] is not None, value))
    charset, octets = "", b""
    for number, encoded, value in sorted(pieces, key=lambda piece: piece[0]):
        content = value
        if encoded and number == 0 and value.count(b"'") >= 2:
            label, _, content = value.split(b"'", 2)
            charset = label.decode("latin-1")
        octets += _PERCENT.sub(_octet, content) if encoded else content
    return readable(decoded(octets, charset), words=False)
