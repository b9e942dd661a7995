"""Which schema the store has, and the way to this program's; Alembic is loaded only to go it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from gateway.store.errors import StoreBroken, StoreForeign, StoreNewer

REVISIONS = ("0001", "0002", "0003", "0004")
"""All schema revisions this program knows, oldest first; the migrations folder has one file each."""

CURRENT = REVISIONS[-1]


def bring_up(engine: Engine, path: Path) -> None:
    """Leave the store at ``CURRENT``; an older one is copied beside itself first.

    Raises StoreNewer, and StoreForeign for a database that is not Gatepost's.
    """
    with engine.connect() as connection:
        found = _revision(connection, path)
    if found == CURRENT:
        return
    if found:
        _copy(path, path.with_name(f"{path.name}.schema-{found}"))
    with engine.execution_options(gatepost_writes=True).connect() as connection, connection.begin():
        # Asked again under the lock: another process may have done it meanwhile.
        if _revision(connection, path) != CURRENT:
            _migrate(connection)


def _revision(connection: Connection, path: Path) -> str:
    tables = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    if not tables:
        return ""
    # Other programs name their schema in a table of this name too.
    if not {"alembic_version", "hold"} <= tables:
        raise StoreForeign(str(path), "a database, but not one of Gatepost's")
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if not isinstance(found, str) or not found:
        raise StoreBroken(str(path), "it does not say which schema it has")
    if found not in REVISIONS:
        raise StoreNewer(str(path), found, CURRENT)
    return found


def _migrate(connection: Connection) -> None:
    # Loading Alembic takes longer than most commands; hardly any of them needs it.
    from alembic import command
    from alembic.config import Config

    command.upgrade(configuration(connection, Config()), "head")


def configuration(connection: Connection, config: Any) -> Any:
    """The Alembic configuration ``config``, set to run our migrations on ``connection``."""
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _copy(path: Path, to: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
        to.chmod(0o600)
        source.backup(target)
