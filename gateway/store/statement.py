"""Statements of the hot path: compiled once per dialect, run on the driver's own cursor.

A Core execution costs some 50 microseconds of bookkeeping, the driver's own
call some 5; a post's arrival has a budget of 100 for all of its statements.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam
from sqlalchemy.sql import Delete, Insert, Select, Update


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The dialect's SQL; ``order`` of the parameters where they are positional, values of literal ones."""

    sql: str
    order: tuple[str, ...] | None
    literals: dict[str, object]


class Statement:
    """A statement whose parameters are named by ``bindparam``; literal values in it stay as they are."""

    def __init__(self, clause: Select[Any] | Insert | Update | Delete) -> None:
        self._clause = clause
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, **values: object) -> Any:
        """Execute and return the driver's cursor: ``fetchone``, ``fetchall``, ``rowcount``."""
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection)
        driver = connection.connection.driver_connection
        assert driver is not None, "a checked-out connection has a driver's connection"  # noqa: S101
        given = compiled.literals | values
        cursor = driver.cursor()
        if compiled.order is None:
            cursor.execute(compiled.sql, given)
        else:
            cursor.execute(compiled.sql, tuple([given[name] for name in compiled.order]))
        return cursor

    def _compile(self, connection: Connection) -> _Compiled:
        made = self._clause.compile(dialect=connection.dialect)
        literals = {name: bind.value for name, bind in made.binds.items() if not bind.required}
        order = tuple(made.positiontup) if made.positiontup is not None else None
        return self._compiled.setdefault(connection.dialect.name, _Compiled(str(made), order, literals))


def insertion(table: Table, *without: str) -> Insert:
    """An insert of all columns of ``table`` but those ``without``."""
    return table.insert().values({c.name: bindparam(c.name) for c in table.columns if c.name not in without})
