"""I1 and I2: what was answered with 250 has one outcome, readable; what was not is never sent."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, cast, func, literal, select, update

from gateway import queue
from gateway.holds import WAITING, HoldState
from gateway.invariants.problem import Problem
from gateway.outbox import deliveries
from gateway.outbox.delivery import OWED
from gateway.store import codec
from gateway.store.tables import DECISION, DELIVERY, HOLD, NOTICE, OCTETS, TRANSACTION

_T, _H, _D = TRANSACTION.c, HOLD.c, DELIVERY.c
_HELD = select(_H.id).where(_H.transaction_id == _T.id)
_OWED = select(_D.id).where(_D.transaction_id == _T.id)
_BACKUP = "take the message from a backup of the store, or ask its author to post again"
_ASK = "compare with the journal and the list server's log, then decide on it with 'gatepost queue'"

_LOST = "was answered 250 and has neither a hold nor a delivery"


def stored_is_somewhere(connection: Connection) -> Iterator[Problem]:
    """A transaction that was answered 250 has a hold or a delivery for each list that it was for."""
    stored = _T.state == "stored"
    for (name,) in connection.execute(
        select(_T.id).where(stored, ~_HELD.exists(), ~_OWED.exists(), _T.judgements == "[]")
    ):
        yield Problem("I1", f"transaction {name}: {_LOST}", _BACKUP)
    each = func.json_each(_T.judgements).table_valued("value")
    name = func.json_extract(each.c.value, "$.list")
    there = _HELD.where(_H.list == name).exists() | _OWED.where(_D.list == name).exists()
    query = select(_T.id, name.label("list")).select_from(TRANSACTION.join(each, stored)).where(~there)
    for row in connection.execute(query):
        yield Problem("I1", f"transaction {row.id}: {_LOST} for {row.list}", _BACKUP)


def one_outcome(connection: Connection) -> Iterator[Problem]:
    """No recipient of one transaction waits in two places."""
    held = select(_H.transaction_id, _H.id.label("what"), _H.recipients)
    passing = select(
        _D.transaction_id, literal("delivery ").concat(cast(_D.id, String)).label("what"), _D.recipients
    ).where(_D.hold_id.is_(None))
    every = held.union_all(passing).subquery()
    several = select(every.c.transaction_id).group_by(every.c.transaction_id).having(func.count() > 1)
    seen: dict[tuple[str, bytes], str] = {}
    for row in connection.execute(select(every).where(every.c.transaction_id.in_(several))):
        for recipient in codec.octets_of(row.recipients):
            other = seen.setdefault((row.transaction_id, recipient), row.what)
            if other != row.what:
                says = f"transaction {row.transaction_id}: waits twice for one recipient: {other}, {row.what}"
                yield Problem("I1", says, "discard one of the two with 'gatepost queue discard'")


def only_stored_is_sent(connection: Connection) -> Iterator[Problem]:
    """What was not answered by "we have it" has no hold and no delivery."""
    query = select(_T.id, _T.state).where(_T.state != "stored", _HELD.exists() | _OWED.exists())
    for row in connection.execute(query):
        says = f"transaction {row.id}: it is {row.state} and is held or owed all the same"
        yield Problem("I2", says, f"it may be there twice: {_ASK}")


def holds_have_octets(connection: Connection) -> Iterator[Problem]:
    """A hold that waits, or will be sent, has its message; and so has any that names it."""
    kept = select(OCTETS.c.digest).where(OCTETS.c.digest == _H.digest).exists()
    for row in connection.execute(select(_H.id, _H.state, _H.digest).where(~kept)):
        waits = HoldState(row.state) in WAITING or row.state == HoldState.RELEASING
        if waits or row.digest:
            yield Problem("I1", f"hold {row.id}: it is {row.state} and its message is gone", _BACKUP)


def deliveries_have_octets(connection: Connection) -> Iterator[Problem]:
    """A delivery that is owed has its message."""
    kept = select(OCTETS.c.digest).where(OCTETS.c.digest == _D.digest).exists()
    for row in connection.execute(select(_D.id, _D.state).where(_D.state.in_(OWED), ~kept)):
        yield Problem("I1", f"delivery {row.id}: it is {row.state} and its message is gone", _BACKUP)


def released_was_taken(connection: Connection) -> Iterator[Problem]:
    """A released hold was delivered, and the list server's reply is there."""
    taken = select(_D.id).where(_D.hold_id == _H.id, _D.state == "delivered")
    query = select(_H.id).where(_H.state == HoldState.RELEASED.value, ~taken.exists())
    for row in connection.execute(query):
        says = f"hold {row.id}: it is released and has no delivery that is delivered"
        yield Problem("I1", says, "look for it in the list server's log; 'gatepost queue show' has the post")
    silent = select(_D.id).where(_D.state == "delivered", _D.reply == "")
    for row in connection.execute(silent):
        says = f"delivery {row.id}: it is delivered and the list server's reply is not there"
        yield Problem("I1", says, "look for it in the journal and in the list server's log")


def releasing_is_owed(connection: Connection) -> Iterator[Problem]:
    """A hold that is being released has the delivery that will do it."""
    there = select(_D.id).where(_D.hold_id == _H.id, _D.state.in_(OWED)).exists()
    query = select(_H.id, _H.digest).where(_H.state == HoldState.RELEASING.value, ~there)
    for row in connection.execute(query):
        says = f"hold {row.id}: it is releasing and has no delivery that is {' or '.join(OWED)}"
        yield Problem("I1", says, "--repair gives it one again", partial(_owe_again, row.id))


def _owe_again(hold_id: str, connection: Connection, now: datetime) -> str:
    hold = queue.get(connection, hold_id)
    decision = hold.decision
    if hold.state is not HoldState.RELEASING or decision is None or decision.action.value != "release":
        return ""
    last = connection.execute(_last_of(hold_id, decision.id)).one_or_none()
    if last is not None and last.state in OWED:
        return ""
    if last is not None and last.state in _AFTERWARDS:
        state = _AFTERWARDS[last.state]
        connection.execute(
            update(HOLD).where(_H.id == hold_id).values(state=state.value, row_version=_H.row_version + 1)
        )
        return f"hold {hold_id} is {state} now, because its delivery is {last.state}"
    if connection.scalar(select(OCTETS.c.digest).where(OCTETS.c.digest == hold.digest)) is None:
        return ""
    deliveries.add_release(connection, hold, decision.id, max(decision.effective, now))
    return f"hold {hold_id} has a delivery again, as {decision.by} decided"


_AFTERWARDS = {
    "delivered": HoldState.RELEASED,
    "failed": HoldState.RELEASE_FAILED,
    "unknown": HoldState.UNKNOWN,
}


def _last_of(hold_id: str, decision_id: int) -> Select[Any]:
    same = (_D.hold_id == hold_id, _D.decision_id == decision_id)
    return select(_D.state).where(*same).order_by(_D.id.desc()).limit(1)


def passing_is_never_lost(connection: Connection) -> Iterator[Problem]:
    """A passing post that the list server did not take is a hold that a moderator sees."""
    lost = _D.state.in_(("failed", "unknown"))
    for row in connection.execute(select(_D.id, _D.state).where(_D.hold_id.is_(None), lost)):
        says = f"delivery {row.id}: it is {row.state} and no moderator sees it"
        yield Problem("I1", says, "--repair makes it a held post", partial(_ask, row.id))


def _ask(delivery_id: int, connection: Connection, _now: datetime) -> str:
    hold_id = deliveries.ask(connection, delivery_id)
    return f"delivery {delivery_id} is hold {hold_id} now, and waits for a moderator" if hold_id else ""


def authors_are_answered(connection: Connection) -> Iterator[Problem]:
    """A post that was rejected or expired: its author has a notice, or it says why there is none."""
    told = select(NOTICE.c.id).where(NOTICE.c.hold_id == _H.id, _of_this_decision()).exists()
    ended = _H.state.in_((HoldState.REJECTED.value, HoldState.EXPIRED.value))
    for row in connection.execute(select(_H.id, _H.state).where(ended, _H.told == "", ~told)):
        says = f"hold {row.id}: it is {row.state} and nothing says whether its author was told"
        yield Problem("I1", says, "write to the author; 'gatepost queue show' has the address")


def _of_this_decision() -> ColumnElement[bool]:
    last = select(func.max(DECISION.c.id)).where(DECISION.c.hold_id == _H.id, DECISION.c.undone.is_(None))
    return NOTICE.c.decision_id == last.correlate(HOLD).scalar_subquery()


CHECKS = (
    holds_have_octets,
    deliveries_have_octets,
    stored_is_somewhere,
    one_outcome,
    only_stored_is_sent,
    released_was_taken,
    releasing_is_owed,
    passing_is_never_lost,
    authors_are_answered,
)
