"""The way out: `Relay.deliver` hands a parcel to a next hop and says what became of each recipient."""

import asyncio
import re
import socket
import time
from collections.abc import Callable

from gateway.relay.breaker import Breaker
from gateway.relay.connection import Connection
from gateway.relay.dialogue import Dialogue
from gateway.relay.errand import BeforeDot, Errand
from gateway.relay.errors import Stale, Unreachable
from gateway.relay.opening import Opener, Trust
from gateway.relay.parcel import NextHop, Outcome, Parcel
from gateway.relay.patience import Patience
from gateway.relay.pool import Pool
from gateway.reply import NEXT_HOP_LOST, UNREACHABLE, printable
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
        self._most_octets: dict[NextHop, int] = {}

    @property
    def deadline(self) -> float:
        """How long a delivery may take, in seconds, where a client waits for it and for nothing else."""
        return self._settings.deadline

    async def deliver(
        self,
        hop: NextHop,
        parcel: Parcel,
        before_dot: BeforeDot = None,
        all_or_nothing: bool = False,
        seconds: float | None = None,
    ) -> Outcome:
        """Hand the parcel to the next hop, or to a spare; the octets go out as they are.

        A spare is turned to only while no transaction has begun: after MAIL
        the next hop's answer, or its silence, is what became of the parcel.
        ``before_dot`` is awaited once the next hop has agreed to take the
        message and before the final dot may go out; if it raises, nothing is
        delivered and its exception comes through. With ``all_or_nothing`` one
        refused recipient is enough for nothing to be sent
        (``Outcome.called_off``). Trouble with the next hop is 451 4.4.1 or
        4.4.2, never an exception. Raises ValueError for octets or addresses
        that must not be sent on at all: a bare CR, LF or NUL, a last line
        without CRLF. ``seconds`` for all of it are the settings' deadline,
        which a waiting client asks for, unless nobody waits.
        """
        errand = Errand.of(parcel, before_dot, all_or_nothing)
        patience = Patience.of(self._settings.deadline if seconds is None else seconds)
        return await self._to_first_reached(hop, errand, patience)

    def extensions(self, hop: NextHop) -> frozenset[str] | None:
        """Return what the next hop and its spares all offered last, as ``SMTPUTF8``; None if never asked."""
        known = [self._extensions[one] for one in hop.choices if one in self._extensions]
        return frozenset.intersection(*known) if known else None

    def most_octets(self, hop: NextHop) -> int:
        """Return the largest message that the next hop and its spares all take; 0 when none says."""
        return min(filter(None, (self._most_octets.get(one, 0) for one in hop.choices)), default=0)

    async def probe(self, hop: NextHop) -> frozenset[str] | None:
        """Return what the next hop and its spares offer now; None when none can be reached."""
        offers = await asyncio.gather(*(self._probe(one) for one in hop.choices))
        known = [offer for offer in offers if offer is not None]
        return frozenset.intersection(*known) if known else None

    async def close(self) -> None:
        """Close all idle connections; those in use are closed when they come back."""
        here = asyncio.get_running_loop()
        own = tuple(key for key, pool in self._pools.items() if pool.loop is here)
        await asyncio.gather(*(self._pools.pop(key).close() for key in own))

    async def _probe(self, hop: NextHop) -> frozenset[str] | None:
        pool = self._pool(hop)
        try:
            connection = await pool.take(True, Patience.of(self._settings.deadline).before_dot)
        except Unreachable:
            return None
        pool.breaker.abandoned()  # a greeting does not say that mail is taken
        self._note(hop, connection)
        pool.give(connection)
        return connection.extensions

    async def _to_first_reached(self, hop: NextHop, errand: Errand, patience: Patience) -> Outcome:
        problems: list[Unreachable] = []
        for nth, choice in enumerate(hop.choices):
            by = patience.share(len(hop.choices) - nth)
            try:
                return await self._run_afresh_if_stale(choice, errand, patience, by)
            except Unreachable as unreachable:
                problems.append(unreachable)
        words = printable("; ".join(map(str, problems)), 300)
        return errand.everyone(UNREACHABLE, problems[-1].stage, words)

    async def _run_afresh_if_stale(
        self, hop: NextHop, errand: Errand, patience: Patience, by: float
    ) -> Outcome:
        pool = self._pool(hop)
        try:
            return await self._run(hop, errand, patience, await pool.take(False, by))
        except Stale:
            pool.forget()
            return await self._run(hop, errand, patience, await pool.take(True, by))

    async def _run(self, hop: NextHop, errand: Errand, patience: Patience, connection: Connection) -> Outcome:
        pool = self._pool(hop)
        self._note(hop, connection)
        try:
            outcome = await Dialogue(connection, hop.protocol, self._settings, patience).run(errand)
        except BaseException:
            # Stale, cancelled, or `before_dot` failed: without a final dot the
            # next hop delivers nothing, so the connection must not be used again.
            connection.abort()
            pool.breaker.abandoned()
            raise
        finally:
            pool.give(connection)
        if NEXT_HOP_LOST in outcome.replies:
            pool.breaker.failed()
        else:
            pool.breaker.succeeded()
        return outcome

    def _note(self, hop: NextHop, connection: Connection) -> None:
        self._extensions[hop] = connection.extensions
        self._most_octets[hop] = connection.most_octets

    def _pool(self, hop: NextHop) -> Pool:
        loop = asyncio.get_running_loop()
        pool = self._pools.get((hop, loop))
        if pool is None:
            self._pools = {key: kept for key, kept in self._pools.items() if not kept.loop.is_closed()}
            opener = Opener(hop, self._settings, self._hostname, self._trust)
            pool = self._pools[hop, loop] = Pool(opener.open, self._settings, Breaker(self._clock))
        return pool
