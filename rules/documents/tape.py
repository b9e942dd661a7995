"""Tape, unpacked(octets): tar archives, and what gzip, bzip2 and xz pack."""

import bz2
import io
import lzma
import tarfile
import zlib
from dataclasses import dataclass
from typing import Protocol

from rules.documents.container import ENTRIES_CAP, INFLATED_CAP
from rules.documents.document import Refused

_STREAMS_CAP = 100
"""Each takes a copy of all that follow it."""
_BEHIND = "has something behind its end that is not read"
_MEMORY_CAP = 64 * 1024 * 1024


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was packed, and a ``doubt`` unless that is all of it: the end of a sentence."""

    content: bytes
    doubt: str = ""


def unpacked(octets: bytes, cap: int = INFLATED_CAP) -> Unpacked:
    """Return what was packed, at most so many octets of it; others as they are. Raises Refused if damaged.

    Streams may follow one another, as programs write that pack with several processors.
    """
    if not _packed(octets):
        return Unpacked(octets)
    content, left = bytearray(), octets
    try:
        for _ in range(_STREAMS_CAP):
            unpacker = _unpacker(left)
            content += unpacker.decompress(left, cap + 1 - len(content))
            if len(content) > cap:
                return Unpacked(bytes(content[:cap]), f"unpacks to more than the {cap} octets that are read")
            if not unpacker.eof:
                return Unpacked(bytes(content), "is damaged: it ends before what is packed in it does")
            left = unpacker.unused_data.lstrip(b"\0")
            if not _packed(left):
                return Unpacked(bytes(content), _BEHIND if left else "")
    except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError) as problem:
        raise Refused("is damaged: it cannot be unpacked") from problem
    return Unpacked(bytes(content), f"is packed in more than {_STREAMS_CAP} pieces")


def _packed(octets: bytes) -> bool:
    return octets.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"))


def _unpacker(octets: bytes) -> _Unpacker:
    if octets.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(wbits=31)
    if octets.startswith(b"BZh"):
        return bz2.BZ2Decompressor()
    return lzma.LZMADecompressor(memlimit=_MEMORY_CAP)


class Tape:
    """A tar archive in memory. Raises Refused for one that is damaged or too long."""

    def __init__(self, octets: bytes) -> None:
        try:
            self._tar = tarfile.open(fileobj=io.BytesIO(octets), mode="r:")  # noqa: SIM115  nothing to close
            members = self._files()
        except (tarfile.TarError, EOFError, ValueError, OSError) as problem:
            raise Refused("is damaged, or longer than what is looked at") from problem
        self._members = {member.name: member for member in members}
        if len(self._members) < len(members):
            raise Refused("holds two files of the same name, of which programs show different ones")
        if octets[self._tar.offset :].strip(b"\0"):
            raise Refused(_BEHIND)

    def _files(self) -> list[tarfile.TarInfo]:
        files = []
        for number, member in enumerate(self._tar):
            if number >= ENTRIES_CAP:
                raise Refused(f"holds more than {ENTRIES_CAP} files")
            if member.isreg():
                files.append(member)
        return files

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all files."""
        return tuple(self._members)

    def size(self, name: str) -> int:
        """The size of a file."""
        return self._members[name].size

    def start(self, name: str, octets: int) -> bytes:
        """Return the first octets of a file."""
        found = self._tar.extractfile(self._members[name])
        return found.read(octets) if found else b""

    def content(self, name: str, cap: int) -> bytes:
        """Return a whole file. Raises Refused for one that is longer than the cap."""
        if self.size(name) > cap:
            raise Refused(f"has a part of more than {cap} octets: {name[:80]}")
        return self.start(name, cap)


def is_tar(octets: bytes) -> bool:
    """Return whether the octets are a tar archive's."""
    return octets[257:262] == b"ustar"
