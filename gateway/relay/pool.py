"""Connections to one next hop, kept open between messages; the newest idle one is used first."""

import asyncio
from collections.abc import Awaitable, Callable

from gateway.relay.breaker import Breaker
from gateway.relay.connection import Connection
from gateway.relay.errors import Unreachable
from gateway.settings import RelaySettings


class Pool:
    """Lends connections, at most ``settings.connections`` at a time; belongs to one event loop."""

    def __init__(
        self, opening: Callable[[float], Awaitable[Connection]], settings: RelaySettings, breaker: Breaker
    ) -> None:
        self._open = opening
        self._settings = settings
        self.breaker = breaker
        self._loop = asyncio.get_running_loop()
        self._slots = asyncio.Semaphore(settings.connections)
        self._idle: list[Connection] = []
        self._sweeping: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop that its connections belong to."""
        return self._loop

    async def take(self, fresh: bool, by: float) -> Connection:
        """Return a connection ready for MAIL, not a used one if ``fresh``. Raises Unreachable.

        ``by`` is a time of the loop's clock. Whoever takes a connection tells
        the breaker how it went: a next hop that greets but takes no mail is
        as absent as one that does not greet.
        """
        await self._slot(by)
        try:
            self._let_through()
            while self._idle and not fresh:
                connection = self._idle.pop()
                if connection.usable:
                    return connection
            return await self._connect(by)
        except BaseException:
            self._slots.release()
            raise

    def give(self, connection: Connection) -> None:
        """Take a connection back, to be used again if it still can be."""
        self._slots.release()
        if self._closed or not connection.usable:
            connection.quit()
            return
        connection.used = True
        connection.idle_since = self._loop.time()
        self._idle.append(connection)
        if self._sweeping is None:
            self._sweeping = self._loop.call_later(self._settings.idle, self._sweep)

    def forget(self) -> None:
        """Close the idle connections: one of them turned out to be dead, so the others may be."""
        for connection in self._idle:
            connection.quit()
        self._idle = []

    async def close(self) -> None:
        """Close the idle connections, and those that are lent when they come back."""
        self._closed = True
        if self._sweeping:
            self._sweeping.cancel()
        going = [connection.closed for connection in self._idle if not connection.closed.done()]
        self.forget()
        if going:
            await asyncio.wait(going, timeout=1)

    async def _slot(self, by: float) -> None:
        if not self._slots.locked():
            await self._slots.acquire()
            return
        try:
            async with asyncio.timeout_at(min(by, self._loop.time() + self._settings.command_timeout)):
                await self._slots.acquire()
        except TimeoutError as error:
            raise Unreachable(f"all {self._settings.connections} connections are busy") from error

    def _let_through(self) -> None:
        if not self.breaker.allows():
            raise Unreachable("the next hop failed a moment ago and is left alone for a few seconds")

    async def _connect(self, by: float) -> Connection:
        try:
            return await self._open(by)
        except Unreachable:
            self.breaker.failed()
            raise
        except BaseException:
            self.breaker.abandoned()
            raise

    def _sweep(self) -> None:
        """Close what was idle too long; the oldest stand first."""
        limit = self._loop.time() - self._settings.idle
        while self._idle and (self._idle[0].idle_since <= limit or not self._idle[0].usable):
            self._idle.pop(0).quit()
        wait = self._idle[0].idle_since - limit if self._idle else 0
        self._sweeping = self._loop.call_later(wait, self._sweep) if self._idle else None
