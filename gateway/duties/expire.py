"""Ends holds that nobody decided on in time; author and moderators are told."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from gateway import queue
from gateway.desk import AlreadyDecided, Desk
from gateway.duties.means import Means
from gateway.duties.steady import Steady
from gateway.faults import Point, fault
from gateway.holds import HoldState
from gateway.notices.compose import decision_notices
from gateway.people import People

_EVERY = 60.0  # seconds between looks


class Expire:
    """The duty of ending what waited too long.

    A hold whose release failed, or whose outcome is unknown, does not expire:
    a person has decided on it once and is being asked again.
    """

    name = "expire"

    def __init__(self, means: Means, ticks: Callable[[], float] = time.monotonic) -> None:
        self._means = means
        self._steady = Steady(_EVERY, means.clock, ticks)
        self._days = means.settings.retention.hold_days

    async def due(self, room: int) -> Sequence[str]:
        """Ids of holds that waited too long. Raises ClockJumped, and then there are none for an hour."""
        now = self._steady.now()
        if now is None:
            return ()
        served = tuple(one.list for one in self._means.directory().lists)
        asked = queue.Filter(lists=served, states=(HoldState.HELD,), most=room)
        found = await asyncio.to_thread(
            self._means.store.read, lambda c: queue.overdue(c, now, self._days, asked)
        )
        if len(found) == room:
            self._steady.again()
        return found

    async def do(self, hold_id: str) -> None:
        """End one hold, unless somebody decided on it meanwhile."""
        now = self._means.clock()
        hold = await asyncio.to_thread(self._means.store.read, lambda c: queue.get(c, hold_id))
        in_force = self._means.directory().named(hold.list)
        if in_force is None:
            return
        desk = Desk(People(hold.list), timedelta(0), partial(decision_notices, in_force.profile))
        try:
            await self._means.writer.write(lambda c: desk.expire(c, hold_id, now))
        except AlreadyDecided:
            return
        fault(Point.EXPIRY_COMMITTED)
        self._means.journal.event("expired", id=hold_id, list=hold.list)
