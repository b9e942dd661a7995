"""What a list has said is remembered when a post reaches it, for the list alone, and for so long only."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from gateway import queue, said
from gateway.addresses import Directory
from gateway.duties.deliver import Deliver
from gateway.duties.purge import Purge
from gateway.holds import Outcome
from gateway.purge import purge
from gateway.said import Memory
from gateway.store import codec
from gateway.store.database import Store
from gateway.store.tables import HOLD, SAID
from rules.profile import Mode
from rules.reading import read
from tests.given.client import post
from tests.given.duties import House
from tests.given.gate import CHEMISTRY, PHYSICS, Gatehouse, served
from tests.given.gatepost import HOUSE
from tests.given.sink import Behaviour, Sink
from tests.given.store import NOW, arrival, decide, new_hold, new_store, url

FIRST = post("Which build-up cap do you use at 10 MV? We have three of them in the cupboard.")
FLAGGED = post("Please vote for the Blue Party on Thursday, it is the last chance.")
KEPT = 2  # sentences of FIRST
QUOTING = str(Path(HOUSE).parent / "quoting")
REPLY = post(
    "I would rather not.\n\nOn Sun, 22 Nov 2026 at 10:00, Ann <ann@member.example> wrote:\n"
    "> Please vote for the Blue Party\n> on Thursday, it is the last chance.",
    ident="2",
)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink("smtp") as running:
        yield running


def count(house: Gatehouse) -> int:
    return len(house.rows(select(SAID.c.hash)))


# When it is remembered


def test_a_relayed_post_is_remembered_with_its_record(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url)) as house:
        house.said(FIRST)
        assert count(house) == KEPT
        assert {row.day for row in house.rows(select(SAID))} == {codec.day(NOW)}


def test_a_list_in_shadow_says_whatever_it_relays(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url, mode=Mode.SHADOW)) as house:
        house.said(FLAGGED)
        assert count(house) == 1


@pytest.mark.parametrize("action", ["hold", "reject"])
def test_what_was_held_or_refused_was_not_said(tmp_path: Path, sink: Sink, action: str) -> None:
    with Gatehouse(tmp_path, served(sink.url, action=action)) as house:
        house.said(FLAGGED)
        assert count(house) == 0


@pytest.mark.parametrize("reply", [b"550 5.7.1 No", b"451 4.3.0 Later"])
def test_what_the_next_hop_did_not_take_was_not_said(tmp_path: Path, sink: Sink, reply: bytes) -> None:
    sink.behaviour = Behaviour(replies={"DOT": reply + b"\r\n"})
    with Gatehouse(tmp_path, served(sink.url)) as house:
        house.said(FIRST)
        assert count(house) == 0


def test_mail_that_passes_through_says_nothing(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url)) as house:
        house.said(FIRST, "physics-owner@lists.example")
        assert count(house) == 0


def test_of_two_lists_only_the_one_that_passes_a_post_has_said_it(tmp_path: Path, sink: Sink) -> None:
    lists = served(sink.url), served(sink.url, CHEMISTRY, status="off")
    with Gatehouse(tmp_path, *lists) as house:
        house.said(FLAGGED, PHYSICS, CHEMISTRY)
        memory, reading = Memory(house.store, b"secret"), read(FLAGGED)
        assert house.rows(select(SAID.c.hash)) == ((memory.sentences(CHEMISTRY, reading)[0],),)
        assert house.rows(select(HOLD.c.sentences)) == (
            (codec.hashes_column(memory.sentences(PHYSICS, reading)),),
        )


def test_a_passing_post_that_is_sent_on_later_is_remembered_at_once(tmp_path: Path) -> None:
    with Sink("lmtp") as sink:
        lists = served(sink.url), served(sink.url, CHEMISTRY)
        with Gatehouse(tmp_path, *lists) as house:
            assert "queued as" in house.said(FIRST, PHYSICS, CHEMISTRY)
            assert count(house) == 2 * KEPT


@pytest.mark.parametrize("outcome", [Outcome.RELEASE, Outcome.REJECT, Outcome.DISCARD])
def test_a_held_post_is_remembered_once_it_is_released(tmp_path: Path, outcome: Outcome) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        new = replace(new_hold(), sentences=(5, -7))
        house.store.write(lambda c: queue.hold(c, arrival(), (new,)))
        house.decide(new.id, outcome)
        assert house.rows(select(SAID)) == ()
        house.round(Deliver)
    known = house.rows(select(SAID.c.hash).order_by(SAID.c.hash))
    assert known == (((-7,), (5,)) if outcome is Outcome.RELEASE else ())


# What it is good for


def test_a_quotation_passes_where_its_list_has_said_it_and_nowhere_else(tmp_path: Path, sink: Sink) -> None:
    lists = [served(sink.url, packs=(QUOTING,), mode=Mode.SHADOW), served(sink.url, CHEMISTRY, (QUOTING,))]
    with Gatehouse(tmp_path, *lists) as house:
        house.said(FLAGGED, PHYSICS)
        house.settled()
        lists[0] = served(sink.url, packs=(QUOTING,))
        house.gate.directory = Directory(tuple(lists))
        assert "relayed" in house.said(REPLY, PHYSICS)
        assert "held" in house.said(REPLY, CHEMISTRY)
        assert "held" in house.said(REPLY.replace(b"last", b"very last"), PHYSICS)
        (hold,) = (hold for hold in house.holds if hold.list == CHEMISTRY)
        assert hold.findings[0].says == "The post asks for votes (“vote for the” (in quoted text))."


def test_a_reply_that_was_relayed_says_its_own_words_and_not_what_it_quotes(
    tmp_path: Path, sink: Sink
) -> None:
    with Gatehouse(tmp_path, served(sink.url)) as house:
        house.said(REPLY)
        memory = Memory(house.store, b"secret")
        assert not memory.said(PHYSICS, read(REPLY))
        quoted_back = REPLY.replace(b"\r\nI would rather not.", b"\r\n> I would rather not have done it.")
        assert not memory.said(PHYSICS, read(quoted_back))


# How long


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def keep(store: Store, *sentences: int, days: int = 0) -> None:
    store.write(lambda connection: said.keep(connection, sentences, NOW + timedelta(days=days)))


def kept(store: Store) -> dict[int, int]:
    first = codec.day(NOW)
    return {row.hash: row.day - first for row in store.read(lambda c: c.execute(select(SAID)).all())}


def test_what_is_said_again_is_remembered_longer(store: Store) -> None:
    keep(store, 1, 2, 2)
    keep(store, 2, 3, days=9)
    keep(store, 3, days=4)
    assert kept(store) == {1: 0, 2: 9, 3: 9}


def test_what_is_said_again_between_the_look_and_the_deletion_is_kept(store: Store) -> None:
    quotable, then = timedelta(days=90), NOW + timedelta(days=91)
    keep(store, 1, 2)
    found = store.read(lambda c: said.old(c, quotable, then))
    assert sorted(found) == [1, 2]
    keep(store, 1, days=91)
    store.write(lambda c: said.forget(c, found, quotable, then))
    assert kept(store) == {1: 91}


def test_many_sentences_are_asked_about_in_a_few_questions(store: Store) -> None:
    keep(store, *range(0, 3000, 2))
    assert store.read(lambda c: said.known(c, range(1600))) == frozenset(range(0, 1600, 2))


def test_after_ninety_days_the_duty_forgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(said, "CHUNK", 2)
    house = House(tmp_path, "smtp://127.0.0.1:9")
    keep(house.store, 1, 2, 3, 4, 5)
    keep(house.store, 6, days=1)
    house.wait(days=90)
    house.round(Purge)
    assert len(kept(house.store)) == 6
    house.wait(days=1)
    house.round(Purge)
    assert kept(house.store) == {6: 1}


def test_a_purged_hold_keeps_no_hashes(store: Store) -> None:
    new = replace(new_hold(), sentences=(1, 2))
    store.write(lambda c: queue.hold(c, arrival(), (new,)))
    decide(store, new.id, Outcome.DISCARD)
    store.write(lambda c: purge(c, timedelta(days=30), NOW + timedelta(days=31)))
    assert store.read(lambda c: c.scalar(select(HOLD.c.sentences))) is None


def test_a_store_of_the_version_before_is_brought_up_with_its_holds(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    store.write(lambda c: c.execute(text("DROP TABLE said")))
    store.write(lambda c: queue.hold(c, arrival(), (new_hold(),)))
    store.write(lambda c: c.execute(text("ALTER TABLE hold DROP COLUMN sentences")))
    # What later versions added, too.
    for table, column in (
        ("hold", "recipient_parameters"),
        ("delivery", "recipient_parameters"),
        ("transaction", "protocol"),
    ):
        store.write(lambda c, t=table, n=column: c.execute(text(f'ALTER TABLE "{t}" DROP COLUMN {n}')))
    store.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '0002'")))
    store.close()
    opened = Store.open(url(tmp_path))
    (row,) = opened.read(lambda c: c.execute(select(HOLD.c.id, HOLD.c.sentences)).all())
    assert row.sentences is None
    opened.write(lambda c: said.keep_released(c, row.id, NOW))
    assert kept(opened) == {}
    opened.close()
