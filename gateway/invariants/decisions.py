"""I4: one decision wins, the hold stands as it says, and the audit has it."""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from gateway import audit
from gateway.holds import HoldState
from gateway.invariants.problem import Problem
from gateway.outbox.delivery import OWED
from gateway.store import codec
from gateway.store.tables import DECISION, DELIVERY, HOLD

_ACTION_OF = {
    HoldState.RELEASING: "release",
    HoldState.RELEASED: "release",
    HoldState.REJECTED: "reject",
    HoldState.DISCARDED: "discard",
    HoldState.EXPIRED: "expire",
}
_ASK = "'gatepost queue history ID' and 'gatepost admin audit' say who decided; ask them, and decide anew"
_IN_FORCE = (DECISION.c.hold_id == HOLD.c.id, DECISION.c.undone.is_(None))


def decisions_agree(connection: Connection) -> Iterator[Problem]:
    """A hold's state is what the last decision made of it."""
    last = select(DECISION.c.action).where(*_IN_FORCE).order_by(DECISION.c.id.desc()).limit(1)
    action = last.correlate(HOLD).scalar_subquery().label("action")
    for row in connection.execute(select(HOLD.c.id, HOLD.c.state, action)):
        state = HoldState(row.state)
        if state is HoldState.HELD and row.action is not None:
            says = f"hold {row.id}: it is held, and the decision to {row.action} it is in force"
            yield Problem("I4", says, _ASK)
        if state in _ACTION_OF and row.action != _ACTION_OF[state]:
            says = f"hold {row.id}: it is {state}, and the decision in force is {row.action or 'none'}"
            yield Problem("I4", says, _ASK)


def one_decision_wins(connection: Connection) -> Iterator[Problem]:
    """A second decision is in force only after a release that did not get through; one delivery at a time."""
    made = select(func.count()).select_from(DECISION).where(*_IN_FORCE).correlate(HOLD).scalar_subquery()
    ended = DELIVERY.c.state.in_(("failed", "unknown"))
    failed = (
        select(func.count())
        .select_from(DELIVERY)
        .where(DELIVERY.c.hold_id == HOLD.c.id, DELIVERY.c.decision_id.is_not(None), ended)
        .correlate(HOLD)
        .scalar_subquery()
    )
    for row in connection.execute(select(HOLD.c.id).where(made > failed + 1)):
        yield Problem("I4", f"hold {row.id}: more than one decision is in force", _ASK)
    owed = DELIVERY.c.state.in_((*OWED, "delivered"))
    twice = select(DELIVERY.c.hold_id).where(DELIVERY.c.hold_id.is_not(None), owed)
    for row in connection.execute(twice.group_by(DELIVERY.c.hold_id).having(func.count() > 1)):
        yield Problem("I4", f"hold {row.hold_id}: it is delivered or owed more than once", _ASK)


def decisions_are_audited(connection: Connection) -> Iterator[Problem]:
    """Each decision is in the audit."""
    acts = {(entry.entry.object, entry.entry.at, entry.entry.act) for entry in audit.read(connection)}
    columns = (DECISION.c.id, DECISION.c.hold_id, DECISION.c.at, DECISION.c.action)
    for row in connection.execute(select(*columns)):
        if (row.hold_id, codec.moment(row.at), row.action) not in acts:
            says = f"decision {row.id} on hold {row.hold_id}: is not in the audit"
            yield Problem("audit", says, "find out who can write to the store's file; restore a backup")


CHECKS = (decisions_agree, one_decision_wins, decisions_are_audited)
