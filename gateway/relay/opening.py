"""Opens a connection to a next hop and makes it ready for MAIL: greeting, EHLO, TLS where it is due."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv6Address, ip_address

from gateway.relay.connection import Connection
from gateway.relay.errors import Broken, Unreachable
from gateway.relay.parcel import NextHop, Protocol, Stage
from gateway.settings import RelaySettings


def inside(address: str) -> bool:
    """True for a loopback or private address, between which and us nobody listens.

    >>> inside("10.0.0.7"), inside("193.0.2.25")
    (True, False)
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_loopback or ip.is_private


@cache
def _default_context() -> ssl.SSLContext:
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom a next hop must prove itself to: TLS with a verified certificate, unless ``inside``."""

    context: Callable[[], ssl.SSLContext] = _default_context
    inside: Callable[[str], bool] = inside


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens connections to one next hop; ``hostname`` is what we call ourselves."""

    hop: NextHop
    settings: RelaySettings
    hostname: str
    trust: Trust

    async def open(self) -> Connection:
        """Return a connection ready for MAIL. Raises Unreachable."""
        connection = await self._connect()
        try:
            await self._prepare(connection)
        except Broken as broken:
            raise Unreachable(str(broken), Stage.GREETING) from broken
        except BaseException:
            connection.abort()
            raise
        return connection

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        seconds = self.settings.connect_timeout
        try:
            async with asyncio.timeout(seconds):
                _, connection = await loop.create_connection(Connection, self.hop.host, self.hop.port)
        except TimeoutError as error:
            raise Unreachable(f"{self.hop} did not answer within {seconds} s") from error
        except (OSError, UnicodeError) as error:  # UnicodeError is a host name that IDNA refuses
            raise Unreachable(f"{self.hop} cannot be reached: {error}") from error
        return connection

    async def _prepare(self, connection: Connection) -> None:
        (greeting,) = await connection.answers(self.settings.command_timeout)
        if greeting.code != 220:
            raise Unreachable(f"{self.hop} greeted with: {greeting}", Stage.GREETING)
        await self._hello(connection)
        if self.hop.protocol is Protocol.SMTP and not self.trust.inside(connection.peer):
            await self._start_tls(connection)
            await self._hello(connection)

    async def _hello(self, connection: Connection) -> None:
        verb = "LHLO" if self.hop.protocol is Protocol.LMTP else "EHLO"
        hello = f"{verb} {self.hostname}\r\n".encode("ascii")
        (heard,) = await connection.ask(hello, 1, self.settings.command_timeout)
        if heard.code != 250:
            raise Unreachable(f"{self.hop} answered {verb} with: {heard}", Stage.GREETING)
        words = (line.partition(" ")[0].upper() for line in heard.lines[1:])
        connection.extensions = frozenset(word for word in words if word)

    async def _start_tls(self, connection: Connection) -> None:
        if "STARTTLS" not in connection.extensions:
            raise Unreachable(f"{self.hop} offers no TLS, which is required here", Stage.GREETING)
        seconds = self.settings.command_timeout
        (heard,) = await connection.ask(b"STARTTLS\r\n", 1, seconds)
        if heard.code != 220:
            raise Unreachable(f"{self.hop} answered STARTTLS with: {heard}", Stage.GREETING)
        await connection.start_tls(self.trust.context(), self.hop.host, seconds)
