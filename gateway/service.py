"""Builds everything from the settings, in one place and by hand; starts it and stops it."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from gateway import queue, transactions
from gateway.addresses import Directory
from gateway.deaths import Deaths
from gateway.doors import Doors
from gateway.duties.rounds import Duties
from gateway.errors import CouldNotBeDone
from gateway.floods import Floods
from gateway.follow import Follower, latest
from gateway.gate import Gate
from gateway.holding import Holding
from gateway.journal import Journal
from gateway.judging import Judging
from gateway.lag import Lag
from gateway.metrics import Metrics, StatusServer
from gateway.notices.waiting import waiting_notices
from gateway.ours import Ours
from gateway.readers import Readers
from gateway.relay import Relay
from gateway.said import Memory
from gateway.scanners import Scanning
from gateway.settings import Settings
from gateway.smtp import Connections, Front
from gateway.smtp.handshakes import Handshakes
from gateway.store.database import Store
from gateway.store.disk import DiskRoom, refuse_network
from gateway.store.errors import StoreBroken, StoreError
from gateway.store.writer import Writer
from gateway.trace import Trace
from gateway.unhandled import Unhandled

if TYPE_CHECKING:
    from gateway.authentication.authenticator import Authenticator


@dataclass
class PortTaken(CouldNotBeDone):
    """A port to listen on that cannot be had."""

    key: str
    address: str
    problem: str

    def __str__(self) -> str:
        return f"cannot listen on {self.address} ({self.problem}); change {self.key} in gatepost.toml"


class Service:
    """The gateway: `start`, then `stop`; what it listens on is in ``ports``.

    ``sockets``, by protocol, go before what the settings say.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        with_duties: bool = True,
        with_fronts: bool = True,
        sockets: Mapping[str, socket.socket] = MappingProxyType({}),
    ) -> None:
        self._settings, self._sockets = settings, sockets
        self._with_duties, self._with_fronts = with_duties, with_fronts
        self.ports: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._fronts: list[Front] = []
        self._open_parts = contextlib.AsyncExitStack()  # closed in the opposite order
        self._patience = 30.0
        self._started = False
        self.ended = asyncio.Event()
        """Set when the store is lost, as ``lost`` then says: the process is to end, and start anew."""
        self.lost: StoreBroken | None = None

    async def start(self) -> None:
        """Open the store, recover, listen. Raises what the store and the ports have to say."""
        self._loop = asyncio.get_running_loop()
        try:
            await self._start()
        except BaseException:
            await self.stop(0)
            raise

    async def stop(self, seconds: float = 30) -> None:
        """Drain: sessions finish what they began, admissions are answered, writes are committed."""
        self._patience = seconds
        await self._open_parts.aclose()
        if self._started:
            self.journal.event("stopped")

    async def _start(self) -> None:
        self._open()
        self._build()
        if self._with_fronts:
            # Only whoever takes mail knows that nothing is in flight any more.
            await self._recover()
            self.gate.sender()  # so that the journal has low space before the first client asks
            await self._listen()
        self._begin("lag", Lag(self.journal, self.metrics).watch)
        self._begin("follow", self._follower.follow)
        self._begin("probe", self._follower.probe)
        if self._with_duties:
            self._begin("duties", self._duties.run)
        self._started = True
        self.journal.event("started", lists=[one.list for one in self.gate.directory.lists], **self.ports)

    def _open(self) -> None:
        url = self._settings.store_url
        if not self._settings.store.allow_network:
            refuse_network(Path(url.removeprefix("sqlite:///")))
        self.store = Store.open(url, create=True)
        self.journal = Journal(self._settings.journal, self.store.secret())
        self._loop.set_exception_handler(Unhandled(self.journal))
        self._open_parts.callback(self.store.close)
        self.metrics = Metrics()
        self.metrics.waiting.set_function(lambda: self.store.read(queue.count_waiting))
        self.metrics.notices.set_function(lambda: self.store.read(waiting_notices))
        self._writer = Writer(self.store, self._loop, self._lose)
        self._writer.start()
        self._open_parts.push_async_callback(asyncio.to_thread, self._writer.stop)

    def _lose(self, error: StoreBroken) -> None:
        self.journal.trouble("store_lost", error)
        self.lost = error
        self.ended.set()

    def _build(self) -> None:
        settings = self._settings
        self._relay = Relay(settings.relay, hostname=self._hostname)
        self._open_parts.push_async_callback(self._relay.close)
        self._readers = Readers(settings.readers, self.journal.event)
        self._open_parts.push_async_callback(self._readers.close)
        self._deaths = self._marked()
        self._authenticator = self._authenticates()
        self._scanning = Scanning(self.metrics.scanners, now)
        self._open_parts.push_async_callback(self._scanning.close)
        self._trace = Trace(self._hostname, self.store.secret())
        self._duties = Duties(
            writer=self._writer,
            store=self.store,
            relay=self._relay,
            settings=settings,
            journal=self.journal,
            clock=now,
            trace=self._trace,
            directory=lambda: self.gate.directory,
            authenticator=self._authenticator,
        )
        edition = latest(self.store)
        self.gate = Gate(self._doors(edition.directory), edition.directory)
        self._follower = Follower(
            self.store, self.gate, self._relay, self.journal, self._duties.wake, edition.generation
        )

    def _marked(self) -> Deaths:
        deaths = Deaths.beside(self.store.path)
        self._open_parts.callback(deaths.close)
        if deaths.trace:
            self.journal.event("crashed", trace=deaths.trace)
        deaths.watch()
        return deaths

    def _authenticates(self) -> "Authenticator | None":
        if self._settings.authentication.resolver == "off":
            return None
        from gateway.authentication.made import authenticator  # and so the DNS, only for those who ask it

        made = authenticator(self._settings.authentication)
        self._open_parts.push_async_callback(made.close)
        return made

    def _begin(self, name: str, part: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.create_task(self._lasting(name, part), name=name)
        self._tasks.append(task)
        self._open_parts.push_async_callback(_end, task)

    async def _lasting(self, name: str, part: Callable[[], Awaitable[None]]) -> None:
        try:
            await part()
        except Exception as error:  # noqa: BLE001  trouble: told here and by /healthz; the rest goes on
            self.journal.trouble("part_failed", error, part=name)

    @property
    def _hostname(self) -> str:
        return self._settings.smtp.hostname or socket.gethostname()

    def _doors(self, directory: Directory) -> Doors:
        settings = self._settings
        ours, memory = Ours.of(settings.smtp), Memory(self.store, self.store.secret())
        judging = Judging(self._readers, self._trace, memory, self._scanning, ours, self._authenticator)
        self._open_parts.push_async_callback(judging.close)
        return Doors(
            writer=self._writer,
            relay=self._relay,
            deaths=self._deaths,
            judging=judging,
            holding=Holding(settings.retention.hold_days),
            trace=self._trace,
            floods=Floods.recalled(settings.quotas, ours, self.store, directory, now()),
            room=DiskRoom(self.store.path.parent, settings.store.min_free, self._loop.time, self.journal),
            journal=self.journal,
            metrics=self.metrics,
            clock=now,
            wake=self._duties.wake,
            ours=ours,
        )

    async def _recover(self) -> None:
        unknown = await self._writer.write(lambda connection: transactions.recover(connection, now()))
        if unknown:
            self.journal.event("recovered", transactions=unknown)

    async def _listen(self) -> None:
        settings = self._settings
        # Strangers come to either of two ports, and count together; an MTA of ours is not kept out by them.
        self._open_parts.push_async_callback(self._drain)
        public, own = Connections(settings.smtp), Connections(settings.smtp)
        for name, listen, connections in (
            ("smtp", settings.smtp.listen, public),
            ("smtps", settings.smtps.listen, public),
            ("lmtp", settings.lmtp.listen, own),
        ):
            if door := self._sockets.get(name, listen):
                await self._open_door(name, door, connections)
        if settings.http.listen:
            self._serve_status(settings.http.listen)

    async def _open_door(self, name: str, door: str | socket.socket, connections: Connections) -> None:
        settings, opened = self._settings, [front.handshakes for front in self._fronts]
        handshakes = Handshakes.of(settings, self.journal, *opened[:1], needed=name == "smtps")
        front = Front(
            settings.smtp,
            door,
            name.removesuffix("s"),
            self.gate,
            self.journal,
            self.metrics,
            handshakes,
            implicit=name == "smtps",
            connections=connections,
        )
        try:
            self.ports[name] = ":".join(map(str, await front.start()))
        except OSError as error:
            raise PortTaken(f"{name}.listen", str(door), error.strerror or str(error)) from error
        self._fronts.append(front)

    async def _drain(self) -> None:
        # All at once: one after the other they would outlive what a supervisor waits.
        await asyncio.gather(*(front.drain(self._patience) for front in self._fronts))

    def _serve_status(self, listen: str) -> None:
        status = StatusServer(self.metrics, self._ill)
        host, _, port = listen.rpartition(":")
        try:
            host, taken = status.start(host, int(port))
        except OSError as error:
            raise PortTaken("http.listen", listen, error.strerror or str(error)) from error
        self._open_parts.push_async_callback(asyncio.to_thread, status.stop)
        self.ports["http"] = f"{host}:{taken}"

    def _ill(self) -> str:
        failed = [task.get_name() for task in self._tasks if task.done()]
        if failed:
            return f"stopped: {', '.join(failed)}"
        try:
            self.store.data_version()
        except StoreError as error:
            return str(error)
        if self._writer.checking:
            return "the store is being checked after a failure of the disk"
        return "" if self._writer.running else "stopped: the store's writer"


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)
