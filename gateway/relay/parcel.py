"""What is handed to a next hop, and what became of it, as values."""

from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from gateway.reply import Reply


class Protocol(StrEnum):
    """How a next hop is spoken to."""

    SMTP = "smtp"
    LMTP = "lmtp"


class Tls(StrEnum):
    """Whether a next hop is spoken to under TLS."""

    NONE = "none"
    OPPORTUNISTIC = "opportunistic"  # where it is offered, whoever the other side may be
    REQUIRED = "required"  # and the other side must prove who it is


@dataclass(frozen=True, slots=True)
class NextHop:
    """The server that a list's posts go on to.

    ``tls`` None means required outside private networks in SMTP, else none.
    With ``required`` its certificate must be signed by ``ca`` (PEM; "" is any
    that the system trusts) for ``host``, or have this SHA-256 ``fingerprint``
    (64 lower-case hexadecimal digits). ``spares`` take its place, in their
    order, when no connection to it can be made ready; they have none themselves.
    """

    protocol: Protocol
    host: str
    port: int
    tls: Tls | None = None
    ca: str = ""
    fingerprint: str = ""
    spares: tuple["NextHop", ...] = ()

    @property
    def choices(self) -> tuple["NextHop", ...]:
        """It and its spares, in order of preference, each alone."""
        return (replace(self, spares=()), *self.spares)

    @classmethod
    def parse(cls, url: str) -> "NextHop":
        """Return the next hop of a list file's ``next_hop``. Raises ValueError with a sentence.

        >>> NextHop.parse("lmtp://127.0.0.1:8024").port
        8024
        """
        wrong = f"next hop {url!r} must be 'smtp://HOST:PORT' or 'lmtp://HOST:PORT'"
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise ValueError(wrong) from error
        rest = parts.path.strip("/") or parts.query or parts.fragment or parts.username
        if parts.scheme not in tuple(Protocol) or not parts.hostname or not port or rest:
            raise ValueError(wrong)
        return cls(Protocol(parts.scheme), parts.hostname, port)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.protocol}://{host}:{self.port}"


class Stage(StrEnum):
    """How far a delivery came: the step that failed, or DONE when its final reply came."""

    CONNECT = "connect"
    GREETING = "greeting"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message to hand on: its envelope as it came, and its octets after the lines put before them.

    ``prepended`` is empty or whole header lines, each ended by CRLF; ``octets``
    are empty or end with CRLF. ``parameters`` are those of MAIL without SIZE,
    ``recipient_parameters`` those of RCPT for each address that has any.
    """

    reverse_path: bytes
    recipients: tuple[bytes, ...]
    parameters: tuple[bytes, ...]
    prepended: bytes
    octets: bytes
    recipient_parameters: tuple[tuple[bytes, tuple[bytes, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a parcel.

    ``replies`` has one reply per recipient, in RCPT order; 250 means that the
    next hop has the message for this recipient. ``unanswered`` are the indexes
    of recipients whose fate nobody knows, since the final dot may have gone out
    and no well-formed reply came (RFC 1047); their reply is 451 4.4.2.
    ``upstream`` is what the next hop said last, or how it failed: printable.
    ``called_off``: all or nothing was asked for, some recipients were refused
    and the others not, so nothing was sent; the others' reply is 451 4.3.0.
    """

    replies: tuple[Reply, ...]
    stage: Stage
    upstream: str
    unanswered: tuple[int, ...] = ()
    called_off: bool = False

    @property
    def unknown(self) -> bool:
        """Some recipient may have the message although nobody said so."""
        return bool(self.unanswered)

    @property
    def taken(self) -> bool:
        """The next hop said that it has the message, for at least one recipient."""
        return any(reply.accepted for reply in self.replies)
