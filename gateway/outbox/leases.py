"""Leases: which rows of the outbox are in whose hands, until when, and how they come free after a crash.

A lease is a time. Whoever died holding one cannot give it back: it ends by
itself, or at once where `gateway.store.shift` says that nobody else is left.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, select, true, update

from gateway.store import codec


def due(connection: Connection, table: Table, now: datetime, most: int) -> Iterable[Row[Any]]:
    """Rows that wait and whose time has come, the longest due first."""
    columns = table.c
    query = select(table).where(columns.state == "waiting", columns.due <= codec.microseconds(now))
    return connection.execute(query.order_by(columns.due, columns.id).limit(most))


def take(connection: Connection, table: Table, row_id: int, now: datetime, until: datetime) -> bool:
    """Take a due row in hand until a time; False when it was taken or cancelled meanwhile."""
    columns = table.c
    taken = connection.execute(
        update(table)
        .where(columns.id == row_id, columns.state == "waiting", columns.due <= codec.microseconds(now))
        .values(state="sending", attempts=columns.attempts + 1, lease=codec.microseconds(until))
    )
    return bool(taken.rowcount)


def ended(table: Table, now: datetime, *, alone: bool = False) -> ColumnElement[bool]:
    """Which rows are in nobody's hands any more; ``alone``: whoever had one in hand is known to be dead."""
    return true() if alone else table.c.lease < codec.microseconds(now)


def free(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    """Let those that are being sent wait again; returns how many."""
    query = update(table).where(table.c.state == "sending", which)
    return connection.execute(query.values(state="waiting", lease=None)).rowcount
