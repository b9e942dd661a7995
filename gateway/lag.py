"""Lag: how late the event loop comes to what is due, because something keeps it or the machine is busy."""

import asyncio
import time

from gateway.journal import Journal
from gateway.metrics import Metrics

TICK = 0.05
"""Seconds between looks, and so what may be missing of a lag that is seen."""
LONG = 0.1
"""Seconds of lag that are told; meanwhile nobody was served."""
_APART = 1.0
"""Seconds between two lines: a loop that is late all the time must not fill the journal too."""


class Lag:
    """Looks all the while, in the loop that it looks at."""

    def __init__(self, journal: Journal, metrics: Metrics) -> None:
        self._journal, self._metrics = journal, metrics
        self._longest = self._busy = 0.0
        self._times = 0
        self._told = float("-inf")

    async def watch(self) -> None:
        """Count each lag, and tell the long ones. ``busy``: the loop's thread computed, and did not wait."""
        loop = asyncio.get_running_loop()
        while True:
            due, computed = loop.time() + TICK, time.thread_time()
            await asyncio.sleep(TICK)
            lag = max(loop.time() - due, 0.0)
            self._metrics.loop_lag.observe(lag)
            if lag > LONG:
                self._note(lag, time.thread_time() - computed)
            if self._times and loop.time() - self._told >= _APART:
                self._told = loop.time()
                self._tell()

    def _note(self, lag: float, busy: float) -> None:
        self._times += 1
        if lag > self._longest:
            self._longest, self._busy = lag, busy

    def _tell(self) -> None:
        self._journal.event(
            "loop_late",
            ms=round(self._longest * 1000),
            busy_ms=round(self._busy * 1000),
            times=self._times,
        )
        self._longest, self._times = 0.0, 0
