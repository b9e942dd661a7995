"""What goes wrong between us and a next hop; none of these leaves `Relay`.

RelayError
 ├── Unreachable  no connection that is ready for MAIL
 └── Broken       a connection that ended, went silent or talked nonsense
      └── Stale   a pooled one that ended before it said anything: a fresh one may do
"""

from dataclasses import dataclass

from gateway.relay.parcel import Stage
from gateway.relay.replies import Heard


class RelayError(Exception):
    """Trouble with a next hop."""


@dataclass
class Unreachable(RelayError):
    """No connection could be made ready; ``problem`` says what was in the way."""

    problem: str
    stage: Stage = Stage.CONNECT

    def __str__(self) -> str:
        return self.problem


@dataclass
class Broken(RelayError):
    """The connection is of no use any more; ``heard`` are the replies that came before."""

    problem: str
    heard: tuple[Heard, ...] = ()

    def __str__(self) -> str:
        return self.problem


class Stale(Broken):
    """The next hop closed an idle connection just when we wanted to use it again."""
