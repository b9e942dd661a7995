"""What can go wrong, for whoever asked for it.

    GatewayError
    ├── CouldNotBeDone   exit code 1: port, store, next hop, already decided
    │   └── Trouble      ours, and passing: SMTP says 451, a duty tries again
    └── GivenWrong       exit code 2: an id, a name, a setting that is not right

Each concrete error stands in the module that raises it, is a dataclass, and
its ``str`` is one sentence: what, where, what to do.
"""


class GatewayError(Exception):
    """Anything that the gateway foresees."""


class CouldNotBeDone(GatewayError):
    """What was asked for is right and could not be done."""


class Trouble(CouldNotBeDone):
    """Something of ours failed and may work later."""


class GivenWrong(GatewayError):
    """What was asked for is wrong."""
