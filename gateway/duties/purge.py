"""Has messages deleted hourly, and daily what lists said; once a day the journal gets the audit's head."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from gateway import audit, said
from gateway.duties.means import Means
from gateway.duties.steady import Steady
from gateway.faults import Point, fault
from gateway.purge import forget_past, past, purge

_EVERY = 3600.0  # seconds


class Purge:
    """The duty of forgetting."""

    name = "purge"

    def __init__(self, means: Means, ticks: Callable[[], float] = time.monotonic) -> None:
        self._means = means
        self._steady = Steady(_EVERY, means.clock, ticks)
        self._older_than = timedelta(days=means.settings.retention.octets_days)
        self._quotable = timedelta(days=means.settings.retention.quotes_days)
        self._recorded = timedelta(days=means.settings.retention.records_days)
        self._headed: date | None = None
        # A process before us may have died between deleting and emptying the log.
        self._lingers = True

    async def due(self, room: int) -> Sequence[timedelta]:
        """How old a decision must be, once an hour. Raises ClockJumped, and then not for an hour."""
        if not room or self._steady.now() is None:
            return ()
        return (self._older_than,)

    async def do(self, older_than: timedelta) -> None:
        """Purge chunk by chunk, so that nobody waits long for the store, then empty its log of it."""
        total, now = 0, self._means.clock()
        while count := await self._means.writer.write(lambda c: purge(c, older_than, now)):
            total += count
            self._lingers = True
            fault(Point.PURGE_COMMITTED)
        if self._lingers:
            # Not while somebody reads: then it is tried again with the next purge.
            self._lingers = not await asyncio.to_thread(self._means.store.checkpoint)
        if total:
            self._means.journal.event("purged", holds=total)
        if self._headed != now.date():
            await self._forget_said(now)
            await self._forget_past(now)
            # Kept where the journal is kept, it proves that no entry was cut off the end of the audit.
            number, digest = await asyncio.to_thread(self._means.store.read, audit.head)
            self._means.journal.event("audit_head", number=number, digest=digest)
            self._headed = now.date()

    async def _forget_said(self, now: datetime) -> None:
        # Looked for outside the writer, because it takes a look at every row.
        store, age = self._means.store, self._quotable
        while found := await asyncio.to_thread(store.read, partial(said.old, older_than=age, now=now)):
            await self._means.writer.write(partial(said.forget, sentences=found, older_than=age, now=now))

    async def _forget_past(self, now: datetime) -> None:
        # Looked for outside the writer too: those of holds are passed over, again and again.
        store, age = self._means.store, self._recorded
        while found := await asyncio.to_thread(store.read, partial(past, older_than=age, now=now)):
            await self._means.writer.write(partial(forget_past, names=found))
