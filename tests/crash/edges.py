"""Every step from one state of a post to the next, and the points of `gateway.faults` at which it is interrupted.

A store that is watched writes each step down, so that the table cannot fall behind the code.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from gateway.faults import Point
from gateway.holds import HoldState
from gateway.outbox.delivery import DeliveryState
from gateway.outbox.notices import NoticeState
from gateway.transactions import TransactionState

STATES = {
    "transaction": set(TransactionState),
    "hold": set(HoldState),
    "delivery": set(DeliveryState),
    "notice": set(NoticeState),
}

BEFORE_ANY = (Point.TAKEN, Point.JUDGING, Point.JUDGED, Point.RELAY_BEFORE_DOT)
"""Moments at which no row changes its state."""


@dataclass(frozen=True, slots=True)
class Edge:
    """From any of these states ("new": no row yet) to another; ``reason`` why no point interrupts it."""

    of: str
    before: tuple[str, ...]
    after: str
    points: tuple[Point, ...] = ()
    reason: str = ""


_HOLD = (Point.HOLD_BEFORE_COMMIT, Point.HOLD_COMMITTED)
_RELAY = (Point.RELAY_ANSWERED, Point.RELAY_BEFORE_COMMIT)
_DECISION = (Point.DECISION_BEFORE_COMMIT, Point.DECISION_COMMITTED)
_ANSWER = (Point.DELIVERY_ANSWERED, Point.DELIVERY_RECORDED)
_UNDO = (Point.UNDO_BEFORE_COMMIT,)
_WAITS = ("held", "release_failed", "unknown")
_FORGOTTEN = (
    "nobody asks for it or is owed by it any more, and it goes in one commit: a later round does it again"
)

EDGES = (
    Edge("transaction", ("new",), "in_flight", (Point.RELAY_RECORDED,)),
    Edge("transaction", ("in_flight",), "relayed", _RELAY),
    Edge("transaction", ("in_flight",), "deferred", _RELAY),
    Edge("transaction", ("in_flight",), "unknown", _RELAY),
    Edge("transaction", ("in_flight",), "refused", (*_RELAY, Point.REFUSAL_COMMITTED)),
    Edge("transaction", ("new",), "stored", _HOLD),
    Edge("transaction", ("relayed", "deferred", "refused", "stored", "unknown"), "gone", reason=_FORGOTTEN),
    Edge("hold", ("new",), "held", _HOLD),
    Edge("hold", ("new", "releasing"), "release_failed", _ANSWER),
    Edge("hold", ("new", "releasing"), "unknown", (Point.DELIVERY_DOTTED, *_ANSWER)),
    Edge("hold", _WAITS, "releasing", _DECISION),
    Edge("hold", _WAITS, "rejected", _DECISION),
    Edge("hold", _WAITS, "discarded", _DECISION),
    Edge("hold", ("held",), "expired", (Point.DECISION_BEFORE_COMMIT, Point.EXPIRY_COMMITTED)),
    Edge("hold", ("releasing",), "released", _ANSWER),
    Edge("hold", ("releasing", "rejected", "discarded"), "held", _UNDO),
    Edge("hold", ("rejected", "discarded"), "release_failed", _UNDO),
    Edge("hold", ("rejected", "discarded"), "unknown", _UNDO),
    Edge("hold", ("released", "rejected", "discarded", "expired"), "purged", (Point.PURGE_COMMITTED,)),
    Edge("delivery", ("new",), "waiting", (*_HOLD, *_DECISION)),
    Edge("delivery", ("waiting",), "sending", (Point.DELIVERY_LEASED,)),
    Edge("delivery", ("sending",), "dotted", (Point.DELIVERY_DOTTED,)),
    Edge("delivery", ("sending", "dotted"), "waiting", (Point.DELIVERY_LEASED, *_ANSWER)),
    Edge("delivery", ("dotted",), "delivered", _ANSWER),
    Edge("delivery", ("sending", "dotted"), "failed", _ANSWER),
    Edge("delivery", ("dotted",), "unknown", (Point.DELIVERY_DOTTED, *_ANSWER)),
    Edge("delivery", ("waiting",), "cancelled", _UNDO),
    Edge("delivery", ("delivered", "cancelled"), "gone", reason=_FORGOTTEN),
    Edge("notice", ("new",), "waiting", (*_HOLD, *_DECISION, Point.DELIVERY_RECORDED)),
    Edge("notice", ("waiting",), "sending", (Point.NOTICE_LEASED,)),
    Edge("notice", ("sending",), "waiting", (Point.NOTICE_LEASED, Point.NOTICE_ANSWERED)),
    Edge("notice", ("sending",), "sent", (Point.NOTICE_ANSWERED,)),
    Edge("notice", ("sending",), "failed", (Point.NOTICE_ANSWERED,)),
    Edge("notice", ("waiting",), "cancelled", (*_UNDO, Point.PURGE_COMMITTED)),
    Edge("notice", ("sending",), "cancelled", (Point.PURGE_COMMITTED,)),
)

_KNOWN = {(edge.of, before, edge.after) for edge in EDGES for before in edge.before}
_WATCH = """\
CREATE TABLE step (of_, before, after, PRIMARY KEY (of_, before, after));
{}"""
_TRIGGERS = """\
CREATE TRIGGER step_of_{0}_new AFTER INSERT ON "{0}"
BEGIN INSERT OR IGNORE INTO step VALUES ('{0}', 'new', new.state); END;
CREATE TRIGGER step_of_{0} AFTER UPDATE OF state ON "{0}" WHEN old.state != new.state
BEGIN INSERT OR IGNORE INTO step VALUES ('{0}', old.state, new.state); END;
CREATE TRIGGER step_of_{0}_gone AFTER DELETE ON "{0}"
BEGIN INSERT OR IGNORE INTO step VALUES ('{0}', old.state, 'gone'); END;
"""


def watch(folder: Path) -> None:
    """Have the store in the folder write down each step that a row makes."""
    with closing(sqlite3.connect(folder / "gatepost.db")) as store:
        store.executescript(_WATCH.format("".join(_TRIGGERS.format(name) for name in STATES)))


def steps(folder: Path) -> set[tuple[str, str, str]]:
    """The steps that were made since: of what, from which state, to which."""
    with closing(sqlite3.connect(folder / "gatepost.db", timeout=10)) as store:
        return set(store.execute("SELECT of_, before, after FROM step"))


def unforeseen(folder: Path) -> set[tuple[str, str, str]]:
    """The steps that were made, and that the table does not have."""
    return steps(folder) - _KNOWN
