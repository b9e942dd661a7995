"""Opens a connection to a next hop and makes it ready for MAIL: greeting, EHLO, TLS where it is due."""

import asyncio
import hashlib
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from gateway import networks
from gateway.relay.connection import Connection
from gateway.relay.errors import Broken, Unreachable
from gateway.relay.parcel import NextHop, Protocol, Stage, Tls
from gateway.settings import RelaySettings


def inside(address: str) -> bool:
    """True for a loopback or private address, between which and us nobody listens.

    >>> inside("10.0.0.7"), inside("193.0.2.25")
    (True, False)
    """
    found = networks.address(address)
    return found is not None and (found.is_loopback or found.is_private)


@cache
def _default_context() -> ssl.SSLContext:
    return ssl.create_default_context()


@cache
def _context_of(ca: str) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=ca)


@cache
def _unverified_context() -> ssl.SSLContext:
    # For those who ask for no proof, or for one that is no signature: a fingerprint.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


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

    async def open(self, by: float) -> Connection:
        """Return a connection ready for MAIL by that time of the loop's clock. Raises Unreachable."""
        connection = await self._connect(by)
        connection.deadline = by
        try:
            await self._prepare(connection)
            connection.require_usable()
        except Broken as broken:
            raise Unreachable(str(broken), Stage.GREETING) from broken
        except BaseException:
            connection.abort()
            raise
        return connection

    async def _connect(self, by: float) -> Connection:
        loop = asyncio.get_running_loop()
        until = min(by, loop.time() + self.settings.connect_timeout)
        try:
            async with asyncio.timeout_at(until):
                _, connection = await loop.create_connection(Connection, self.hop.host, self.hop.port)
        except TimeoutError as error:
            raise Unreachable(f"{self.hop} did not answer in time") from error
        except (OSError, UnicodeError) as error:  # UnicodeError is a host name that IDNA refuses
            raise Unreachable(f"{self.hop} cannot be reached: {error}") from error
        return connection

    async def _prepare(self, connection: Connection) -> None:
        (greeting,) = await connection.answers(self.settings.command_timeout)
        if greeting.code != 220:
            raise Unreachable(f"{self.hop} greeted with: {greeting}", Stage.GREETING)
        await self._hello(connection)
        tls = self._tls(connection)
        if tls is not Tls.NONE and await self._starts_tls(connection, tls):
            # What was said in plain text counts no more (RFC 3207, 4.2).
            await self._hello(connection)

    def _tls(self, connection: Connection) -> Tls:
        if self.hop.tls is not None:
            return self.hop.tls
        far = self.hop.protocol is Protocol.SMTP and not self.trust.inside(connection.peer)
        return Tls.REQUIRED if far else Tls.NONE

    async def _hello(self, connection: Connection) -> None:
        verb = "LHLO" if self.hop.protocol is Protocol.LMTP else "EHLO"
        hello = f"{verb} {self.hostname}\r\n".encode("ascii")
        (heard,) = await connection.ask(hello, 1, self.settings.command_timeout)
        if heard.code != 250:
            raise Unreachable(f"{self.hop} answered {verb} with: {heard}", Stage.GREETING)
        offers = dict(line.upper().partition(" ")[::2] for line in heard.lines[1:])
        connection.extensions = frozenset(word for word in offers if word)
        size = offers.get("SIZE", "")
        connection.most_octets = int(size) if re.fullmatch("[0-9]{1,20}", size) else 0

    async def _starts_tls(self, connection: Connection, tls: Tls) -> bool:
        """True under TLS; False where it could not be had and need not be. Raises Unreachable and Broken.

        A handshake that fails is never followed by plain text, in either case:
        after the 220 nobody knows who speaks.
        """
        seconds = self.settings.command_timeout
        problem = f"{self.hop} offers no TLS, which is required here"
        if "STARTTLS" in connection.extensions:
            (heard,) = await connection.ask(b"STARTTLS\r\n", 1, seconds)
            problem = "" if heard.code == 220 else f"{self.hop} answered STARTTLS with: {heard}"
        if problem and tls is Tls.REQUIRED:
            raise Unreachable(problem, Stage.GREETING)
        if problem:
            return False
        try:
            context = self._context(tls)
        except OSError as error:  # ssl.SSLError is one
            raise Unreachable(f"the certificates in 'ca' of {self.hop} cannot be used: {error}") from error
        await connection.start_tls(context, self.hop.host, seconds)
        if (
            self.hop.fingerprint
            and hashlib.sha256(connection.certificate).hexdigest() != self.hop.fingerprint
        ):
            raise Unreachable(f"{self.hop} showed a certificate with another fingerprint", Stage.GREETING)
        return True

    def _context(self, tls: Tls) -> ssl.SSLContext:
        if tls is Tls.OPPORTUNISTIC or self.hop.fingerprint:
            return _unverified_context()
        return _context_of(self.hop.ca) if self.hop.ca else self.trust.context()
