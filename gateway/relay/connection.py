"""One connection to a next hop: octets out in one write, a known number of replies back."""

import asyncio
import math
import ssl
from typing import cast

from gateway.relay.errors import Broken
from gateway.relay.replies import Heard, ReplyReader

_CHUNK = 262_144  # octets of a long body per write


class Connection(asyncio.Protocol):
    """Keeps count of the replies that are due; anything beyond them ends the connection."""

    def __init__(self) -> None:
        self.extensions: frozenset[str] = frozenset()
        self.most_octets = 0  # of one message, as SIZE says (RFC 1870); 0 says nothing
        self.used = False  # a transaction went over it before
        self.silent = False  # it ended because nothing came in time
        self.idle_since = 0.0
        self.deadline = math.inf  # of the event loop's clock; no wait is longer
        self._loop = asyncio.get_running_loop()
        self.closed: asyncio.Future[None] = self._loop.create_future()
        self._transport: asyncio.Transport | None = None
        self._reader = ReplyReader()
        self._due = 1  # the greeting
        self._heard: list[Heard] = []
        self._problem = ""
        self._waiter: asyncio.Future[None] | None = None
        self._full: asyncio.Future[None] | None = None

    @property
    def usable(self) -> bool:
        """Nothing has ended it, and no reply is outstanding."""
        return self._open and len(self._heard) == self._due

    def require_usable(self) -> None:
        """Raise Broken unless it can be used: it may have ended after its last reply."""
        if not self.usable:
            raise Broken(self._problem or "the connection to the next hop was lost")

    @property
    def _open(self) -> bool:
        # A write that fails closes the transport at once, and tells us about it a turn later.
        return not self._problem and self._transport is not None and not self._transport.is_closing()

    @property
    def peer(self) -> str:
        """The IP address of the other side. Raises Broken when it is gone already."""
        name = self._transport.get_extra_info("peername") if self._transport else None
        if not name:
            raise Broken("the connection to the next hop was lost")
        return str(name[0])

    @property
    def certificate(self) -> bytes:
        """The certificate that the other side showed, in DER; empty without TLS."""
        tls = self._transport.get_extra_info("ssl_object") if self._transport else None
        return (tls.getpeercert(binary_form=True) or b"") if tls else b""

    async def ask(self, octets: bytes, replies: int, seconds: float) -> tuple[Heard, ...]:
        """Send the octets in one write and return so many replies. Raises Broken."""
        self.send(octets)
        self._due, self._heard = replies, []
        return await self.answers(seconds)

    async def answers(self, seconds: float) -> tuple[Heard, ...]:
        """Return the replies that are due, within so many seconds together. Raises Broken."""
        if len(self._heard) < self._due and not self._problem:
            self._waiter = self._loop.create_future()
            late = self._alarm(seconds)
            try:
                await self._waiter
            finally:
                late.cancel()
                self._waiter = None
        if len(self._heard) < self._due:
            raise Broken(self._problem, tuple(self._heard))
        return tuple(self._heard)

    def send(self, octets: bytes) -> None:
        """Send octets that nothing answers. Raises Broken when the connection is gone already."""
        if not self._open or self._transport is None:
            raise Broken(self._problem or "the connection to the next hop was lost")
        self._transport.write(octets)

    async def send_long(self, octets: bytes, seconds: float) -> None:
        """Send a long body as fast as the next hop takes it. Raises Broken if it stalls ``seconds``."""
        self._due, self._heard = 0, []
        for start in range(0, len(octets), _CHUNK):
            self.send(octets[start : start + _CHUNK])
            if self._full:
                late = self._alarm(seconds)
                try:
                    await self._full
                finally:
                    late.cancel()

    async def start_tls(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Go on under TLS. Raises Broken, also when something was said before the handshake."""
        if not self.usable or self._transport is None:
            raise Broken(self._problem or "a reply is outstanding")
        try:
            self._transport = await self._loop.start_tls(
                self._transport,
                self,
                context,
                server_hostname=host,
                ssl_handshake_timeout=self._left(seconds),
            )
        except (OSError, ssl.SSLError) as error:
            self._end(f"TLS failed: {error}")
        if self._problem or self._transport is None:
            raise Broken(self._problem or "the connection was lost in the TLS handshake")

    def quit(self) -> None:
        """Close it as RFC 5321, 4.1.1.10 asks, without waiting for the answer."""
        if not self._problem and self._transport is not None:
            self._problem = "closed by us"
            self._transport.write(b"QUIT\r\n")
            self._transport.close()

    def abort(self) -> None:
        """Close it at once; nothing more goes out, not even what was written."""
        self._end("closed by us")

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end("the connection to the next hop was lost" + (f": {exc}" if exc else ""))
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        if self._problem:
            return
        self._heard += self._reader.feed(data)
        if len(self._heard) > self._due or (len(self._heard) == self._due and self._reader.pending):
            # Replies that were due stay good; what follows them would be
            # taken for answers to commands that we have not sent yet.
            del self._heard[self._due :]
            self._end("the next hop spoke unasked")
        elif self._reader.problem:
            self._end(self._reader.problem)
        elif len(self._heard) == self._due:
            self._wake()

    def pause_writing(self) -> None:
        self._full = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._full and not self._full.done():
            self._full.set_result(None)
        self._full = None

    def _end(self, problem: str) -> None:
        self._problem = self._problem or problem
        if self._transport is not None:
            self._transport.abort()
        self._wake()
        self.resume_writing()

    def _left(self, seconds: float) -> float:
        return min(seconds, max(self.deadline - self._loop.time(), 0.001))

    def _alarm(self, seconds: float) -> asyncio.TimerHandle:
        left = self._left(seconds)
        return self._loop.call_later(left, self._late, round(left, 1))

    def _late(self, seconds: float) -> None:
        self.silent = True
        self._end(f"the next hop was silent for {seconds:g} s")

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)
