"""The rounds go on: woken, on time, after trouble, and to the end of what was begun."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

from gateway.duties.means import Means
from gateway.duties.rounds import Duties, Round
from gateway.holds import HoldState, Outcome
from tests.given.duties import House
from tests.given.sink import Behaviour, Sink
from tests.given.store import AUTHOR, finding, keep


def duties_of(means: Means) -> Duties:
    return Duties(**{field.name: getattr(means, field.name) for field in fields(Means)})


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def test_effects_of_decisions_start_within_two_seconds_without_being_woken(tmp_path: Path) -> None:
    with Sink() as sink, Sink() as server:
        house = House(tmp_path, sink.url, server.url)
        released, rejected = keep(house.store), keep(house.store, finding())

        async def job(means: Means) -> float:
            running = asyncio.create_task(duties_of(means).run())
            await asyncio.sleep(0.3)
            house.decide(released)
            house.decide(rejected, Outcome.REJECT)
            started = time.monotonic()
            await asyncio.to_thread(sink.wait, 1)
            # Both moderators' notices, the rejected author's, and the released author's.
            await asyncio.to_thread(server.wait, 4)
            taken = time.monotonic() - started
            await ended(running)
            return taken

        assert house.run(job) < 10  # 2 seconds, with five-fold slack
        assert [r.recipients for r in server.received].count((AUTHOR,)) == 2
    assert house.hold(released).state is HoldState.RELEASED


def test_a_stop_that_comes_with_a_wake_is_heard(tmp_path: Path) -> None:
    house = House(tmp_path, "lmtp://127.0.0.1:9")

    async def job(means: Means) -> None:
        for _ in range(5):
            duties = duties_of(means)
            running = asyncio.create_task(duties.run())
            await asyncio.sleep(0.2)
            duties.wake()
            await asyncio.sleep(0)
            running.cancel()
            _, late = await asyncio.wait({running}, timeout=10)
            assert not late

    house.run(job)


def test_a_stop_lets_a_delivery_end_that_has_begun(tmp_path: Path) -> None:
    with Sink(behaviour=Behaviour(delays={"DOT": 0.7})) as sink:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store)
        house.decide(hold_id)

        async def job(means: Means) -> None:
            duties = duties_of(means)
            running = asyncio.create_task(duties.run())
            duties.wake()
            while house.deliveries()[0].state != "dotted":  # noqa: ASYNC110  a row has no event
                await asyncio.sleep(0.02)
            await ended(running)

        house.run(job)
        assert len(sink.received) == 1
    assert house.hold(hold_id).state is HoldState.RELEASED


class Troubled:
    """A duty that fails in every way."""

    name = "troubled"

    def __init__(self) -> None:
        self.looks = 0

    async def due(self, room: int) -> Sequence[int]:
        self.looks += 1
        if self.looks == 1:
            raise OSError("the disk is full")
        return (1, 2) if self.looks == 2 else ()

    async def do(self, item: int) -> None:
        if item == 1:
            raise ValueError(item)


def test_trouble_in_a_duty_ends_in_the_journal_and_the_rounds_go_on(tmp_path: Path) -> None:
    house = House(tmp_path, "lmtp://127.0.0.1:9")
    duty = Troubled()

    async def job(means: Means) -> None:
        each = Round(duty, means)
        running = asyncio.create_task(each.run())
        while duty.looks < 3:
            each.wake()
            await asyncio.sleep(0.05)
        await ended(running)

    house.run(job)
    assert [line["error"] for line in house.events("duty_failed")] == ["OSError", "ValueError"]
