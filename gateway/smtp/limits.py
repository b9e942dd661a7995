"""How many connections, how many errors and how much time a client gets."""

from dataclasses import dataclass, field

from gateway.networks import counted_as
from gateway.ours import Ours
from gateway.settings import SmtpSettings

DATA_GRACE = 30  # seconds before the rate of DATA is looked at
HURRIED = 10  # seconds for a command, or before the rate of DATA is looked at, while connections run short
CROWDED = 0.8  # of all connections: above it, slow clients are hurried
LINGER = 2  # seconds that a client gets to read our last reply

MOST_UNKNOWN = 5  # commands that are not SMTP's
MOST_LONG_LINES = 3
MOST_ERRORS = 20  # as Postfix, smtpd_hard_error_limit
MOST_IDLE = 100  # commands that send no mail; as Postfix, smtpd_junk_command_limit
MOST_OVERSHOOT = 1000  # recipients refused because there were too many


class Connections:
    """Counts connections: in all, and by client."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._most = settings.connections
        self._most_per_client = settings.per_client
        self._ours = Ours.of(settings)
        self._by_client: dict[str, int] = {}
        self._count = 0
        self.turned_away = 0

    @property
    def crowded(self) -> bool:
        """Whether so many are open that a slow client keeps a better one out."""
        return self._count > self._most * CROWDED

    def enter(self, client: str) -> bool:
        """Count one more; False when there are too many. Hosts of ours count only in all."""
        key = counted_as(client)
        share = self._by_client.get(key, 0)
        # A client whose address nobody knows may be any number of clients.
        many = bool(key) and share >= self._most_per_client and not self._ours.has(client)
        if self._count >= self._most or many:
            self.turned_away += 1
            return False
        self._count += 1
        self._by_client[key] = share + 1
        return True

    def leave(self, client: str) -> None:
        """Count one less."""
        key = counted_as(client)
        self._count -= 1
        self._by_client[key] -= 1
        if not self._by_client[key]:
            del self._by_client[key]

    def move(self, client: str, another: str) -> bool:
        """Count a connection as another client's from now on; False, and not at all, when it has too many."""
        self.leave(client)
        return self.enter(another)


@dataclass(slots=True)
class Patience:
    """Counts what a client does wrong, or to no purpose; a message that arrives makes up for it."""

    unknown: int = 0
    long_lines: int = 0
    errors: int = 0
    idle: int = 0
    overshoot: int = 0

    @property
    def worn_out(self) -> bool:
        """Whether to say goodbye."""
        return (
            self.unknown >= MOST_UNKNOWN
            or self.long_lines >= MOST_LONG_LINES
            or self.errors >= MOST_ERRORS
            or self.idle >= MOST_IDLE
            or self.overshoot >= MOST_OVERSHOOT
        )


@dataclass(frozen=True, slots=True)
class Pace:
    """How slow a client may be; all in seconds and octets, ``began`` on the loop's clock."""

    settings: SmtpSettings
    began: float = field(kw_only=True)

    def command_overdue(self, now: float, since: float, crowded: bool) -> bool:
        """Whether the next command, awaited ``since`` then, comes too late."""
        allowed = min(HURRIED, self.settings.command_timeout) if crowded else self.settings.command_timeout
        return now - since > allowed or now - self.began > self.settings.session_timeout

    def data_overdue(self, now: float, since: float, octets: int, crowded: bool) -> bool:
        """Whether a message begun ``since`` then, with so many octets so far, comes too slowly."""
        elapsed = now - since
        if elapsed > self.settings.data_timeout:
            return True
        return elapsed > (HURRIED if crowded else DATA_GRACE) and octets < self.settings.min_rate * elapsed
