"""structure(octets, header) -> Structure: parts and depth of the MIME tree, counted by boundary lines alone.

A delimiter is a whole line here, as in the parser that reads the message
afterwards; where a reader by prefix would see another tree, that is named.
"""

import re
from dataclasses import dataclass, field

from rules.parsing.ambiguity import Ambiguity, in_content, in_part
from rules.parsing.fields import HEADER_CAP, HeaderBlock, Structured, split_header, structured
from rules.parsing.opened import may_be_opened

DEPTH_CAP = 32
PARTS_CAP = 500
_LOOKALIKES_CAP = 20_000
_STRUCTURED_CAP = 8 * 1024
_REST = re.compile(rb"(--)?[ \t]*(\r\n|\r|\n|\Z)")
_MESSAGES = ("message/rfc822", "message/global")


@dataclass(frozen=True, slots=True)
class Structure:
    """The MIME tree as its boundary lines show it; ``parts`` counts leaves and containers.

    ``documents`` says that a leaf looks like a file that is opened.
    """

    parts: int = 1
    depth: int = 0
    documents: bool = False
    ambiguities: tuple[Ambiguity, ...] = ()
    excess: tuple[str, ...] = ()


@dataclass(slots=True)
class _Delimiter:
    """The delimiter of an open multipart and the next line that consists of it (``start`` -1: none)."""

    text: bytes
    depth: int
    start: int = 0
    end: int = 0
    last: bool = False
    closed: bool = False


@dataclass(slots=True)
class _Walk:
    octets: bytes
    open: list[_Delimiter] = field(default_factory=list)
    parts: int = 0
    depth: int = 0
    lookalikes: int = 0
    documents: bool = False
    found: list[Ambiguity] = field(default_factory=list)
    excess: list[str] = field(default_factory=list)

    def note(self, kind: str, detail: str) -> None:
        self.found.append(Ambiguity(kind, detail))


def structure(octets: bytes, header: HeaderBlock) -> Structure:
    """Return the tree's counts and ambiguities; linear, and it stops at the first cap that is broken."""
    walk = _Walk(octets)
    leaf, position = _enter(walk, header, header.size, 0)
    while not walk.excess:
        delimiter = _next(walk, position)
        end = delimiter.start if delimiter else len(octets)
        if leaf is not None:
            content = octets[position:end]
            walk.found.extend(in_content(leaf, content))
            walk.documents = walk.documents or may_be_opened(leaf, content)
        if delimiter is None:
            break
        leaf, position = _cross(walk, delimiter)
    return Structure(walk.parts, walk.depth, walk.documents, tuple(walk.found), tuple(walk.excess))


def _cross(walk: _Walk, delimiter: _Delimiter) -> tuple[HeaderBlock | None, int]:
    """Go past a delimiter line into the part that it begins, if it begins one."""
    while walk.open[-1] is not delimiter:
        walk.open.pop()
    position = delimiter.end
    if delimiter.last:
        delimiter.closed = True
        return None, position
    if delimiter.closed:
        walk.note("parts-after-end", "A part stands behind the end of its multipart; some programs show it.")
    following = _next(walk, position)
    header = split_header(walk.octets, position, following.start if following else None)
    return _enter(walk, header, position + header.size, delimiter.depth)


def _enter(walk: _Walk, header: HeaderBlock, position: int, depth: int) -> tuple[HeaderBlock | None, int]:
    """Count the part with that header; return it (None for a container) and where its content begins."""
    leaf: HeaderBlock | None = header
    while leaf is not None and _within_caps(walk, leaf, depth):
        kind = structured(next(iter(leaf.values("content-type")), b""))
        walk.found.extend(in_part(leaf, kind, top=walk.parts == 1))
        if kind.value.startswith("multipart/"):
            _open(walk, kind, position, depth + 1)
            return None, position
        if kind.value not in _MESSAGES:
            return leaf, position
        following = _next(walk, position)
        leaf = split_header(walk.octets, position, following.start if following else None)
        position += leaf.size
        depth += 1
    return None, position


def _within_caps(walk: _Walk, header: HeaderBlock, depth: int) -> bool:
    walk.parts += 1
    walk.depth = max(walk.depth, depth)
    if walk.parts > PARTS_CAP:
        walk.excess.append(f"The message has more than {PARTS_CAP} parts.")
    if depth > DEPTH_CAP:
        walk.excess.append(f"The parts of the message are nested more than {DEPTH_CAP} deep.")
    if header.size > HEADER_CAP:
        walk.excess.append(f"A part's header has {header.size} octets; {HEADER_CAP} are read at most.")
    elif any(len(f.value) > _STRUCTURED_CAP and f.key.startswith("content-") for f in header.fields):
        walk.excess.append(f"A part's Content field has more than {_STRUCTURED_CAP} octets.")
    return not walk.excess


def _open(walk: _Walk, kind: Structured, position: int, depth: int) -> None:
    boundary = _boundary(walk, kind)
    walk.depth = max(walk.depth, depth)
    if not boundary:
        walk.note("no-boundary", "A multipart does not say what separates its parts.")
        return
    text = b"--" + boundary
    if any(other.text == text for other in walk.open):
        walk.note("boundary-twice", "Two multiparts, one within the other, have the same boundary.")
    elif any(other.text.startswith(text) or text.startswith(other.text) for other in walk.open):
        walk.note("boundary-prefix", "The boundary of one multipart begins with that of another.")
    delimiter = _Delimiter(text, depth, position, position)
    walk.open.append(delimiter)
    _advance(walk, delimiter, position)
    if delimiter.start < 0:
        walk.note("boundary-absent", "The boundary that a multipart announces does not occur in it.")


def _boundary(walk: _Walk, kind: Structured) -> bytes:
    values = kind.all("boundary")
    encoded = [value for name, value in kind.parameters if name.startswith("boundary*")]
    if len(values) > 1 or (values and encoded):
        walk.note("two-boundaries", "A multipart announces two boundaries; programs choose different ones.")
    elif encoded:
        walk.note("encoded-boundary", "A multipart's boundary is encoded; not all programs decode it.")
    return (values[0] if values else b"".join(encoded)).rstrip()


def _next(walk: _Walk, position: int) -> _Delimiter | None:
    """Return the open multipart whose delimiter line comes next, the innermost where two have the same."""
    nearest = None
    for delimiter in reversed(walk.open):
        if 0 <= delimiter.start < position:
            _advance(walk, delimiter, position)
        if delimiter.start >= 0 and (nearest is None or delimiter.start < nearest.start):
            nearest = delimiter
    return nearest


def _advance(walk: _Walk, delimiter: _Delimiter, position: int) -> None:
    octets, text = walk.octets, delimiter.text
    start = octets.find(text, position)
    while start >= 0:
        rest = _REST.match(octets, start + len(text))
        if rest and octets[start - 1 : start] in (b"\n", b"\r"):
            delimiter.start, delimiter.end, delimiter.last = start, rest.end(), rest[1] is not None
            return
        walk.lookalikes += 1
        if walk.lookalikes > _LOOKALIKES_CAP:
            walk.excess.append(f"More than {_LOOKALIKES_CAP} lines look like boundaries and are none.")
            break
        start = octets.find(text, start + len(text))
    delimiter.start = -1
