"""Statements of the hot path: compiled once per dialect, run on the driver's own cursor.

A Core execution costs some 50 microseconds of bookkeeping, the driver's own
call some 5; a post's arrival has a budget of 100 for all of its statements.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, TextClause, bindparam
from sqlalchemy.sql import Delete, Insert, Select, Update


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The dialect's SQL; ``order`` of the parameters where they are positional, values of literal ones."""

    sql: str
    order: tuple[str, ...] | None
    literals: dict[str, object]

    def given(self, values: Mapping[str, object]) -> Any:
        """The parameters as the driver takes them."""
        named = {**self.literals, **values}
        return named if self.order is None else tuple([named[name] for name in self.order])


class Statement:
    """A statement whose parameters are named by ``bindparam``; literal values in it stay as they are."""

    def __init__(self, clause: Select[Any] | Insert | Update | Delete | TextClause) -> None:
        self._clause = clause
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, **values: object) -> Any:
        """Execute and return the driver's cursor: ``fetchone``, ``fetchall``, ``rowcount``."""
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection)
        cursor = _cursor(connection)
        cursor.execute(compiled.sql, compiled.given(values))
        return cursor

    def run_all(self, connection: Connection, rows: Iterable[Mapping[str, object]]) -> None:
        """Execute once for each of the rows, in one call of the driver."""
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection)
        _cursor(connection).executemany(compiled.sql, [compiled.given(row) for row in rows])

    def _compile(self, connection: Connection) -> _Compiled:
        made = self._clause.compile(dialect=connection.dialect)
        literals = {name: bind.value for name, bind in made.binds.items() if not bind.required}
        order = tuple(made.positiontup) if made.positiontup is not None else None
        return self._compiled.setdefault(connection.dialect.name, _Compiled(str(made), order, literals))


def _cursor(connection: Connection) -> Any:
    driver = connection.connection.driver_connection
    assert driver is not None, "a checked-out connection has a driver's connection"  # noqa: S101
    return driver.cursor()


def insertion(table: Table, *without: str) -> Insert:
    """An insert of all columns of ``table`` but those ``without``."""
    return table.insert().values({c.name: bindparam(c.name) for c in table.columns if c.name not in without})
