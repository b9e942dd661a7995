"""Tells people and the journal what became of a delivery."""

import re
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from gateway import queue
from gateway.addresses import Directory
from gateway.duties.step import Next, Step
from gateway.holds import Hold, NewNotice
from gateway.journal import Journal
from gateway.notices.compose import lost_notices, refused_notices, released_notices, unknown_notices
from gateway.outbox.delivery import Delivery
from gateway.outbox.notices import add_notices
from rules.profile import Profile

_EVENTS = {
    Next.DELIVERED: "released",
    Next.AGAIN: "release_deferred",
    Next.FAILED: "release_failed",
    Next.UNKNOWN: "release_unknown",
    Next.LOST: "release_failed",
}

_CODE = re.compile(r"\b[2-5][0-9]{2} [2-5]\.[0-9]{1,3}\.[0-9]{1,3}\b")


class Reporter:
    """Adds the notices to the transaction that records the outcome, and journals it afterwards."""

    def __init__(self, directory: Callable[[], Directory], journal: Journal) -> None:
        self._directory = directory
        self._journal = journal

    def released(self, connection: Connection, delivery: Delivery, now: datetime) -> None:
        """The author of a released post is told; a passing one was never reported as held."""
        self._tell(connection, delivery.hold_id, lambda p, hold: released_notices(p, hold, now))

    def refused(self, connection: Connection, hold_id: str | None, step: Step, now: datetime) -> None:
        """Moderators and author learn what the list server said."""
        self._tell(connection, hold_id, lambda p, hold: refused_notices(p, hold, now, step.owed, step.reply))

    def lost(self, connection: Connection, hold_id: str | None, step: Step, now: datetime) -> None:
        """Moderators learn that the message itself is lost."""
        self._tell(connection, hold_id, lambda p, hold: lost_notices(p, hold, now, step.owed, step.reply))

    def unknown(self, connection: Connection, hold_id: str | None, step: Step, now: datetime) -> None:
        """Moderators are asked to look."""
        self._tell(connection, hold_id, lambda p, hold: unknown_notices(p, hold, now, step.owed))

    def journal(self, delivery: Delivery, step: Step) -> None:
        """One line for the attempt: the code of the reply, not its words, which may quote the message."""
        self._journal.event(
            _EVENTS[step.next],
            id=delivery.hold_id or delivery.transaction_id,
            list=delivery.list,
            attempt=delivery.attempts,
            owed=[self._journal.address(recipient) for recipient in step.owed],
            reply=_code(step.reply),
            alarm=step.next is Next.UNKNOWN,
        )

    def alarm(self, hold_id: str) -> None:
        """A line for an outcome that a crash made unknown."""
        self._journal.event("release_unknown", id=hold_id, reply="", alarm=True)

    def _tell(
        self,
        connection: Connection,
        hold_id: str | None,
        compose: Callable[[Profile, Hold], tuple[NewNotice, ...]],
    ) -> None:
        if hold_id is None:
            return
        hold = queue.get(connection, hold_id)
        in_force = self._directory().named(hold.list)
        if in_force is not None:
            add_notices(connection, compose(in_force.profile, hold))


def _code(reply: str) -> str:
    """The first code in a reply, without its words: they may name an address or quote the message."""
    found = _CODE.search(reply)
    return found[0] if found else ""
