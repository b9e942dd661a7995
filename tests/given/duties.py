"""A store, a relay and the duties of one process, for tests of what is due."""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from gateway.addresses import Directory, Served
from gateway.desk import Desk, Order
from gateway.duties.means import Duty, Means
from gateway.duties.rounds import Round
from gateway.holds import Hold, Outcome
from gateway.journal import Journal
from gateway.notices.compose import decision_notices
from gateway.people import People
from gateway.relay import Relay
from gateway.settings import JournalSettings, RelaySettings, Settings, SubmissionSettings
from gateway.store.tables import DELIVERY, NOTICE
from gateway.store.writer import Writer
from gateway.trace import Trace
from rules.policy import Policy
from rules.profile import Person, Profile
from tests.given.store import ANN, BEN, LIST, NOW, new_store, show

T = TypeVar("T")
Item = TypeVar("Item")

QUICK = RelaySettings(command_timeout=1, data_timeout=1)


class House:
    """Everything that duties act with, on a clock that a test sets."""

    def __init__(self, folder: Path, next_hop: str, submission: str = "") -> None:
        self.now = NOW
        self.store = new_store(folder)
        self.lines = io.StringIO()
        self.journal = Journal(JournalSettings(), b"secret", self.lines)
        self.settings = Settings(relay=QUICK, submission=SubmissionSettings(url=submission))
        self.profile = Profile(
            list=LIST, next_hop=next_hop, moderators=(Person(address=ANN), Person(address=BEN))
        )
        self.directory = Directory((Served(Policy.of(self.profile, ()), 1),))

    def run(self, job: Callable[[Means], Awaitable[T]]) -> T:
        """What ``job`` returns, given the means of a process that is stopped afterwards."""

        async def run() -> T:
            writer = Writer(self.store, asyncio.get_running_loop())
            writer.start()
            relay = Relay(self.settings.relay, "gate.example")
            try:
                return await job(self.means(writer, relay))
            finally:
                await relay.close()
                await asyncio.to_thread(writer.stop)

        return asyncio.run(run())

    def means(self, writer: Writer, relay: Relay) -> Means:
        """The means of one process."""
        return Means(
            writer=writer,
            store=self.store,
            relay=relay,
            settings=self.settings,
            journal=self.journal,
            clock=lambda: self.now,
            trace=Trace("gate.example", b"secret"),
            directory=lambda: self.directory,
        )

    def round(self, duty: Callable[[Means], Duty[Item]]) -> int:
        """Have done what is due, as `Duties` would; returns how many items there were."""

        async def job(means: Means) -> int:
            chosen = duty(means)
            items = await chosen.due(10)
            await asyncio.gather(*(chosen.do(item) for item in items))
            return len(items)

        return self.run(job)

    def look(self, duty: Callable[[Means], Duty[Item]]) -> None:
        """Have done what is due, and let trouble end in the journal."""

        async def job(means: Means) -> None:
            each = Round(duty(means), means)
            await each.look()
            await each.finish()

        self.run(job)

    def decide(self, hold_id: str, action: Outcome = Outcome.RELEASE, undo: float = 0) -> Hold:
        """Ann decides; the effect is due after ``undo`` seconds."""
        people = People.of(LIST, self.profile.moderators, (), ())
        desk = Desk(people, timedelta(seconds=undo), partial(decision_notices, self.profile))
        order = Order(hold_id, action, ANN, reason="because")
        return self.store.write(lambda c: desk.decide(c, order, self.now))

    def wait(self, **span: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**span)
        return self.now

    def hold(self, hold_id: str) -> Hold:
        """The hold as it stands."""
        return show(self.store, hold_id)

    def deliveries(self) -> tuple[Any, ...]:
        """The rows of deliveries."""
        return self.rows(select(DELIVERY).order_by(DELIVERY.c.id))

    def notices(self, state: str = "waiting") -> tuple[tuple[str, str], ...]:
        """Kind and recipient of the notices in a state."""
        found = self.rows(select(NOTICE).where(NOTICE.c.state == state).order_by(NOTICE.c.id))
        return tuple((row.kind, row.recipient) for row in found)

    def rows(self, query: Any) -> tuple[Any, ...]:
        """What a query finds."""

        def job(connection: Connection) -> tuple[Any, ...]:
            return tuple(connection.execute(query).all())

        return self.store.read(job)

    def events(self, name: str = "") -> list[dict[str, Any]]:
        """The journal's lines, or those of one event."""
        lines = [json.loads(line) for line in self.lines.getvalue().splitlines()]
        return [line for line in lines if not name or line["event"] == name]
