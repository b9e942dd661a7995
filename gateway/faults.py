"""fault(point): where a test may let this process die, halt or fail; elsewhere it does nothing.

`GATEPOST_FAULTS="hold.before_commit=kill"` arms one: the first time that the
point is passed the process is killed as by kill -9. `inline.answered=halt@3`
stops it (SIGSTOP) the third time; `hold.committed=raise` raises InjectedFault.
Several are parted by commas. Nothing is armed in a process that was started
without the variable, whoever sets it later.
"""

import os
import signal
from enum import StrEnum


class Point(StrEnum):
    """Every moment between two states of a post at which a process may end."""

    TAKEN = "post.taken"
    JUDGING = "post.judging"
    JUDGED = "post.judged"
    HOLD_BEFORE_COMMIT = "hold.before_commit"
    HOLD_COMMITTED = "hold.committed"
    RELAY_RECORDED = "inline.recorded"
    RELAY_BEFORE_DOT = "inline.before_dot"
    RELAY_ANSWERED = "inline.answered"
    RELAY_BEFORE_COMMIT = "inline.before_commit"
    REFUSAL_COMMITTED = "refusal.committed"
    DECISION_BEFORE_COMMIT = "decision.before_commit"
    DECISION_COMMITTED = "decision.committed"
    UNDO_BEFORE_COMMIT = "undo.before_commit"
    EXPIRY_COMMITTED = "expiry.committed"
    PURGE_COMMITTED = "purge.committed"
    DELIVERY_LEASED = "delivery.leased"
    DELIVERY_DOTTED = "delivery.dotted"
    DELIVERY_ANSWERED = "delivery.answered"
    DELIVERY_RECORDED = "delivery.recorded"
    NOTICE_LEASED = "notice.leased"
    NOTICE_ANSWERED = "notice.answered"


class InjectedFault(Exception):
    """Trouble that a test asked for."""


_SIGNALS = {"kill": signal.SIGKILL, "halt": signal.SIGSTOP}


def armed(told: str) -> dict[Point, tuple[str, int]]:
    """The action and the passage at which each point acts. Raises ValueError for anything unknown.

    >>> armed("hold.committed=kill@2")
    {<Point.HOLD_COMMITTED: 'hold.committed'>: ('kill', 2)}
    """
    found: dict[Point, tuple[str, int]] = {}
    for one in filter(None, told.split(",")):
        name, _, action = one.partition("=")
        action, _, passage = action.partition("@")
        if action not in (*_SIGNALS, "raise"):
            raise ValueError(f"GATEPOST_FAULTS: '{one}' says neither kill, halt nor raise")
        found[Point(name)] = action, int(passage or 1)
    return found


def _nothing(point: Point) -> None:
    """Pass a point in a process that nobody tests."""


def _act(point: Point) -> None:
    if point not in _left:
        return
    action, passages = _left[point]
    if passages > 1:
        _left[point] = action, passages - 1
        return
    del _left[point]
    if action == "raise":
        raise InjectedFault(point)
    os.kill(os.getpid(), _SIGNALS[action])


_left = armed(os.environ.get("GATEPOST_FAULTS", ""))
fault = _act if _left else _nothing
