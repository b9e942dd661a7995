"""Too much is put off, not lost; and a flood of posts is not a flood of notices."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.addresses import Directory
from gateway.duties.notify import Notify
from gateway.floods import Floods, Window
from gateway.notices.digest import digest_notices
from gateway.ours import Ours
from gateway.outbox import notices
from gateway.settings import QuotaSettings
from gateway.store.errors import StoreLocked
from gateway.store.tables import NOTICE
from gateway.volumes import Volumes
from tests.given.client import post
from tests.given.duties import House
from tests.given.gate import CHEMISTRY, CLEAN, PHYSICS, Gatehouse, arriving, served
from tests.given.gatepost import HOUSE
from tests.given.sink import Sink
from tests.given.store import BEN, LIST, NOW, keep

FEW = QuotaSettings(author=2, list=4, total=6, digest_after=100)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink("smtp") as running:
        yield running


def gatehouse(folder: Path, sink: Sink, settings: QuotaSettings = FEW, **profile: object) -> Gatehouse:
    lists = (served(sink.url, PHYSICS, (HOUSE,), **profile), served(sink.url, CHEMISTRY))
    house = Gatehouse(folder, *lists)
    house.quotas = settings
    return house


def flagged(number: int, author: str = "ann@member.example") -> bytes:
    text = post(f"Please vote for the Blue Party on Thursday, number {number}.")
    return text.replace(b"ann@member.example", author.encode())


def held(said: str) -> bool:
    return "held for moderation" in said


def test_an_author_of_whom_too_much_is_held_waits_an_hour(tmp_path: Path, sink: Sink) -> None:
    with gatehouse(tmp_path, sink) as house:
        assert held(house.said(flagged(1)))
        assert held(house.said(flagged(2)))
        assert house.said(flagged(3)).startswith("452 4.7.1 Too many posts of yours")
        assert len(house.holds) == 2
        assert house.events("deferred")[0]["why"] == "quota"
        assert house.said(CLEAN).startswith("250 2.0.0 Ok: relayed"), "what passes is not counted"
        assert held(house.said(flagged(3, "eve@member.example"))), "nor is anybody else"
        assert held(house.said(flagged(3), CHEMISTRY)), "nor is another list"
        house.wait(minutes=61)
        assert held(house.said(flagged(3)))


@pytest.mark.parametrize(
    "quotas", [QuotaSettings(author=2), QuotaSettings(author_octets=10_000)], ids=["posts", "octets"]
)
def test_posts_that_come_at_the_same_time_count_too(
    tmp_path: Path, sink: Sink, quotas: QuotaSettings
) -> None:
    with gatehouse(tmp_path, sink, quotas) as house:

        async def job() -> list[str]:
            admitted = (house.gate.admit(arriving(large(number))) for number in range(8))
            return [str(each.replies[0]) for each in await asyncio.gather(*admitted)]

        said = house.run(job())
        assert sum(map(held, said)) == len(house.holds) == 2
        assert sum(each.startswith("452 4.7.1 ") for each in said) == 6


@pytest.mark.parametrize(
    "quotas", [QuotaSettings(author=1), QuotaSettings(author_octets=100)], ids=["posts", "octets"]
)
def test_what_could_not_be_stored_does_not_count(tmp_path: Path, sink: Sink, quotas: QuotaSettings) -> None:
    with gatehouse(tmp_path, sink, quotas) as house:
        house.settled()
        with closing(sqlite3.connect(tmp_path / "gatepost.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreLocked):
                house.admit(flagged(1))
            other.execute("ROLLBACK")
        assert held(house.said(flagged(1)))
        assert house.said(flagged(2)).startswith("452 4.7.1 ")


def test_a_repeat_of_what_is_held_does_not_count(tmp_path: Path, sink: Sink) -> None:
    with gatehouse(tmp_path, sink) as house:
        assert house.said(flagged(1)) == house.said(flagged(1))
        assert held(house.said(flagged(2)))
        assert house.said(flagged(3)).startswith("452 4.7.1 ")


def test_a_client_that_is_not_ours_counts_whatever_from_it_writes(tmp_path: Path, sink: Sink) -> None:
    with gatehouse(tmp_path, sink) as house:
        for number, client in enumerate(("2001:db8::1", "2001:db8::2")):
            assert held(house.said(flagged(number, f"a{number}@member.example"), client=client))
        assert house.said(flagged(3, "a3@member.example"), client="2001:db8::3").startswith("452 4.7.1 ")
        assert held(house.said(flagged(3, "a3@member.example"), client="2001:db8:0:1::1"))


def test_a_list_and_all_lists_have_their_figures(tmp_path: Path, sink: Sink) -> None:
    with gatehouse(tmp_path, sink) as house:
        for number in range(4):
            assert held(house.said(flagged(number, f"a{number}@member.example")))
        assert house.said(flagged(5, "b@member.example")).startswith("452 4.7.1 Too many posts wait for this")
        for number in range(2):
            assert held(house.said(flagged(number, f"a{number}@member.example"), CHEMISTRY))
        assert "wait for moderators here" in house.said(flagged(5, "b@member.example"), CHEMISTRY)
        assert len(house.holds) == 6


def test_a_list_file_may_say_otherwise(tmp_path: Path, sink: Sink) -> None:
    with gatehouse(tmp_path, sink, quotas={"author": 1, "list": 0}) as house:
        assert held(house.said(flagged(1)))
        assert house.said(flagged(2)).startswith("452 4.7.1 ")
        for number in range(5):
            assert held(house.said(flagged(number, f"a{number}@member.example")))


def large(number: int, author: str = "ann@member.example") -> bytes:
    """A flagged post of 6 KB."""
    return flagged(number, author) + b"More of the same.\r\n" * 300


def test_an_author_whose_held_posts_are_large_together_waits_an_hour(tmp_path: Path, sink: Sink) -> None:
    with gatehouse(tmp_path, sink, QuotaSettings(author_octets=10_000)) as house:
        assert held(house.said(large(1)))
        assert held(house.said(large(2))), "it is what waits already that counts"
        assert house.said(flagged(3)).startswith("452 4.7.1 Posts of yours that wait for a moderator are too")
        assert house.events("deferred")[0]["why"] == "quota"
        assert held(house.said(flagged(3, "eve@member.example"))), "nor is anybody else"
        assert held(house.said(flagged(3), CHEMISTRY)), "nor is another list"
        house.wait(minutes=58)
        assert house.said(flagged(3)).startswith("452 4.7.1 ")
        house.wait(minutes=3)
        assert held(house.said(flagged(3)))


def test_what_is_held_of_all_may_be_so_large_in_an_hour_and_a_start_knows_of_it(
    tmp_path: Path, sink: Sink
) -> None:
    quotas = QuotaSettings(total_octets=10_000)
    with gatehouse(tmp_path, sink, quotas) as house:
        assert held(house.said(large(1), PHYSICS, CHEMISTRY)), "kept once for both lists, and counted once"
        assert held(house.said(large(2, "eve@member.example")))
        refusal = house.said(flagged(3, "bob@member.example"), CHEMISTRY)
        assert refusal.startswith("452 4.7.1 Posts that wait for moderators here are too large together")
        assert house.said(CLEAN).startswith("250 2.0.0 Ok: relayed"), "what passes is let through"
        octets = sum(row.size for row in house.transactions if row.state == "stored")
        floods = Floods.recalled(quotas, Ours(), house.store, Directory(house.lists), house.now)
        assert floods._octets.full("", octets, house.now)
        assert not floods._octets.full("", octets + 1, house.now)


def test_octets_are_added_up_in_bounded_room_and_a_clock_set_back_closes_no_door() -> None:
    sums = Volumes(timedelta(hours=1))
    for number in range(10_050):
        sums.add(str(number), 1, NOW)
        sums.add("one", 1, NOW + timedelta(seconds=number))
    assert len(sums._sums) == 10_000
    assert len(sums._sums["one"]) <= 60
    end = NOW + timedelta(seconds=10_049)
    assert sums.full("one", 3500, end)
    assert not sums.full("one", 3601, end)
    assert not sums.full("one", 1, NOW - timedelta(days=1)), "the door must not stay shut until then"
    assert not sums.full("one", 0, end)


def test_a_repeat_of_what_is_held_is_told_its_id_all_the_same(tmp_path: Path, sink: Sink) -> None:
    with gatehouse(tmp_path, sink) as house:
        first = house.said(flagged(1))
        assert held(house.said(flagged(2)))
        assert house.said(flagged(1)) == first
        assert len(house.holds) == 2


def test_a_gateway_that_starts_knows_what_was_held_lately(tmp_path: Path, sink: Sink) -> None:
    with gatehouse(tmp_path, sink) as house:
        for number in range(4):
            house.said(flagged(number, f"a{number}@member.example"))
        floods = Floods.recalled(FEW, Ours(), house.store, Directory(house.lists), house.now)
        assert floods._hour.full(f"list {PHYSICS}", 4, house.now)
        assert not floods._hour.full("", 6, house.now)
        later = Floods.recalled(
            FEW, Ours(), house.store, Directory(house.lists), house.now + timedelta(minutes=61)
        )
        assert not later._hour.full(f"list {PHYSICS}", 1, house.now)


def test_a_figure_is_kept_in_bounded_room_and_survives_a_clock_set_back() -> None:
    window = Window(timedelta(hours=1))
    for number in range(10_050):
        window.add(str(number), 3, NOW)
        window.add("one", 3, NOW + timedelta(microseconds=number))
    assert len(window._moments) == 10_000
    assert len(window._moments["one"]) == 3
    assert window.full("one", 3, NOW + timedelta(minutes=1))
    assert not window.full("one", 3, NOW - timedelta(days=1)), "the door must not stay shut until then"
    assert not window.full("one", 0, NOW)


def test_in_a_flood_moderators_get_one_notice_and_each_author_their_own(tmp_path: Path, sink: Sink) -> None:
    quotas = QuotaSettings(digest_after=3, digest_minutes=10)
    with gatehouse(tmp_path, sink, quotas) as house:
        for number in range(8):
            assert held(house.said(flagged(number, f"a{number}@member.example")))
        kinds = [kind for kind, _ in house.notices]
        assert kinds.count("moderator-held") == 3
        assert kinds.count("moderator-digest") == 1
        assert kinds.count("author-held") == 8
        house.wait(minutes=21)
        house.said(flagged(9))
        assert [kind for kind, _ in house.notices].count("moderator-held") == 4, "the flood is over"


def test_the_notice_has_all_ids_that_wait_and_no_word_of_the_posts(tmp_path: Path) -> None:
    with Sink("smtp") as sink:
        house = House(tmp_path, "lmtp://127.0.0.1:9", sink.url)
        ids = [keep(house.store, subject="A LOUD SUBJECT") for _ in range(3)]
        span = (NOW, NOW + timedelta(minutes=10))
        for _ in range(2):
            house.store.write(lambda c: notices.add_notices(c, digest_notices(house.profile, *span)))
        assert house.round(Notify) == 0, "it is written when the time is over"
        house.wait(minutes=10)
        assert house.round(Notify) == 0, "nor before what came last is sure to be in the store"
        house.wait(seconds=30)
        assert house.round(Notify) == 2, "one for each moderator"
        letter = next(got.octets for got in sink.received if got.recipients == (BEN.encode(),))
        assert all(hold.encode() in letter for hold in ids)
        assert b"LOUD" not in letter
        assert b"Waiting: 3" in letter
        assert f"gatepost queue list --list {LIST}".encode() in letter


@pytest.mark.parametrize("octets", ["octets", "x'00ff'"], ids=["whole", "damaged"])
def test_a_notice_of_what_is_all_decided_is_not_sent(tmp_path: Path, octets: str) -> None:
    with Sink("smtp") as sink:
        house = House(tmp_path, "lmtp://127.0.0.1:9", sink.url)
        span = (NOW, NOW + timedelta(minutes=10))
        house.store.write(lambda c: notices.add_notices(c, digest_notices(house.profile, *span)))
        house.store.write(lambda c: c.exec_driver_sql(f"UPDATE notice SET octets = {octets}"))  # noqa: S608
        house.wait(minutes=10, seconds=30)
        house.round(Notify)
        assert house.events("notice_failed") == []
        assert sink.received == ()
        assert {row.state for row in house.rows(NOTICE.select())} == {"failed"}
