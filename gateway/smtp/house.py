"""What the sessions of one front share, and what each of them is at."""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from gateway.journal import Journal
from gateway.metrics import Metrics
from gateway.networks import within
from gateway.smtp.admission import Admissions
from gateway.smtp.dialogue import Terms
from gateway.smtp.limits import Connections
from gateway.smtp.lmtp import Protocol

if TYPE_CHECKING:
    from gateway.smtp.connection import Connection


class Phase(Enum):
    """What a session waits for."""

    OPENING = auto()  # a PROXY header or a handshake, each of which has a deadline of its own
    COMMAND = auto()
    DATA = auto()
    ADMISSION = auto()
    CLOSING = auto()


@dataclass(slots=True)
class House:
    """What the sessions of one front share. ``implicit``: TLS comes before the greeting."""

    terms: Terms
    journal: Journal
    metrics: Metrics
    connections: Connections
    admissions: Admissions
    implicit: bool = False
    sessions: "set[Connection]" = field(default_factory=set)
    closing: bool = False

    def behind_a_proxy(self, client: str) -> bool:
        """Whether a PROXY header must come first; from anybody else it is never believed.

        Not by LMTP: an MTA of ours on the load balancer's machine sends none.
        """
        return self.terms.protocol is Protocol.SMTP and within(client, self.terms.settings.proxy_networks)
