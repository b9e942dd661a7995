"""A client that repeats a message: nothing twice where we know, nothing lost where we do not (RFC 1047)."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import transactions
from gateway.reply import TOO_BIG
from gateway.transactions import TransactionState
from tests.given.client import post
from tests.given.gate import CHEMISTRY, CLEAN, FLAGGED, PHYSICS, SENDER, Gatehouse, arriving, served
from tests.given.sink import Behaviour, Sink


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink("smtp") as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, sink: Sink) -> Iterator[Gatehouse]:
    with Gatehouse(tmp_path, served(sink.url)) as made:
        yield made


def test_a_repeat_of_what_was_relayed_gets_the_same_reply_and_goes_nowhere(
    house: Gatehouse, sink: Sink
) -> None:
    first, second = house.admit(CLEAN), house.admit(CLEAN)
    assert first == second
    assert len(sink.received) == 1
    assert house.states == ("relayed",)


def test_a_repeat_of_what_is_held_gets_the_same_id(house: Gatehouse) -> None:
    assert house.said(FLAGGED) == house.said(FLAGGED)
    assert len(house.holds) == 1
    assert len(house.notices) == 2


def test_a_repeat_has_its_answer_though_the_next_hop_takes_less_by_now(house: Gatehouse, sink: Sink) -> None:
    large = FLAGGED + b"More of the same.\r\n" * 2000
    held = house.said(large)
    sink.behaviour = Behaviour(("PIPELINING", "SIZE 20000"))
    assert house.said(CLEAN).startswith("250 2.0.0 Ok: relayed"), "and the next hop has said what it takes"
    assert house.said(large) == held
    house.confirm(house.admit(large))
    assert house.said(large) == str(TOO_BIG)


def test_what_the_client_saw_answered_is_a_new_post_when_it_comes_again(house: Gatehouse, sink: Sink) -> None:
    house.confirm(house.admit(CLEAN))
    house.admit(CLEAN)
    house.confirm(house.admit(FLAGGED))
    house.admit(FLAGGED)
    assert len(sink.received) == 2
    assert len({hold.id for hold in house.holds}) == 2
    assert house.bodies == 1, "the same octets are kept once"


@pytest.mark.parametrize(
    ("octets", "sender", "to"),
    [
        (post("Which build-up cap do you use at 15 MV?"), SENDER, PHYSICS),
        (CLEAN, b"bob@member.example", PHYSICS),
        (CLEAN, SENDER, CHEMISTRY),
    ],
)
def test_other_octets_sender_or_list_make_another_post(
    tmp_path: Path, sink: Sink, octets: bytes, sender: bytes, to: str
) -> None:
    with Gatehouse(tmp_path, served(sink.url), served(sink.url, CHEMISTRY)) as house:
        house.admit(CLEAN)
        house.admit(octets, to, sender=sender)
        assert len(sink.received) == 2


def test_a_repeat_is_recognised_below_the_received_field_of_our_own_front(
    house: Gatehouse, sink: Sink
) -> None:
    tries = [b"Received: from x ([192.0.2.7]) by mx (Postfix) id %d\r\n" % n + CLEAN for n in range(2)]
    assert house.said(tries[0]) == house.said(tries[1])
    assert len(sink.received) == 1


def test_a_week_later_the_same_octets_are_a_new_post(house: Gatehouse, sink: Sink) -> None:
    house.admit(CLEAN)
    house.wait(days=8)
    house.admit(CLEAN)
    assert len(sink.received) == 2


def test_a_repeat_while_the_first_is_on_its_way_is_put_off(house: Gatehouse, sink: Sink) -> None:
    sink.behaviour = Behaviour(delays={"DOT": 0.5})

    async def twice() -> list[str]:
        first = asyncio.create_task(house.gate.admit(arriving(CLEAN)))
        while not sink.commands:  # noqa: ASYNC110  a sink has no event for its commands
            await asyncio.sleep(0.01)
        second = await house.gate.admit(arriving(CLEAN))
        return [str((await first).replies[0]), str(second.replies[0])]

    first, second = house.run(twice())
    assert first.startswith("250 2.0.0 Ok: relayed")
    assert second == "451 4.3.0 Still processing this message, try again"
    assert len(sink.received) == 1
    assert house.said(CLEAN) == first


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(closes=frozenset({"DOT"})),
        Behaviour(replies={"DOT": b""}),
        Behaviour(replies={"DOT": b"what\r\n"}),
    ],
    ids=["closed", "silent", "garbage"],
)
def test_after_an_unknown_outcome_the_repeat_is_relayed_again_and_counted(
    house: Gatehouse, sink: Sink, behaviour: Behaviour
) -> None:
    sink.behaviour = behaviour
    assert house.said(CLEAN).startswith("451 4.4.2 ")
    assert house.states == ("unknown",)
    sink.behaviour = Behaviour()
    assert house.said(CLEAN).startswith("250 2.0.0 Ok: relayed")
    assert len([each for each in sink.received if each.octets.endswith(CLEAN)]) == 2 - (
        "what" in str(behaviour.replies)
    )
    assert house.states == ("relayed", "unknown")
    assert len(house.events("possible_duplicate")) == 1
    assert house.metrics.registry.get_sample_value("gatepost_possible_duplicate_total") == 1.0


def test_a_client_that_saw_our_451_repeats_what_is_unknown_all_the_same(house: Gatehouse, sink: Sink) -> None:
    sink.behaviour = Behaviour(closes=frozenset({"DOT"}))
    house.confirm(house.admit(CLEAN))
    sink.behaviour = Behaviour()
    assert house.said(CLEAN).startswith("250 2.0.0 Ok: relayed")
    assert len(sink.received) == 2
    assert len(house.events("possible_duplicate")) == 1


def test_once_the_repeat_is_known_a_third_try_goes_nowhere(house: Gatehouse, sink: Sink) -> None:
    sink.behaviour = Behaviour(closes=frozenset({"DOT"}))
    house.said(CLEAN)
    sink.behaviour = Behaviour()
    assert house.said(CLEAN) == house.said(CLEAN)
    assert len(sink.received) == 2


def test_what_was_in_flight_when_the_gateway_died_is_unknown_at_the_next_start(
    house: Gatehouse, sink: Sink
) -> None:
    house.admit(CLEAN)
    row = house.transactions[0]

    house.run(house.writer.write(lambda c: transactions.finish(c, row.id, TransactionState.IN_FLIGHT, "")))
    assert house.said(CLEAN).startswith("451 4.3.0 Still processing")
    assert house.recover() == 1
    assert house.said(CLEAN).startswith("250 2.0.0 Ok: relayed")
    assert len(house.events("possible_duplicate")) == 1


def test_a_message_held_after_an_unknown_outcome_is_held_once(
    house: Gatehouse, tmp_path: Path, sink: Sink
) -> None:
    sink.behaviour = Behaviour(closes=frozenset({"DOT"}))
    house.gate.directory = type(house.gate.directory)((served(sink.url, status="off"),))
    assert house.said(FLAGGED).startswith("451 4.4.2 ")
    house.gate.directory = type(house.gate.directory)((served(sink.url),))
    assert house.said(FLAGGED) == house.said(FLAGGED)
    assert len(house.holds) == 1


def test_a_repeated_rejection_is_judged_anew_and_refused_again(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url, action="reject")) as house:
        assert house.said(FLAGGED).startswith("550 5.7.1 ")
        assert house.said(FLAGGED).startswith("550 5.7.1 ")
        assert house.states == ("refused", "refused")


def test_over_lmtp_each_recipients_repeat_is_recognised_alone(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url), served(sink.url, CHEMISTRY)) as house:
        house.admit(CLEAN, PHYSICS, CHEMISTRY, lmtp=True)
        house.admit(CLEAN, CHEMISTRY, lmtp=True)
        assert len(sink.received) == 2
