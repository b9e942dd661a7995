"""Notices when the wall clock jumps, so that nothing is ended or deleted because of a wrong date."""

from collections.abc import Callable
from datetime import datetime

_JUMP = 3600.0  # seconds by which the wall clock may depart from the monotonic one between two looks
_PAUSE = 3600.0  # seconds of patience after a jump: time for somebody to put the clock right


class Steady:
    """Says when a duty that looks at dates is due: every so many seconds, later after a jump.

    ``ticks`` counts seconds and never goes back.
    """

    def __init__(self, every: float, clock: Callable[[], datetime], ticks: Callable[[], float]) -> None:
        self._every, self._clock, self._ticks = every, clock, ticks
        self._next = ticks()
        self._seen = clock(), ticks()

    def now(self) -> datetime | None:
        """The time when it is time to look, else None. Raises ClockJumped when it is not to be believed."""
        now, ticks = self._clock(), self._ticks()
        (before, then), self._seen = self._seen, (now, ticks)
        if abs((now - before).total_seconds() - (ticks - then)) > _JUMP:
            self._next = ticks + _PAUSE
            raise ClockJumped
        if ticks < self._next:
            return None
        self._next = ticks + self._every
        return now

    def again(self) -> None:
        """Look again at once: there is more."""
        self._next = self._ticks()


class ClockJumped(Exception):
    """The wall clock departed from the monotonic one by more than an hour."""

    def __str__(self) -> str:
        return "the wall clock jumped by more than an hour; nothing expires or is purged for an hour"
