"""Another next hop takes over while no transaction has begun, and never afterwards."""

import asyncio
from dataclasses import replace

import pytest

from gateway.relay import NextHop, Outcome, Relay
from gateway.relay.breaker import FAILURES, REST
from tests.given.parcels import IMPATIENT, PATIENT, parcel, said, with_relay
from tests.given.sink import Behaviour, Sink

UNREACHABLE = ("451 4.4.1 The list server cannot be reached, try again",)
LOST = ("451 4.4.2 The connection to the list server was lost, try again",)


def _hop(*sinks: Sink) -> NextHop:
    first, *spares = (NextHop.parse(sink.url) for sink in sinks)
    return replace(first, spares=tuple(spares))


def _delivered(*sinks: Sink) -> Outcome:
    return with_relay(lambda it: it.deliver(_hop(*sinks), parcel()), Relay(IMPATIENT))


def test_the_first_takes_all_while_it_can() -> None:
    with Sink() as first, Sink() as second:
        assert _delivered(first, second).taken
        assert (len(first.received), second.connections) == (1, 0)


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(replies={"GREETING": b"554 5.3.2 Closed\r\n"}),
        Behaviour(replies={"GREETING": b""}),
        Behaviour(replies={"GREETING": b"220 \0\xff\r\n220 again\r\n"}),
        Behaviour(replies={"EHLO": b"250 sink.example\r\n250 more\r\n"}),
        Behaviour(resets=frozenset({"EHLO"})),
    ],
    ids=["refuses", "is silent", "talks nonsense", "speaks unasked", "resets"],
)
def test_a_spare_takes_over_from_one_that_cannot_be_made_ready(behaviour: Behaviour) -> None:
    with Sink("smtp", behaviour) as first, Sink("lmtp") as second:
        assert _delivered(first, second).taken
        assert (len(first.received), len(second.received)) == (0, 1)


def test_a_spare_takes_over_from_one_that_does_not_listen() -> None:
    with Sink() as first:
        pass
    with Sink() as second:
        assert _delivered(first, second).taken


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "BODY", "DOT"])
def test_once_a_transaction_has_begun_no_other_is_asked(stage: str) -> None:
    with Sink("smtp", Behaviour(closes=frozenset({stage}), replies={stage: b""})) as first, Sink() as second:
        assert said(_delivered(first, second)) == LOST
        assert second.connections == 0


@pytest.mark.parametrize("reply", [b"451 4.3.0 Later\r\n", b"550 5.7.1 Never\r\n"])
def test_a_refusal_is_an_answer_and_asks_no_other(reply: bytes) -> None:
    with Sink("smtp", Behaviour(replies={"MAIL": reply})) as first, Sink() as second:
        assert said(_delivered(first, second)) == (reply.decode().strip(),)
        assert second.connections == 0


def test_when_all_are_away_each_is_named() -> None:
    away = Behaviour(replies={"GREETING": b"421 4.3.2 Closed\r\n"})
    with Sink("smtp", away) as first, Sink("smtp", away) as second:
        outcome = _delivered(first, second)
        assert said(outcome) == UNREACHABLE
        assert first.url in outcome.upstream
        assert second.url in outcome.upstream


def test_the_first_is_preferred_again_once_it_is_back() -> None:
    now = [100.0]
    away = Behaviour(replies={"GREETING": b"421 4.3.2 Closed\r\n"})
    with Sink("smtp", away) as first, Sink() as second:

        async def job(relay: Relay) -> None:
            for _ in range(FAILURES + 2):
                assert (await relay.deliver(_hop(first, second), parcel())).taken
            assert first.connections == FAILURES
            first.behaviour = Behaviour()
            now[0] += REST
            assert (await relay.deliver(_hop(first, second), parcel())).taken

        with_relay(job, Relay(PATIENT, clock=lambda: now[0]))
        assert (len(first.received), len(second.received)) == (1, FAILURES + 2)


def test_only_what_all_of_them_offer_is_known_as_offered() -> None:
    with Sink() as first, Sink("smtp", Behaviour(("8BITMIME",))) as second:
        hop = _hop(first, second)

        async def job(relay: Relay) -> None:
            assert relay.extensions(hop) is None
            assert await relay.probe(hop) == {"8BITMIME"}
            assert relay.extensions(hop) == {"8BITMIME"}

        with_relay(job)


def test_a_silent_first_leaves_time_for_the_others() -> None:
    settings = PATIENT.model_copy(update={"deadline": 3})
    with Sink("smtp", Behaviour(replies={"EHLO": b""})) as first, Sink() as second:
        relay = Relay(settings)
        assert with_relay(lambda it: it.deliver(_hop(first, second), parcel()), relay).taken


def test_several_at_once_all_find_the_spare() -> None:
    with Sink("smtp", Behaviour(replies={"GREETING": b"421 4.3.2 No\r\n"})) as first, Sink() as second:

        async def job(relay: Relay) -> list[Outcome]:
            return await asyncio.gather(*(relay.deliver(_hop(first, second), parcel()) for _ in range(12)))

        assert all(outcome.taken for outcome in with_relay(job))
