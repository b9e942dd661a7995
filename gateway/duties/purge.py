"""Has what need not be kept deleted, once an hour; once a day the journal gets the audit's head."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from gateway import audit
from gateway.duties.means import Means
from gateway.duties.steady import Steady
from gateway.purge import purge

_EVERY = 3600.0  # seconds


class Purge:
    """The duty of forgetting."""

    name = "purge"

    def __init__(self, means: Means, ticks: Callable[[], float] = time.monotonic) -> None:
        self._means = means
        self._steady = Steady(_EVERY, means.clock, ticks)
        self._older_than = timedelta(days=means.settings.retention.octets_days)
        self._headed: date | None = None

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
        if total:
            await asyncio.to_thread(self._means.store.checkpoint)
            self._means.journal.event("purged", holds=total)
        if self._headed != now.date():
            # Kept where the journal is kept, it proves that no entry was cut off the end of the audit.
            number, digest = await asyncio.to_thread(self._means.store.read, audit.head)
            self._means.journal.event("audit_head", number=number, digest=digest)
            self._headed = now.date()
