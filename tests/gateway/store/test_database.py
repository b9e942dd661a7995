"""The store keeps its promises, or says in one sentence why it cannot."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from gateway.store import database, schema
from gateway.store.database import Store
from gateway.store.errors import (
    StoreBroken,
    StoreForeign,
    StoreFull,
    StoreLocked,
    StoreMissing,
    StoreNewer,
    StoreRefused,
    StoreUnsupported,
)
from gateway.store.tables import META
from tests.given.store import new_store, url


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def put(connection: Connection, key: str, value: bytes = b"x") -> None:
    connection.execute(META.insert(), {"key": key, "value": value})


def test_every_connection_is_durable_and_says_so(store: Store) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 5000,
    }

    def found(connection: Connection) -> dict[str, object]:
        return {name: connection.scalar(text(f"PRAGMA {name}")) for name in wanted}

    assert store.read(found) == wanted
    assert store.write(found) == wanted


def test_a_database_that_does_not_take_the_pragmas_is_refused() -> None:
    driver = sqlite3.connect(":memory:")
    with pytest.raises(StoreBroken, match="journal_mode stays 'memory'"):
        database._prepare(driver, None)  # type: ignore[arg-type]
    driver.close()


def test_held_mail_is_private_to_its_user(tmp_path: Path) -> None:
    store = Store.open(url(tmp_path), create=True)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.with_name("gatepost.db-wal").stat().st_mode) == 0o600
    store.close()


def test_a_path_may_hold_any_characters(tmp_path: Path) -> None:
    folder = tmp_path / "a?b%20 é"
    folder.mkdir()
    Store.open(url(folder), create=True).close()
    assert (folder / "gatepost.db").is_file()


def test_the_secret_is_random_and_stays(tmp_path: Path) -> None:
    first = new_store(tmp_path)
    again = Store.open(url(tmp_path))
    assert first.secret() == again.secret()
    assert len(first.secret()) == 32
    first.close()
    again.close()


def test_a_job_that_raises_writes_nothing(store: Store) -> None:
    def job(connection: Connection) -> None:
        put(connection, "half")
        raise KeyError("the other half")

    with pytest.raises(KeyError):
        store.write(job)
    store.write(lambda connection: put(connection, "half"))


def test_a_row_that_breaks_a_constraint_is_one_jobs_trouble(store: Store) -> None:
    with pytest.raises(StoreRefused, match="UNIQUE"):
        store.write(lambda connection: put(connection, "secret"))


def test_a_commit_by_another_is_seen(store: Store) -> None:
    before = store.data_version()
    assert store.data_version() == before
    store.write(lambda connection: put(connection, "news"))
    assert store.data_version() != before


def test_a_missing_store_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match=r"gatepost\.db: there is no store here") as raised:
        Store.open(url(tmp_path))
    assert "store.url" in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreBroken, match="cannot be made"):
        Store.open(f"sqlite:///{tmp_path}/nowhere/gatepost.db", create=True)


@pytest.mark.parametrize(
    "given", ["postgresql://localhost/gatepost", "sqlite://", "gatepost.db", "sqlite:///"]
)
def test_another_kind_of_store_is_refused(given: str) -> None:
    with pytest.raises(StoreUnsupported, match="sqlite:///FILE"):
        Store.open(given, create=True)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "gatepost.db"
    file.write_bytes(b"Dear diary, " * 100)
    with pytest.raises(StoreBroken, match="not a database"):
        Store.open(url(tmp_path), create=True)
    assert file.read_bytes() == b"Dear diary, " * 100


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "gatepost.db").mkdir()
    for create in (False, True):
        with pytest.raises(StoreForeign, match=r"gatepost\.db: this is no store .* \(it is a folder\)"):
            Store.open(url(tmp_path), create)


def test_a_database_of_a_program_that_uses_alembic_too_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "gatepost.db") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
    connection.close()
    with pytest.raises(StoreForeign, match="not one of Gatepost's"):
        Store.open(url(tmp_path))


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "gatepost.db") as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()
    with pytest.raises(StoreBroken, match="not one of Gatepost's"):
        Store.open(url(tmp_path), create=True)


def test_a_newer_store_is_refused_and_not_touched(store: Store) -> None:
    store.write(
        lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    )
    with pytest.raises(StoreNewer, match=f"schema 0099 and this program knows {schema.CURRENT}"):
        Store.open(f"sqlite:///{store.path}")


def test_a_full_disk_says_so_and_earlier_rows_are_intact(store: Store) -> None:
    store.write(lambda connection: put(connection, "before"))

    def job(connection: Connection) -> None:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        try:
            put(connection, "much", bytes(1_000_000))
        finally:
            connection.execute(text("PRAGMA max_page_count = 1000000"))

    with pytest.raises(StoreFull, match="full; nothing was written"):
        store.write(job)
    store.write(lambda connection: put(connection, "after"))
    assert store.integrity() == "ok"


HOLD_THE_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_lock_that_another_process_keeps_is_trouble_and_not_a_wait_for_ever(store: Store) -> None:
    command = [sys.executable, "-c", HOLD_THE_LOCK, str(store.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        assert store.read(lambda connection: connection.scalar(text("SELECT 1"))) == 1
        with pytest.raises(StoreLocked, match="another process has kept the store locked"):
            store.write(lambda connection: put(connection, "x"))
        other.communicate("")
    store.write(lambda connection: put(connection, "x"))
