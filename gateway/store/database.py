"""The store: an SQLite file whose promises are read back, one way to read it and one to write it."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from gateway.store import schema
from gateway.store.errors import (
    StoreBroken,
    StoreError,
    StoreForeign,
    StoreMissing,
    StoreUnsupported,
    translated,
)
from gateway.store.tables import META

T = TypeVar("T")

_PREFIX = "sqlite:///"
_BUSY_MS = 5000
# What each connection is given, and what it must say when asked again. Python raises
# nothing when a pragma has no effect: journal_mode stays "delete" if WAL cannot be had.
_PRAGMAS = (
    ("busy_timeout", _BUSY_MS, _BUSY_MS),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("foreign_keys", "ON", 1),
    ("secure_delete", "ON", 1),
    ("temp_store", "MEMORY", 2),  # sorting never spills words of a message into temporary files
)


class Store:
    """An open store. Everything is synchronous; asyncio goes through `writer.Writer`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = _engine(path)
        self._writing = self._engine.execution_options(gatepost_writes=True)
        self._versions: sqlite3.Connection | None = None
        self._versions_lock = threading.Lock()

    @classmethod
    def open(cls, url: str, create: bool = False) -> "Store":
        """Return the store of ``url`` ("sqlite:///FILE"), brought to this program's schema.

        With ``create``, a missing one is made. Raises StoreMissing,
        StoreUnsupported, StoreNewer, StoreLocked, StoreFull, StoreForeign or StoreBroken.
        """
        path = _path(url)
        if path.is_dir():
            raise StoreForeign(str(path), "it is a folder")
        present = path.is_file() and path.stat().st_size > 0
        if not present and not create:
            raise StoreMissing(str(path), empty=path.is_file())
        if not present:
            _make_file(path)
        store = cls(path)
        try:
            with store.translating():
                schema.bring_up(store._engine, path)
        except StoreError:
            store.close()
            raise
        return store

    def read(self, job: Callable[[Connection], T]) -> T:
        """Return what ``job`` reads, from one snapshot that no writer waits for."""
        with self.translating(), self._engine.connect() as connection, connection.begin():
            return job(connection)

    def write(self, job: Callable[[Connection], T]) -> T:
        """Return what ``job`` returns, once what it wrote is on the disk; all of it or nothing."""
        with self.translating(), self._writing.connect() as connection, connection.begin():
            return job(connection)

    def writing_connection(self) -> Connection:
        """A connection whose transactions start with BEGIN IMMEDIATE; the caller closes it."""
        with self.translating():
            return self._writing.connect()

    def secret(self) -> bytes:
        """The installation's 32 random octets: keys of marks and hashes."""
        statement = select(META.c.value).where(META.c.key == "secret")
        value: bytes = self.read(lambda connection: connection.execute(statement).scalar_one())
        return value

    def data_version(self) -> int:
        """A number that changes when anyone else commits (PRAGMA data_version); cheap enough to poll."""
        with self._versions_lock, self.translating():
            if self._versions is None:
                self._versions = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
            number: int = self._versions.execute("PRAGMA data_version").fetchone()[0]
            return number

    def checkpoint(self) -> bool:
        """Move the write-ahead log into the file and empty it; False when somebody was reading."""
        with self.translating(), closing(self._raw()) as connection:
            busy: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            return not busy

    def vacuum(self) -> None:
        """Write the file anew without free pages, and empty the log; locks everyone out meanwhile."""
        with self.translating(), closing(self._raw()) as connection:
            connection.execute("VACUUM")
        self.checkpoint()

    def integrity(self) -> str:
        """SQLite's own word on the file: "ok", or what is damaged."""
        with self.translating(), closing(self._raw()) as connection:
            return "; ".join(row[0] for row in connection.execute("PRAGMA integrity_check(10)"))

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()
        with self._versions_lock:
            if self._versions is not None:
                self._versions.close()
                self._versions = None

    @contextmanager
    def translating(self) -> Iterator[None]:
        """Let no driver's exception out but as a StoreError with its sentence."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            raise translated(str(self.path), error) from error

    def _raw(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_BUSY_MS / 1000, isolation_level=None)
        connection.execute("PRAGMA secure_delete=ON")
        return connection


def set_durable(connection: Connection, durable: bool) -> None:
    """Say whether the next commits wait for the disk (one fdatasync each); only between transactions."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")


def _path(url: str) -> Path:
    if not url.startswith(_PREFIX) or url == _PREFIX:
        raise StoreUnsupported(url)
    return Path(url.removeprefix(_PREFIX)).absolute()


def _make_file(path: Path) -> None:
    # Held mail is private: SQLite gives the log beside it the same permissions.
    try:
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreBroken(str(path), f"cannot be made: {error.strerror}") from error


def _engine(path: Path) -> Engine:
    # No URL is built from the path, which may hold "?" and "%". The pool must be named: for
    # "sqlite://" it would be one that closes connections which other threads are using.
    engine = create_engine(
        "sqlite://", creator=lambda: _connect(path), poolclass=QueuePool, pool_size=5, max_overflow=50
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _connect(path: Path) -> sqlite3.Connection:
    # isolation_level=None: the driver starts no transaction of its own; `_begin` does.
    return sqlite3.connect(
        path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False, cached_statements=256
    )


def _prepare(driver: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    for name, value, expected in _PRAGMAS:
        driver.execute(f"PRAGMA {name}={value}").close()
        (found,) = driver.execute(f"PRAGMA {name}").fetchone()
        if found != expected:
            raise StoreBroken(_file_of(driver), f"PRAGMA {name} stays {found!r} and must be {expected!r}")


def _begin(connection: Connection) -> None:
    # IMMEDIATE takes the write lock at once: a transaction that reads first and then
    # writes would fail with no wait at all when another process wrote in between.
    writes = connection.get_execution_options().get("gatepost_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _file_of(driver: sqlite3.Connection) -> str:
    return str(driver.execute("PRAGMA database_list").fetchone()[2])
