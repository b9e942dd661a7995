"""One client's connection: aiosmtpd's protocol class with its own reading, timing and dispatch replaced.

What stays aiosmtpd's is how a connection is made and, in a later issue,
secured. The rest is ours because of what aiosmtpd 1.4.6 does: handlers
cancelled by a client that leaves, unbounded memory, addresses rewritten.
"""

import asyncio
import contextlib
import socket
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import cast

from aiosmtpd.smtp import SMTP

from gateway.journal import Journal
from gateway.metrics import Metrics
from gateway.reply import (
    BARE_LINE_END,
    INTERNAL,
    LINE_TOO_LONG,
    NOT_SYNCHRONISED,
    SHUTTING_DOWN,
    TIMED_OUT,
    TOO_MANY_CONNECTIONS,
    Reply,
)
from gateway.smtp.admission import Admissions
from gateway.smtp.dialogue import NOT_SMTP, Answer, Dialogue, Terms, Then, wire
from gateway.smtp.intake import Intake, Oddity
from gateway.smtp.limits import LINGER, Connections, Pace
from gateway.smtp.lmtp import Protocol
from gateway.smtp.receive import Refused, receive
from rules.message import Message

MOST_UNSENT = 65_536  # octets of replies that a client may leave unread before we stop reading it
MOST_TOGETHER = 64  # replies before others get their turn

_ODD = {
    Oddity.STRAY: wire(BARE_LINE_END),
    Oddity.ENDLESS: wire(LINE_TOO_LONG),
    Oddity.FOREIGN: NOT_SMTP.octets,
}


class Phase(Enum):
    """What a session waits for."""

    COMMAND = auto()
    DATA = auto()
    ADMISSION = auto()
    CLOSING = auto()


@dataclass(slots=True)
class House:
    """What the sessions of one front share."""

    terms: Terms
    journal: Journal
    metrics: Metrics
    connections: Connections
    admissions: Admissions
    sessions: "set[Session]" = field(default_factory=set)
    closing: bool = False


class Session(SMTP):
    """Reads commands, sends replies, receives messages and has them admitted."""

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
        self._mark = 0  # how many octets had come when this phase began
        self._unseen: tuple[str, ...] = ()  # transactions whose reply the client may not have seen

    @property
    def conversation(self) -> "asyncio.Task[None] | None":
        """The task that speaks with the client."""
        return self._handler_coroutine

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless there are too many; aiosmtpd starts `_handle_client`."""
        transport = cast(asyncio.Transport, transport)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = transport.get_extra_info("peername")
        self._client = str(peer[0]) if isinstance(peer, tuple) else ""
        house = self._house
        if house.closing or not house.connections.enter(self._client):
            transport.write(wire(SHUTTING_DOWN if house.closing else TOO_MANY_CONNECTIONS))
            transport.close()
            return
        house.sessions.add(self)
        house.metrics.connections.inc()
        self._phase = Phase.COMMAND
        self._intake.attach(transport)
        self._dialogue = Dialogue(house.terms, self._client)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless the connection is being closed."""
        if self._phase is not Phase.CLOSING:
            self._intake.feed(data)

    def eof_received(self) -> bool:
        """Go on with what came before: a client may shut its side down right after QUIT."""
        self._intake.end()
        return self._phase is not Phase.CLOSING

    def connection_lost(self, error: Exception | None) -> None:
        """Let the conversation come to its end by itself; an admission under way is not disturbed."""
        self._intake.end()
        if self in self._house.sessions:
            self._house.sessions.discard(self)
            self._house.connections.leave(self._client)
            self._house.metrics.connections.dec()
        asyncio.StreamReaderProtocol.connection_lost(self, error)
        self.transport = None

    def check(self, now: float) -> None:
        """Part with a client that is too slow; ``now`` is on the loop's clock."""
        match self._phase:
            case Phase.COMMAND:
                late = self._pace.command_overdue(now, self._since, self._house.connections.crowded)
            case Phase.DATA:
                late = self._pace.data_overdue(now, self._since, self._intake.received - self._mark)
            case Phase.ADMISSION:
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
        if self._phase is Phase.COMMAND:
            self._part(wire(SHUTTING_DOWN))

    def abort(self) -> None:
        """Close at once."""
        if self.transport is not None:
            self.transport.abort()

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Do nothing: the front looks at all sessions twice a second, which costs no timer each."""

    async def _handle_client(self) -> None:
        try:
            await self._converse()
        except ConnectionError:
            pass  # The client left.
        except Exception as error:  # noqa: BLE001  the promise: our trouble is 451 and never its text
            self._house.journal.trouble("session_failed", error, client=self._client)
            self._part(wire(INTERNAL))
        finally:
            if self._phase is not Phase.CLOSING and self.transport is not None:
                self._flush()
                self._phase = Phase.CLOSING
                self.transport.close()

    async def _converse(self) -> None:
        # One turn of the loop, so that what an early talker sent is here to be seen.
        await asyncio.sleep(0)
        if self._intake.pending:
            return self._part(wire(NOT_SYNCHRONISED))
        terms = self._house.terms
        self._out.append(f"220 {terms.hostname} {terms.protocol.word}\r\n".encode("ascii"))
        while self._phase is not Phase.CLOSING:
            line = self._intake.line()
            if line is None:
                if not await self._wait():
                    return None
            elif isinstance(line, Oddity):
                self._part(_ODD[line])
            else:
                await self._act(line)
        return None

    async def _wait(self) -> bool:
        """Send what is to be sent; whether there is more to read afterwards."""
        await self._send()
        return await self._intake.more()

    async def _act(self, line: bytes) -> None:
        self._since = self.loop.time()
        # Only a command that was not on its way already shows that our reply was read.
        if self._unseen and self._intake.used > self._mark:
            self._house.terms.admission.confirmed(self._unseen)
            self._unseen = ()
        answer = self._answer(line)
        if answer.then is Then.CLOSE:
            return self._part(answer.octets)
        if answer.then is not Then.GO_ON and self._intake.pending:
            return self._part(wire(NOT_SYNCHRONISED))
        self._out.append(answer.octets)
        if answer.then is Then.DATA:
            await self._data()
        elif len(self._out) >= MOST_TOGETHER:
            await self._send()
            await asyncio.sleep(0)
        return None

    def _answer(self, line: bytes) -> Answer:
        try:
            return self._dialogue.answer(line)
        except Exception as error:  # noqa: BLE001  the promise: our trouble is 451 and never its text
            self._house.journal.trouble("command_failed", error, client=self._client)
            self._dialogue.reset()
            return Answer(wire(INTERNAL))

    async def _data(self) -> None:
        envelope = self._dialogue.agreed()
        self._enter(Phase.DATA)
        await self._send()
        received = await receive(self._intake, self._house.terms.settings, self._house.journal)
        if self._phase is Phase.CLOSING or received is None:
            return None
        many = len(envelope.recipients)
        if isinstance(received, Refused):
            self._house.journal.event("data_refused", client=self._client, reply=str(received.reply))
            return self._conclude((received.reply,) * many, received.close)
        self._enter(Phase.ADMISSION)
        lmtp = self._house.terms.protocol is Protocol.LMTP
        admitted = await self._house.admissions.admit(Message(envelope, received), lmtp)
        self._unseen = admitted.transactions
        return self._conclude(admitted.replies, close=False)

    def _conclude(self, replies: tuple[Reply, ...], close: bool) -> None:
        for reply in self._house.terms.protocol.after_data(replies):
            self._out.append(wire(reply))
            close = close or reply.code == SHUTTING_DOWN.code
        if close:
            return self._part(b"")
        self._flush()
        self._enter(Phase.COMMAND)
        return self._part(wire(SHUTTING_DOWN)) if self._house.closing else None

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
        if self.transport is not None and self.transport.can_write_eof():
            # The client may have reset the connection in this very moment.
            with contextlib.suppress(OSError):
                self.transport.write_eof()
