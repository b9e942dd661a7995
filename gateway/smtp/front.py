"""Listens for mail, and stops listening: the sessions of one port and what they share."""

import asyncio
import contextlib
import itertools
import logging
import socket
from dataclasses import dataclass, field

from gateway.journal import Journal
from gateway.metrics import Metrics
from gateway.settings import SmtpSettings
from gateway.smtp.admission import Admission, Admissions
from gateway.smtp.dialogue import Terms
from gateway.smtp.handshakes import Handshakes
from gateway.smtp.house import House
from gateway.smtp.limits import Connections
from gateway.smtp.lmtp import Protocol
from gateway.smtp.session import Session

RENEWAL = 10  # ticks between looks at the certificate's files
TICK = 0.5  # seconds between looks at who is too slow
BACKLOG = 256


@dataclass
class Front:
    """One listening port: `start`, then `drain`. ``protocol`` is ``smtp`` or ``lmtp``.

    ``listen`` is `HOST:PORT`, or a socket that listens already. With
    ``handshakes`` STARTTLS is offered, or, where TLS is ``implicit``, comes
    first. ``connections`` are its own unless several fronts count together.
    """

    settings: SmtpSettings
    listen: str | socket.socket
    protocol: Protocol | str
    admission: Admission
    journal: Journal
    metrics: Metrics
    handshakes: Handshakes | None = None
    implicit: bool = False
    connections: Connections | None = None
    _house: House = field(init=False)
    _server: asyncio.Server = field(init=False)
    _watch: "asyncio.Task[None]" = field(init=False)

    async def start(self) -> tuple[str, int]:
        """Listen; returns where. Raises OSError when the port cannot be had."""
        # aiosmtpd writes addresses and whole messages to its log.
        for name in ("mail.log", "mail.debug"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        hostname = self.settings.hostname or socket.gethostname()
        self._house = House(
            terms=Terms(self.settings, hostname, Protocol(self.protocol), self.admission, self.handshakes),
            journal=self.journal,
            metrics=self.metrics,
            connections=self.connections or Connections(self.settings),
            admissions=Admissions(self.admission, self.journal),
            implicit=self.implicit,
        )
        self._server = await self._serve()
        self._watch = asyncio.create_task(self._keep_watch(), name=f"watch-{self.protocol}")
        address = self._server.sockets[0].getsockname()
        return str(address[0]), int(address[1])

    async def _serve(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        if isinstance(self.listen, socket.socket):
            return await loop.create_server(lambda: Session(self._house), sock=self.listen, backlog=BACKLOG)
        host, _, port = self.listen.rpartition(":")
        return await loop.create_server(
            lambda: Session(self._house), host.strip("[]"), int(port), backlog=BACKLOG
        )

    async def drain(self, seconds: float) -> bool:
        """Stop listening and let sessions finish their message; False if some did not within ``seconds``."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        self._house.closing = True
        self._server.close()
        for session in tuple(self._house.sessions):
            session.close_when_idle()
        finished = await self._conversations_end(seconds)
        finished &= await self._house.admissions.finished(max(0.0, deadline - loop.time()))
        self._watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._watch
        if self._house.sessions:
            # For the last replies to be read before the connections go.
            await asyncio.sleep(min(0.1, seconds))
        for session in tuple(self._house.sessions):
            session.abort()
        return finished

    async def _conversations_end(self, seconds: float) -> bool:
        tasks = {session.conversation for session in self._house.sessions}
        under_way = {task for task in tasks if task is not None and not task.done()}
        if not under_way:
            return True
        _, pending = await asyncio.wait(under_way, timeout=seconds)
        return not pending

    async def _keep_watch(self) -> None:
        loop = asyncio.get_running_loop()
        for tick in itertools.count():
            await asyncio.sleep(TICK)
            if self.handshakes is not None and tick % RENEWAL == 0:
                self.handshakes.certificates.renew()
            now = loop.time()
            for session in tuple(self._house.sessions):
                session.check(now)
            turned_away, self._house.connections.turned_away = self._house.connections.turned_away, 0
            if turned_away:
                self.journal.event("connections_refused", protocol=str(self.protocol), count=turned_away)
