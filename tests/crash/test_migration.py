"""Killed at any write while a store is made or brought up: the next start finds the old one, the new one, or none."""

import itertools
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from gateway import queue
from gateway.store import schema
from gateway.store.database import Store
from gateway.verify import verify
from tests.given.store import NOW, keep, new_store, show, url
from tests.given.tools import needed

ROOT = Path(__file__).parents[2]
OPEN = "import sys; from gateway.store.database import Store; Store.open(sys.argv[1], create=True).close()"
FIRST = schema.REVISIONS[0]


def killed_at(folder: Path, nth: int) -> bool:
    """Make a store or bring it up, killed at the N-th write of a thread; whether it was."""
    needed("strace", "apt install strace")
    fault = f"inject=pwrite64:signal=KILL:when={nth}"
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", fault, sys.executable, "-c", OPEN, url(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60).returncode != 0


def survives(folder: Path, nth: int) -> bool:
    killed = killed_at(folder, nth)
    store = Store.open(url(folder), create=True)
    assert verify(store, lambda: NOW) == ()
    assert len(store.secret()) == 32
    store.close()
    return killed


def first_schema(folder: Path) -> str:
    """A store as the first release left it, with one hold, whose id is returned."""
    today, file = folder / "today", folder / "gatepost.db"
    today.mkdir()
    store = new_store(today)
    hold = keep(store)
    store.close()
    file.touch(mode=0o600)
    engine = create_engine(url(folder))
    with engine.begin() as connection:
        command.upgrade(schema.configuration(connection, Config()), FIRST)
    engine.dispose()
    with closing(sqlite3.connect(file)) as old, old:
        old.execute("PRAGMA journal_mode = WAL")
        old.execute("ATTACH ? AS today", (str(today / "gatepost.db"),))
        for table in ("transaction", "octets", "hold"):
            there = ", ".join(f'"{row[1]}"' for row in old.execute(f'PRAGMA main.table_info("{table}")'))
            rows = f'INSERT INTO main."{table}" ({there}) SELECT {there} FROM today."{table}"'  # noqa: S608  our own names
            old.execute(rows)
    return hold


def migrates(folder: Path, nth: int) -> bool:
    """As `survives`, of a store of the first schema: its hold is in the new one, and in the copy of the old one."""
    hold = first_schema(folder)
    killed = survives(folder, nth)
    store = Store.open(url(folder))
    digest = show(store, hold).digest
    assert store.read(lambda connection: queue.octets(connection, digest))
    store.close()
    with closing(sqlite3.connect(folder / f"gatepost.db.schema-{FIRST}")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [(FIRST,)]
        assert copy.execute("SELECT id FROM hold").fetchall() == [(hold,)]
    return killed


def at_every_write(tmp_path: Path, tried: Callable[[Path, int], bool]) -> int:
    """Try a kill at the first write, the second, and so on; how many were there."""
    for nth in itertools.count(1):
        folder = tmp_path / str(nth)
        folder.mkdir()
        if not tried(folder, nth):
            return nth - 1
    raise AssertionError


@pytest.mark.parametrize("nth", [1, 12])
def test_a_kill_while_the_store_is_made_leaves_nothing_half(tmp_path: Path, nth: int) -> None:
    assert survives(tmp_path, nth)


@pytest.mark.parametrize("nth", [1, 12])
def test_a_kill_while_an_older_store_is_brought_up_loses_nothing(tmp_path: Path, nth: int) -> None:
    assert migrates(tmp_path, nth)


@pytest.mark.siege
@pytest.mark.timeout(1000)
def test_a_kill_at_any_write_leaves_nothing_half(tmp_path: Path) -> None:
    assert at_every_write(tmp_path, survives) > 20


@pytest.mark.siege
@pytest.mark.timeout(1000)
def test_a_kill_at_any_write_of_a_migration_loses_nothing(tmp_path: Path) -> None:
    assert at_every_write(tmp_path, migrates) > 20
