"""Deletes what need not be kept: octets, quotes, subjects and notices of posts that were decided long ago."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, update

from gateway.holds import HoldState
from gateway.outbox.deliveries import drop_octets
from gateway.store import codec
from gateway.store.tables import DECISION, DELIVERY, HOLD, NOTICE, TRANSACTION
from gateway.transactions import REPEATS, TransactionState

CHUNK = 50  # holds at a time: the write lock is kept all the while
_ENDED = tuple(
    state.value for state in (HoldState.RELEASED, HoldState.REJECTED, HoldState.DISCARDED, HoldState.EXPIRED)
)
_H, _T = HOLD.c, TRANSACTION.c
_MANY = 500  # transactions at a time; they are small


def purge(connection: Connection, older_than: timedelta, now: datetime, most: int = CHUNK) -> int:
    """Purge the holds whose decision is older than that, ``most`` of them at most; returns how many.

    Who decided what, when and under which clause stays; not a word of the
    message does. What was purged is out of the file after `Store.checkpoint`.
    Ask again until it is 0, each time in a transaction of its own.
    """
    before = codec.microseconds(now - older_than)
    rows = connection.execute(_expired(before).limit(most)).all()
    for row in rows:
        _forget(connection, row)
    return len(rows)


def past(connection: Connection, older_than: timedelta, now: datetime) -> tuple[str, ...]:
    """Transactions so old that nothing asks for them, as many as are forgotten at a time.

    Those of holds stay, and those of which something is owed; a client's repeat is known for `REPEATS`.
    """
    before = codec.microseconds(now - max(older_than, REPEATS))
    query = select(_T.id).where(_T.received < before, _over()).order_by(_T.received).limit(_MANY)
    return tuple(connection.scalars(query))


def forget_past(connection: Connection, names: Sequence[str]) -> None:
    """Delete transactions that `past` named, and the record of what was handed on for them."""
    kept = select(_T.id).where(_T.id.in_(names), _over())
    which = tuple(connection.scalars(kept))
    connection.execute(DELIVERY.delete().where(DELIVERY.c.transaction_id.in_(which)))
    connection.execute(TRANSACTION.delete().where(_T.id.in_(which)))


def _over() -> ColumnElement[bool]:
    held = select(_H.id).where(_H.transaction_id == _T.id).exists()
    owed = select(DELIVERY.c.id).where(
        DELIVERY.c.transaction_id == _T.id, DELIVERY.c.state.not_in(("delivered", "cancelled"))
    )
    return ~held & ~owed.exists() & (_T.state != TransactionState.IN_FLIGHT.value)


def _expired(before: int) -> Select[Any]:
    taken = (
        select(func.max(DECISION.c.effective))
        .where(DECISION.c.hold_id == _H.id, DECISION.c.undone.is_(None))
        .correlate(HOLD)
        .scalar_subquery()
    )
    # Without a digest it was purged already.
    return (
        select(_H.id, _H.digest, _H.findings)
        .where(_H.state.in_(_ENDED), _H.digest != "", taken < before)
        .order_by(_H.received)
    )


def _forget(connection: Connection, row: Row[Any]) -> None:
    connection.execute(
        update(HOLD)
        .where(_H.id == row.id)
        .values(
            digest="",
            subject="",
            message_id="",
            findings=codec.wordless(row.findings),
            sentences=None,
            row_version=_H.row_version + 1,
        )
    )
    connection.execute(
        update(DELIVERY).where(DELIVERY.c.hold_id == row.id).values(subject="", message_id="", findings="[]")
    )
    _empty_notices(connection, row.id)
    drop_octets(connection, row.digest)


def _empty_notices(connection: Connection, hold_id: str) -> None:
    # What was not sent in all that time (there may be no submission server) tells nobody anything now.
    unsent = (NOTICE.c.hold_id == hold_id, NOTICE.c.state.in_(("waiting", "sending")))
    connection.execute(update(NOTICE).where(*unsent).values(state="cancelled", lease=None))
    connection.execute(update(NOTICE).where(NOTICE.c.hold_id == hold_id).values(octets=codec.compressed(b"")))
