"""Cache: DNS answers kept for as long as they say, the least used forgotten first."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

LONGEST_TTL = 86_400.0
"""Seconds that an answer is believed, whatever its own time to live."""

T = TypeVar("T")


class Cache(Generic[T]):
    """At most ``most`` entries. Not for several threads."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._kept: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> T | None:
        """What was put under the key, if its time is not over."""
        found = self._kept.get(key)
        if found is None:
            return None
        if found[0] <= self._clock():
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return found[1]

    def put(self, key: Hashable, value: T, seconds: float) -> None:
        """Keep the value for so long; nothing is kept for no time."""
        if seconds <= 0:
            return
        self._kept[key] = (self._clock() + min(seconds, LONGEST_TTL), value)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
