"""Builds everything from the settings, in one place and by hand; starts it and stops it."""

import asyncio
import contextlib
import shutil
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gateway import queue, transactions
from gateway.doors import Doors
from gateway.duties.rounds import Duties
from gateway.errors import CouldNotBeDone
from gateway.follow import Follower, latest
from gateway.gate import Gate
from gateway.holding import Holding
from gateway.journal import Journal
from gateway.judging import Judging
from gateway.metrics import Metrics, StatusServer
from gateway.notices.waiting import waiting_notices
from gateway.readers import Readers
from gateway.relay import Relay
from gateway.reply import NO_SPACE, Reply
from gateway.settings import Settings
from gateway.smtp import Front
from gateway.store.database import Store
from gateway.store.errors import StoreError
from gateway.store.writer import Writer
from gateway.trace import Trace


@dataclass
class PortTaken(CouldNotBeDone):
    """A port to listen on that cannot be had."""

    key: str
    address: str
    problem: str

    def __str__(self) -> str:
        return f"cannot listen on {self.address} ({self.problem}); change {self.key} in gatepost.toml"


class DiskRoom:
    """Whether the store's disk keeps the reserve that the settings ask for; looked at once a second."""

    def __init__(self, folder: Path, reserve: int, clock: Callable[[], float]) -> None:
        self._folder, self._reserve, self._clock = folder, reserve, clock
        self._looked = float("-inf")
        self._short = False

    def refusal(self) -> Reply | None:
        """The reply to MAIL when space is low."""
        if self._clock() - self._looked >= 1:
            self._looked = self._clock()
            self._short = shutil.disk_usage(self._folder).free < self._reserve
        return NO_SPACE if self._short else None


class Service:
    """The gateway: `start`, then `stop`; what it listens on is in ``ports``."""

    def __init__(self, settings: Settings, *, with_duties: bool = True, with_fronts: bool = True) -> None:
        self._settings = settings
        self._with_duties, self._with_fronts = with_duties, with_fronts
        self.ports: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._open_parts = contextlib.AsyncExitStack()  # closed in the opposite order
        self._patience = 30.0
        self._started = False

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
            await self._listen()
        self._begin("follow", self._follower.follow)
        self._begin("probe", self._follower.probe)
        if self._with_duties:
            self._begin("duties", self._duties.run)
        self._started = True
        self.journal.event("started", lists=[one.list for one in self.gate.directory.lists], **self.ports)

    def _open(self) -> None:
        self.store = Store.open(self._settings.store_url, create=True)
        self.journal = Journal(self._settings.journal, self.store.secret())
        self._open_parts.callback(self.store.close)
        self.metrics = Metrics()
        self.metrics.waiting.set_function(lambda: self.store.read(queue.count_waiting))
        self.metrics.notices.set_function(lambda: self.store.read(waiting_notices))
        self._writer = Writer(self.store, self._loop)
        self._writer.start()
        self._open_parts.push_async_callback(asyncio.to_thread, self._writer.stop)

    def _build(self) -> None:
        settings = self._settings
        self._relay = Relay(settings.relay, hostname=self._hostname)
        self._open_parts.push_async_callback(self._relay.close)
        self._readers = Readers(settings.readers, self.journal.event)
        self._open_parts.push_async_callback(self._readers.close)
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
        )
        edition = latest(self.store)
        self.gate = Gate(self._doors(), edition.directory)
        self._follower = Follower(
            self.store, self.gate, self._relay, self.journal, self._duties.wake, edition.generation
        )

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

    def _doors(self) -> Doors:
        settings = self._settings
        return Doors(
            writer=self._writer,
            relay=self._relay,
            judging=Judging(self._readers, self._trace),
            holding=Holding(settings.retention.hold_days),
            trace=self._trace,
            room=DiskRoom(settings.folder, settings.store.min_free, self._loop.time),
            journal=self.journal,
            metrics=self.metrics,
            clock=now,
            wake=self._duties.wake,
            front_networks=settings.smtp.front_networks,
        )

    async def _recover(self) -> None:
        unknown = await self._writer.write(lambda connection: transactions.recover(connection, now()))
        if unknown:
            self.journal.event("recovered", transactions=unknown)

    async def _listen(self) -> None:
        settings = self._settings
        for protocol, listen in (("smtp", settings.smtp.listen), ("lmtp", settings.lmtp.listen)):
            if not listen:
                continue
            front = Front(settings.smtp, listen, protocol, self.gate, self.journal, self.metrics)
            try:
                host, port = await front.start()
            except OSError as error:
                raise PortTaken(f"{protocol}.listen", listen, error.strerror or str(error)) from error
            self._open_parts.push_async_callback(self._drain, front)
            self.ports[protocol] = f"{host}:{port}"
        if settings.http.listen:
            self._serve_status(settings.http.listen)

    async def _drain(self, front: Front) -> None:
        await front.drain(self._patience)

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
        return "" if self._writer.running else "stopped: the store's writer"


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)
