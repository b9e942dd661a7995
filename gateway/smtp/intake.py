"""What a client sent and nobody has read yet: command lines, or the octets of DATA as they came."""

import asyncio
from enum import Enum, auto

HIGH_WATER = 65_536  # octets; above it the socket is left unread
LONGEST_UNENDED = 4096  # octets without a line end, after which a client is not speaking SMTP

_ORDINARY = frozenset(range(0x20, 0x7F)) | frozenset(b"\t\r\n")


class Oddity(Enum):
    """What stands where a command line should."""

    STRAY = auto()  # a bare CR, a bare LF or NUL: two readers would disagree where the line ends
    ENDLESS = auto()
    FOREIGN = auto()  # no mail client begins with this: a TLS handshake, say


class Intake:
    """Octets from the socket, in order.

    ``received`` counts all that ever came. The transport is paused while more
    waits than `HIGH_WATER`, which bounds what a client can make us keep.
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._paused = False
        self._fresh = False
        self._ended = False
        self._octets = b""
        self._at = 0
        self.received = 0

    def attach(self, transport: asyncio.Transport) -> None:
        """Read from this transport; what waits unread is dropped (RFC 3207, 4.2)."""
        self._transport = transport
        self._octets, self._at = b"", 0

    @property
    def pending(self) -> int:
        """How many octets wait."""
        return len(self._octets) - self._at

    @property
    def used(self) -> int:
        """How many octets were taken so far."""
        return self.received - self.pending

    def feed(self, octets: bytes) -> None:
        """Note what came."""
        if self._ended:
            return
        self.received += len(octets)
        self._octets = self._octets[self._at :] + octets if self.pending else octets
        self._at = 0
        self._fresh = True
        if len(self._octets) > HIGH_WATER and self._transport is not None and not self._paused:
            self._transport.pause_reading()
            self._paused = True
        self._wake()

    def end(self) -> None:
        """Nothing more will come; what waits can still be read."""
        self._ended = True
        self._wake()

    def drop(self) -> None:
        """Forget what waits, and take no more."""
        self._octets, self._at = b"", 0
        self.end()
        self._resume()

    async def more(self) -> bool:
        """Whether something came that was not yet looked at; waits for it. False at the end."""
        if not self._fresh and not self._ended:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._fresh

    def line(self) -> bytes | Oddity | None:
        """The next line without its CRLF; None when it is not complete."""
        start = self._at
        end = self._octets.find(b"\n", start)
        if end < 0:
            self._fresh = False
            return self._unfinished()
        self._at = end + 1
        self._resume()
        line = self._octets[start : end - 1]
        if end == start or self._octets[end - 1] != 0x0D or b"\r" in line or b"\0" in line:
            return Oddity.FOREIGN if self._octets[start] not in _ORDINARY else Oddity.STRAY
        return Oddity.FOREIGN if line and line[0] not in _ORDINARY else line

    def take(self) -> bytes:
        """All that waits."""
        octets = self._octets[self._at :] if self._at else self._octets
        self._octets, self._at = b"", 0
        self._fresh = False
        self._resume()
        return octets

    def put_back(self, octets: bytes) -> None:
        """Let this be read again, before what waits."""
        if octets:
            self._octets = octets + self._octets[self._at :]
            self._at = 0
            self._fresh = True

    def _unfinished(self) -> Oddity | None:
        if self.pending and self._octets[self._at] not in _ORDINARY:
            return Oddity.FOREIGN
        return Oddity.ENDLESS if self.pending > LONGEST_UNENDED else None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _resume(self) -> None:
        if self._paused and self._transport is not None and self.pending <= HIGH_WATER:
            self._paused = False
            if not self._transport.is_closing():
                self._transport.resume_reading()
