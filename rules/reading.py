"""read(octets) -> Reading: what a message says, parsed once, whatever its octets are."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from rules.documents.document import PICTURES_CAP, PICTURES_SIZE, Document, DocumentFact
from rules.documents.opening import Opener, document
from rules.parsing.addresses import Address, mailboxes
from rules.parsing.beside import heading_of
from rules.parsing.charsets import decoded
from rules.parsing.content import Contents, gathered
from rules.parsing.fields import structured, unfold
from rules.parsing.links import Link
from rules.parsing.mime import Leaf, Unparsed, leaves
from rules.parsing.sniffing import detected
from rules.parsing.words import readable
from rules.pictures.sketch import Sketch
from rules.scan import Scan
from rules.scan import scan as scanned
from rules.zones import Zone

__all__ = [
    "Address",
    "Attachment",
    "Field",
    "Link",
    "Picture",
    "Reading",
    "Zone",
    "read",
    "sketched",
    "unread",
]

_AUTHORS_CAP = 200
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
    take, ``members`` the names of the files in it, if it is an archive.
    ``detected`` is the content type that the octets show ("" where they show
    none), ``size`` counts decoded octets, ``digest`` is their SHA-256.
    ``facts`` are values of DocumentFact, ``pixels`` a picture's width and height.
    """

    number: int
    name: str
    names: tuple[str, ...]
    declared: str
    detected: str
    size: int
    digest: str
    inline: bool
    facts: frozenset[DocumentFact] = frozenset()
    members: tuple[str, ...] = ()
    pixels: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the attachment of that number, or the attachment itself; 0 is the HTML text.

    ``sketch`` is there where pictures were unpacked, for the first of them.
    """

    attachment: int
    octets: bytes
    sketch: Sketch | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Reading:
    """What a message says.

    ``doubts`` are sentences about what could not be read; the scan's
    ``excess`` is not repeated in them. With either, nothing else is certain.
    ``pictures`` are at most 20, with 4 MiB together.
    """

    scan: Scan
    fields: tuple[Field, ...] = ()
    authors: tuple[Address, ...] = ()
    subject: str = ""
    message_id: str = ""
    zones: tuple[Zone, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    pictures: tuple[Picture, ...] = ()
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
        for each in self.fields:
            by_name.setdefault(each.name.lower(), []).append(each.value)
        return {name: tuple(values) for name, values in by_name.items()}


def read(octets: bytes, scan: Scan | None = None, opener: Opener = document) -> Reading:
    """Return what the message says; never an exception: what cannot be read is a doubt.

    ``opener`` opens what is attached, here and now: on the octets of strangers
    that belongs into a process with limits.

    >>> read(b"From: a@b.example\\r\\nSubject: Hi\\r\\n\\r\\nHello.\\r\\n").zone("own").text
    'Hello.'
    """
    seen = scan or scanned(octets)
    try:
        suspect = bool(seen.ambiguities)
        found = () if seen.excess else tuple(leaves(octets, suspect, 0 if suspect else _body(seen)))
        contents = gathered(found, heading_of(seen.fields), opener) if found else Contents()
        return _read(seen, contents)
    except Unparsed as problem:
        return unread(octets, f"The message could not be parsed ({problem}).", seen)
    except (Exception, RecursionError) as problem:  # noqa: BLE001  the promise: doubt, never an exception
        return unread(octets, f"The message could not be read ({type(problem).__name__}).", seen)


def _body(seen: Scan) -> int:
    """Where the body of a message begins that is of one part, 0 where it may have several."""
    kinds = [structured(value).value for value in seen.values("content-type")]
    return 0 if any(kind.startswith(("multipart/", "message/")) for kind in kinds) else seen.header_size


def sketched(reading: Reading) -> Reading:
    """Return the reading with sketches of its first pictures, which are unpacked here and now."""
    if not reading.pictures:
        return reading
    from rules.pictures.sketching import sketches_of  # and so Pillow, which plain posts never pay for

    sketches = sketches_of(tuple(picture.octets for picture in reading.pictures))
    pairs = zip(reading.pictures, sketches, strict=True)
    return replace(reading, pictures=tuple(replace(picture, sketch=sketch) for picture, sketch in pairs))


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
        attachments=tuple(
            _attachment(number, leaf, found)
            for number, (leaf, found) in enumerate(zip(contents.attached, contents.documents, strict=True), 1)
        ),
        pictures=tuple(_pictures(contents)),
        links=contents.links,
        doubts=contents.doubts,
        automatic=_is_automatic(fields, authors),
    )


def _authors(seen: Scan) -> tuple[Address, ...]:
    found: list[Address] = []
    for value in seen.values("from"):
        found.extend(mailboxes(value[: 8 * 1024]))
    return tuple(found[:_AUTHORS_CAP])


def _pictures(contents: Contents) -> Iterator[Picture]:
    count, room = PICTURES_CAP, PICTURES_SIZE
    holders = (contents.pictures, *(found.pictures for found in contents.documents))
    for number, held in enumerate(holders):
        for octets in held:
            if count and len(octets) <= room:
                count, room = count - 1, room - len(octets)
                yield Picture(number, octets)


def _attachment(number: int, leaf: Leaf, found: Document) -> Attachment:
    return Attachment(
        number=number,
        name=leaf.names[0] if leaf.names else "",
        names=leaf.names,
        declared=leaf.kind,
        detected=detected(leaf.content),
        size=len(leaf.content),
        digest=hashlib.sha256(leaf.content).hexdigest(),
        inline=not leaf.attached,
        facts=found.facts,
        members=found.names,
        pixels=found.pixels,
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
