"""One client's connection: counted, timed, put under TLS, written to and parted with; `session` converses.

aiosmtpd's protocol class with its own reading and timing replaced, because of
what aiosmtpd 1.4.6 does: handlers cancelled by a client that leaves, unbounded
memory, a timer that no octets of a message wind up.
"""

import asyncio
import contextlib
import socket
from typing import cast

from aiosmtpd.smtp import SMTP

from gateway.networks import plain
from gateway.reply import SHUTTING_DOWN, TIMED_OUT, TOO_MANY_CONNECTIONS
from gateway.smtp.house import House, Phase
from gateway.smtp.intake import Intake
from gateway.smtp.limits import LINGER, Pace
from gateway.smtp.responses import wire

MOST_UNSENT = 65_536  # octets of replies that a client may leave unread before we stop reading it


class Connection(SMTP):
    """Takes what comes into its intake, and says what stands in ``_out``."""

    def __init__(self, house: House) -> None:
        # SMTP.__init__ is left out: it walks all its methods for each connection.
        self.loop = asyncio.get_running_loop()
        asyncio.StreamReaderProtocol.__init__(
            self, asyncio.StreamReader(loop=self.loop), self._cb_client_connected, self.loop
        )
        self.transport: asyncio.Transport | None = None
        self._original_transport = None
        self._house = house
        self._intake = Intake()
        self._out: list[bytes] = []
        self._phase = Phase.CLOSING
        self._since = self.loop.time()
        self._pace = Pace(house.terms.settings, began=self._since)
        self._secure = False
        self._counted = True
        self._mark = 0  # how many octets had come when this phase began

    @property
    def conversation(self) -> "asyncio.Task[None] | None":
        """The task that speaks with the client."""
        return self._handler_coroutine

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless there are too many; aiosmtpd starts `_handle_client`."""
        transport = cast(asyncio.Transport, transport)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = transport.get_extra_info("peername")
        self._client = plain(str(peer[0])) if isinstance(peer, tuple) else ""
        house = self._house
        if house.closing or not house.connections.enter(self._client):
            # Where TLS comes first, there is nobody yet who could read a reply.
            if not house.implicit:
                transport.write(wire(SHUTTING_DOWN if house.closing else TOO_MANY_CONNECTIONS))
            transport.close()
            return
        house.sessions.add(self)
        house.metrics.connections.inc()
        self._phase = Phase.OPENING
        self._intake.attach(transport)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless the connection is being closed."""
        if self._phase is not Phase.CLOSING:
            self._intake.feed(data)

    def eof_received(self) -> bool:
        """Go on with what came before: a client may shut its side down right after QUIT."""
        self._intake.end()
        # TLS ends for both sides at once.
        return self._phase is not Phase.CLOSING and not self._secure

    def connection_lost(self, error: Exception | None) -> None:
        """Let the conversation come to its end by itself; an admission under way is not disturbed."""
        self._intake.end()
        self._leave()
        asyncio.StreamReaderProtocol.connection_lost(self, error)
        self.transport = None

    def _leave(self) -> None:
        # asyncio does not tell of a connection that is lost during a handshake.
        if self in self._house.sessions:
            self._house.sessions.discard(self)
            if self._counted:
                self._house.connections.leave(self._client)
            self._house.metrics.connections.dec()

    def check(self, now: float) -> None:
        """Part with a client that is too slow; ``now`` is on the loop's clock."""
        crowded = self._house.connections.crowded
        match self._phase:
            case Phase.COMMAND:
                late = self._pace.command_overdue(now, self._since, crowded)
            case Phase.DATA:
                octets = self._intake.received - self._mark
                late = self._pace.data_overdue(now, self._since, octets, crowded)
            case Phase.OPENING | Phase.ADMISSION:
                return
            case Phase.CLOSING:
                if now - self._since > LINGER:
                    self.abort()
                return
        if late:
            self._house.journal.event("timed_out", client=self._client, phase=self._phase.name.lower())
            self._part(wire(TIMED_OUT))

    def close_when_idle(self) -> None:
        """Part with a client that is sending nothing; one that is may finish its message."""
        if self._phase is Phase.OPENING:
            self.abort()
        if self._phase is Phase.COMMAND:
            self._part(wire(SHUTTING_DOWN))

    def abort(self) -> None:
        """Close at once."""
        if self.transport is not None:
            self.transport.abort()

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Do nothing: the front looks at all sessions twice a second, which costs no timer each."""

    def _recount(self, client: str) -> bool:
        """Note whose connection it is; False, and the end of it, where that client has too many."""
        if client == self._client:
            return True
        self._counted = self._house.connections.move(self._client, client)
        self._client = client
        if not self._counted:
            self._part(b"" if self._house.implicit else wire(TOO_MANY_CONNECTIONS))
        return self._counted

    async def _shake(self) -> None:
        handshakes, transport = self._house.terms.handshakes, self.transport
        if handshakes is None or transport is None:
            raise ConnectionAbortedError("nobody to shake hands with")
        if self._house.implicit and handshakes.busy:
            self._house.connections.turned_away += 1
            raise ConnectionAbortedError("no handshake now")
        self._phase, early = Phase.OPENING, self._intake.take()
        try:
            self.transport = await handshakes.shake(transport, self, early)
        except OSError as error:
            # Who just leaves is, every ten seconds, a load balancer that looks whether we are here.
            if not isinstance(error, ConnectionResetError):
                why = getattr(error, "reason", None) or type(error).__name__
                self._house.journal.event("handshake_failed", client=self._client, why=why)
            raise ConnectionAbortedError("no TLS came about") from error
        self._secure = True
        self._intake.attach(self.transport)
        self._writer = asyncio.StreamWriter(self.transport, self, self._reader, self.loop)
        self._enter(Phase.COMMAND)

    def _enter(self, phase: Phase) -> None:
        self._phase, self._since, self._mark = phase, self.loop.time(), self._intake.received

    async def _send(self) -> None:
        self._flush()
        if self.transport is not None and self.transport.get_write_buffer_size() > MOST_UNSENT:
            await self._writer.drain()

    def _flush(self) -> None:
        """One write for all that is to be said at this step."""
        if self._out and self.transport is not None:
            self.transport.write(b"".join(self._out))
        self._out.clear()

    def _part(self, last: bytes) -> None:
        """Say a last word and close, giving the client time to read it: a reset would take it away."""
        if self._phase is Phase.CLOSING:
            return
        self._out.append(last)
        self._flush()
        self._enter(Phase.CLOSING)
        self._intake.drop()
        if self.transport is None:
            return
        if not self.transport.can_write_eof():
            self.transport.close()  # TLS says goodbye in its own way, and gives time for it too
            return
        # The client may have reset the connection in this very moment.
        with contextlib.suppress(OSError):
            self.transport.write_eof()
