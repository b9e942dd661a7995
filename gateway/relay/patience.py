"""How long a delivery may take in all: the client waits for us while we wait for the next hop."""

import asyncio
from dataclasses import dataclass

_BEFORE_DOT = 2 / 3  # of the whole; the rest is for the reply to the dot, whose loss nobody can mend


@dataclass(frozen=True, slots=True)
class Patience:
    """One delivery's time, in seconds of the event loop's clock."""

    start: float
    seconds: float

    @classmethod
    def of(cls, seconds: float) -> "Patience":
        """Patience that begins now. Needs a running event loop."""
        return cls(asyncio.get_running_loop().time(), seconds)

    @property
    def end(self) -> float:
        """When the client must have its reply."""
        return self.start + self.seconds

    @property
    def before_dot(self) -> float:
        """When everything up to the final dot must be done."""
        return self.start + self.seconds * _BEFORE_DOT

    @property
    def spent(self) -> bool:
        """The time before the dot is over."""
        return asyncio.get_running_loop().time() >= self.before_dot

    def share(self, choices: int) -> float:
        """When the first of so many next hops must be ready, so that the others have a chance."""
        now = asyncio.get_running_loop().time()
        return now + max(self.before_dot - now, 0.0) / choices
