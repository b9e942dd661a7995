"""Which messages were being judged when the gateway crashed: after three times one is never parsed again.

A client whose connection broke sends its message again, and what crashed us
once would crash us at each of its tries. So the digest of each message stands
in a mapped file while the message is judged, and a crash leaves its trace
beside it. Pages of such a file outlive the process and cost no system call; a
power cut loses them, and is no message's fault. Nor is kill -9, which leaves
no trace: an operator's and the kernel's look alike. For want of memory the
kernel kills a confined process first (`confined/walls.py`); that one's message
is held at its first death, and none of it is counted here.
"""

import contextlib
import faulthandler
import fcntl
import hashlib
import mmap
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from gateway.errors import CouldNotBeDone
from rules.scan import Scan

MOST = 3
SPARED = "The gateway crashed {} times while it judged this message; it is not parsed again."

_MARK = struct.Struct("32sBB")  # a message's digest, how often it saw a crash, whether it is judged now
_MARKS = 1024
_ROOM = _MARK.size * _MARKS
_TRACE = 8192  # octets of a crash's trace that are kept
_PROCESSES = 16


@dataclass
class MarksUnwritable(CouldNotBeDone):
    """The file of marks cannot be had."""

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: cannot be written ({self.problem}); it belongs beside the store"


class Deaths:
    """The marks of one process. With all of them taken, a message is judged without one.

    ``trace`` is what the last process that had these marks left when it crashed, or "".
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._marks = mmap.mmap(descriptor, _ROOM)
        self._places: dict[bytes, int] = {}
        self._now: dict[bytes, int] = {}  # how many copies of a message are being judged
        self._free: list[int] = []
        self.trace = os.pread(descriptor, _TRACE, _ROOM).decode("utf-8", "replace")
        self._harvest()
        os.ftruncate(descriptor, _ROOM)

    @classmethod
    def beside(cls, store: Path) -> Self:
        """The marks that no living process has. Raises MarksUnwritable."""
        for nth in range(1, _PROCESSES + 1):
            path = store.with_name(f"{store.name}.judging" + ("" if nth == 1 else f"-{nth}"))
            try:
                found = _locked(path)
            except OSError as error:
                raise MarksUnwritable(str(path), error.strerror or str(error)) from error
            if found is not None:
                return cls(found)
        raise MarksUnwritable(str(store), f"{_PROCESSES} gateways have this store already")

    def watch(self) -> None:
        """Have a crash of this process leave its trace behind the marks."""
        os.lseek(self._descriptor, _ROOM, os.SEEK_SET)
        faulthandler.enable(self._descriptor, all_threads=False)

    @contextlib.contextmanager
    def while_judging(self, octets: bytes) -> Iterator[int]:
        """Mark a message, and say how many crashes it has seen; only our own death leaves the mark."""
        digest = hashlib.sha256(octets).digest()
        deaths = self._begin(digest)
        try:
            yield deaths
        finally:
            self._end(digest, deaths)

    def close(self) -> None:
        """Let another process have the marks."""
        faulthandler.disable()
        self._marks.close()
        os.close(self._descriptor)

    def _begin(self, digest: bytes) -> int:
        self._now[digest] = self._now.get(digest, 0) + 1
        place = self._places.get(digest)
        if place is None:
            place = self._room()
            if place is None:
                return 0
            self._places[digest] = place
            _MARK.pack_into(self._marks, place, digest, 0, 1)
        deaths: int = _MARK.unpack_from(self._marks, place)[1]
        _MARK.pack_into(self._marks, place, digest, deaths, 1)
        return deaths

    def _room(self) -> int | None:
        """A place for a mark: a free one, else that of a message which is not judged now; it is forgotten."""
        if self._free:
            return self._free.pop()
        forgotten = next((digest for digest in self._places if digest not in self._now), None)
        return None if forgotten is None else self._places.pop(forgotten)

    def _end(self, digest: bytes, deaths: int) -> None:
        self._now[digest] -= 1
        if self._now[digest]:
            return
        del self._now[digest]
        place = self._places.get(digest)
        if place is None:
            return
        _MARK.pack_into(self._marks, place, digest, deaths, 0)
        if not deaths:
            self._free.append(self._places.pop(digest))

    def _harvest(self) -> None:
        for place in range(0, _ROOM, _MARK.size):
            digest, deaths, judged = _MARK.unpack_from(self._marks, place)
            deaths = min(deaths + (judged if self.trace else 0), MOST)
            if deaths:
                self._places[digest] = place
            else:
                self._free.append(place)
            _MARK.pack_into(self._marks, place, digest, deaths, 0)


def wary(scanned: Scan, deaths: int) -> Scan:
    """What the scan of a message means once we have crashed over it: read it apart, then not at all."""
    if deaths >= MOST:
        # Broken caps keep a message from every parser; in a process of its own it would be scanned anew.
        return replace(scanned, costly=False, excess=(SPARED.format(deaths), *scanned.excess))
    return replace(scanned, costly=True) if deaths else scanned


def _locked(path: Path) -> int | None:
    """The file, with room reserved so that marking never wants space; None if another process has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.posix_fallocate(descriptor, 0, _ROOM)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
