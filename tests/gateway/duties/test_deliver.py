"""A released post reaches the list server once, or a person is asked; nothing is lost on the way."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway import queue
from gateway.duties.deliver import Deliver
from gateway.holding import Holding
from gateway.holds import MASK, HoldState
from gateway.route import Judged
from gateway.settings import RelaySettings, Settings
from gateway.store import codec
from gateway.store.tables import NOTICE, OCTETS
from rules.facts import Facts
from rules.reading import read
from rules.verdict import Finding
from tests.given.duties import House
from tests.given.sink import EXTENSIONS, Behaviour, Sink
from tests.given.store import (
    ANN,
    AUTHOR,
    BEN,
    LIST,
    NHS,
    arrival,
    finding,
    keep,
    keep_passing,
    message,
    new_hold,
    verdict,
)

POST = message().octets
ALIAS = b"physics-list@lists.example"


def answering(stage: str, reply: bytes) -> Behaviour:
    return Behaviour(replies={stage: reply})


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_a_released_post_arrives_once_with_its_own_octets_and_envelope(tmp_path: Path, protocol: str) -> None:
    with Sink(protocol) as sink:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store)
        house.decide(hold_id)
        assert house.round(Deliver) == 1
        assert house.round(Deliver) == 0
        (received,) = sink.received
        assert received.octets.endswith(POST)
        above = received.octets.removesuffix(POST)
        assert above.startswith(b"X-Gatepost-Loop: ")
        assert b"Received: from unknown ([192.0.2.7])" in above
        assert (received.reverse_path, received.recipients) == (AUTHOR, (LIST.encode(),))
        assert b"BODY=8BITMIME" in received.parameters
    assert house.hold(hold_id).state is HoldState.RELEASED
    assert ("author-released", AUTHOR.decode()) in house.notices()
    assert ("moderator-decided", BEN) in house.notices()
    (line,) = house.events("released")
    assert line["id"] == hold_id
    assert AUTHOR.decode() not in house.lines.getvalue()


def test_a_release_may_take_longer_than_a_waiting_client_would(tmp_path: Path) -> None:
    slow = Behaviour(delays=dict.fromkeys(("GREETING", "EHLO", "MAIL"), 0.5))
    with Sink(behaviour=slow) as sink:
        house = House(tmp_path, sink.url)
        house.settings = Settings(relay=RelaySettings(deadline=1))
        hold_id = keep(house.store)
        house.decide(hold_id)
        house.round(Deliver)
        assert len(sink.received) == 1
    assert house.hold(hold_id).state is HoldState.RELEASED


def test_nothing_goes_out_before_the_decision_takes_effect(tmp_path: Path) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        house.decide(keep(house.store), undo=120)
        house.wait(seconds=119)
        assert house.round(Deliver) == 0
        house.wait(seconds=1)
        assert house.round(Deliver) == 1
        assert len(sink.received) == 1


def test_a_dead_next_hop_is_tried_again_later_and_later(tmp_path: Path) -> None:
    with Sink() as sink:
        url = sink.url
    house = House(tmp_path, url)
    hold_id = keep(house.store)
    house.decide(hold_id)
    waits = []
    for _ in range(3):
        assert house.round(Deliver) == 1
        (row,) = house.deliveries()
        wait = row.due // 1_000_000 - int(house.now.timestamp())
        waits.append(wait)
        assert house.round(Deliver) == 0
        house.wait(seconds=wait)
    assert waits == [30, 60, 120]
    assert house.hold(hold_id).state is HoldState.RELEASING
    assert [line["attempt"] for line in house.events("release_deferred")] == [1, 2, 3]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_busy_next_hop_is_tried_again_and_the_post_arrives_once(tmp_path: Path, stage: str) -> None:
    with Sink(behaviour=answering(stage, b"451 4.3.0 busy\r\n")) as sink:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store)
        house.decide(hold_id)
        assert house.round(Deliver) == 1
        assert house.hold(hold_id).state is HoldState.RELEASING
        sink.behaviour = Behaviour()
        house.wait(seconds=30)
        assert house.round(Deliver) == 1
        assert len(sink.received) == 1
    assert house.hold(hold_id).state is HoldState.RELEASED


def test_after_five_days_a_person_is_asked(tmp_path: Path) -> None:
    with Sink(behaviour=answering("RCPT", b"451 4.3.0 busy\r\n")) as sink:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store)
        house.decide(hold_id)
        house.wait(days=5)
        house.round(Deliver)
    hold = house.hold(hold_id)
    assert hold.state is HoldState.RELEASE_FAILED
    assert hold.reply.startswith("Given up: 451 4.3.0 busy")


def test_how_long_a_release_is_tried_is_what_the_settings_say(tmp_path: Path) -> None:
    with Sink(behaviour=answering("RCPT", b"451 4.3.0 busy\r\n")) as sink:
        house = House(tmp_path, sink.url)
        house.settings = Settings(relay=RelaySettings(give_up_after=7200))
        hold_id = keep(house.store)
        house.decide(hold_id)
        house.wait(seconds=7199)
        house.round(Deliver)
        assert house.hold(hold_id).state is HoldState.RELEASING
        house.wait(hours=2)
        house.round(Deliver)
    assert house.hold(hold_id).state is HoldState.RELEASE_FAILED


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DOT"])
def test_a_final_refusal_comes_back_with_the_list_servers_words(tmp_path: Path, stage: str) -> None:
    with Sink(behaviour=answering(stage, b"550 5.7.1 not with that subject\r\n")) as sink:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store)
        house.decide(hold_id)
        house.round(Deliver)
        assert house.round(Deliver) == 0
    hold = house.hold(hold_id)
    assert hold.state is HoldState.RELEASE_FAILED
    assert hold.reply == "550 5.7.1 not with that subject"
    told = house.notices()
    assert {("moderator-release-failed", ANN), ("moderator-release-failed", BEN)} <= set(told)
    assert ("author-refused", AUTHOR.decode()) in told
    (line,) = house.events("release_failed")
    assert line["reply"] == "550 5.7.1"


def test_a_failed_release_can_be_released_again(tmp_path: Path) -> None:
    with Sink(behaviour=answering("RCPT", b"550 5.1.1 who\r\n")) as sink:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store)
        house.decide(hold_id)
        house.round(Deliver)
        sink.behaviour = Behaviour()
        house.decide(hold_id)
        house.round(Deliver)
        assert len(sink.received) == 1
    assert house.hold(hold_id).state is HoldState.RELEASED


@pytest.mark.parametrize("behaviour", [Behaviour(closes=frozenset({"DOT"})), answering("DOT", b"")])
def test_a_lost_reply_after_the_dot_is_unknown_and_never_tried_again(
    tmp_path: Path, behaviour: Behaviour
) -> None:
    with Sink(behaviour=behaviour) as sink:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store)
        house.decide(hold_id)
        assert house.round(Deliver) == 1
        for _ in range(3):
            house.wait(days=1)
            assert house.round(Deliver) == 0
        assert len(sink.received) == 1
    assert house.hold(hold_id).state is HoldState.UNKNOWN
    assert [kind for kind, _ in house.notices()].count("moderator-unknown") == 2
    assert [line["alarm"] for line in house.events("release_unknown")] == [True]


def test_recipients_that_were_refused_are_named_and_the_others_get_it_once(tmp_path: Path) -> None:
    refusing = Behaviour(recipients={ALIAS: b"550 5.1.1 no such list\r\n"})
    with Sink(behaviour=refusing) as sink:
        house = House(tmp_path, sink.url)
        new = new_hold(recipients=(LIST.encode(), ALIAS))
        house.store.write(lambda c: queue.hold(c, arrival(), (new,)))
        house.decide(new.id)
        house.round(Deliver)
        hold = house.hold(new.id)
        assert hold.state is HoldState.RELEASE_FAILED
        assert hold.recipients == (ALIAS,)
        assert house.events("release_failed")[0]["reply"] == "550 5.1.1"
        sink.behaviour = Behaviour()
        house.decide(new.id)
        house.round(Deliver)
        assert [r.recipients for r in sink.received] == [(LIST.encode(),), (ALIAS,)]
    assert house.hold(new.id).state is HoldState.RELEASED


def test_only_the_recipients_that_may_still_take_it_are_tried_again(tmp_path: Path) -> None:
    busy = Behaviour(recipients={ALIAS: b"451 4.3.0 busy\r\n"})
    with Sink(behaviour=busy) as sink:
        house = House(tmp_path, sink.url)
        new = new_hold(recipients=(LIST.encode(), ALIAS))
        house.store.write(lambda c: queue.hold(c, arrival(), (new,)))
        house.decide(new.id)
        house.round(Deliver)
        assert house.hold(new.id).state is HoldState.RELEASING
        sink.behaviour = Behaviour()
        house.wait(seconds=30)
        house.round(Deliver)
        assert [r.recipients for r in sink.received] == [(LIST.encode(),), (ALIAS,)]
    assert house.hold(new.id).state is HoldState.RELEASED


def test_a_passing_post_that_was_stored_is_handed_on_and_forgotten(tmp_path: Path) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        keep_passing(house.store, arrival())
        assert house.round(Deliver) == 1
        assert sink.received[0].octets.endswith(POST)
    assert [row.state for row in house.deliveries()] == ["delivered"]
    assert house.notices() == ()
    assert house.rows(OCTETS.select()) == ()


def test_a_passing_post_that_is_refused_becomes_a_hold_and_moderators_hear_of_it(tmp_path: Path) -> None:
    post, asked = arrival(), ((LIST.encode(), (b"NOTIFY=NEVER",)),)
    envelope = replace(post.message.envelope, recipient_parameters=asked)
    post = replace(post, message=replace(post.message, envelope=envelope))
    refusing = Behaviour((*EXTENSIONS, "DSN"), replies={"RCPT": b"550 5.1.1 who\r\n"})
    with Sink(behaviour=refusing) as sink:
        house = House(tmp_path, sink.url)
        keep_passing(house.store, post)
        house.round(Deliver)
        assert b"RCPT TO:<%b> NOTIFY=NEVER" % LIST.encode() in sink.commands
    (row,) = house.deliveries()
    hold = house.hold(row.hold_id)
    assert hold.state is HoldState.RELEASE_FAILED
    assert hold.recipient_parameters == asked
    assert ("moderator-delivery-failed", ANN) in house.notices()


def in_shadow(house: House, octets: bytes, *found: Finding) -> None:
    """A post that passes, whatever was found, and could not be relayed inside DATA."""
    (in_force,) = house.directory.lists
    post = arrival(octets)
    judged = Judged(in_force, (LIST.encode(),), verdict(*found), read(octets), Facts(trusted=True))
    prepared = Holding(14).prepare(post, (), (judged,))
    house.store.write(lambda c: queue.hold(c, post, prepared.holds, prepared.deliveries))


def test_a_passing_post_that_is_refused_is_as_discreet_as_a_held_one(tmp_path: Path) -> None:
    with Sink(behaviour=answering("RCPT", b"550 5.1.1 who\r\n")) as sink:
        house = House(tmp_path, sink.url)
        found = finding(sensitive=True, words=NHS)
        in_shadow(house, b"From: ada@example.org\r\nSubject: About %s\r\n\r\nHello\r\n" % NHS.encode(), found)
        house.round(Deliver)
    (line,) = house.store.read(lambda c: queue.waiting(c, queue.Filter()))
    assert (line.subject, line.sensitive, line.clauses) == (MASK, True, ("endorsement",))
    hold = house.hold(line.id)
    assert (hold.findings, hold.told) == ((found,), "")
    assert ("author-refused", AUTHOR.decode()) in house.notices()
    octets = [codec.expanded(row.octets) for row in house.rows(NOTICE.select())]
    assert all(NHS.encode() not in each for each in octets)


def test_nothing_found_in_a_passing_post_stays_once_it_is_delivered(tmp_path: Path) -> None:
    with Sink() as sink:
        house = House(tmp_path, sink.url)
        in_shadow(house, POST, finding(sensitive=True, words=NHS))
        assert NHS in house.deliveries()[0].findings
        house.round(Deliver)
    assert [(row.state, row.findings) for row in house.deliveries()] == [("delivered", "[]")]
