"""I5: what a crash left is put right by itself and in bounded time; what is old and unfinished was not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Connection, Table, and_, select, update

from gateway.invariants.problem import NEXT_START, Problem
from gateway.outbox import deliveries, notices
from gateway.store import codec
from gateway.store.tables import DELIVERY, NOTICE, TRANSACTION

_LONG_AGO = timedelta(hours=1)
_NO_LEASE_IS_SO_LONG = timedelta(days=1)


def leases_end(connection: Connection, now: datetime) -> Iterator[Problem]:
    """Nothing is in hand for hours, nor for ever because a clock had jumped."""
    for table, mend in ((DELIVERY, _take_back_delivery), (NOTICE, _take_back_notice)):
        for row_id in _in_dead_hands(connection, table, now):
            says = f"{table.name} {row_id}: was begun more than an hour ago and has not ended"
            yield Problem("I5", says, NEXT_START, partial(mend, row_id))


def _in_dead_hands(connection: Connection, table: Table, now: datetime) -> tuple[int, ...]:
    columns = table.c
    over = columns.lease < codec.microseconds(now - _LONG_AGO)
    never = columns.lease.is_(None) | (columns.lease > codec.microseconds(now + _NO_LEASE_IS_SO_LONG))
    query = select(columns.id).where(columns.state.in_(("sending", "dotted")), over | never)
    return tuple(connection.scalars(query))


def _take_back_delivery(delivery_id: int, connection: Connection, now: datetime) -> str:
    if delivery_id not in _in_dead_hands(connection, DELIVERY, now):
        return ""
    found = deliveries.take_back(connection, delivery_id)
    if found.unknown:
        return f"delivery {delivery_id} is unknown now; hold {found.unknown[0]} waits for a moderator"
    return f"delivery {delivery_id} waits again" if found.again else ""


def _take_back_notice(notice_id: int, connection: Connection, now: datetime) -> str:
    if notice_id not in _in_dead_hands(connection, NOTICE, now):
        return ""
    return f"notice {notice_id} waits again" if notices.take_back(connection, notice_id) else ""


def flights_end(connection: Connection, now: datetime) -> Iterator[Problem]:
    """No post is in flight for longer than any deadline."""
    query = select(TRANSACTION.c.id).where(_in_flight(now))
    for name in connection.scalars(query):
        says = f"transaction {name}: has been in flight for more than an hour"
        yield Problem("I5", says, NEXT_START, partial(_land, name))


def _in_flight(now: datetime) -> ColumnElement[bool]:
    before = codec.microseconds(now - _LONG_AGO)
    return and_(TRANSACTION.c.state == "in_flight", TRANSACTION.c.received < before)


def _land(name: str, connection: Connection, now: datetime) -> str:
    query = update(TRANSACTION).where(TRANSACTION.c.id == name, _in_flight(now))
    if not connection.execute(query.values(state="unknown")).rowcount:
        return ""
    return f"transaction {name} is unknown now: its client repeats it, or has long given up"


CHECKS = (leases_end, flights_end)
