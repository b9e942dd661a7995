"""The way out: `Relay.deliver` hands a parcel to a next hop and says what became of each recipient."""

import asyncio
import re
import socket
import time
from collections.abc import Callable

from gateway.relay.breaker import Breaker
from gateway.relay.dialogue import Dialogue
from gateway.relay.errand import BeforeDot, Errand
from gateway.relay.errors import Stale, Unreachable
from gateway.relay.opening import Opener, Trust
from gateway.relay.parcel import NextHop, Outcome, Parcel
from gateway.relay.pool import Pool
from gateway.reply import UNREACHABLE, printable
from gateway.settings import RelaySettings

_HOSTNAME = re.compile(r"[A-Za-z0-9._:\[\]-]{1,255}")


class Relay:
    """Delivers to any number of next hops over connections that it keeps open.

    ``hostname`` is said in EHLO, "" for the machine's own; ``clock`` counts
    seconds and never goes back.
    """

    def __init__(
        self,
        settings: RelaySettings,
        hostname: str = "",
        clock: Callable[[], float] = time.monotonic,
        trust: Trust | None = None,
    ) -> None:
        own = hostname or socket.gethostname()
        self._hostname = own if _HOSTNAME.fullmatch(own) else "localhost"
        self._settings = settings
        self._clock = clock
        self._trust = trust or Trust()
        self._pools: dict[tuple[NextHop, asyncio.AbstractEventLoop], Pool] = {}
        self._extensions: dict[NextHop, frozenset[str]] = {}

    async def deliver(
        self, hop: NextHop, parcel: Parcel, before_dot: BeforeDot = None, all_or_nothing: bool = False
    ) -> Outcome:
        """Hand the parcel to the next hop; the octets go out as they are.

        ``before_dot`` is awaited once the next hop has agreed to take the
        message and before the final dot may go out; if it raises, nothing is
        delivered and its exception comes through. With ``all_or_nothing`` one
        refused recipient is enough for nothing to be sent
        (``Outcome.called_off``). Trouble with the next hop is 451 4.4.1 or
        4.4.2, never an exception. Raises ValueError for octets or addresses
        that must not be sent on at all: a bare CR, LF or NUL, a last line
        without CRLF.
        """
        errand = Errand.of(parcel, before_dot, all_or_nothing)
        pool = self._pool(hop)
        try:
            try:
                return await self._run(hop, errand, pool, fresh=False)
            except Stale:
                pool.forget()
                return await self._run(hop, errand, pool, fresh=True)
        except Unreachable as unreachable:
            return errand.everyone(UNREACHABLE, unreachable.stage, printable(str(unreachable), 300))

    def extensions(self, hop: NextHop) -> frozenset[str] | None:
        """Return what the next hop offered last, as ``SMTPUTF8``; None when it was never asked."""
        return self._extensions.get(hop)

    async def probe(self, hop: NextHop) -> frozenset[str] | None:
        """Return what the next hop offers now; None when it cannot be reached."""
        pool = self._pool(hop)
        try:
            connection = await pool.take(fresh=True)
        except Unreachable:
            return None
        self._extensions[hop] = connection.extensions
        pool.give(connection)
        return connection.extensions

    async def close(self) -> None:
        """Close all idle connections; those in use are closed when they come back."""
        here = asyncio.get_running_loop()
        own = tuple(key for key, pool in self._pools.items() if pool.loop is here)
        await asyncio.gather(*(self._pools.pop(key).close() for key in own))

    async def _run(self, hop: NextHop, errand: Errand, pool: Pool, fresh: bool) -> Outcome:
        connection = await pool.take(fresh)
        self._extensions[hop] = connection.extensions
        try:
            return await Dialogue(connection, hop.protocol, self._settings).run(errand)
        except BaseException:
            # Cancelled, or `before_dot` failed: without a final dot the next
            # hop delivers nothing, so the connection must not be used again.
            connection.abort()
            raise
        finally:
            pool.give(connection)

    def _pool(self, hop: NextHop) -> Pool:
        loop = asyncio.get_running_loop()
        pool = self._pools.get((hop, loop))
        if pool is None:
            self._pools = {key: kept for key, kept in self._pools.items() if not kept.loop.is_closed()}
            opener = Opener(hop, self._settings, self._hostname, self._trust)
            pool = self._pools[hop, loop] = Pool(opener.open, self._settings, Breaker(self._clock))
        return pool
