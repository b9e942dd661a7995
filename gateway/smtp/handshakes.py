"""TLS on a connection that is open already: after STARTTLS (RFC 3207), or before the greeting (RFC 8314)."""

import asyncio
from dataclasses import dataclass, field
from typing import Self

from gateway.journal import Journal
from gateway.settings import Settings, TlsSettings
from gateway.smtp.certificates import Certificates, CertificateUnfit, missing
from gateway.smtp.limits import LINGER


@dataclass(slots=True)
class Handshakes:
    """The handshakes of one port: each has its time, and only so many are under way at once."""

    settings: TlsSettings
    certificates: Certificates
    port: int = 0
    _under_way: int = field(default=0, init=False)

    @classmethod
    def of(
        cls, settings: Settings, journal: Journal, first: Self | None = None, *, needed: bool = False
    ) -> Self | None:
        """The handshakes of one more port; None where there is no certificate, and none ``needed``.

        ``first`` are those of a port that is open: both show the same files, and change them together.
        Raises CertificateUnfit.
        """
        tls = settings.tls
        if told := missing(tls, needed=needed):
            raise CertificateUnfit(settings.file, told)
        if not tls.certificate:
            return None
        certificates = first.certificates if first else Certificates(tls, settings.file, journal)
        return cls(tls, certificates, certificates.one_more())

    @property
    def busy(self) -> bool:
        """Whether another one has to be refused: they cost us more than the client."""
        return self._under_way >= self.settings.handshakes

    async def shake(
        self, transport: asyncio.Transport, protocol: asyncio.Protocol, early: bytes = b""
    ) -> asyncio.Transport:
        """The transport under TLS, for the same protocol. Raises OSError when it comes to nothing.

        ``early`` are octets of the handshake that were read already. Nothing
        that comes from here on is taken for plain text: until the first wait
        no other code runs, and then the protocol is no longer the reader.
        """
        if transport.is_closing():
            raise ConnectionResetError("the client left before the handshake")
        loop = asyncio.get_running_loop()
        if early:
            # Two turns from now asyncio's own protocol stands in our place and has not yet read anything.
            loop.call_soon(loop.call_soon, _feed, transport, early)
        self._under_way += 1
        try:
            secured = await loop.start_tls(
                transport,
                protocol,
                self.certificates.context(self.port),
                server_side=True,
                ssl_handshake_timeout=self.settings.handshake_timeout,
                ssl_shutdown_timeout=LINGER,
            )
        finally:
            self._under_way -= 1
        if secured is None:
            raise ConnectionResetError("the client left during the handshake")
        return secured


def _feed(transport: asyncio.Transport, octets: bytes) -> None:
    reader = transport.get_protocol()
    if transport.is_closing() or not isinstance(reader, asyncio.BufferedProtocol):
        return
    while octets:
        room = memoryview(reader.get_buffer(len(octets))).cast("B")
        taken = min(len(room), len(octets))
        room[:taken] = octets[:taken]
        reader.buffer_updated(taken)
        octets = octets[taken:]
