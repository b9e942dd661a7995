"""Header fields as they came: the header block split into fields, and the parameters of structured ones.

Octets only and linear in their number: nothing here decodes words, so the
scanner and the reading cannot disagree about where a field ends.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

HEADER_CAP = 256 * 1024
"""Octets of a header block that are looked at; a longer block is never given to the parser."""

# A name may be any printable ASCII but the colon (RFC 5322, 3.6.8).
_FIELD = re.compile(rb"([!-9;-~]+):")
_SPACED_FIELD = re.compile(rb"[!-9;-~]+[ \t]+:")
_HEADER_END = re.compile(rb"(?:\r\n|\r(?!\n)|\n)(?=[\r\n])")
_LINE_ENDS = (b"\r", b"\n")
# It matches whatever follows the quote: a pattern that can fail is tried again at each quote.
_QUOTED = rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)'
_TELLING = re.compile(rb'[;"\\]')
_OFTEN_SEEN = 200
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RawField:
    """One header field: ``name`` as written, ``value`` after the colon, folded, without the last CRLF."""

    name: bytes
    value: bytes

    @property
    def key(self) -> str:
        """The name in lower case."""
        return self.name.decode("ascii", "replace").lower()


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The fields of one header block, and how the block departs from RFC 5322.

    ``size`` counts the octets up to and with the blank line that ends it;
    ``oddities`` are kinds of ambiguity, each once.
    """

    fields: tuple[RawField, ...]
    size: int
    oddities: tuple[str, ...] = ()

    def values(self, key: str) -> tuple[bytes, ...]:
        """The values of all fields of that name (lower case), in their order."""
        name = key.encode("ascii")
        return tuple(field.value for field in self.fields if field.name.lower() == name)


def split_header(octets: bytes, start: int = 0, end: int | None = None) -> HeaderBlock:
    """Return the header block that begins at ``start``, reading at most ``HEADER_CAP`` octets of it.

    >>> split_header(b"To: a\\r\\n b\\r\\n\\r\\nbody").fields
    (RawField(name=b'To', value=b' a\\r\\n b'),)
    """
    stop = len(octets) if end is None else end
    if start >= stop:
        return HeaderBlock((), 0)
    if octets[start : start + 1] in _LINE_ENDS:
        return HeaderBlock((), 2 if octets[start : start + 2] == b"\r\n" else 1)
    found = _HEADER_END.search(octets, start, stop)
    if found is None:
        size = block_end = stop
    else:
        block_end = found.end()
        size = block_end + (2 if octets[block_end : block_end + 2] == b"\r\n" else 1)
    block = octets[start : min(block_end, start + HEADER_CAP)]
    fields, oddities = _fields(block)
    return HeaderBlock(fields, size - start, tuple(dict.fromkeys(oddities)))


def _fields(block: bytes) -> tuple[tuple[RawField, ...], list[str]]:
    fields: list[RawField] = []
    oddities: list[str] = []
    name, lines = b"", list[bytes]()
    for line in block.splitlines(keepends=True):
        if line[:1] in (b" ", b"\t"):
            _continue(line, bool(lines), oddities)
            lines.append(line)
            continue
        if name:
            fields.append(RawField(name, b"".join(lines).rstrip(b"\r\n")))
        name, lines = b"", []
        if match := _FIELD.match(line):
            name, lines = match[1], [line[match.end() :]]
        else:
            oddities.append(_oddity(line, first=not fields))
            lines = [line]
    if name:
        fields.append(RawField(name, b"".join(lines).rstrip(b"\r\n")))
    return tuple(fields), oddities


def _continue(line: bytes, begun: bool, oddities: list[str]) -> None:
    if not begun:
        oddities.append("malformed-header")
    elif not line.strip():
        # To some readers a line of blanks ends the header, to others it does not.
        oddities.append("blank-folding")


def _oddity(line: bytes, first: bool) -> str:
    if line.startswith(b"From ") and not _SPACED_FIELD.match(line):
        return "mbox-line" if first else "malformed-header"
    if _SPACED_FIELD.match(line):
        return "space-before-colon"
    return "malformed-header"


def unfold(value: bytes) -> bytes:
    """Return a field's value on one line, without blanks around it."""
    return value.replace(b"\r", b"").replace(b"\n", b"").strip()


@dataclass(frozen=True, slots=True)
class Structured:
    """A Content-Type or Content-Disposition field: its first word in lower case, and its parameters in order.

    Parameter names are lower case, values without their quotes; what a
    continuation (RFC 2231) says is left as ``name*0`` and so on.
    """

    value: str
    parameters: tuple[tuple[str, bytes], ...] = ()
    commented: bool = False

    def all(self, name: str) -> tuple[bytes, ...]:
        """The values of every parameter of that name."""
        return tuple(value for key, value in self.parameters if key == name)

    def first(self, name: str) -> bytes:
        """The value of the first parameter of that name, or nothing."""
        return next((value for key, value in self.parameters if key == name), b"")


def structured(value: bytes) -> Structured:
    """Return a structured field's first word and parameters.

    >>> structured(b' text/Plain; charset="utf-8"').parameters
    (('charset', b'utf-8'),)
    """
    return _cached(value) if len(value) <= _OFTEN_SEEN else _structured(value)


@lru_cache(maxsize=2048)
def _cached(value: bytes) -> Structured:
    # Most parts of most messages say "text/plain; charset=utf-8", and each is asked five times.
    return _structured(value)


def _structured(value: bytes) -> Structured:
    line = unfold(value)
    pieces = _pieces(line)
    kind = pieces[0].strip().decode("ascii", "replace").lower() if pieces else ""
    parameters = []
    for piece in pieces[1:]:
        name, equals, content = piece.partition(b"=")
        if equals:
            key = name.strip().decode("ascii", "replace").lower()
            parameters.append((key, _unquoted(content.strip())))
    outside = re.sub(_QUOTED, b"", line, flags=re.DOTALL) if b"(" in line else b""
    return Structured(kind.split("(")[0].strip(), tuple(parameters), b"(" in outside)


def _pieces(line: bytes) -> list[bytes]:
    """Split at semicolons outside quoted strings."""
    if b'"' not in line:
        return line.split(b";")
    pieces, start, quoted, skipped = [], 0, False, -1
    for match in _TELLING.finditer(line):
        at = match.start()
        if at == skipped:
            continue
        if match[0] == b"\\":
            skipped = at + 1 if quoted else -1
        elif match[0] == b'"':
            quoted = not quoted
        elif not quoted:
            pieces.append(line[start:at])
            start = at + 1
    return [*pieces, line[start:]]


def _unquoted(content: bytes) -> bytes:
    if not content.startswith(b'"'):
        return content
    return _ESCAPED.sub(rb"\1", content[1:].split(b'"')[0] if b"\\" not in content else _inside(content))


def _inside(content: bytes) -> bytes:
    match = re.match(_QUOTED, content, re.DOTALL)
    return match[0][1:].removesuffix(b'"') if match else content
