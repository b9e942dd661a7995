"""leaves_of(part) -> one part that contains no others, decoded.

It is decoded again where programs read it otherwise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message as Tree

from rules.parsing.ambiguity import encoding_of
from rules.parsing.charsets import decoded
from rules.parsing.fields import Structured, structured, unfold
from rules.parsing.names import shown_name
from rules.parsing.transfer import looks_encoded, transferred
from rules.parsing.words import readable

_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_CONTINUED = re.compile(r"(name|filename)\*(\d{1,3})?(\*)?")
_TYPE = re.compile(r"[^\s/\"'<>]+/[^\s\"'<>]+")
_LOOSE = re.compile(r"[\s\"'<>]+")
_TURNING = "\u202e"
_SURE = ("", "7bit", "8bit", "binary", "quoted-printable")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part that contains no others, its content decoded.

    ``alternatives`` number the multipart/alternative containers around it,
    ``forwarded`` says that it is within an attached message. ``names`` are all
    names that its header gives it, cleaned, without repeats. ``joined``: lines
    that end in a blank go on in the next, without it (RFC 3676, DelSp).
    ``other``: only some programs read the part this way.
    """

    kind: str
    charset: str
    attached: bool
    names: tuple[str, ...]
    content: bytes
    alternatives: tuple[int, ...] = ()
    forwarded: bool = False
    description: str = ""
    joined: bool = False
    other: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part stands: the numbers of the alternatives around it, and whether a message is."""

    alternatives: tuple[int, ...] = ()
    forwarded: bool = False


def leaves_of(part: Tree, kinds: list[Structured], place: Place, content: bytes) -> Iterator[Leaf]:
    """Yield the leaf with that content as most programs read it, and then the other readings of it."""
    encodings = [encoding_of(value) for value in values(part, "content-transfer-encoding")] or [""]
    dispositions = [structured(value) for value in values(part, "content-disposition")]
    described = values(part, "content-description")
    leaf = Leaf(
        kind=kinds[0].value,
        charset=kinds[0].first("charset").decode("latin-1"),
        attached=any(disposition.value == "attachment" for disposition in dispositions),
        names=_names((*kinds, *dispositions)),
        content=transferred(content, encodings[0]),
        alternatives=place.alternatives,
        forwarded=place.forwarded,
        description=" ".join(readable(decoded(unfold(value))) for value in described),
        joined=kinds[0].first("delsp").lower() == b"yes" and kinds[0].first("format").lower() == b"flowed",
    )
    yield leaf
    for kind in kinds[1:]:
        yield replace(leaf, kind=kind.value, charset=kind.first("charset").decode("latin-1"), other=True)
    for charset in kinds[0].all("charset")[1:]:
        yield replace(leaf, charset=charset.decode("latin-1"), other=True)
    for encoding in _other_encodings(content, encodings):
        yield replace(leaf, content=transferred(content, encoding), other=True)


def _other_encodings(content: bytes, encodings: list[str]) -> list[str]:
    """The encodings in which a program may read the content that goes by the last field, or by what it
    sees.
    """
    others = [encoding for encoding in encodings[1:] if encoding != encodings[0]]
    if encodings[0] in _SURE:
        return others
    seen = looks_encoded(content)
    if seen != encodings[0]:
        others.append("7bit" if encodings[0] == "base64" else seen)
    return others


def content_of(part: Tree) -> bytes:
    """The octets of a leaf, as they are transferred."""
    body = payload(part)
    return octets(body) if isinstance(body, str) else b""


def payload(part: Tree) -> object:
    """What the parser kept as content: get_payload() decodes by any codec that the sender names."""
    return vars(part).get("_payload")


def octets(text: str) -> bytes:
    """The octets as they came: the parser keeps those that are not ASCII as surrogates."""
    return str(text).encode("utf-8", "surrogateescape")


def values(part: Tree, name: str) -> list[bytes]:
    """The values of all fields of that name, in any case."""
    return [octets(raw) for key, raw in part.raw_items() if key.strip().lower() == name]


def kinds_of(part: Tree) -> list[Structured]:
    """The types that a part's header gives it, at least one; the first is the one that most programs take."""
    told = [structured(value) for value in values(part, "content-type")]
    kinds = [kind if _TYPE.fullmatch(kind.value) else _usual(part, kind) for kind in told]
    return kinds or [Structured(part.get_content_type())]


def _usual(part: Tree, kind: Structured) -> Structured:
    """What programs make of a type that is none, and of one in quotes or with blanks."""
    clean = _LOOSE.sub("", kind.value)
    return Structured(clean if _TYPE.fullmatch(clean) else part.get_content_type(), kind.parameters)


def _names(fields: tuple[Structured, ...]) -> tuple[str, ...]:
    """Return every name that a reader could take: plain, encoded (RFC 2047) and continued (RFC 2231)."""
    names: list[str] = []
    for field in fields:
        for key in ("filename", "name"):
            plain = [decoded(value) for value in field.all(key)]
            names += [*map(readable, plain), *map(_turned, plain), _continued(field, key)]
    return tuple(dict.fromkeys(clean for name in names if (clean := shown_name(name))))


def _turned(name: str) -> str:
    """What stands behind a character that turns the direction is read backwards."""
    before, turning, after = name.partition(_TURNING)
    return readable(before + after[::-1]) if turning else ""


def _octet(match: re.Match[bytes]) -> bytes:
    return bytes((int(match[1], 16),))


def _continued(field: Structured, key: str) -> str:
    pieces = []
    for name, value in field.parameters:
        match = _CONTINUED.fullmatch(name)
        if match and match[1] == key:
            # A lone asterisk says that the value is encoded; after a number it says so too.
            pieces.append((int(match[2] or 0), match[2] is None or match[3] is not None, value))
    charset, content = "", b""
    for number, encoded, value in sorted(pieces, key=lambda piece: piece[0]):
        piece = value
        if encoded and number == 0 and value.count(b"'") >= 2:
            label, _, piece = value.split(b"'", 2)
            charset = label.decode("latin-1")
        content += _PERCENT.sub(_octet, piece) if encoded else piece
    return readable(decoded(content, charset), words=False)
