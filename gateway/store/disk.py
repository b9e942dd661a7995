"""The disk under the store: whether there is room on it, and whether it is one that SQLite can trust."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gateway.journal import Journal
from gateway.reply import NO_SPACE, Reply
from gateway.store.errors import StoreRemote

MOUNTS = Path("/proc/self/mountinfo")
# Their locks, or the memory that SQLite's log is shared by, do not reach from one machine to another.
_NETWORK = re.compile(r"9p|afs|beegfs|ceph|cifs|coda|glusterfs|gpfs|lustre|ncpfs|nfs[34]?|smb[23]?|smbfs")
_NETWORK_BY_FUSE = re.compile(r"fuse\.(sshfs|.*nfs|.*smb.*|.*ceph.*|gluster.*|s3.*|rclone|davfs.*|juicefs)")
_ESCAPED = re.compile(r"\\([0-7]{3})")


LEAST_RESERVE, MOST_RESERVE = 64 * 1024 * 1024, 1024 * 1024 * 1024
"""Octets: what decisions and what they owe may want, and more than anybody needs who makes room in time."""
_RESERVED = 20  # one part in so many, as file systems keep for root


def usual_reserve(whole: int) -> int:
    """Octets to leave free on a file system of so many, where the settings say nothing.

    >>> [usual_reserve(gib * 1024**3) // 1024**2 for gib in (1, 10, 20, 500)]
    [64, 512, 1024, 1024]
    """
    return min(max(whole // _RESERVED, LEAST_RESERVE), MOST_RESERVE)


@dataclass(frozen=True, slots=True)
class Space:
    """Octets that are free on the store's disk, and those that the settings keep free."""

    free: int
    kept: int

    @property
    def low(self) -> bool:
        """Whether mail is refused for it."""
        return self.free < self.kept

    def __str__(self) -> str:
        mebibytes = [octets // (1024 * 1024) for octets in (self.free, self.kept)]
        return "{} MiB free, {} MiB are kept free (store.min_free)".format(*mebibytes)


def space(folder: Path, reserve: int | Literal["auto"]) -> Space | None:
    """The space on the disk of ``folder``; "auto" keeps `usual_reserve`. None where nobody can say."""
    try:
        disk = shutil.disk_usage(folder)
    except OSError:
        return None
    # What is free for us: what only root may use does not count (statvfs(3), f_bavail).
    return Space(disk.free, usual_reserve(disk.total) if reserve == "auto" else reserve)


def low_space(folder: Path, reserve: int | Literal["auto"]) -> str:
    """That mail is refused for want of space on the disk of ``folder``, as a sentence; "" where it is not."""
    found = space(folder, reserve)
    if found is None:
        return f"nobody can say what is free on the disk of {folder}: mail is answered with 452"
    return f"{found}: mail is answered with 452; make room" if found.low else ""


class DiskRoom:
    """Whether the store's disk keeps the reserve that the settings ask for; looked at once a second.

    The reserve is for what must still be written when no mail is taken: decisions, and what they owe.
    The journal gets a line when space becomes low, and one when it no longer is.
    """

    def __init__(
        self,
        folder: Path,
        reserve: int | Literal["auto"],
        clock: Callable[[], float],
        journal: Journal | None = None,
    ) -> None:
        self._folder, self._reserve, self._clock, self._journal = folder, reserve, clock, journal
        self._looked = float("-inf")
        self._short = False

    def refusal(self) -> Reply | None:
        """The reply to MAIL when space is low, or nobody can say."""
        if self._clock() - self._looked >= 1:
            self._looked = self._clock()
            self._look()
        return NO_SPACE if self._short else None

    def _look(self) -> None:
        found = space(self._folder, self._reserve)
        short = found is None or found.low
        if short != self._short and self._journal is not None:
            octets = {"free": found.free, "kept": found.kept} if found else {}
            if short:
                self._journal.event("space_low", **octets)
            else:
                self._journal.event("space_enough", **octets)
        self._short = short


def refuse_network(store: Path) -> None:
    """Raise StoreRemote where the store would lie on a network file system; nothing where nobody can say."""
    try:
        mounts = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return
    kind = file_system(str(store.resolve()), mounts)
    if is_network(kind):
        raise StoreRemote(str(store), kind)


def file_system(path: str, mounts: str) -> str:
    """The type of the file system that an absolute path lies on, "" for none; ``mounts`` as proc(5) has them.

    >>> file_system("/srv/a", "1 0 0:1 / / rw - ext4 /dev/sda rw\\n2 1 0:2 / /srv rw - nfs4 host:/srv rw")
    'nfs4'
    """
    longest, kind = -1, ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields, types = before.split(" "), after.split(" ")
        if len(fields) < 5:
            continue
        point = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), fields[4]).rstrip("/")
        # What is mounted later at the same place hides what was there.
        if (path == point or path.startswith(f"{point}/")) and len(point) >= longest:
            longest, kind = len(point), types[0]
    return kind


def is_network(kind: str) -> bool:
    """Whether a type of file system is one of those that lie on another machine.

    >>> is_network("cifs"), is_network("fuse.sshfs"), is_network("ext4"), is_network("fuse.ntfs-3g")
    (True, True, False, False)
    """
    return any(kinds.fullmatch(kind) for kinds in (_NETWORK, _NETWORK_BY_FUSE))
