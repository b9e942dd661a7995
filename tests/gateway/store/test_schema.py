"""The migrations make what the tables say, and two who start at once make one store."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlmodel import SQLModel

from gateway import audit, queue
from gateway.store import schema
from gateway.store.database import Store
from gateway.store.errors import StoreError
from tests.given.store import NOW, keep, new_store, url


def test_the_migrations_make_the_tables(tmp_path: Path) -> None:
    store = new_store(tmp_path)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))

    assert store.read(differences) == []
    store.close()


def test_the_program_knows_every_migration(tmp_path: Path) -> None:
    store = new_store(tmp_path)

    def revisions(connection: Connection) -> list[str]:
        scripts = ScriptDirectory.from_config(schema.configuration(connection, Config()))
        return [script.revision for script in scripts.walk_revisions()][::-1]

    assert tuple(store.read(revisions)) == schema.REVISIONS
    store.close()


def test_opening_a_store_that_is_current_does_not_load_alembic(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    program = (
        "import sys; from gateway.store.database import Store; Store.open(sys.argv[1]).close();"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, url(tmp_path)], check=True)


def test_two_processes_that_start_at_once_make_one_store(tmp_path: Path) -> None:
    program = (
        "import sys; from gateway.store.database import Store;"
        "store = Store.open(sys.argv[1], create=True); print(store.secret().hex()); store.close()"
    )
    command = [sys.executable, "-c", program, url(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate() for process in both]
    assert [stderr for _, stderr in said] == [b"", b""]
    assert said[0][0] == said[1][0]


def test_an_older_store_is_copied_before_it_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_store(tmp_path).close()
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, "9998"))
    before = schema.CURRENT
    monkeypatch.setattr(schema, "CURRENT", "9998")
    monkeypatch.setattr(schema, "_migrate", lambda connection: None)
    Store.open(url(tmp_path)).close()
    copy = tmp_path / f"gatepost.db.schema-{before}"
    assert copy.stat().st_mode & 0o077 == 0
    assert copy.read_bytes()[:15] == b"SQLite format 3"


@pytest.mark.parametrize("statement", ["UPDATE audit SET by = 'nobody'", "DELETE FROM audit"])
def test_the_audit_takes_no_change(tmp_path: Path, statement: str) -> None:
    store = new_store(tmp_path)
    store.write(lambda connection: audit.append(connection, audit.Entry(NOW, "ann", "test")))
    with pytest.raises(StoreError, match="append-only"):
        store.write(lambda connection: connection.execute(text(statement)))
    store.close()


def test_a_post_that_an_older_version_held_is_read_and_has_asked_for_nothing(tmp_path: Path) -> None:
    (other := tmp_path / "other").mkdir()
    kept = new_store(other)
    hold_id = keep(kept)
    kept.close()
    # As that version would have stored it: its columns, and no more.
    old = create_engine(url(tmp_path))
    with old.connect() as connection:
        connection.execute(text(f"ATTACH '{other / 'gatepost.db'}' AS other"))
        connection.commit()
        command.upgrade(schema.configuration(connection, Config()), "0003")
        for table in ("transaction", "hold", "octets"):
            columns = ", ".join(f'"{name["name"]}"' for name in inspect(connection).get_columns(table))
            connection.execute(
                text(f'INSERT INTO main."{table}" ({columns}) SELECT {columns} FROM other."{table}"')  # noqa: S608  the schema's own names
            )
        connection.commit()
    old.dispose()
    store = Store.open(url(tmp_path))
    hold = store.read(lambda connection: queue.get(connection, hold_id))
    assert (hold.id, hold.recipient_parameters) == (hold_id, ())
    assert store.read(lambda c: c.scalar(text('SELECT protocol FROM "transaction"'))) == "ESMTP"
    store.close()
