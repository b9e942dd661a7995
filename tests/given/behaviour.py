"""What the sink received, and how it behaves."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

EXTENSIONS = ("PIPELINING", "SIZE 52428800", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
USUAL: Mapping[str, bytes] = {
    "GREETING": b"220 sink.example ready\r\n",
    "MAIL": b"250 2.1.0 Ok\r\n",
    "RCPT": b"250 2.1.5 Ok\r\n",
    "DATA": b"354 Go on\r\n",
    "DOT": b"250 2.0.0 Ok: taken by the sink\r\n",
    "STARTTLS": b"220 2.0.0 Ready for TLS\r\n",
    "QUIT": b"221 2.0.0 Bye\r\n",
    "RSET": b"250 2.0.0 Ok\r\n",
    "NOOP": b"250 2.0.0 Ok\r\n",
    "?": b"500 5.5.2 What?\r\n",
}


@dataclass(frozen=True, slots=True)
class Received:
    """One message taken: its envelope, and its octets with the dots unstuffed."""

    reverse_path: bytes
    recipients: tuple[bytes, ...]
    parameters: tuple[bytes, ...]
    octets: bytes


@dataclass(frozen=True)
class Behaviour:
    """What a sink does otherwise than a good server; the default is a good server.

    Stages are GREETING, EHLO (LHLO too), STARTTLS, MAIL, RCPT, DATA, BODY (the
    first octets after 354), DOT, RSET, NOOP and QUIT. An empty reply is silence.
    A message whose reply at DOT is lost (silence, close) counts as received.
    """

    extensions: tuple[str, ...] = EXTENSIONS
    replies: Mapping[str, bytes] = field(default_factory=dict)  # stage -> octets sent instead
    recipients: Mapping[bytes, bytes] = field(default_factory=dict)  # address -> reply to its RCPT
    verdicts: Mapping[bytes, bytes] = field(default_factory=dict)  # address -> its LMTP reply after the dot
    delays: Mapping[str, float] = field(default_factory=dict)  # stage -> seconds before the reply
    closes: frozenset[str] = frozenset()  # stages after which the connection is closed
    resets: frozenset[str] = frozenset()  # stages after which it is reset
    tls: ssl.SSLContext | None = None  # for STARTTLS, which ``extensions`` must name

    def ends_at(self, stage: str) -> bool:
        """The connection ends at this stage, one way or the other."""
        return stage in self.closes or stage in self.resets
