"""What nobody decided on ends, and is purged, at its time: not because of a wrong clock."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway import audit, queue, said, transactions
from gateway.duties.expire import Expire
from gateway.duties.means import Means
from gateway.duties.purge import Purge
from gateway.duties.steady import ClockJumped, Steady
from gateway.holds import HoldState, Outcome
from gateway.settings import RetentionSettings, Settings
from gateway.store.tables import HOLD, OCTETS, SAID, TRANSACTION
from tests.given.duties import House
from tests.given.store import ANN, AUTHOR, BEN, NOW, arrival, finding, keep, new_hold

NOWHERE = "lmtp://127.0.0.1:9"


def test_a_hold_expires_after_a_fortnight_and_everybody_is_told(tmp_path: Path) -> None:
    house = House(tmp_path, NOWHERE)
    hold_id = keep(house.store)
    house.wait(days=14)
    assert house.round(Expire) == 0
    house.wait(seconds=1)
    assert house.round(Expire) == 1
    assert house.round(Expire) == 0
    hold = house.hold(hold_id)
    assert hold.state is HoldState.EXPIRED
    assert hold.decision is not None
    assert hold.decision.by == "expiry"
    assert set(house.notices()) == {
        ("moderator-expired", ANN),
        ("moderator-expired", BEN),
        ("author-expired", AUTHOR.decode()),
    }
    assert [line["id"] for line in house.events("expired")] == [hold_id]


def test_a_hold_whose_clause_says_how_long_expires_by_that(tmp_path: Path) -> None:
    house = House(tmp_path, NOWHERE)
    short = replace(new_hold(), days=2)
    assert house.store.write(lambda c: queue.hold(c, arrival(), (short,))) is None
    house.wait(days=2)
    assert house.round(Expire) == 0
    house.wait(seconds=1)
    assert house.round(Expire) == 1
    assert house.hold(short.id).state is HoldState.EXPIRED


def test_a_hold_that_is_decided_at_the_last_moment_stays_decided(tmp_path: Path) -> None:
    house = House(tmp_path, NOWHERE)
    hold_id = keep(house.store)
    house.wait(days=15)

    async def job(means: Means) -> None:
        duty = Expire(means)
        (due,) = await duty.due(10)
        house.decide(hold_id, Outcome.DISCARD)
        await duty.do(due)

    house.run(job)
    assert house.hold(hold_id).state is HoldState.DISCARDED
    assert house.events("expired") == []


def test_a_thousand_holds_that_are_due_are_taken_in_portions(tmp_path: Path) -> None:
    house = House(tmp_path, NOWHERE)
    for _ in range(5):
        keep(house.store)
    house.wait(days=15)

    async def job(means: Means) -> list[int]:
        duty = Expire(means)
        portions = []
        while items := await duty.due(2):
            portions.append(len(items))
            for item in items:
                await duty.do(item)
        return portions

    assert house.run(job) == [2, 2, 1]


class Clocks:
    """A wall clock and a monotonic one that a test moves."""

    def __init__(self) -> None:
        self.wall, self.ticks = NOW, 1000.0

    def wait(self, seconds: float, jump: timedelta = timedelta(0)) -> None:
        self.ticks += seconds
        self.wall += timedelta(seconds=seconds) + jump

    def now(self) -> datetime:
        return self.wall

    def count(self) -> float:
        return self.ticks


def test_a_jump_of_the_clock_stops_what_looks_at_dates_for_an_hour() -> None:
    clocks = Clocks()
    steady = Steady(60, clocks.now, clocks.count)
    assert steady.now() == NOW
    assert steady.now() is None
    clocks.wait(60, timedelta(days=30))
    with pytest.raises(ClockJumped):
        steady.now()
    clocks.wait(60, timedelta(days=-30))
    with pytest.raises(ClockJumped):
        steady.now()
    clocks.wait(3599)
    assert steady.now() is None
    clocks.wait(1)
    assert steady.now() == clocks.wall


def test_nothing_expires_because_of_a_clock_that_jumped(tmp_path: Path) -> None:
    house = House(tmp_path, NOWHERE)
    hold_id = keep(house.store)

    async def job(means: Means) -> None:
        duty = Expire(means)
        assert await duty.due(10) == ()
        house.wait(days=30)
        with pytest.raises(ClockJumped):
            await duty.due(10)
        assert await duty.due(10) == ()

    house.run(job)
    assert house.hold(hold_id).state is HoldState.HELD


def test_words_and_octets_of_a_post_are_purged_a_month_after_its_decision(tmp_path: Path) -> None:
    house = House(tmp_path, NOWHERE)
    hold_id = keep(house.store, finding(), subject="About X")
    house.decide(hold_id, Outcome.DISCARD)
    house.wait(days=30)
    house.round(Purge)
    assert house.hold(hold_id).subject == "About X"
    house.wait(seconds=1)
    house.round(Purge)
    assert house.rows(HOLD.select())[0].subject == ""
    assert house.rows(OCTETS.select()) == ()
    assert house.events("purged")[0]["holds"] == 1


def test_once_a_day_it_forgets_that_old_posts_came(tmp_path: Path) -> None:
    house = House(tmp_path, NOWHERE)
    house.store.write(lambda c: transactions.begin(c, arrival()))
    house.store.write(lambda c: transactions.recover(c, house.now))
    house.wait(days=90)
    house.round(Purge)
    assert len(house.rows(TRANSACTION.select())) == 1
    house.wait(days=1)
    house.round(Purge)
    assert house.rows(TRANSACTION.select()) == ()


def test_how_long_each_thing_is_kept_is_what_the_settings_say(tmp_path: Path) -> None:
    house = House(tmp_path, NOWHERE)
    kept = RetentionSettings(hold_days=2, octets_days=3, quotes_days=9, records_days=11)
    house.settings = Settings(retention=kept)
    waits, decided = keep(house.store), keep(house.store, finding(), subject="About X")
    house.decide(decided, Outcome.DISCARD)
    house.store.write(lambda c: said.keep(c, (1,), NOW))
    house.store.write(lambda c: transactions.begin(c, arrival()))
    house.store.write(lambda c: transactions.recover(c, NOW))
    gone = {
        kept.hold_days: lambda: house.hold(waits).state is HoldState.EXPIRED,
        kept.octets_days: lambda: house.hold(decided).subject == "",
        # What was said is known by its day alone, and that day has to be over.
        kept.quotes_days + 1: lambda: not house.rows(SAID.select()),
        kept.records_days: lambda: len(house.rows(TRANSACTION.select())) == 2,
    }
    for day in range(1, 13):
        house.now = NOW + timedelta(days=day, seconds=1)
        house.round(Expire)
        house.round(Purge)
        assert {days: is_gone() for days, is_gone in gone.items()} == {days: day >= days for days in gone}


def test_the_journal_gets_the_head_of_the_audit_once_a_day(tmp_path: Path) -> None:
    house = House(tmp_path, NOWHERE)
    house.decide(keep(house.store), Outcome.DISCARD)

    async def job(means: Means) -> None:
        duty = Purge(means)
        for hours in (0, 1, 24):
            house.wait(hours=hours)
            await duty.do(timedelta(days=30))

    house.run(job)
    number, digest = house.store.read(audit.head)
    said = [(line["number"], line["digest"]) for line in house.events("audit_head")]
    assert said == [(number, digest)] * 2
    assert number == 1


def test_what_a_reader_kept_in_the_stores_log_is_emptied_with_the_next_purge(tmp_path: Path) -> None:
    house = House(tmp_path, NOWHERE)
    house.decide(keep(house.store), Outcome.DISCARD)
    house.wait(days=40)
    log = house.store.path.with_name("gatepost.db-wal")

    async def job(means: Means) -> None:
        duty = Purge(means)
        with closing(sqlite3.connect(house.store.path)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM hold").fetchone()
            await duty.do(timedelta(days=30))
            assert log.stat().st_size
        await duty.do(timedelta(days=30))
        assert not log.stat().st_size

    house.run(job)
