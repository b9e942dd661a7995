"""Deletes what need not be kept: octets, quotes, subjects and notices of posts that were decided long ago."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from gateway.holds import HoldState
from gateway.outbox.deliveries import drop_octets
from gateway.store import codec
from gateway.store.tables import DECISION, DELIVERY, HOLD, NOTICE

_ALL = 1_000_000
_ENDED = tuple(
    state.value for state in (HoldState.RELEASED, HoldState.REJECTED, HoldState.DISCARDED, HoldState.EXPIRED)
)
_H = HOLD.c


def purge(connection: Connection, older_than: timedelta, now: datetime, most: int = _ALL) -> int:
    """Purge the holds whose decision is older than that, ``most`` of them at most; returns how many.

    Who decided what, when and under which clause stays; not a word of the
    message does. What was purged is out of the file after `Store.checkpoint`.
    A gateway at work purges some fifty at a time: the write lock is kept all the while.
    """
    before = codec.microseconds(now - older_than)
    rows = connection.execute(_expired(before).limit(most)).all()
    for row in rows:
        _forget(connection, row)
    return len(rows)


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
            row_version=_H.row_version + 1,
        )
    )
    connection.execute(update(DELIVERY).where(DELIVERY.c.hold_id == row.id).values(subject="", message_id=""))
    connection.execute(
        update(NOTICE)
        .where(NOTICE.c.hold_id == row.id, NOTICE.c.state.not_in(("waiting", "sending")))
        .values(octets=codec.compressed(b""))
    )
    drop_octets(connection, row.digest)
