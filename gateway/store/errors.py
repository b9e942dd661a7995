"""What can go wrong with the store, each as the sentence a person reads.

StoreError (each is GivenWrong, CouldNotBeDone or Trouble too)
    StoreMissing      there is no store where the settings say
    StoreUnsupported  the URL names something that is not SQLite
    StoreNewer        a later version of Gatepost wrote it
    StoreRemote       it lies on a network file system
    StoreLocked       another process kept the lock for more than five seconds
    StoreFull         no space on the disk
    StoreBroken       damaged, unreadable, or the disk failed
        StoreForeign      no store of ours: a folder, another kind of file, another program's database
        StoreUnreadable   so broken that `admin verify` cannot look at it either
    StoreRefused      a row that breaks a constraint, or a statement the store does not know
    StoreStopped      the writer was stopped before the job
"""

import sqlite3
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from gateway.errors import CouldNotBeDone, GatewayError, GivenWrong, Trouble


@dataclass
class StoreError(GatewayError):
    """The store could not do what was asked; nothing was written."""

    where: str

    def __str__(self) -> str:
        return f"{self.where}: the store could not be used."


@dataclass
class StoreMissing(StoreError, CouldNotBeDone):
    """There is no store where the settings say; ``empty``: there is a file, without an octet."""

    empty: bool = False

    def __str__(self) -> str:
        if self.empty:
            return (
                f"{self.where}: the file is empty; if there was a store, restore a backup, "
                "else 'gatepost lists add FILE' makes one."
            )
        return (
            f"{self.where}: there is no store here; 'gatepost lists add FILE' makes one, "
            "and key 'store.url' says where it is."
        )


@dataclass
class StoreUnsupported(StoreError, GivenWrong):
    """The URL names something that is not SQLite."""

    def __str__(self) -> str:
        return f'{self.where}: not a store that this version can use; set store.url to "sqlite:///FILE".'


@dataclass
class StoreNewer(StoreError, GivenWrong):
    """A later version of Gatepost wrote it; exit code 2, so that no supervisor starts us for ever."""

    schema: str
    known: str

    def __str__(self) -> str:
        return (
            f"{self.where}: the store has schema {self.schema} and this program knows {self.known}; "
            "install the newer Gatepost that wrote it, or restore the backup made before it."
        )


@dataclass
class StoreRemote(StoreError, GivenWrong):
    """The store lies on a network file system, where SQLite's locks and log cannot be relied on."""

    kind: str

    def __str__(self) -> str:
        return (
            f"{self.where}: the store lies on a network file system ({self.kind}), which may damage it; "
            "set store.url to a file on a local disk, or store.allow_network = true "
            "if only one machine ever uses it."
        )


@dataclass
class StoreLocked(StoreError, Trouble):
    """Another process kept the lock for more than five seconds."""

    def __str__(self) -> str:
        return (
            f"{self.where}: another process has kept the store locked for five seconds; "
            "nothing was written: try again, or end what holds it ('fuser FILE' names it)."
        )


@dataclass
class StoreFull(StoreError, Trouble):
    """No space on the disk."""

    def __str__(self) -> str:
        return f"{self.where}: the disk or quota is full; nothing was written: free some space and try again."


@dataclass
class StoreBroken(StoreError, Trouble):
    """Damaged, unreadable, or the disk failed."""

    problem: str

    def __str__(self) -> str:
        return (
            f"{self.where}: the store cannot be used ({self.problem}); nothing was written: "
            "check the disk and the file's permissions, then 'gatepost admin verify', else restore a backup."
        )


@dataclass
class StoreForeign(StoreBroken):
    """What lies there is not a store of ours, or nothing of it can be told any more; it is left alone."""

    def __str__(self) -> str:
        return (
            f"{self.where}: this is no store of Gatepost's ({self.problem}); nothing was written: "
            "put a backup of the store in its place, let store.url name another file, "
            "or begin anew with 'gatepost init DIR'."
        )


@dataclass
class StoreUnreadable(StoreBroken):
    """So broken that not even `admin verify` can look at it, which therefore must not be advised."""

    def __str__(self) -> str:
        return (
            f"{self.where}: the store cannot be looked through ({self.problem}); nothing was written: "
            "check the file's permissions and the disk, else stop the gateway and restore a backup."
        )


@dataclass
class StoreRefused(StoreError, Trouble):
    """A row that breaks a constraint, or a statement the store does not know: one job's trouble."""

    problem: str

    def __str__(self) -> str:
        return f"{self.where}: the store refused a row ({self.problem}); nothing was written: report this."


@dataclass
class StoreStopped(StoreError, Trouble):
    """The writer was stopped before the job."""

    def __str__(self) -> str:
        return f"{self.where}: the gateway is stopping; nothing was written: try again."


def translated(where: str, error: DBAPIError | sqlite3.Error) -> StoreError:
    """The driver's error as one of ours; ``where`` is the file."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    # The primary code is the low byte; the rest says more of the same (sqlite.org/rescode.html).
    match getattr(cause, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreLocked(where)
        case sqlite3.SQLITE_FULL:
            return StoreFull(where)
        case sqlite3.SQLITE_ERROR | sqlite3.SQLITE_CONSTRAINT | sqlite3.SQLITE_MISMATCH:
            return StoreRefused(where, str(cause))
        case sqlite3.SQLITE_NOTADB:
            return StoreForeign(where, str(cause))
        case _:
            return StoreBroken(where, str(cause))
