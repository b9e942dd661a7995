"""A gate with a real store, writer, relay and readers, and no socket in front: messages in, answers out."""

import asyncio
import io
import json
from collections.abc import Awaitable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Select, select

from gateway import queue, transactions
from gateway.addresses import Directory, Served
from gateway.authentication.made import authenticator
from gateway.deaths import Deaths
from gateway.doors import Doors
from gateway.floods import Floods
from gateway.gate import Gate
from gateway.holding import Holding
from gateway.journal import Journal
from gateway.judging import Judging
from gateway.metrics import Metrics
from gateway.ours import Ours
from gateway.readers import Readers
from gateway.relay import Relay
from gateway.said import Memory
from gateway.scanners import Scanning
from gateway.settings import (
    AuthenticationSettings,
    JournalSettings,
    QuotaSettings,
    ReaderSettings,
    RelaySettings,
    SmtpSettings,
)
from gateway.smtp import Admitted
from gateway.store.disk import DiskRoom
from gateway.store.tables import DELIVERY, HOLD, NOTICE, OCTETS, TRANSACTION
from gateway.store.writer import Writer
from gateway.trace import Trace
from rules.message import Envelope, Message
from rules.pack import Pack, find_pack, read_pack
from rules.policy import compose
from rules.profile import LocalSettings, Mode, Person, Profile
from tests.given.client import post
from tests.given.gatepost import HOUSE
from tests.given.store import NOW, new_store

T = TypeVar("T")

PHYSICS, CHEMISTRY = "physics@lists.example", "chemistry@lists.example"
SENDER = b"ann@member.example"
CLEAN = post("Which build-up cap do you use at 10 MV?")
FLAGGED = post("Please vote for the Blue Party on Thursday.")
QUICK = RelaySettings(connect_timeout=2, command_timeout=2, data_timeout=2)


def served(
    hop: str | list[str], address: str = PHYSICS, packs: tuple[str, ...] = (HOUSE,), **profile: Any
) -> Served:
    """A list in force; ``action`` is what its clause on party politics does, ``status`` how it stands."""
    local = {key: profile.pop(key) for key in ("action", "status") if key in profile}
    clauses = {"party": LocalSettings.model_validate(local)} if local else {}
    return Served(
        compose(
            Profile(
                list=address,
                next_hop=hop,
                moderators=(Person(address="mod@lists.example"),),
                trusted_networks=profile.pop("trusted_networks", ("127.0.0.0/8",)),
                mode=profile.pop("mode", Mode.ENFORCE),
                clauses=clauses,
                **profile,
            ),
            tuple(_pack(pack) for pack in packs),
        ),
        1,
    )


def _pack(name: str) -> Pack:
    return _shipped(name) if "/" not in name else read_pack(find_pack(name, Path.cwd()))


@cache
def _shipped(name: str) -> Pack:
    return read_pack(find_pack(name, Path.cwd()))


class Gatehouse:
    """The gate and all that it acts through; the clock is a test's to set."""

    def __init__(
        self, folder: Path, *lists: Served, readers: ReaderSettings | None = None, resolver: str = ""
    ) -> None:
        self.now: datetime = NOW
        self.folder = folder
        self.lists = lists
        self.lines = io.StringIO()
        self.woken = 0
        self.quotas = QuotaSettings()
        self.journalled = JournalSettings()
        self.ours = Ours.of(SmtpSettings())
        self._reader_settings = readers or ReaderSettings()
        self._resolver = resolver

    def __enter__(self) -> Self:
        self._runner = asyncio.Runner()
        loop = self._runner.get_loop()
        self.store = new_store(self.folder)
        self.writer = Writer(self.store, loop)
        self.writer.start()
        self.relay = Relay(QUICK, "gate.example")
        self.journal = Journal(self.journalled, b"secret", self.lines)
        self.readers = Readers(self._reader_settings, self.journal.event)
        self.deaths = Deaths.beside(self.store.path)
        asks = AuthenticationSettings(resolver=self._resolver or "off")
        self.authenticator = authenticator(asks) if self._resolver else None
        self.trace = Trace("gate.example", b"secret")
        self.metrics = Metrics()
        self.judging = self._judging()
        self.gate = Gate(self._doors(loop), Directory(self.lists))
        return self

    def _judging(self) -> Judging:
        return Judging(
            self.readers,
            self.trace,
            Memory(self.store, b"secret"),
            Scanning(self.metrics.scanners, lambda: self.now),
            self.ours,
            self.authenticator,
        )

    def _doors(self, loop: asyncio.AbstractEventLoop) -> Doors:
        return Doors(
            writer=self.writer,
            relay=self.relay,
            deaths=self.deaths,
            judging=self.judging,
            holding=Holding(14),
            trace=self.trace,
            floods=Floods(self.quotas, self.ours),
            room=DiskRoom(self.folder, 0, loop.time),
            journal=self.journal,
            metrics=self.metrics,
            clock=lambda: self.now,
            wake=self._wake,
            ours=self.ours,
        )

    def _wake(self) -> None:
        self.woken += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run(self.judging.close())
        self.run(self.readers.close())
        if self.authenticator is not None:
            self.run(self.authenticator.close())
        self.run(self.relay.close())
        self.run(asyncio.to_thread(self.writer.stop))
        self.deaths.close()
        self._runner.close()
        self.store.close()

    def run(self, job: Awaitable[T]) -> T:
        """What ``job`` returns."""

        async def wait() -> T:
            return await job

        return self._runner.run(wait())

    def admit(
        self, octets: bytes, *recipients: str, sender: bytes = SENDER, lmtp: bool = False, **envelope: Any
    ) -> Admitted:
        """What the gate says to a message for these recipients, or for the physics list."""
        return self.run(self.gate.admit(arriving(octets, *recipients, sender=sender, **envelope), lmtp=lmtp))

    def said(self, octets: bytes, *recipients: str, **more: Any) -> str:
        """The one reply that an SMTP client gets."""
        replies = {str(reply) for reply in self.admit(octets, *recipients, **more).replies}
        assert len(replies) == 1, replies
        return replies.pop()

    def at_rcpt(self, address: str, size: int = 0) -> str:
        """What is said to a RCPT, "" when the address is accepted; ``size`` is what MAIL declared."""
        reply = self.gate.recipient(address.encode(), size)
        return str(reply) if reply else ""

    def confirm(self, admitted: Admitted) -> None:
        """The client went on talking after our reply."""
        self.gate.confirmed(admitted.transactions)

    def settled(self) -> None:
        """Return when everything given to the writer is written."""
        self.run(self.writer.write(lambda connection: None))

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def rows(self, query: Select[Any]) -> tuple[Any, ...]:
        """What a query finds, once everything is written."""
        self.settled()
        return self.store.read(lambda connection: tuple(connection.execute(query).all()))

    @property
    def transactions(self) -> tuple[Any, ...]:
        """The rows of transactions, in the order of their arrival."""
        return self.rows(select(TRANSACTION).order_by(TRANSACTION.c.received, TRANSACTION.c.id))

    @property
    def states(self) -> tuple[str, ...]:
        """The states of all transactions, sorted."""
        return tuple(sorted(row.state for row in self.transactions))

    @property
    def judgements(self) -> tuple[dict[str, Any], ...]:
        """What the transactions say of the lists' verdicts, by list."""
        found = [each for row in self.transactions for each in json.loads(row.judgements)]
        return tuple(sorted(found, key=lambda each: str(each["list"])))

    @property
    def holds(self) -> tuple[queue.Hold, ...]:
        """The holds, by list."""
        names = [row.id for row in self.rows(select(HOLD).order_by(HOLD.c.list, HOLD.c.received))]
        return tuple(self.store.read(lambda c, name=name: queue.get(c, name)) for name in names)

    @property
    def deliveries(self) -> tuple[Any, ...]:
        """The rows of deliveries."""
        return self.rows(select(DELIVERY).order_by(DELIVERY.c.id))

    @property
    def notices(self) -> tuple[tuple[str, str], ...]:
        """Kind and recipient of each notice."""
        rows = self.rows(select(NOTICE).order_by(NOTICE.c.id))
        return tuple((row.kind, row.recipient) for row in rows)

    @property
    def bodies(self) -> int:
        """How many messages' octets are kept."""
        return len(self.rows(select(OCTETS.c.digest)))

    def octets(self, digest: str) -> bytes:
        """A kept message's octets."""
        return self.store.read(lambda connection: queue.octets(connection, digest))

    def events(self, name: str = "") -> list[dict[str, Any]]:
        """The journal's lines, or those of one event."""
        lines = [json.loads(line) for line in self.lines.getvalue().splitlines()]
        return [line for line in lines if not name or line["event"] == name]

    def recover(self) -> int:
        """What a start does about transactions that were in flight when the gateway died."""
        return self.run(self.writer.write(lambda c: transactions.recover(c, self.now)))


def arriving(octets: bytes, *recipients: str, sender: bytes = SENDER, **envelope: Any) -> Message:
    """A message as the front hands it over."""
    addresses = tuple(recipient.encode() for recipient in recipients or (PHYSICS,))
    return Message(Envelope(sender, addresses, **{"client": "127.0.0.1"} | envelope), octets)
