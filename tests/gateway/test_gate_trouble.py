"""Doubt is a hold, trouble is 451, and neither loses a message."""

import asyncio
import errno
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from gateway.confined.frames import DIED, LATE
from gateway.gate import Gate
from gateway.readers import Readers
from gateway.reply import NO_TIME_LEFT
from gateway.settings import ReaderSettings
from gateway.store.errors import StoreLocked
from gateway.trace import MARK, Trace
from gateway.unjudged import LATE as LATE_JUDGING
from rules.profile import Mode
from rules.reading import Reading
from rules.scan import Scan
from tests.given.client import post
from tests.given.gate import CLEAN, FLAGGED, PHYSICS, Gatehouse, arriving, served
from tests.given.sink import Sink

COSTLY = post("Which build-up cap do you use?\n" * 4000)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink("smtp") as running:
        yield running


def children() -> set[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}


def admitted_while(house: Gatehouse, name: signal.Signals, octets: bytes = COSTLY) -> str:
    """What is said to a costly message whose reader gets a signal."""

    async def job() -> str:
        before = children()
        admission = asyncio.create_task(house.gate.admit(arriving(octets)))
        while not (born := children() - before):  # noqa: ASYNC110  births have no event
            await asyncio.sleep(0.005)
        os.kill(born.pop(), name)
        return str((await admission).replies[0])

    return house.run(job())


# Doubt


def test_a_costly_message_is_read_by_a_child_and_relayed_as_it_came(tmp_path: Path, sink: Sink) -> None:
    before = children()
    with Gatehouse(tmp_path, served(sink.url)) as house:
        assert house.said(COSTLY).startswith("250 2.0.0 Ok: relayed")
        assert len(children() - before) == 1
        assert sink.received[0].octets.endswith(COSTLY)
        assert "held for moderation" in house.said(COSTLY + FLAGGED.partition(b"\r\n\r\n")[2])
        assert len(children() - before) == 1, "the same child read both"
    assert children() == before


@pytest.mark.parametrize("mode", [Mode.ENFORCE, Mode.SHADOW])
def test_a_message_whose_reader_is_killed_is_held_as_unreadable_in_any_mode(
    tmp_path: Path, sink: Sink, mode: Mode
) -> None:
    with Gatehouse(tmp_path, served(sink.url, mode=mode)) as house:
        assert "held for moderation as" in admitted_while(house, signal.SIGKILL)
        (hold,) = house.holds
        assert hold.clauses == ("unreadable",)
        assert DIED in hold.findings[0].says
        assert house.octets(hold.digest) == COSTLY
        assert (sink.received, len(house.events("reader_lost"))) == ((), 1)


def test_a_message_whose_reader_is_late_is_held(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url), readers=ReaderSettings(seconds=1)) as house:
        assert "held for moderation as" in admitted_while(house, signal.SIGSTOP)
        (hold,) = house.holds
        assert LATE in hold.findings[0].says
        assert (house.octets(hold.digest), sink.received) == (COSTLY, ())


def impatient(house: Gatehouse, seconds: float) -> None:
    """Have clients wait so long, judging and handing on together."""
    house.relay._settings = house.relay._settings.model_copy(update={"deadline": seconds})


@pytest.mark.parametrize("mode", [Mode.ENFORCE, Mode.SHADOW])
def test_a_message_that_is_not_judged_in_time_is_held_in_any_mode_and_says_so(
    tmp_path: Path, sink: Sink, mode: Mode
) -> None:
    with Gatehouse(tmp_path, served(sink.url, mode=mode)) as house:
        impatient(house, 1.5)
        assert "held for moderation as" in admitted_while(house, signal.SIGSTOP)
        (hold,) = house.holds
        assert (hold.clauses, hold.author, hold.subject) == (
            ("unreadable",),
            "ann@member.example",
            "A question",
        )
        (finding,) = hold.findings
        assert (finding.title, finding.says, finding.mend) == ("Not judged in time", LATE_JUDGING, "")
        assert (house.octets(hold.digest), sink.received) == (COSTLY, ())
        assert house.events("judging_late")[0]["size"] == len(COSTLY)


def test_messages_that_find_no_reader_free_in_time_are_held_too(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url)) as house:
        impatient(house, 1.5)

        async def job() -> list[str]:
            before = children()
            first = asyncio.create_task(house.gate.admit(arriving(COSTLY)))
            while not (born := children() - before):  # noqa: ASYNC110  births have no event
                await asyncio.sleep(0.005)
            os.kill(born.pop(), signal.SIGSTOP)
            others = (house.gate.admit(arriving(COSTLY + b"%d\r\n" % number)) for number in range(3))
            return [str(each.replies[0]) for each in await asyncio.gather(first, *others)]

        assert all("held for moderation as" in said for said in house.run(job()))
        assert [hold.findings[0].title for hold in house.holds] == ["Not judged in time"] * 4


def test_what_is_held_as_late_does_not_wait_for_the_threads_that_judge(tmp_path: Path, sink: Sink) -> None:
    go_on = threading.Event()
    with Gatehouse(tmp_path, served(sink.url)) as house:
        impatient(house, 3)
        for _ in range(100):
            house.judging.threads.submit(go_on.wait)

        async def job() -> str:
            async with asyncio.timeout(3):
                return str((await house.gate.admit(arriving(COSTLY))).replies[0])

        try:
            assert "held for moderation as" in house.run(job())
        finally:
            go_on.set()
        assert [hold.findings[0].title for hold in house.holds] == ["Not judged in time"]


def test_what_is_not_judged_in_time_is_still_known_as_a_loop_and_never_refused_under_a_clause(
    tmp_path: Path, sink: Sink
) -> None:
    looped = b"%s: %s\r\n" % (MARK.encode(), Trace("gate.example", b"secret").mark(PHYSICS).encode())
    voting = COSTLY.replace(b"A question", b"Vote for the Blue Party")
    with Gatehouse(tmp_path, served(sink.url, action="reject")) as house:
        impatient(house, 1.5)
        assert admitted_while(house, signal.SIGSTOP, looped + voting).startswith("554 5.4.6 ")
        assert "held for moderation as" in admitted_while(house, signal.SIGSTOP, voting)
        assert house.said(CLEAN.replace(b"A question", b"Vote for the Blue Party")).startswith("550 5.7.1 ")


def test_a_message_that_cannot_be_read_is_held_in_shadow_too(tmp_path: Path, sink: Sink) -> None:
    many = b"X-Filler: x\r\n" * 1500 + CLEAN
    with Gatehouse(tmp_path, served(sink.url, mode=Mode.SHADOW)) as house:
        assert "held for moderation as" in house.said(many)
        (judged,) = house.judgements
        assert (judged["mode"], judged["doubt"]) == ("shadow", True)


def test_doubt_in_a_message_to_other_addresses_is_nobodys_business(tmp_path: Path, sink: Sink) -> None:
    many = b"X-Filler: x\r\n" * 1500 + CLEAN
    with Gatehouse(tmp_path, served(sink.url)) as house:
        assert house.said(many, PHYSICS.replace("@", "-owner@")).startswith("250 2.0.0 Ok: relayed")


@pytest.mark.parametrize("octets", [b"", b"\r\n", b"\r\n\r\n", b"x\r\n", b"\xff\xfe\r\n", b"From:\r\n\r\n"])
def test_the_strangest_messages_get_an_answer(tmp_path: Path, sink: Sink, octets: bytes) -> None:
    with Gatehouse(tmp_path, served(sink.url, packs=("hygiene",))) as house:
        assert house.said(octets).startswith("250 ")


# Trouble


class Unreachable:
    """Readers whose pipe times out, long before the client's patience ends."""

    async def read(self, octets: bytes, scanned: Scan) -> Reading:
        raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))


def test_a_timeout_that_is_not_the_clients_is_trouble_and_not_late(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url)) as house:
        judging = replace(house.judging, readers=cast("Readers", Unreachable()))
        house.gate = Gate(replace(house.gate._doors, judging=judging), house.gate.directory)
        with pytest.raises(TimeoutError):  # which the front answers with 451
            house.admit(CLEAN)
        assert (house.transactions, house.holds, house.events("judging_late")) == ((), (), [])


def test_a_store_that_another_process_keeps_locked_leaves_the_post_with_the_client(
    tmp_path: Path, sink: Sink
) -> None:
    with Gatehouse(tmp_path, served(sink.url)) as house:
        house.settled()
        with closing(sqlite3.connect(tmp_path / "gatepost.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreLocked):  # which the front answers with 451
                house.admit(FLAGGED)
            other.execute("ROLLBACK")
        assert (house.transactions, house.holds, sink.received) == ((), (), ())
        assert "held for moderation" in house.said(FLAGGED)
        assert "relayed" in house.said(CLEAN)
        assert (len(sink.received), len(house.holds)) == (1, 1)


def test_a_post_whose_time_the_store_took_is_put_off_and_its_list_server_not_asked(
    tmp_path: Path, sink: Sink
) -> None:
    with Gatehouse(tmp_path, served(sink.url)) as house:
        house.settled()
        impatient(house, 1)

        async def job() -> str:
            busy = house.writer.write(lambda _: time.sleep(1.2))
            said = str((await house.gate.admit(arriving(CLEAN))).replies[0])
            await busy
            return said

        assert house.run(job()) == str(NO_TIME_LEFT)
        assert (house.states, sink.commands) == (("deferred",), ())
        assert house.events("deferred")[0]["why"] == "time"
        assert house.said(CLEAN).startswith("250 2.0.0 Ok: relayed")


def test_a_full_store_is_452_and_keeps_nothing(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url)) as house:

        def fill(limit: int) -> None:
            def job(connection: object) -> None:
                connection.exec_driver_sql(f"PRAGMA max_page_count={limit}")  # type: ignore[attr-defined]

            house.run(house.writer.write(job))

        fill(1)
        large = FLAGGED + bytes(range(33, 127)) * 3000 + os.urandom(60_000).hex().encode() + b"\r\n"
        assert house.said(large).startswith("452 4.3.1 ")
        assert (house.holds, house.bodies) == ((), 0)
        assert len(house.events("store_full")) == 1
        fill(1_000_000)
        assert "held for moderation" in house.said(large)
