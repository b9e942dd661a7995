"""Connections are kept, used again, closed when idle, and replaced when they turn out to be dead."""

import asyncio

import pytest

from gateway.relay import NextHop, Outcome, Relay
from gateway.settings import RelaySettings
from tests.given.parcels import ALICE, BOB, PATIENT, parcel, said, with_relay
from tests.given.sink import EXTENSIONS, Behaviour, Sink


def _hop(sink: Sink) -> NextHop:
    return NextHop.parse(sink.url)


async def _settled(sink: Sink, open_connections: int) -> None:
    async with asyncio.timeout(10):
        while sink.open != open_connections:  # noqa: ASYNC110  the sink is another thread's
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_one_connection_carries_many_messages(protocol: str) -> None:
    with Sink(protocol) as sink:

        async def job(relay: Relay) -> None:
            for _ in range(5):
                assert (await relay.deliver(_hop(sink), parcel())).taken

        with_relay(job)
        assert len(sink.wait(5)) == 5
        assert sink.connections == 1


def test_closing_says_good_bye() -> None:
    with Sink() as sink:
        with_relay(lambda relay: relay.deliver(_hop(sink), parcel()))
        asyncio.run(_settled(sink, 0))
        assert sink.commands[-1] == b"QUIT"


def test_a_connection_is_used_again_after_a_refusal() -> None:
    with Sink("smtp", Behaviour(recipients={BOB: b"550 5.1.1 No\r\n"})) as sink:

        async def job(relay: Relay) -> tuple[Outcome, Outcome]:
            first = await relay.deliver(_hop(sink), parcel(BOB))
            return first, await relay.deliver(_hop(sink), parcel(ALICE))

        refused, taken = with_relay(job)
        assert said(refused) == ("550 5.1.1 No",)
        assert taken.taken
        assert sink.connections == 1


def test_a_connection_is_not_used_again_after_a_refused_dot() -> None:
    """Postfix keeps the sender and the recipients of what it refuses there."""
    with Sink("smtp", Behaviour(replies={"DOT": b"450 4.7.9 Later\r\n"})) as sink:

        async def job(relay: Relay) -> tuple[Outcome, Outcome]:
            first = await relay.deliver(_hop(sink), parcel())
            sink.behaviour = Behaviour()
            return first, await relay.deliver(_hop(sink), parcel())

        refused, taken = with_relay(job)
        assert said(refused) == ("450 4.7.9 Later",)
        assert taken.taken
        assert sink.connections == 2
        assert b"QUIT" in sink.commands


def test_a_connection_whose_reset_is_refused_is_not_used_again() -> None:
    replies = {"RSET": b"500 What?\r\n", "MAIL": b"450 4.0.0 Later\r\n"}
    with Sink("smtp", Behaviour(replies=replies)) as sink:

        async def job(relay: Relay) -> None:
            for _ in range(2):
                await relay.deliver(_hop(sink), parcel())

        with_relay(job)
        assert sink.connections == 2


@pytest.mark.parametrize("stage", ["MAIL"])
@pytest.mark.parametrize("reply", [b"", b"421 4.3.2 Idle too long\r\n"])
@pytest.mark.parametrize("pipelining", [True, False])
def test_a_stale_connection_is_replaced_by_a_fresh_one(stage: str, reply: bytes, pipelining: bool) -> None:
    extensions = tuple(each for each in EXTENSIONS if pipelining or each != "PIPELINING")
    with Sink("smtp", Behaviour(extensions)) as sink:

        async def job(relay: Relay) -> Outcome:
            await relay.deliver(_hop(sink), parcel())
            sink.once = Behaviour(extensions, replies={stage: reply}, closes=frozenset({stage}))
            return await relay.deliver(_hop(sink), parcel())

        assert with_relay(job).taken
        assert sink.connections == 2
        assert len(sink.received) == 2


def test_a_fresh_connection_that_fails_is_not_tried_again() -> None:
    with Sink("smtp", Behaviour(closes=frozenset({"MAIL"}))) as sink:
        outcome = with_relay(lambda relay: relay.deliver(_hop(sink), parcel()))
        assert [reply.enhanced for reply in outcome.replies] == ["4.4.2"]
        assert sink.connections == 1


def test_a_connection_lost_after_the_dot_is_never_tried_again() -> None:
    with Sink() as sink:

        async def job(relay: Relay) -> Outcome:
            await relay.deliver(_hop(sink), parcel())
            sink.behaviour = Behaviour(closes=frozenset({"DOT"}))
            return await relay.deliver(_hop(sink), parcel())

        assert with_relay(job).unknown
        assert len(sink.received) == 2
        assert sink.connections == 1


def test_a_restarted_next_hop_is_found_again() -> None:
    with Sink() as sink:

        async def job(relay: Relay) -> None:
            await asyncio.gather(*(relay.deliver(_hop(sink), parcel()) for _ in range(3)))
            sink.drop_connections()
            assert (await relay.deliver(_hop(sink), parcel())).taken

        with_relay(job)


def test_a_server_that_speaks_unasked_is_left() -> None:
    with Sink() as sink:

        async def job(relay: Relay) -> None:
            await relay.deliver(_hop(sink), parcel())
            sink.whisper(b"250 2.0.0 Surprise\r\n")
            await _settled(sink, 0)
            assert (await relay.deliver(_hop(sink), parcel())).taken

        with_relay(job)
        assert sink.connections == 2


def test_an_idle_connection_is_closed() -> None:
    with Sink() as sink:

        async def job(relay: Relay) -> None:
            await relay.deliver(_hop(sink), parcel())
            await _settled(sink, 0)
            assert (await relay.deliver(_hop(sink), parcel())).taken

        with_relay(job, Relay(PATIENT.model_copy(update={"idle": 0.1})))


def test_no_more_connections_are_open_than_allowed() -> None:
    with Sink("smtp", Behaviour(delays={"DOT": 0.02})) as sink:

        async def job(relay: Relay) -> None:
            outcomes = await asyncio.gather(*(relay.deliver(_hop(sink), parcel()) for _ in range(12)))
            assert all(outcome.taken for outcome in outcomes)

        with_relay(job, Relay(RelaySettings(connections=3)))
        assert sink.connections == 3


def test_who_waits_too_long_for_a_connection_is_told_so() -> None:
    settings = PATIENT.model_copy(update={"connections": 1, "command_timeout": 0.3})
    with Sink("smtp", Behaviour(delays={"DOT": 1.0})) as sink:

        async def job(relay: Relay) -> tuple[Outcome, ...]:
            return tuple(await asyncio.gather(*(relay.deliver(_hop(sink), parcel()) for _ in range(2))))

        first, second = with_relay(job, Relay(settings))
        assert first.taken
        assert [reply.enhanced for reply in second.replies] == ["4.4.1"]
        assert "busy" in second.upstream


def test_each_event_loop_has_connections_of_its_own() -> None:
    with Sink() as sink:
        relay = Relay(PATIENT)
        for _ in range(2):
            assert with_relay(lambda it: it.deliver(_hop(sink), parcel()), relay).taken
        assert sink.connections == 2
