"""scan(octets) -> Scan: what the octets show before any parser sees them, in one linear pass.

Sizes, counts, caps that keep a parser from drowning, and the places where two
readers of mail would understand different things.
"""

from dataclasses import dataclass
from functools import cached_property

from rules.parsing.addresses import mailboxes
from rules.parsing.ambiguity import Ambiguity
from rules.parsing.fields import HEADER_CAP, HeaderBlock, RawField, split_header
from rules.parsing.parts import Structure, structure

__all__ = ["Ambiguity", "RawField", "Scan", "scan"]

_FIELDS_CAP = 1000
_STRUCTURED_CAP = 8 * 1024
_ADDRESSED = ("from", "sender", "reply-to", "to", "cc", "bcc", "resent-from", "resent-to", "resent-cc")
_STRUCTURED = frozenset((*_ADDRESSED, "content-type", "content-disposition", "content-transfer-encoding"))
_SINGLETONS = (
    *("from", "sender", "subject", "date", "message-id", "to", "cc", "reply-to"),
    *("content-type", "content-transfer-encoding", "mime-version"),
)
_COSTLY_SIZE = 96 * 1024
_COSTLY_PARTS = 40
_COSTLY_HEADER = 32 * 1024
_COSTLY_FIELDS = 200

_ODD_HEADER = {
    "malformed-header": "A line of the header is neither a field nor the continuation of one.",
    "blank-folding": "A header field goes on after a line of blanks, where some programs end the header.",
    "mbox-line": "The message begins with a mailbox separator line instead of a header field.",
    "space-before-colon": "A header field has a blank before its colon; some programs do not see it.",
}


@dataclass(frozen=True)
class Scan:
    """What the octets are: sizes in octets, fields as they came, parts and depth of the MIME tree.

    ``excess`` are sentences about caps that were broken: such a message is
    never given to the parser. ``costly`` asks for a child process;
    ``documents``: something looks like a file that is opened.
    """

    size: int
    header_size: int
    fields: tuple[RawField, ...]
    parts: int
    depth: int
    eight_bit: bool
    ambiguities: tuple[Ambiguity, ...]
    excess: tuple[str, ...]
    costly: bool
    documents: bool

    def values(self, name: str) -> tuple[bytes, ...]:
        """The values of all fields of that name, whatever its case, in their order."""
        return self._values.get(name.lower().encode("ascii", "replace"), ())

    def count(self, name: str) -> int:
        """How many fields have that name, whatever its case."""
        return len(self.values(name))

    @cached_property
    def _values(self) -> dict[bytes, tuple[bytes, ...]]:
        by_name: dict[bytes, list[bytes]] = {}
        for field in self.fields:
            by_name.setdefault(field.name.lower(), []).append(field.value)
        return {name: tuple(values) for name, values in by_name.items()}


def scan(octets: bytes) -> Scan:
    """Return what the octets show; linear, and never an exception whatever they are.

    >>> scan(b"From: a@example.org\\r\\n\\r\\nHello\\r\\n").ambiguities
    ()
    """
    block = split_header(octets)
    excess = _header_excess(block)
    body = Structure() if excess else structure(octets, block)
    excess += body.excess
    return Scan(
        size=len(octets),
        header_size=block.size,
        fields=block.fields,
        parts=body.parts,
        depth=body.depth,
        eight_bit=not octets.isascii(),
        ambiguities=_once((*_header_ambiguities(octets, block), *body.ambiguities)),
        excess=excess,
        costly=_costly(octets, block, body),
        documents=body.documents,
    )


def _costly(octets: bytes, block: HeaderBlock, body: Structure) -> bool:
    return (
        len(octets) > _COSTLY_SIZE
        or body.documents
        or body.parts > _COSTLY_PARTS
        or len(block.fields) > _COSTLY_FIELDS
        or block.size > _COSTLY_HEADER
    )


def _header_excess(block: HeaderBlock) -> tuple[str, ...]:
    excess = []
    if block.size > HEADER_CAP:
        excess.append(f"The header has {block.size} octets; {HEADER_CAP} are read at most.")
    if len(block.fields) > _FIELDS_CAP:
        excess.append(f"The header has {len(block.fields)} fields; {_FIELDS_CAP} are read at most.")
    excess.extend(
        f"The field {field.key} has {len(field.value)} octets; {_STRUCTURED_CAP} are read at most."
        for field in block.fields
        if len(field.value) > _STRUCTURED_CAP and field.key in _STRUCTURED
    )
    return tuple(excess)


def _header_ambiguities(octets: bytes, block: HeaderBlock) -> tuple[Ambiguity, ...]:
    found = [Ambiguity(kind, _ODD_HEADER[kind]) for kind in block.oddities]
    if octets[:1] in (b"\r", b"\n"):
        found.append(
            Ambiguity("leading-blank-line", "The message begins with a blank line before its header.")
        )
    pairs = octets.count(b"\r\n")
    if octets.count(b"\n") != pairs or octets.count(b"\r") != pairs:
        found.append(
            Ambiguity("bare-line-end", "A line ends with CR or LF alone; programs disagree on such lines.")
        )
    if b"\0" in octets:
        found.append(Ambiguity("nul", "The message contains a NUL octet, where some programs stop reading."))
    found.extend(_doubled(block))
    found.extend(_authors(block))
    return tuple(found)


def _doubled(block: HeaderBlock) -> list[Ambiguity]:
    keys = [field.key for field in block.fields]
    return [
        Ambiguity(
            f"two-{key}", f"The header has {keys.count(key)} {key} fields; programs show different ones."
        )
        for key in _SINGLETONS
        if keys.count(key) > 1
    ]


def _authors(block: HeaderBlock) -> list[Ambiguity]:
    values = block.values("from")
    if not values:
        return [Ambiguity("no-from", "The message has no From field.")]
    if any(len(value) > _STRUCTURED_CAP for value in values):
        return []
    written = sum(len(mailboxes(value)) for value in values)
    if written > 1 and len(values) == 1:
        return [Ambiguity("several-authors", f"The From field names {written} mailboxes.")]
    if written == 0:
        return [Ambiguity("no-from", "The From field names no mailbox.")]
    return []


def _once(ambiguities: tuple[Ambiguity, ...]) -> tuple[Ambiguity, ...]:
    return tuple({ambiguity.kind: ambiguity for ambiguity in reversed(ambiguities)}.values())[::-1]
