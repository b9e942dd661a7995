"""How many connections, how many errors and how much time a client gets."""

import ipaddress
from dataclasses import dataclass, field
from functools import lru_cache

from gateway.settings import SmtpSettings

DATA_GRACE = 30  # seconds before the rate of DATA is looked at
HURRIED = 10  # seconds for a command while the connections run short
CROWDED = 0.8  # of all connections: above it, slow clients are hurried
LINGER = 2  # seconds that a client gets to read our last reply

MOST_UNKNOWN = 5  # commands that are not SMTP's
MOST_LONG_LINES = 3
MOST_ERRORS = 20  # as Postfix, smtpd_hard_error_limit
MOST_IDLE = 100  # commands that send no mail; as Postfix, smtpd_junk_command_limit
MOST_OVERSHOOT = 1000  # recipients refused because there were too many

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Connections:
    """Counts connections: in all, and by client."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._most = settings.connections
        self._most_per_client = settings.per_client
        self._fronts = tuple(
            ipaddress.ip_network(network, strict=False) for network in settings.front_networks
        )
        self._by_client: dict[str, int] = {}
        self._count = 0
        self.turned_away = 0

    @property
    def crowded(self) -> bool:
        """Whether so many are open that a slow client keeps a better one out."""
        return self._count > self._most * CROWDED

    def enter(self, client: str) -> bool:
        """Count one more; False when there are too many. Our own MTAs count only in all."""
        key, ours = _counted_as(client, self._fronts)
        if self._count >= self._most or (not ours and self._by_client.get(key, 0) >= self._most_per_client):
            self.turned_away += 1
            return False
        self._count += 1
        self._by_client[key] = self._by_client.get(key, 0) + 1
        return True

    def leave(self, client: str) -> None:
        """Count one less."""
        key, _ = _counted_as(client, self._fronts)
        self._count -= 1
        self._by_client[key] -= 1
        if not self._by_client[key]:
            del self._by_client[key]


@lru_cache(maxsize=1024)
def _counted_as(client: str, fronts: tuple[Network, ...]) -> tuple[str, bool]:
    """The key under which a client counts, a /64 for IPv6, and whether it is one of our fronts."""
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client, False
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    ours = any(address in network for network in fronts)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False)), ours
    return str(address), ours


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

    def data_overdue(self, now: float, since: float, octets: int) -> bool:
        """Whether a message begun ``since`` then, with so many octets so far, comes too slowly."""
        elapsed = now - since
        if elapsed > self.settings.data_timeout:
            return True
        return elapsed > DATA_GRACE and octets < self.settings.min_rate * elapsed
