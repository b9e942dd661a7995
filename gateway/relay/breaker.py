"""Says when to leave a next hop alone, so that its absence costs each client no ten seconds."""

from collections.abc import Callable

FAILURES = 5  # one after the other
REST = 5.0  # seconds


class Breaker:
    """Opens after `FAILURES` failed tries; after `REST` lets one transaction at a time try again."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._until = 0.0
        self._probing = False

    def allows(self) -> bool:
        """Connecting is worth a try now; whoever is told so must say how it went."""
        if self._failures < FAILURES:
            return True
        if self._probing or self._clock() < self._until:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        """A transaction had its answer, whatever it was."""
        self._failures, self._probing = 0, False

    def failed(self) -> None:
        """No connection was made, or it was lost without an answer."""
        self._failures += 1
        self._until, self._probing = self._clock() + REST, False

    def abandoned(self) -> None:
        """The try was given up before it told us anything."""
        self._probing = False
