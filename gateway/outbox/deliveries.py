"""Deliveries owed to the next hop, and each step of one: leased, dotted, delivered, failed, unknown.

waiting -> sending -> dotted -> delivered  the hold is RELEASED
   ^----------'          |----> failed     the hold is RELEASE_FAILED
   '---------------------'----> unknown    the hold is UNKNOWN: a person is asked
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from gateway.holds import Hold, HoldState, NewDelivery
from gateway.outbox import leases
from gateway.outbox.delivery import OWED, UNDER_WAY, Delivery, DeliveryState, delivery_of
from gateway.store import codec, ids
from gateway.store.statement import Statement, insertion
from gateway.store.tables import DELIVERY, HOLD, OCTETS
from gateway.transactions import Arrival
from rules.verdict import Verdict

_C = DELIVERY.c
_INSERT = Statement(insertion(DELIVERY, "id"))


@dataclass(frozen=True, slots=True)
class Recovered:
    """What `recover` found: how many will be tried again, and the holds whose outcome is unknown."""

    again: int
    unknown: tuple[str, ...]


def add_passing(connection: Connection, arrival: Arrival, new: NewDelivery) -> None:
    """Owe the next hop a passing post that could not be relayed inside DATA, due at once."""
    envelope = arrival.message.envelope
    now = codec.microseconds(arrival.received)
    _INSERT.run(
        connection,
        hold_id=None,
        transaction_id=arrival.id,
        decision_id=None,
        list=new.list,
        version=new.version,
        author=codec.column(new.author),
        subject=codec.column(new.subject),
        message_id=codec.column(new.message_id),
        findings=codec.findings_column(new.findings),
        sensitive=any(finding.sensitive for finding in new.findings),
        told=codec.column(new.told),
        reverse_path=envelope.reverse_path,
        recipients=codec.octets_column(new.recipients),
        parameters=codec.octets_column(envelope.parameters),
        recipient_parameters=codec.asked_column(envelope.asked_for(new.recipients)),
        digest=arrival.message.digest,
        **_untried(now),
    )


def add_release(connection: Connection, hold: Hold, decision_id: int, due: datetime) -> None:
    """Owe the next hop a held post from ``due`` on: the original envelope, for the recipients left."""
    _INSERT.run(
        connection,
        hold_id=hold.id,
        transaction_id=hold.transaction_id,
        decision_id=decision_id,
        list=hold.list,
        version=hold.version,
        author="",
        subject="",
        message_id="",
        findings="[]",
        sensitive=False,
        told="",
        reverse_path=hold.reverse_path,
        recipients=codec.octets_column(hold.recipients),
        parameters=codec.octets_column(hold.parameters),
        recipient_parameters=codec.asked_column(hold.recipient_parameters),
        digest=hold.digest,
        **_untried(codec.microseconds(due)),
    )


def due(connection: Connection, now: datetime, most: int = 100) -> tuple[Delivery, ...]:
    """Deliveries to be tried now, the longest due first."""
    return tuple(delivery_of(row) for row in leases.due(connection, DELIVERY, now, most))


def lease(connection: Connection, delivery_id: int, now: datetime, until: datetime) -> Delivery | None:
    """Take a due delivery in hand until a time, or None when it was taken or cancelled meanwhile."""
    taken = leases.take(connection, DELIVERY, delivery_id, now, until)
    return _get(connection, delivery_id) if taken else None


def dotted(connection: Connection, delivery_id: int, until: datetime) -> bool:
    """Record, before it goes out, that the final dot goes out; False: the lease was lost, send no dot."""
    query = update(DELIVERY).where(_C.id == delivery_id, _C.state == "sending")
    return bool(connection.execute(query.values(state="dotted", lease=codec.microseconds(until))).rowcount)


def narrow(connection: Connection, delivery_id: int, recipients: tuple[bytes, ...]) -> None:
    """Record that only these recipients are still owed: the next hop took the message for the others."""
    stored = codec.octets_column(recipients)
    connection.execute(update(DELIVERY).where(_C.id == delivery_id).values(recipients=stored))


def delivered(connection: Connection, delivery_id: int, reply: str) -> None:
    """Record that the next hop took it for all recipients; its hold is RELEASED."""
    delivery = _end(connection, delivery_id, DeliveryState.DELIVERED, reply)
    if delivery is None:
        return
    if delivery.hold_id is not None:
        _move_hold(connection, delivery, HoldState.RELEASED, reply)
    else:
        connection.execute(update(DELIVERY).where(_C.id == delivery_id).values(subject="", findings="[]"))
        drop_octets(connection, delivery.digest)


def retry(connection: Connection, delivery_id: int, reply: str, due: datetime) -> None:
    """Let it wait until ``due``: nothing was taken, and trying again may help."""
    connection.execute(
        update(DELIVERY)
        .where(_C.id == delivery_id, _C.state.in_(UNDER_WAY))
        .values(state="waiting", due=codec.microseconds(due), lease=None, reply=codec.column(reply))
    )


def failed(connection: Connection, delivery_id: int, reply: str) -> str | None:
    """Record a final refusal and return the hold that is RELEASE_FAILED now.

    A passing post that had no hold gets one: it was accepted with 250 and is
    never lost. None when the delivery was not under way.
    """
    delivery = _end(connection, delivery_id, DeliveryState.FAILED, reply)
    return None if delivery is None else _move_hold(connection, delivery, HoldState.RELEASE_FAILED, reply)


def unknown(connection: Connection, delivery_id: int, reply: str) -> str | None:
    """Record that the reply to the final dot never came; returns the hold that is UNKNOWN now."""
    delivery = _end(connection, delivery_id, DeliveryState.UNKNOWN, reply)
    return None if delivery is None else _move_hold(connection, delivery, HoldState.UNKNOWN, reply)


def recover(connection: Connection, now: datetime, *, alone: bool = False) -> Recovered:
    """Put right what a crash left: what had no dot waits again, what had one is unknown.

    That is told by leases that have ended; ``alone``: all have, because nobody else delivers.
    """
    return _recover(connection, leases.ended(DELIVERY, now, alone=alone))


def take_back(connection: Connection, delivery_id: int) -> Recovered:
    """Put right one delivery whose holder is gone, whatever its lease says."""
    return _recover(connection, _C.id == delivery_id)


def ask(connection: Connection, delivery_id: int) -> str | None:
    """Make a hold of a failed or unknown passing post that has none, so that a moderator sees it; its id."""
    query = select(DELIVERY).where(
        _C.id == delivery_id, _C.hold_id.is_(None), _C.state.in_(("failed", "unknown"))
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    state = HoldState.UNKNOWN if row.state == "unknown" else HoldState.RELEASE_FAILED
    return _become_hold(connection, row, state, row.reply)


def cancel(connection: Connection, decision_id: int) -> bool:
    """Take back the delivery of an undone release; False when it is under way already."""
    query = update(DELIVERY).where(_C.decision_id == decision_id, _C.state == "waiting", _C.attempts == 0)
    return bool(connection.execute(query.values(state="cancelled")).rowcount)


def drop_octets(connection: Connection, digest: str) -> None:
    """Delete a message's octets unless a hold has them, or a delivery owes them still.

    A failed or unknown delivery owes nothing: its hold does, until that is decided and purged.
    """
    held = select(HOLD.c.id).where(HOLD.c.digest == digest).exists()
    owed = select(_C.id).where(_C.digest == digest, _C.state.in_(OWED)).exists()
    connection.execute(OCTETS.delete().where(OCTETS.c.digest == digest, ~held, ~owed))


def _recover(connection: Connection, which: ColumnElement[bool]) -> Recovered:
    again = leases.free(connection, DELIVERY, which)
    lost = tuple(connection.scalars(select(_C.id).where(_C.state == "dotted", which)))
    words = "the gateway stopped before the next hop's reply to the final dot"
    holds = [unknown(connection, delivery_id, words) for delivery_id in lost]
    return Recovered(again, tuple(hold_id for hold_id in holds if hold_id is not None))


def _untried(due: int) -> dict[str, object]:
    return {"state": "waiting", "attempts": 0, "due": due, "since": due, "lease": None, "reply": ""}


def _end(connection: Connection, delivery_id: int, state: DeliveryState, reply: str) -> Row[Any] | None:
    ended = connection.execute(
        update(DELIVERY)
        .where(_C.id == delivery_id, _C.state.in_(UNDER_WAY))
        .values(state=state.value, lease=None, reply=codec.column(reply))
    )
    if not ended.rowcount:
        return None
    return connection.execute(select(DELIVERY).where(_C.id == delivery_id)).one()


def _move_hold(connection: Connection, delivery: Row[Any], state: HoldState, reply: str) -> str:
    if delivery.hold_id is None:
        return _become_hold(connection, delivery, state, reply)
    values: dict[str, object] = {"state": state.value, "reply": codec.column(reply)}
    if state is not HoldState.RELEASED:
        values["recipients"] = delivery.recipients  # a second release is for those still owed
    connection.execute(
        update(HOLD)
        .where(HOLD.c.id == delivery.hold_id, HOLD.c.state == HoldState.RELEASING.value)
        .values(row_version=HOLD.c.row_version + 1, **values)
    )
    return str(delivery.hold_id)


def _become_hold(connection: Connection, delivery: Row[Any], state: HoldState, reply: str) -> str:
    hold_id = ids.new_id()
    same = ("transaction_id", "list", "version", "digest")
    envelope = ("reverse_path", "recipients", "parameters", "recipient_parameters")
    described = ("author", "subject", "message_id", "findings", "sensitive", "told")
    connection.execute(
        HOLD.insert().values(
            id=hold_id,
            state=state.value,
            received=delivery.since,
            clauses=codec.words_column(Verdict(codec.findings_of(delivery.findings), policy="").clauses),
            days=0,
            row_version=1,
            reply=codec.column(reply),
            **{name: getattr(delivery, name) for name in (*same, *envelope, *described)},
        )
    )
    connection.execute(update(DELIVERY).where(_C.id == delivery.id).values(hold_id=hold_id))
    return hold_id


def _get(connection: Connection, delivery_id: int) -> Delivery:
    return delivery_of(connection.execute(select(DELIVERY).where(_C.id == delivery_id)).one())
