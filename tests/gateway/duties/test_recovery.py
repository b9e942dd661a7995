"""What a crash, a second process or a fault of ours leaves is put right, and nothing goes out twice."""

import asyncio
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from gateway import queue
from gateway.addresses import Directory, Served
from gateway.duties.deliver import Deliver
from gateway.duties.means import Means
from gateway.duties.rounds import Duties
from gateway.holds import HoldState
from gateway.outbox import deliveries
from gateway.store import codec
from gateway.store.shift import Shift
from gateway.store.tables import DELIVERY, NOTICE, OCTETS
from tests.given.duties import House
from tests.given.sink import Behaviour, Sink
from tests.given.store import ANN, BEN, arrival, keep, keep_passing


class Broken(Directory):
    """A directory with a fault."""

    def named(self, list_address: str) -> Served | None:
        raise RuntimeError(list_address)


def test_a_crash_before_the_dot_is_tried_again_when_the_lease_ends(tmp_path: Path) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        house.decide(keep(house.store))
        until = house.now + timedelta(minutes=5)
        house.store.write(lambda c: deliveries.lease(c, 1, house.now, until))
        assert house.round(Deliver) == 0
        house.wait(minutes=6)
        assert house.round(Deliver) == 1
        assert len(sink.received) == 1


def test_a_crash_after_the_dot_is_unknown_and_moderators_are_asked(tmp_path: Path) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store)
        house.decide(hold_id)
        until = house.now + timedelta(minutes=5)
        house.store.write(lambda c: deliveries.lease(c, 1, house.now, until))
        house.store.write(lambda c: deliveries.dotted(c, 1, until))
        house.wait(minutes=6)
        assert house.round(Deliver) == 0
        assert sink.received == ()
    assert house.hold(hold_id).state is HoldState.UNKNOWN
    assert ("moderator-unknown", BEN) in house.notices()
    assert house.events("release_unknown")[0]["alarm"] is True


def test_two_processes_deliver_a_post_once(tmp_path: Path) -> None:
    with Sink(behaviour=Behaviour(delays={"DATA": 0.2})) as sink:
        house = House(tmp_path, sink.url)
        for _ in range(5):
            house.decide(keep(house.store))

        async def job(means: Means) -> None:
            async def process() -> None:
                duty = Deliver(means)
                await asyncio.gather(*(duty.do(item) for item in await duty.due(10)))

            await asyncio.gather(process(), process())

        house.run(job)
        assert len(sink.received) == 5


def test_no_dot_is_sent_once_the_lease_is_lost(tmp_path: Path) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store)
        house.decide(hold_id)

        async def job(means: Means) -> None:
            duty = Deliver(means)
            (item,) = await duty.due(10)
            taken = update(DELIVERY).values(state="dotted")
            await means.writer.write(lambda c: c.execute(taken))
            await duty.do(item)

        house.run(job)
        assert sink.received == ()
    assert [row.state for row in house.deliveries()] == ["dotted"]


def test_a_list_that_is_not_served_any_more_waits(tmp_path: Path) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store)
        house.decide(hold_id)
        house.directory = Directory(())
        house.round(Deliver)
        assert sink.received == ()
    assert house.hold(hold_id).state is HoldState.RELEASING


def test_octets_that_are_missing_are_a_failed_release_and_not_a_loop(tmp_path: Path) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store)
        house.decide(hold_id)
        house.store.write(lambda c: c.execute(OCTETS.delete()))
        house.round(Deliver)
    assert house.hold(hold_id).state is HoldState.RELEASE_FAILED
    assert house.hold(hold_id).reply.startswith("554 5.3.0 The message is missing")


def damage(house: House, table: str, column: str, body: str) -> None:
    house.store.write(lambda c: c.exec_driver_sql(f"UPDATE {table} SET {column} = {body} WHERE rowid = 1"))  # noqa: S608


DAMAGES = [("nothing of ours", "x'00ff'"), ("another message", f"x'{zlib.compress(b'Hello').hex()}'")]


@pytest.mark.parametrize("body", [body for _, body in DAMAGES], ids=[name for name, _ in DAMAGES])
def test_a_damaged_message_comes_back_to_the_moderator_and_others_go_out(tmp_path: Path, body: str) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        broken, whole = keep(house.store), keep(house.store, octets=b"Subject: Whole\r\n\r\nWhole.\r\n")
        house.decide(broken)
        house.decide(whole)
        damage(house, "octets", "body", body)
        assert house.round(Deliver) == 2
        assert house.round(Deliver) == 0, "it is not tried for ever"
        assert [b"Whole." in received.octets for received in sink.received] == [True]
    assert house.hold(whole).state is HoldState.RELEASED
    assert house.hold(broken).state is HoldState.RELEASE_FAILED
    assert house.hold(broken).reply.startswith("554 5.3.0 The message is damaged in the store")
    letters = house.rows(
        select(NOTICE).where(NOTICE.c.hold_id == broken, NOTICE.c.kind != "moderator-decided")
    )
    assert {(row.kind, row.recipient) for row in letters} == {
        ("moderator-lost", ANN),
        ("moderator-lost", BEN),
    }
    words = " ".join(codec.expanded(letters[0].octets).decode().split())
    assert "Why: 554 5.3.0 The message is damaged in the store and is sent to nobody" in words


def test_a_passing_post_that_is_damaged_becomes_a_hold(tmp_path: Path) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        keep_passing(house.store, arrival())
        damage(house, "octets", "body", "x'00ff'")
        house.round(Deliver)
        assert sink.received == ()
    (waits,) = house.store.read(lambda c: queue.waiting(c, queue.Filter()))
    assert waits.state is HoldState.RELEASE_FAILED


def test_trouble_is_journalled_and_the_post_is_tried_again_when_its_lease_ends(tmp_path: Path) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store)
        house.decide(hold_id)
        served = house.directory
        house.directory = Broken(())
        house.look(Deliver)
        assert [line["duty"] for line in house.events("duty_failed")] == ["deliver"]
        house.directory = served
        house.wait(minutes=6)
        house.look(Deliver)
        assert len(sink.received) == 1
    assert house.hold(hold_id).state is HoldState.RELEASED


def test_who_comes_alone_takes_up_at_once_what_the_dead_had_in_hand(tmp_path: Path) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        house.decide(keep(house.store))
        until = house.now + timedelta(minutes=5)
        house.store.write(lambda c: deliveries.lease(c, 1, house.now, until))
        house.run(lambda means: at_work(means, lambda: len(sink.received) == 1))
        assert len(sink.received) == 1


def test_who_comes_second_leaves_the_first_ones_leases_alone(tmp_path: Path) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        house.decide(keep(house.store))
        until = house.now + timedelta(minutes=5)
        first = Shift(house.store.path)
        assert first.begin()
        first.settle()
        house.store.write(lambda c: deliveries.lease(c, 1, house.now, until))
        house.run(lambda means: at_work(means, lambda: False, seconds=0.5))
        assert sink.received == ()
        first.end()


async def at_work(means: Means, done: Callable[[], bool], seconds: float = 10) -> None:
    """Let the duties go their rounds until it is done, or for so long."""
    values = {field.name: getattr(means, field.name) for field in fields(means)}
    working = asyncio.create_task(Duties(**values).run())
    ends = time.monotonic() + seconds
    while not done() and time.monotonic() < ends:  # noqa: ASYNC110  what arrived has no event
        await asyncio.sleep(0.02)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
