"""read(octets) -> Reading: what a message says, parsed once, whatever its octets are."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import filetype

from rules.parsing.addresses import Address, mailboxes
from rules.parsing.charsets import decoded
from rules.parsing.content import Contents, gathered
from rules.parsing.fields import unfold
from rules.parsing.links import Link
from rules.parsing.mime import Leaf, Unparsed, leaves
from rules.parsing.words import readable
from rules.scan import Scan
from rules.scan import scan as scanned
from rules.zones import Zone

__all__ = ["Address", "Attachment", "Field", "Link", "Reading", "Zone", "read", "unread"]

_AUTHORS_CAP = 200
_SNIFFED = 8192
_PRECEDENCES = ("bulk", "junk", "auto_reply")
_ROBOTS = ("mailer-daemon", "postmaster")


@dataclass(frozen=True, slots=True)
class Field:
    """A header field as its reader sees it: one line, words decoded, no control characters."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the message's text; ``number`` counts from 1.

    ``name`` is the name most readers show, ``names`` are all that any could
    take; ``detected`` is the content type that the octets show ("" where they
    show none), ``size`` counts decoded octets, ``digest`` is their SHA-256.
    """

    number: int
    name: str
    names: tuple[str, ...]
    declared: str
    detected: str
    size: int
    digest: str
    inline: bool


@dataclass(frozen=True)
class Reading:
    """What a message says.

    ``doubts`` are sentences about what could not be read; the scan's
    ``excess`` is not repeated in them. With either, nothing else is certain.
    """

    scan: Scan
    fields: tuple[Field, ...] = ()
    authors: tuple[Address, ...] = ()
    subject: str = ""
    message_id: str = ""
    zones: tuple[Zone, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    links: tuple[Link, ...] = ()
    doubts: tuple[str, ...] = ()
    automatic: bool = False

    @property
    def author(self) -> Address | None:
        """The author, where the message names exactly one."""
        return self.authors[0] if len(self.authors) == 1 else None

    def zone(self, name: str) -> Zone | None:
        """The zone of that name, or None where the message has none."""
        return next((zone for zone in self.zones if zone.name == name), None)

    def field(self, name: str) -> tuple[str, ...]:
        """The values of all fields of that name, whatever its case, in their order."""
        return self._values.get(name.lower(), ())

    @cached_property
    def _values(self) -> dict[str, tuple[str, ...]]:
        # Clauses ask some thirty times for fields that most posts do not have.
        by_name: dict[str, list[str]] = {}
        for field in self.fields:
            by_name.setdefault(field.name.lower(), []).append(field.value)
        return {name: tuple(values) for name, values in by_name.items()}


def read(octets: bytes, scan: Scan | None = None) -> Reading:
    """Return what the message says; never an exception: what cannot be read is a doubt.

    >>> read(b"From: a@b.example\\r\\nSubject: Hi\\r\\n\\r\\nHello.\\r\\n").zone("own").text
    'Hello.'
    """
    seen = scan or scanned(octets)
    try:
        contents = Contents() if seen.excess else gathered(tuple(leaves(octets, bool(seen.ambiguities))))
        return _read(seen, contents)
    except Unparsed as problem:
        return unread(octets, f"The message could not be parsed ({problem}).", seen)
    except (Exception, RecursionError) as problem:  # noqa: BLE001  the promise: doubt, never an exception
        return unread(octets, f"The message could not be read ({type(problem).__name__}).", seen)


def unread(octets: bytes, why: str, scan: Scan | None = None) -> Reading:
    """Return the reading of a message that no parser got through: its header alone, and the doubt."""
    return _read(scan or scanned(octets), Contents(doubts=(why,)))


def _read(seen: Scan, contents: Contents) -> Reading:
    fields = tuple(
        Field(f.name.decode("ascii", "replace"), readable(decoded(unfold(f.value)))) for f in seen.fields
    )
    subjects = [f.value for f in fields if f.name.lower() == "subject" and f.value]
    authors = _authors(seen)
    return Reading(
        scan=seen,
        fields=fields,
        authors=authors,
        subject=" ".join(subjects),
        message_id=next((f.value for f in fields if f.name.lower() == "message-id"), ""),
        zones=(Zone("subject", "\n".join(subjects)), *contents.zones) if subjects else contents.zones,
        attachments=tuple(_attachment(number, leaf) for number, leaf in enumerate(contents.attached, 1)),
        links=contents.links,
        doubts=contents.doubts,
        automatic=_is_automatic(fields, authors),
    )


def _authors(seen: Scan) -> tuple[Address, ...]:
    found: list[Address] = []
    for value in seen.values("from"):
        found.extend(mailboxes(value[: 8 * 1024]))
    return tuple(found[:_AUTHORS_CAP])


def _attachment(number: int, leaf: Leaf) -> Attachment:
    guess = filetype.guess(leaf.content[:_SNIFFED])
    return Attachment(
        number=number,
        name=leaf.names[0] if leaf.names else "",
        names=leaf.names,
        declared=leaf.kind,
        detected=guess.mime if guess else "",
        size=len(leaf.content),
        digest=hashlib.sha256(leaf.content).hexdigest(),
        inline=not leaf.attached,
    )


def _is_automatic(fields: tuple[Field, ...], authors: tuple[Address, ...]) -> bool:
    return any(_automatic_signs(fields, authors))


def _automatic_signs(fields: tuple[Field, ...], authors: tuple[Address, ...]) -> Iterator[bool]:
    for entry in fields:
        value = entry.value.lower()
        match entry.name.lower():
            case "auto-submitted":
                yield value.split(";")[0].strip() not in ("", "no")
            case "precedence":
                yield value in _PRECEDENCES
            case "x-autoreply" | "x-autorespond":
                yield value != "no"
            case "content-type":
                yield value.startswith("multipart/report")
            case _:
                continue
    yield any(author.address.lower().startswith(_ROBOTS) for author in authors)
