"""Holds in the store: hold, find, list, read. Rows inside, domain values outside."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from gateway import said, transactions
from gateway.holds import (
    MASK,
    WAITING,
    AmbiguousId,
    Decision,
    Hold,
    HoldState,
    NewDelivery,
    NewHold,
    NewNotice,
    NoSuchHold,
    OctetsBroken,
    OctetsGone,
    OctetsMissing,
    Outcome,
    Remark,
    Summary,
    discreet,
)
from gateway.outbox.deliveries import add_passing
from gateway.outbox.notices import add_notices
from gateway.reply import kept
from gateway.store import codec, ids
from gateway.store.statement import Statement, insertion
from gateway.store.tables import DECISION, HOLD, OCTETS, REMARK
from gateway.transactions import Arrival, Prior, TransactionState

__all__ = [
    "MASK",
    "WAITING",
    "Filter",
    "Hold",
    "HoldState",
    "NewDelivery",
    "NewHold",
    "NewNotice",
    "Outcome",
    "Summary",
    "count_waiting",
    "discreet",
    "find",
    "get",
    "hold",
    "octets",
    "overdue",
    "waiting",
]

_H = HOLD.c
_D = DECISION.c

_DAY = 86_400_000_000  # microseconds
_INSERT_HOLD = Statement(insertion(HOLD))
_INSERT_OCTETS = Statement(insertion(OCTETS))
_KNOWN_OCTETS = Statement(select(OCTETS.c.size).where(OCTETS.c.digest == bindparam("digest")))

# The decision in force: the last one that was not undone.
_IN_FORCE = (
    select(func.max(_D.id)).where(_D.hold_id == _H.id, _D.undone.is_(None)).correlate(HOLD).scalar_subquery()
)
_DECISION_COLUMNS = [column.label(f"decision_{column.name}") for column in DECISION.columns]
_WITH_DECISION = HOLD.outerjoin(DECISION, _D.id == _IN_FORCE)
_SUMMARY_COLUMNS = (_H.id, _H.list, _H.state, _H.received, _H.author, _H.subject, _H.clauses, _H.version)
# Built once: building a statement costs more than running it.
_GET = select(HOLD, *_DECISION_COLUMNS).select_from(_WITH_DECISION).where(_H.id == bindparam("hold_id"))
_REMARKS = (
    select(REMARK.c.by, REMARK.c.at, REMARK.c.text)
    .where(REMARK.c.hold_id == bindparam("hold_id"))
    .order_by(REMARK.c.id)
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which holds to list, oldest first; ``lists`` None is every list."""

    lists: tuple[str, ...] | None = None
    states: tuple[HoldState, ...] = WAITING
    most: int = 10_000


def hold(
    connection: Connection,
    arrival: Arrival,
    holds: tuple[NewHold, ...],
    deliveries: tuple[NewDelivery, ...] = (),
    notices: tuple[NewNotice, ...] = (),
) -> Prior | None:
    """Take responsibility for a post: all in the caller's transaction, after which 250 is true.

    Returns the transaction that it repeats. One that is IN_FLIGHT, RELAYED or STORED: its reply is to be
    given; nothing was written. One that is UNKNOWN: it *is* held, as a possible duplicate to be counted.
    """
    reply = arrival.reply or str(kept(arrival.id, (new.id for new in holds)))
    prior = transactions.store(connection, arrival, reply)
    if prior is not None and prior.state is not TransactionState.UNKNOWN:
        return prior
    _keep_octets(connection, arrival)
    for new in holds:
        _insert_hold(connection, arrival, new)
    for passing in deliveries:
        add_passing(connection, arrival, passing)
        said.keep(connection, passing.sentences, arrival.received)
    add_notices(connection, notices)
    return prior


def find(connection: Connection, prefix: str, lists: Collection[str] | None = None) -> Hold:
    """Return the one hold whose id starts with ``prefix``, among those of ``lists`` (None: of all).

    Raises NoSuchHold or AmbiguousId.
    """
    wanted = prefix.strip().lower()
    if len(wanted) < 2:
        raise AmbiguousId(prefix, ())
    if set(wanted) - set(ids.ALPHABET):
        raise NoSuchHold(prefix)
    # A range and not LIKE, so that the primary key is the index of it.
    query = select(_H.id).where(_H.id.between(wanted, wanted + "z" * ids.LENGTH)).order_by(_H.id).limit(5)
    if lists is not None:
        query = query.where(_H.list.in_(tuple(lists)))
    found: tuple[str, ...] = tuple(connection.scalars(query))
    if not found:
        raise NoSuchHold(prefix)
    if len(found) > 1 and wanted not in found:
        raise AmbiguousId(prefix, found)
    return get(connection, wanted if wanted in found else found[0])


def get(connection: Connection, hold_id: str) -> Hold:
    """Return the hold of exactly this id. Raises NoSuchHold."""
    row = connection.execute(_GET, {"hold_id": hold_id}).one_or_none()
    if row is None:
        raise NoSuchHold(hold_id)
    return _hold_of(row, _remarks(connection, hold_id))


def waiting(connection: Connection, asked: Filter) -> tuple[Summary, ...]:
    """List holds without reading a body, oldest first; sensitive words are masked."""
    # Findings are read only where a subject may have to be masked.
    query: Select[Any] = (
        select(*_SUMMARY_COLUMNS, _H.sensitive, *_DECISION_COLUMNS)
        .select_from(_WITH_DECISION)
        .where(_H.state.in_([state.value for state in asked.states]))
        .order_by(_H.received, _H.id)
        .limit(asked.most)
    )
    if asked.lists is not None:
        query = query.where(_H.list.in_(asked.lists))
    rows = connection.execute(query).all()
    findings = _sensitive_findings(connection, [row.id for row in rows if row.sensitive])
    return tuple(_summary_of(row, findings.get(row.id, "[]")) for row in rows)


def octets(connection: Connection, digest: str) -> bytes:
    """Return a message's exact octets. Raises OctetsLost, after a purge as OctetsGone."""
    if not digest:  # A purge takes it from the hold too.
        raise OctetsGone(digest)
    body = connection.scalar(select(OCTETS.c.body).where(OCTETS.c.digest == digest))
    if body is None:
        raise OctetsMissing(digest)
    try:
        return codec.unchanged(body, digest)
    except codec.Unreadable as error:
        raise OctetsBroken(digest) from error


def overdue(connection: Connection, now: datetime, usual_days: int, asked: Filter) -> tuple[str, ...]:
    """Ids of the holds in one of the states that have waited their days, oldest first."""
    days = func.coalesce(func.nullif(_H.days, 0), usual_days)
    query = select(_H.id).where(
        _H.state.in_([state.value for state in asked.states]),
        _H.received + days * _DAY < codec.microseconds(now),
    )
    if asked.lists is not None:
        query = query.where(_H.list.in_(asked.lists))
    return tuple(connection.scalars(query.order_by(_H.received).limit(asked.most)))


def count_waiting(connection: Connection) -> int:
    """How many holds a moderator is asked about."""
    waits = _H.state.in_([state.value for state in WAITING])
    return connection.scalar(select(func.count()).select_from(HOLD).where(waits)) or 0


def _keep_octets(connection: Connection, arrival: Arrival) -> None:
    digest = arrival.message.digest
    if _KNOWN_OCTETS.run(connection, digest=digest).fetchone() is None:
        body = arrival.body or codec.compressed(arrival.message.octets)
        _INSERT_OCTETS.run(connection, digest=digest, size=len(arrival.message.octets), body=body)


def _insert_hold(connection: Connection, arrival: Arrival, new: NewHold) -> None:
    envelope = arrival.message.envelope
    _INSERT_HOLD.run(
        connection,
        id=new.id,
        transaction_id=arrival.id,
        list=new.list,
        version=new.version,
        state=HoldState.HELD.value,
        received=codec.microseconds(arrival.received),
        reverse_path=envelope.reverse_path,
        recipients=codec.octets_column(new.recipients),
        parameters=codec.octets_column(envelope.parameters),
        digest=arrival.message.digest,
        author=codec.column(new.author),
        subject=codec.column(new.subject),
        message_id=codec.column(new.message_id),
        clauses=codec.words_column(new.verdict.clauses),
        findings=codec.findings_column(new.verdict.findings),
        sensitive=any(finding.sensitive for finding in new.verdict.findings),
        told=codec.column(new.told),
        days=new.days,
        row_version=1,
        reply="",
        sentences=codec.hashes_column(new.sentences),
        recipient_parameters=codec.asked_column(envelope.asked_for(new.recipients)),
    )


def _sensitive_findings(connection: Connection, hold_ids: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(hold_ids), 500):  # a statement takes only so many parameters
        query = select(_H.id, _H.findings).where(_H.id.in_(hold_ids[start : start + 500]))
        found.update({row.id: row.findings for row in connection.execute(query)})
    return found


def _summary_of(row: Row[Any], findings: str) -> Summary:
    return Summary(
        id=row.id,
        list=row.list,
        state=HoldState(row.state),
        received=codec.moment(row.received),
        author=row.author,
        subject=discreet(row.subject, codec.findings_of(findings)),
        clauses=codec.words_of(row.clauses),
        sensitive=row.sensitive,
        version=row.version,
        decision=_decision_of(row),
    )


def _hold_of(row: Row[Any], remarks: tuple[Remark, ...]) -> Hold:
    return Hold(
        id=row.id,
        transaction_id=row.transaction_id,
        list=row.list,
        version=row.version,
        state=HoldState(row.state),
        received=codec.moment(row.received),
        reverse_path=row.reverse_path,
        recipients=codec.octets_of(row.recipients),
        parameters=codec.octets_of(row.parameters),
        digest=row.digest,
        author=row.author,
        subject=row.subject,
        message_id=row.message_id,
        clauses=codec.words_of(row.clauses),
        findings=codec.findings_of(row.findings),
        sensitive=row.sensitive,
        told=row.told,
        row_version=row.row_version,
        reply=row.reply,
        decision=_decision_of(row),
        remarks=remarks,
        recipient_parameters=codec.asked_of(row.recipient_parameters),
    )


def _decision_of(row: Row[Any]) -> Decision | None:
    if row.decision_id is None:
        return None
    return Decision(
        id=row.decision_id,
        action=Outcome(row.decision_action),
        by=row.decision_by,
        at=codec.moment(row.decision_at),
        effective=codec.moment(row.decision_effective),
        clause=row.decision_clause,
        reason=row.decision_reason,
    )


def _remarks(connection: Connection, hold_id: str) -> tuple[Remark, ...]:
    rows = connection.execute(_REMARKS, {"hold_id": hold_id})
    return tuple(Remark(row.by, codec.moment(row.at), row.text) for row in rows)
