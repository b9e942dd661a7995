"""Notices reach people through the submission server, with the null reverse-path, or wait."""

from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from gateway.duties.notify import MOST_A_DAY, Notify
from gateway.holds import NewNotice, Outcome
from gateway.notices.kinds import Kind
from gateway.notices.waiting import hint, waiting_notices
from gateway.outbox import notices
from gateway.store.tables import NOTICE
from tests.given.duties import House
from tests.given.sink import Behaviour, Sink
from tests.given.store import AUTHOR, BEN, LIST, finding, keep

NOWHERE = "lmtp://127.0.0.1:9"


def add(house: House, number: int, kind: Kind, recipient: str = "ada@example.org") -> None:
    octets = b"Message-ID: <%d@x.example>\r\nSubject: x\r\n\r\nWords.\r\n" % number
    new = NewNotice(f"cause {number}", kind, LIST, f"k{number}", recipient, octets, house.now)
    house.store.write(lambda c: notices.add_notices(c, (new,)))


def test_notices_of_a_rejection_are_sent_each_to_one_person(tmp_path: Path) -> None:
    with Sink() as server:
        house = House(tmp_path, NOWHERE, server.url)
        house.decide(keep(house.store, finding()), Outcome.REJECT)
        assert house.round(Notify) == 2
        assert house.round(Notify) == 0
        assert [r.reverse_path for r in server.received] == [b"", b""]
        assert {r.recipients for r in server.received} == {(AUTHOR,), (BEN.encode(),)}
        (to_author,) = [r for r in server.received if r.recipients == (AUTHOR,)]
        read = message_from_bytes(to_author.octets)
        assert read["Auto-Submitted"] == "auto-replied"
        assert "because" in str(read.get_payload())
    assert len(house.notices("sent")) == 2
    sent = house.events("notice_sent")
    assert {line["kind"] for line in sent} == {"moderator-decided", "author-rejected"}
    assert AUTHOR.decode() not in house.lines.getvalue()


@pytest.mark.parametrize("octets", ["x'00ff'", "'text'"])
def test_a_notice_that_is_damaged_is_given_up_and_the_others_are_sent(tmp_path: Path, octets: str) -> None:
    with Sink() as server:
        house = House(tmp_path, NOWHERE, server.url)
        add(house, 1, Kind.MODERATOR_HELD)
        add(house, 2, Kind.MODERATOR_HELD)
        house.store.write(
            lambda c: c.exec_driver_sql(f"UPDATE notice SET octets = {octets} WHERE id = 1")  # noqa: S608
        )
        assert house.round(Notify) == 2
        assert house.round(Notify) == 0
        assert len(server.received) == 1
    assert len(house.notices("sent")) == len(house.notices("failed")) == 1
    assert len(house.events("notice_failed")) == 1


def test_an_undone_decision_is_told_to_nobody(tmp_path: Path) -> None:
    with Sink() as server:
        house = House(tmp_path, NOWHERE, server.url)
        hold = house.decide(keep(house.store), Outcome.REJECT, undo=120)
        assert house.round(Notify) == 0
        assert hold.decision is not None
        decision = hold.decision.id
        house.store.write(lambda c: notices.cancel(c, decision))
        house.wait(seconds=121)
        assert house.round(Notify) == 0


def test_without_a_submission_server_notices_wait_and_are_counted(tmp_path: Path) -> None:
    house = House(tmp_path, NOWHERE)
    house.decide(keep(house.store), Outcome.REJECT)
    assert house.round(Notify) == 0
    assert house.store.read(waiting_notices) == 2
    said = house.store.read(lambda c: hint(c, house.settings))
    assert said.startswith('2 notices wait to be sent: set submission.url = "smtp://HOST:PORT" in ')


def test_a_busy_or_silent_server_is_tried_again_under_the_same_message_id(tmp_path: Path) -> None:
    with Sink(behaviour=Behaviour(replies={"RCPT": b"451 4.7.1 greylisted\r\n"})) as server:
        house = House(tmp_path, NOWHERE, server.url)
        add(house, 1, Kind.AUTHOR_REJECTED)
        house.round(Notify)
        assert house.round(Notify) == 0
        server.behaviour = Behaviour(closes=frozenset({"DOT"}))
        house.wait(seconds=30)
        house.round(Notify)
        server.behaviour = Behaviour()
        house.wait(seconds=60)
        house.round(Notify)
        ids = [message_from_bytes(r.octets)["Message-ID"] for r in server.received]
        assert ids == ["<1@x.example>", "<1@x.example>"]
    assert [line["event"] for line in house.events()] == ["notice_deferred", "notice_deferred", "notice_sent"]


def test_a_notice_that_is_refused_for_good_is_given_up_and_journalled(tmp_path: Path) -> None:
    with Sink(behaviour=Behaviour(replies={"RCPT": b"550 5.1.1 no such user\r\n"})) as server:
        house = House(tmp_path, NOWHERE, server.url)
        add(house, 1, Kind.MODERATOR_HELD)
        house.round(Notify)
        assert house.round(Notify) == 0
    assert house.notices("failed") == (("moderator-held", "ada@example.org"),)
    assert house.events("notice_failed")[0]["reply"] == "550 5.1.1"


def test_a_crash_while_sending_sends_again(tmp_path: Path) -> None:
    with Sink() as server:
        house = House(tmp_path, NOWHERE, server.url)
        add(house, 1, Kind.AUTHOR_REJECTED)
        house.store.write(lambda c: notices.lease(c, 1, house.now, house.now + timedelta(minutes=5)))
        assert house.round(Notify) == 0
        house.wait(minutes=6)
        assert house.round(Notify) == 1
        assert len(server.received) == 1


def test_a_flood_of_posts_from_one_address_is_no_flood_of_notices(tmp_path: Path) -> None:
    with Sink() as server:
        house = House(tmp_path, NOWHERE, server.url)
        for number in range(25):
            add(house, number, Kind.AUTHOR_HELD, "Ada@example.org" if number % 2 else "ada@example.org")
        add(house, 100, Kind.AUTHOR_REJECTED)
        add(house, 101, Kind.AUTHOR_HELD, "ben@example.org")
        add(house, 102, Kind.MODERATOR_HELD)
        while house.round(Notify):
            pass
        to_ada = [r for r in server.received if r.recipients[0].lower() == b"ada@example.org"]
        assert len(to_ada) == MOST_A_DAY + 1  # one of them as a moderator
        assert len(server.received) == MOST_A_DAY + 2
        assert house.notices() == (("author-rejected", "ada@example.org"),)
        house.wait(days=1, hours=1)
        house.round(Notify)
        assert house.notices() == ()
    assert len(house.rows(NOTICE.select().where(NOTICE.c.state == "failed"))) == 25 - MOST_A_DAY
