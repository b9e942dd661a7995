"""Container: a zip file whose members are given out in measured amounts."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from rules.documents.document import DocumentFact, Refused

ENTRIES_CAP = 4000
INFLATED_CAP = 32 * 1024 * 1024
"""Octets that are unpacked of one container, all members together."""
_RATIO_CAP = 200
_RATIO_FROM = 16 * 1024 * 1024
_CHUNK = 64 * 1024
_ENTRY = b"PK\x01\x02"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCKED = 0x1
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, NotImplementedError, ValueError, LookupError, OSError),
)


class Container:
    """A zip file. Raises Refused at once for one that is damaged, or too much; unpacks nothing by itself."""

    def __init__(self, octets: bytes) -> None:
        # The directory is read entry by entry, so they are counted before; a stored zip inside counts too.
        entries = octets.count(_ENTRY)
        if entries > ENTRIES_CAP:
            raise Refused(f"holds more than {ENTRIES_CAP} files")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(octets))
        except _BROKEN as problem:
            raise Refused("is damaged: it begins as a zip file and cannot be opened as one") from problem
        members = [info for info in self._zip.infolist() if not info.filename.endswith("/")]
        self._members = {info.filename: info for info in members}
        if len(self._members) < len(members):
            raise Refused("holds two files of the same name, of which programs show different ones")
        self._left = INFLATED_CAP

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all files, as they stand in the directory."""
        return tuple(self._members)

    def refuse_bombs(self) -> None:
        """Raise Refused if the directory says of a file that it unpacks to some hundred times its size."""
        for info in self._members.values():
            if info.file_size > max(_RATIO_FROM, _RATIO_CAP * info.compress_size):
                raise Refused(
                    f"unpacks to {info.file_size} octets from {info.compress_size}, as only a bomb does"
                )

    def size(self, name: str) -> int:
        """The size of a file, as the directory says."""
        return self._members[name].file_size

    def start(self, name: str, octets: int) -> bytes:
        """Return the first octets of a file; little enough to look at each. Raises Refused."""
        return next(self._unpacked(name, octets, octets), b"")

    def content(self, name: str, cap: int) -> bytes:
        """Return a whole file. Raises Refused if it, or all together, is longer than the cap."""
        content = b"".join(self._unpacked(name, cap + 1, _CHUNK))
        if len(content) > cap:
            raise Refused(f"has a part of more than {cap} octets: {_shown(name)}")
        return content

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a file piece by piece. Raises Refused."""
        return self._unpacked(name, INFLATED_CAP, _CHUNK)

    def _unpacked(self, name: str, most: int, piece: int) -> Iterator[bytes]:
        info = self._members[name]
        if info.flag_bits & _LOCKED:
            raise Refused("is locked with a password", DocumentFact.ENCRYPTED)
        if info.compress_type not in _METHODS:
            raise Refused(f"packs {_shown(name)} in a way that is not read here")
        try:
            with self._zip.open(info) as member:
                while most > 0 and (chunk := member.read(min(piece, most))):
                    most -= len(chunk)
                    self._spend(len(chunk))
                    yield chunk
        except _BROKEN as problem:
            raise Refused(f"is damaged: {_shown(name)} in it cannot be unpacked") from problem

    def _spend(self, octets: int) -> None:
        self._left -= octets
        if self._left < 0:
            raise Refused(f"unpacks to more than the {INFLATED_CAP} octets that are looked at")


def _shown(name: str) -> str:
    return "".join(character for character in name if character.isprintable())[:80]
