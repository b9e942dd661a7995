"""Adds up octets by key, for so long, in steps of a minute: a key takes no more room than it has steps."""

from collections import OrderedDict
from datetime import datetime, timedelta

MOST_KEYS = 10_000  # what is remembered; the key that grew least lately is forgotten first
_STEP = timedelta(minutes=1)


class Volumes:
    """Sums of octets by key: none older than ``span`` counts."""

    def __init__(self, span: timedelta) -> None:
        self._steps = span // _STEP
        self._sums: OrderedDict[str, dict[int, int]] = OrderedDict()

    def full(self, key: str, limit: int, now: datetime) -> bool:
        """Whether there were ``limit`` octets within the span; a limit of 0 is none.

        What comes next may go beyond: a limit less than one message must not keep that message out for ever.
        """
        return bool(limit) and sum(self._lately(key, _step(now)).values()) >= limit

    def add(self, key: str, octets: int, now: datetime) -> None:
        """Count so many more."""
        step = _step(now)
        sums = self._lately(key, step)
        sums[step] = sums.get(step, 0) + octets
        self._sums[key] = sums
        self._sums.move_to_end(key)
        if len(self._sums) > MOST_KEYS:
            self._sums.popitem(last=False)

    def take_back(self, key: str, octets: int, now: datetime) -> None:
        """Count so many less of then."""
        sums, step = self._sums.get(key, {}), _step(now)
        if step in sums:  # neither forgotten nor too old to count
            sums[step] = max(sums[step] - octets, 0)

    def _lately(self, key: str, step: int) -> dict[int, int]:
        # A clock that was set back must not close the door until it has caught up.
        sums = self._sums.get(key, {})
        return {at: octets for at, octets in sums.items() if step - self._steps < at <= step}


def _step(now: datetime) -> int:
    return int(now.timestamp() // _STEP.total_seconds())
