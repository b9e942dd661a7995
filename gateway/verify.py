"""Whether the store keeps its promises: the audit's chain, and what must always be true of the rows."""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, select

from gateway import audit
from gateway.holds import WAITING, HoldState
from gateway.outbox.deliveries import OWED
from gateway.store import codec
from gateway.store.database import Store
from gateway.store.tables import DECISION, DELIVERY, HOLD, NOTICE, OCTETS, TRANSACTION

_STUCK = timedelta(hours=1)
_ACTION_OF = {
    HoldState.RELEASING: "release",
    HoldState.RELEASED: "release",
    HoldState.REJECTED: "reject",
    HoldState.DISCARDED: "discard",
    HoldState.EXPIRED: "expire",
}


def _now() -> datetime:
    return datetime.now(UTC)


def verify(store: Store, clock: Callable[[], datetime] = _now) -> tuple[str, ...]:
    """Sentences about everything that is not as it must be; empty when all is well. Changes nothing."""
    damage = store.integrity()
    if damage != "ok":
        return (f"store: {damage}",)
    return store.read(lambda connection: tuple(_broken(connection, clock())))


def _broken(connection: Connection, now: datetime) -> Iterator[str]:
    yield from audit.verify(connection)
    for check in _CHECKS:
        yield from check(connection)
    yield from _stuck(connection, codec.microseconds(now - _STUCK))


def _octets_are_what_they_were(connection: Connection) -> Iterator[str]:
    for row in connection.execution_options(yield_per=20).execute(select(OCTETS)):
        try:
            octets = codec.expanded(row.body)
        except zlib.error as error:
            yield f"octets {row.digest}: cannot be read ({error})"
            continue
        if hashlib.sha256(octets).hexdigest() != row.digest or len(octets) != row.size:
            yield f"octets {row.digest}: are not as they came"


def _holds_have_octets(connection: Connection) -> Iterator[str]:
    kept = select(OCTETS.c.digest).where(OCTETS.c.digest == HOLD.c.digest).exists()
    for row in connection.execute(select(HOLD.c.id, HOLD.c.state, HOLD.c.digest).where(~kept)):
        waits = HoldState(row.state) in WAITING or row.state == HoldState.RELEASING
        if waits or row.digest:
            yield f"hold {row.id}: it is {row.state} and its message is gone"


def _deliveries_have_octets(connection: Connection) -> Iterator[str]:
    kept = select(OCTETS.c.digest).where(OCTETS.c.digest == DELIVERY.c.digest).exists()
    owed = DELIVERY.c.state.in_(OWED)
    for row in connection.execute(select(DELIVERY.c.id, DELIVERY.c.state).where(owed, ~kept)):
        yield f"delivery {row.id}: it is {row.state} and its message is gone"


def _octets_belong(connection: Connection) -> Iterator[str]:
    held = select(HOLD.c.id).where(HOLD.c.digest == OCTETS.c.digest).exists()
    same = DELIVERY.c.digest == OCTETS.c.digest
    owed = select(DELIVERY.c.id).where(same, DELIVERY.c.state.in_(OWED)).exists()
    for row in connection.execute(select(OCTETS.c.digest).where(~held, ~owed)):
        yield f"octets {row.digest}: belong to no hold and to no delivery that is owed"


def _stored_is_somewhere(connection: Connection) -> Iterator[str]:
    held = select(HOLD.c.id).where(HOLD.c.transaction_id == TRANSACTION.c.id).exists()
    owed = select(DELIVERY.c.id).where(DELIVERY.c.transaction_id == TRANSACTION.c.id).exists()
    query = select(TRANSACTION.c.id).where(TRANSACTION.c.state == "stored", ~held, ~owed)
    for row in connection.execute(query):
        yield f"transaction {row.id}: was answered 250 and has neither a hold nor a delivery"


def _releases_are_delivered(connection: Connection) -> Iterator[str]:
    for state, wanted in (
        (HoldState.RELEASED, ("delivered",)),
        (HoldState.RELEASING, OWED),
    ):
        there = select(DELIVERY.c.id).where(DELIVERY.c.hold_id == HOLD.c.id, DELIVERY.c.state.in_(wanted))
        query = select(HOLD.c.id).where(HOLD.c.state == state.value, ~there.exists())
        for row in connection.execute(query):
            yield f"hold {row.id}: it is {state} and has no delivery that is {' or '.join(wanted)}"


def _passing_is_never_lost(connection: Connection) -> Iterator[str]:
    lost: Select[Any] = select(DELIVERY.c.id, DELIVERY.c.state).where(
        DELIVERY.c.hold_id.is_(None), DELIVERY.c.state.in_(("failed", "unknown"))
    )
    for row in connection.execute(lost):
        yield f"delivery {row.id}: it is {row.state} and no moderator sees it"


def _decisions_agree(connection: Connection) -> Iterator[str]:
    last = (
        select(DECISION.c.action)
        .where(DECISION.c.hold_id == HOLD.c.id, DECISION.c.undone.is_(None))
        .order_by(DECISION.c.id.desc())
        .limit(1)
        .correlate(HOLD)
        .scalar_subquery()
    )
    for row in connection.execute(select(HOLD.c.id, HOLD.c.state, last.label("action"))):
        state = HoldState(row.state)
        if state is HoldState.HELD and row.action is not None:
            yield f"hold {row.id}: it is held, and the decision to {row.action} it is in force"
        if state in _ACTION_OF and row.action != _ACTION_OF[state]:
            yield f"hold {row.id}: it is {state}, and the decision in force is {row.action or 'none'}"


def _decisions_are_audited(connection: Connection) -> Iterator[str]:
    acts = {(entry.entry.object, entry.entry.at, entry.entry.act) for entry in audit.read(connection)}
    for row in connection.execute(
        select(DECISION.c.id, DECISION.c.hold_id, DECISION.c.at, DECISION.c.action)
    ):
        if (row.hold_id, codec.moment(row.at), row.action) not in acts:
            yield f"decision {row.id} on hold {row.hold_id}: is not in the audit"


def _stuck(connection: Connection, before: int) -> Iterator[str]:
    for table in (DELIVERY, NOTICE):
        query = select(table.c.id).where(table.c.lease < before)
        for row in connection.execute(query):
            yield f"{table.name} {row.id}: was begun more than an hour ago and has not ended"


_CHECKS: tuple[Callable[[Connection], Iterator[str]], ...] = (
    _octets_are_what_they_were,
    _holds_have_octets,
    _deliveries_have_octets,
    _octets_belong,
    _stored_is_somewhere,
    _releases_are_delivered,
    _passing_is_never_lost,
    _decisions_agree,
    _decisions_are_audited,
)
