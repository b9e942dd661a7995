"""The one door for decisions: may they, is it open, then decision, what it owes and audit in one commit.

GatewayError
    AlreadyDecided    somebody was first
    ReasonMissing     a rejection needs a clause or a reason
    NothingToUndo     no decision is in force
    TooLate           the decision has taken effect
    people.NotAllowed
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy import Connection, bindparam, select, update

from gateway import audit, queue
from gateway.errors import CouldNotBeDone, GivenWrong
from gateway.faults import Point, fault
from gateway.holds import Decision, Hold, HoldState, NewNotice, Outcome
from gateway.masking import Masks
from gateway.outbox import deliveries, notices
from gateway.outbox.delivery import DeliveryState
from gateway.people import People, refused
from gateway.store import codec
from gateway.store.statement import Statement
from gateway.store.tables import DECISION, DELIVERY, HOLD, REMARK

EXPIRY = "expiry"
"""Who decides when time does."""

_LONGEST_REASON = 8192  # octets; a moderator may quote at length

Composer = Callable[[Hold, Decision], tuple[NewNotice, ...]]
"""What writes the notices that a decision causes; they are committed with it."""


_INSERT = DECISION.insert()
_MOVE = Statement(
    update(HOLD)
    .where(HOLD.c.id == bindparam("which"), HOLD.c.row_version == bindparam("seen_version"))
    .where(HOLD.c.state == bindparam("seen_state"))
    .values(state=bindparam("new_state"), row_version=bindparam("new_version"))
)


@dataclass(frozen=True, slots=True)
class Order:
    """What ``by`` (an address) wants done with a hold."""

    hold_id: str
    action: Outcome
    by: str
    clause: str = ""
    reason: str = ""


@dataclass
class AlreadyDecided(CouldNotBeDone):
    """Somebody was first; ``action`` and ``by`` are "" for a hold that never waited for a decision."""

    hold_id: str
    state: HoldState
    action: str
    by: str
    at: datetime | None

    def __str__(self) -> str:
        if self.at is None:
            return f"{self.hold_id} waits for nobody: it is {self.state}; nothing was changed."
        done = {"release": "released", "reject": "rejected", "discard": "discarded", "expire": "expired"}
        at = f"{self.at:%Y-%m-%d %H:%M:%S} UTC"
        return f"{self.hold_id} was already {done[self.action]} by {self.by} at {at}; nothing was changed."


@dataclass
class ReasonMissing(GivenWrong):
    """A rejection without a clause and without a reason."""

    hold_id: str

    def __str__(self) -> str:
        return f"To reject {self.hold_id}, say why: give a clause or a reason; the author is told it."


@dataclass
class NothingToUndo(CouldNotBeDone):
    """No decision is in force on the hold."""

    hold_id: str

    def __str__(self) -> str:
        return f"No decision on {self.hold_id} is in force, so there is nothing to undo."


@dataclass
class TooLate(CouldNotBeDone):
    """The decision has taken effect."""

    hold_id: str
    action: Outcome
    effective: datetime

    def __str__(self) -> str:
        at = f"{self.effective:%Y-%m-%d %H:%M:%S} UTC"
        return f"The decision to {self.action} {self.hold_id} took effect at {at} and cannot be undone."


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes decisions on one list's posts. ``window`` is how long a decision can be undone."""

    people: People
    window: timedelta
    compose: Composer

    def decide(self, connection: Connection, order: Order, now: datetime) -> Hold:
        """Return the hold as decided; its effects and notices are due when the window has passed.

        Raises NoSuchHold, NotAllowed, ReasonMissing or AlreadyDecided, and
        then the transaction must be rolled back, as `Store.write` does.
        """
        hold = self._allowed(connection, order.hold_id, order.by)
        if order.action is Outcome.REJECT and not (order.clause.strip() or order.reason.strip()):
            raise ReasonMissing(order.hold_id)
        # The audit forgets nothing, so what is sensitive must not come into it by a moderator's words.
        order = replace(order, reason=Masks(hold.findings).hide(order.reason))
        return self._carry(connection, hold, order, now)

    def expire(self, connection: Connection, hold_id: str, now: datetime) -> Hold:
        """Return the hold as expired, because nobody decided in time. Raises AlreadyDecided."""
        hold = queue.get(connection, hold_id)
        return self._carry(connection, hold, Order(hold_id, Outcome.EXPIRE, EXPIRY), now)

    def undo(self, connection: Connection, hold_id: str, by: str, now: datetime) -> Hold:
        """Return the hold as it was before its last decision; effects and notices are cancelled.

        Raises NoSuchHold, NotAllowed, NothingToUndo or TooLate.
        """
        hold = self._allowed(connection, hold_id, by)
        decision = hold.decision
        if decision is None or hold.waits:
            raise NothingToUndo(hold_id)
        too_late = TooLate(hold_id, decision.action, decision.effective)
        if now >= decision.effective:
            raise too_late
        # Asked of the row too: a clock that jumped back must not recall what is under way.
        if decision.action is Outcome.RELEASE and not deliveries.cancel(connection, decision.id):
            raise too_late
        notices.cancel(connection, decision.id)
        _move(connection, hold, _before(connection, hold_id))
        connection.execute(
            update(DECISION)
            .where(DECISION.c.id == decision.id)
            .values(undone=codec.microseconds(now), undone_by=codec.column(by))
        )
        self._record(connection, hold, audit.Entry(now, by, f"undo {decision.action}"))
        fault(Point.UNDO_BEFORE_COMMIT)
        return queue.get(connection, hold_id)

    def remark(self, connection: Connection, hold_id: str, by: str, text: str, now: datetime) -> Hold:
        """Return the hold with a note for the other moderators. Raises NoSuchHold or NotAllowed."""
        hold = self._allowed(connection, hold_id, by)
        stored = codec.column(Masks(hold.findings).hide(text), _LONGEST_REASON)
        connection.execute(
            REMARK.insert().values(
                hold_id=hold_id, by=codec.column(by), at=codec.microseconds(now), text=stored
            )
        )
        return queue.get(connection, hold_id)

    def _allowed(self, connection: Connection, hold_id: str, by: str) -> Hold:
        hold = queue.get(connection, hold_id)
        # These people are one list's: on another list's post they are nobody.
        if hold.list.lower() != self.people.list.lower():
            raise refused(People(hold.list), by)
        if not self.people.may_decide(by):
            raise refused(self.people, by)
        return hold

    def _carry(self, connection: Connection, hold: Hold, order: Order, now: datetime) -> Hold:
        if not hold.waits:
            raise _already(hold)
        decided = _move(connection, hold, _state_after(order.action))
        decision = _insert(connection, order, now, now + self.window)
        decided = replace(decided, decision=decision)
        if order.action is Outcome.RELEASE:
            deliveries.add_release(connection, hold, decision.id, decision.effective)
        notices.add_notices(connection, self._notices(decided, decision))
        self._record(connection, hold, audit.Entry(now, order.by, order.action.value, reason=_why(order)))
        fault(Point.DECISION_BEFORE_COMMIT)
        return decided

    def _notices(self, hold: Hold, decision: Decision) -> tuple[NewNotice, ...]:
        # Whatever the composer says: an undone decision must be able to recall all of them.
        return tuple(
            replace(notice, decision_id=decision.id, due=max(notice.due, decision.effective))
            for notice in self.compose(hold, decision)
        )

    def _record(self, connection: Connection, hold: Hold, entry: audit.Entry) -> None:
        audit.append(connection, replace(entry, list=hold.list, object=hold.id, version=hold.version))


def _state_after(action: Outcome) -> HoldState:
    match action:
        case Outcome.RELEASE:
            return HoldState.RELEASING
        case Outcome.REJECT:
            return HoldState.REJECTED
        case Outcome.DISCARD:
            return HoldState.DISCARDED
        case Outcome.EXPIRE:
            return HoldState.EXPIRED
        case never:
            assert_never(never)


def _move(connection: Connection, hold: Hold, state: HoldState) -> Hold:
    """Compare and set: of two who saw the same hold, one wins. Raises AlreadyDecided for the other."""
    moved = _MOVE.run(
        connection,
        which=hold.id,
        seen_version=hold.row_version,
        seen_state=hold.state.value,
        new_state=state.value,
        new_version=hold.row_version + 1,
    )
    if not moved.rowcount:
        raise _already(queue.get(connection, hold.id))
    return replace(hold, state=state, row_version=hold.row_version + 1)


def _already(hold: Hold) -> AlreadyDecided:
    if hold.decision is None:
        return AlreadyDecided(hold.id, hold.state, "", "", None)
    decision = hold.decision
    return AlreadyDecided(hold.id, hold.state, decision.action.value, decision.by, decision.at)


def _insert(connection: Connection, order: Order, now: datetime, effective: datetime) -> Decision:
    clause, reason = codec.column(order.clause.strip()), codec.column(order.reason.strip(), _LONGEST_REASON)
    by = codec.column(order.by)
    row = {
        "hold_id": order.hold_id,
        "action": order.action.value,
        "by": by,
        "at": codec.microseconds(now),
        "effective": codec.microseconds(effective),
        "clause": clause,
        "reason": reason,
        "undone": None,
        "undone_by": "",
    }
    number = connection.execute(_INSERT, row).inserted_primary_key
    if number is None:
        raise LookupError("the store gave the decision no number")
    return Decision(int(number[0]), order.action, by, now, effective, clause, reason)


def _before(connection: Connection, hold_id: str) -> HoldState:
    """The state that the hold's earlier deliveries, if any, have left it in."""
    ended = (DeliveryState.FAILED.value, DeliveryState.UNKNOWN.value)
    last = connection.scalar(
        select(DELIVERY.c.state)
        .where(DELIVERY.c.hold_id == hold_id, DELIVERY.c.state.in_(ended))
        .order_by(DELIVERY.c.id.desc())
        .limit(1)
    )
    states = {"failed": HoldState.RELEASE_FAILED, "unknown": HoldState.UNKNOWN}
    return states.get(last or "", HoldState.HELD)


def _why(order: Order) -> str:
    return ": ".join(word for word in (order.clause.strip(), order.reason.strip()) if word)
