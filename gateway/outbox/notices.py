"""Notices to be sent: written down with what caused them, taken in hand, sent, tried again, given up."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from gateway.holds import NewNotice
from gateway.outbox import leases
from gateway.store import codec
from gateway.store.statement import Statement, insertion
from gateway.store.tables import NOTICE

_C = NOTICE.c
_INSERT = Statement(insertion(NOTICE, "id"))
_KNOWN = Statement(select(_C.id).where(_C.cause == bindparam("cause")))


class NoticeState(StrEnum):
    """Where a notice stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of ours to one recipient; ``since`` is when it was first due.

    ``octets`` are None where the store's are damaged: one such row must not keep all others waiting.
    """

    id: int
    cause: str
    kind: str
    list: str
    hold_id: str | None
    decision_id: int | None
    recipient: str
    octets: bytes | None
    state: NoticeState
    attempts: int
    due: datetime
    since: datetime
    reply: str


def add_notices(connection: Connection, notices: tuple[NewNotice, ...]) -> None:
    """Write notices down to be sent; one whose cause is known already is left out."""
    for new in notices:
        if _KNOWN.run(connection, cause=new.cause).fetchone() is not None:
            continue
        due = codec.microseconds(new.due)
        _INSERT.run(
            connection,
            cause=new.cause,
            kind=new.kind,
            list=new.list,
            hold_id=new.hold_id,
            decision_id=new.decision_id,
            recipient=codec.column(new.recipient),
            octets=codec.compressed(new.octets),
            state="waiting",
            attempts=0,
            due=due,
            since=due,
            lease=None,
            reply="",
        )


def due(connection: Connection, now: datetime, most: int = 100) -> tuple[Notice, ...]:
    """Notices to be sent now, the longest due first."""
    return tuple(_notice(row) for row in leases.due(connection, NOTICE, now, most))


def count_waiting(connection: Connection) -> int:
    """How many notices wait to be sent; for the line about ``submission.url``."""
    return connection.scalar(select(func.count()).select_from(NOTICE).where(_C.state == "waiting")) or 0


def lease(connection: Connection, notice_id: int, now: datetime, until: datetime) -> Notice | None:
    """Take a due notice in hand until a time, or None when it was taken or cancelled meanwhile."""
    if not leases.take(connection, NOTICE, notice_id, now, until):
        return None
    return _notice(connection.execute(select(NOTICE).where(_C.id == notice_id)).one())


def sent(connection: Connection, notice_id: int, reply: str) -> None:
    """Record that the submission server took it."""
    _end(connection, notice_id, NoticeState.SENT, reply)


def failed(connection: Connection, notice_id: int, reply: str) -> None:
    """Record that it was finally refused."""
    _end(connection, notice_id, NoticeState.FAILED, reply)


def retry(connection: Connection, notice_id: int, reply: str, due: datetime) -> None:
    """Let it wait until ``due``."""
    connection.execute(
        update(NOTICE)
        .where(_C.id == notice_id, _C.state == "sending")
        .values(state="waiting", due=codec.microseconds(due), lease=None, reply=codec.column(reply))
    )


def recover(connection: Connection, now: datetime, *, alone: bool = False) -> int:
    """Let notices whose lease ended wait again (one may arrive twice); returns how many.

    ``alone``: all have ended, because nobody else sends notices.
    """
    return leases.free(connection, NOTICE, leases.ended(NOTICE, now, alone=alone))


def take_back(connection: Connection, notice_id: int) -> bool:
    """Let one notice wait again whose holder is gone, whatever its lease says; False: it was not in hand."""
    return bool(leases.free(connection, NOTICE, _C.id == notice_id))


def cancel(connection: Connection, decision_id: int) -> int:
    """Take back the notices of an undone decision that were not sent; returns how many."""
    query = update(NOTICE).where(_C.decision_id == decision_id, _C.state == "waiting")
    return connection.execute(query.values(state="cancelled")).rowcount


def _end(connection: Connection, notice_id: int, state: NoticeState, reply: str) -> None:
    query = update(NOTICE).where(_C.id == notice_id, _C.state == "sending")
    connection.execute(query.values(state=state.value, lease=None, reply=codec.column(reply)))


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        id=row.id,
        cause=row.cause,
        kind=row.kind,
        list=row.list,
        hold_id=row.hold_id,
        decision_id=row.decision_id,
        recipient=row.recipient,
        octets=_letter(row.octets),
        state=NoticeState(row.state),
        attempts=row.attempts,
        due=codec.moment(row.due),
        since=codec.moment(row.since),
        reply=row.reply,
    )


def _letter(stored: bytes) -> bytes | None:
    try:
        return codec.expanded(stored)
    except codec.Unreadable:
        return None
