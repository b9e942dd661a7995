"""Document: what an attached file says, whatever its family, and how much of one is read at most."""

from dataclasses import dataclass, field
from enum import StrEnum

from rules.parsing.links import Link, links_in

TEXT_CAP = 1024 * 1024
"""Characters of text that one document gives; the message's own cap is not larger."""
PICTURES_CAP = 20
PICTURES_SIZE = 4 * 1024 * 1024
"""Octets of all pictures of a document together."""
PROPERTY_CAP = 64 * 1024
"""Characters of one property; some drawing programs keep the whole drawing in one."""
_PICTURE_LEAST = 100
_NAMES_SIZE = 100_000
_LINKS_CAP = 20_000
_DOUBTS_CAP = 20
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"RIFF", b"II*\0", b"MM\0*")


class DocumentFact(StrEnum):
    """What a clause may ask of an attachment beside its words."""

    MACROS = "macros"  # a program of an office suite is inside
    SCRIPTS = "scripts"  # JavaScript in a PDF
    ENCRYPTED = "encrypted"
    UNOPENED_ARCHIVE = "unopened-archive"  # of a kind that is not looked into: RAR, 7z
    NESTED_ARCHIVE = "nested-archive"
    PICTURE = "picture"
    PHOTOGRAPH = "photograph"
    GPS = "gps"  # a picture says where it was taken
    PATIENT = "patient"  # a DICOM file identifies a person
    PHANTOM = "phantom"  # a DICOM file of a phantom or a test object


class Refused(Exception):
    """Something that is not read; its text is the end of a sentence that begins with the file's name."""

    def __init__(self, why: str, *facts: DocumentFact) -> None:
        super().__init__(why)
        self.facts = frozenset(facts)


class OutOfTime(BaseException):
    """Raised in the midst of a family's work by whoever holds the clock, which rules do not.

    No Exception, so that no family takes it for damage of one part and goes on with the next.
    """

    def __str__(self) -> str:
        return "takes longer to open than it may"


@dataclass(frozen=True, slots=True)
class Inner:
    """A file within a file: its name there, and its octets (at most those that are looked at)."""

    name: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says.

    ``text`` is what its reader sees, with headers, comments and notes;
    ``properties`` are lines such as "Author: Jo". ``pictures`` are the octets
    of pictures in it, ``pixels`` its own width and height if it is one.
    ``names`` are all files in an archive, ``inner`` those worth opening.
    ``doubts`` say what could not be read; each is the end of a sentence that
    begins with the file's name.
    """

    kind: str
    text: str = ""
    properties: tuple[str, ...] = ()
    facts: frozenset[DocumentFact] = frozenset()
    links: tuple[Link, ...] = ()
    pictures: tuple[bytes, ...] = ()
    pixels: tuple[int, int] = (0, 0)
    names: tuple[str, ...] = ()
    inner: tuple[Inner, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """All that can be searched: text, then properties."""
        return "\n".join(part for part in (self.text, *self.properties) if part)


@dataclass(slots=True)
class Draft:
    """A document while it is read: whatever is put in stays within the caps."""

    kind: str
    pieces: list[str] = field(default_factory=list)
    properties: dict[str, None] = field(default_factory=dict)
    facts: set[DocumentFact] = field(default_factory=set)
    links: dict[Link, None] = field(default_factory=dict)
    pictures: list[bytes] = field(default_factory=list)
    pixels: tuple[int, int] = (0, 0)
    names: list[str] = field(default_factory=list)
    inner: list[Inner] = field(default_factory=list)
    doubts: dict[str, None] = field(default_factory=dict)
    room: int = TEXT_CAP
    names_room: int = _NAMES_SIZE

    @property
    def full(self) -> bool:
        """Whether no more text is taken."""
        return self.room <= 0

    def say(self, text: str) -> None:
        """Take text that a reader sees; it goes on where the last ended."""
        if text and self.room > 0:
            self.pieces.append(text[: self.room])
            self.room -= len(text)
            if self.room < 0:
                self.doubt(f"has more text than the {TEXT_CAP} characters that are searched")

    def property(self, name: str, value: str) -> None:
        """Take a property, unless it is empty."""
        line = " ".join(self.cut(value.strip("\0 "), PROPERTY_CAP).split())
        if line:
            self.properties[f"{self.cut(name, PROPERTY_CAP)}: {line}"] = None

    def cut(self, text: str, cap: int) -> str:
        """Return as much of a text as the cap allows; that there is more is a doubt, once a file."""
        if len(text) > cap:
            self.doubt("says more in one place than is looked at")
        return text[:cap]

    def link(self, target: str) -> None:
        """Take a link whose words stand elsewhere."""
        clean = "".join(self.cut(target, PROPERTY_CAP).split())
        if not clean or clean.startswith("#"):
            return
        if len(self.links) < _LINKS_CAP:
            self.links[Link("", clean)] = None
        elif Link("", clean) not in self.links:
            self.doubt(f"has more links than the {_LINKS_CAP} that are looked at")

    def picture(self, octets: bytes) -> None:
        """Take a picture that is within, if there is room for it and Pillow could open its kind."""
        room = PICTURES_SIZE - sum(map(len, self.pictures))
        fits = _PICTURE_LEAST <= len(octets) <= room and len(self.pictures) < PICTURES_CAP
        if fits and octets.startswith(_PICTURES) and octets not in self.pictures:
            self.pictures.append(octets)

    def doubt(self, why: str) -> None:
        """Take a reason why not all is read."""
        if len(self.doubts) < _DOUBTS_CAP:
            self.doubts[why] = None

    def done(self) -> Document:
        """The document."""
        text = tidy("".join(self.pieces))
        words = "\n".join((text, *self.properties))
        return Document(
            kind=self.kind,
            text=text,
            properties=tuple(self.properties),
            facts=frozenset(self.facts),
            links=tuple(dict.fromkeys((*links_in(words), *self.links))),
            pictures=tuple(self.pictures),
            pixels=self.pixels,
            names=tuple(self.names),
            inner=tuple(self.inner),
            doubts=tuple(self.doubts),
        )


def tidy(text: str) -> str:
    """Return text with LF alone, without NUL and without empty lines or blanks at the ends of lines."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return "\n".join(line for each in plain.split("\n") if (line := each.strip(" \t\xa0")))
