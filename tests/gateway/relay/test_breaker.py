"""A next hop that is away is left alone for a while, then tried by one."""

import asyncio

from gateway.relay import NextHop, Outcome, Relay
from gateway.relay.breaker import FAILURES, REST, Breaker
from tests.given.parcels import PATIENT, parcel, said, with_relay
from tests.given.sink import Behaviour, Sink

UNREACHABLE = ("451 4.4.1 The list server cannot be reached, try again",)
LOST = ("451 4.4.2 The connection to the list server was lost, try again",)


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        assert breaker.allows()
        breaker.failed()
    return breaker


def test_it_rests_after_failures_in_a_row() -> None:
    clock = Clock()
    breaker = _opened(clock)
    assert not breaker.allows()
    clock.now += REST - 0.1
    assert not breaker.allows()


def test_a_success_between_failures_starts_the_count_again() -> None:
    breaker = Breaker(Clock())
    for _ in range(FAILURES * 2):
        assert breaker.allows()
        breaker.failed()
        breaker.succeeded()
    assert breaker.allows()


def test_after_the_rest_one_may_try_at_a_time() -> None:
    clock = Clock()
    breaker = _opened(clock)
    clock.now += REST
    assert breaker.allows()
    assert not breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    clock.now += REST
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.allows()
    assert breaker.allows()


def test_a_try_given_up_lets_the_next_one_try() -> None:
    clock = Clock()
    breaker = _opened(clock)
    clock.now += REST
    assert breaker.allows()
    breaker.abandoned()
    assert breaker.allows()


def test_a_hop_that_greets_badly_is_not_asked_again_until_it_rested() -> None:
    clock = Clock()
    with Sink("smtp", Behaviour(replies={"GREETING": b"554 5.3.2 Closed\r\n"})) as sink:
        hop = NextHop.parse(sink.url)

        async def job(relay: Relay) -> None:
            for _ in range(FAILURES + 3):
                assert said(await relay.deliver(hop, parcel())) == UNREACHABLE
            assert sink.connections == FAILURES
            sink.behaviour = Behaviour()
            assert said(await relay.deliver(hop, parcel())) == UNREACHABLE
            clock.now += REST
            assert (await relay.deliver(hop, parcel())).taken

        with_relay(job, Relay(PATIENT, clock=clock))


def test_a_cancelled_try_does_not_keep_the_others_out() -> None:
    clock = Clock()
    with Sink("smtp", Behaviour(replies={"GREETING": b"421 4.3.2 Closed\r\n"})) as sink:
        hop = NextHop.parse(sink.url)

        async def job(relay: Relay) -> Outcome:
            for _ in range(FAILURES):
                await relay.deliver(hop, parcel())
            clock.now += REST
            sink.behaviour = Behaviour(replies={"GREETING": b""})
            task = asyncio.create_task(relay.deliver(hop, parcel()))
            await asyncio.to_thread(sink.wait_for_connections, FAILURES + 1)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            sink.behaviour = Behaviour()
            return await relay.deliver(hop, parcel())

        assert with_relay(job, Relay(PATIENT, clock=clock)).taken


def test_a_hop_that_takes_no_mail_is_as_absent_as_one_that_does_not_greet() -> None:
    with Sink("smtp", Behaviour(closes=frozenset({"MAIL"}), replies={"MAIL": b""})) as sink:
        hop = NextHop.parse(sink.url)

        async def job(relay: Relay) -> None:
            for _ in range(FAILURES):
                assert said(await relay.deliver(hop, parcel())) == LOST
            assert said(await relay.deliver(hop, parcel())) == UNREACHABLE
            assert sink.connections == FAILURES

        with_relay(job, Relay(PATIENT, clock=Clock()))


def test_one_transaction_goes_through_half_open_and_the_others_are_told_at_once() -> None:
    clock = Clock()
    with Sink("smtp", Behaviour(replies={"GREETING": b"421 4.3.2 Closed\r\n"})) as sink:
        hop = NextHop.parse(sink.url)

        async def job(relay: Relay) -> None:
            for _ in range(FAILURES):
                await relay.deliver(hop, parcel())
            clock.now += REST
            begun, dot = asyncio.Event(), asyncio.Event()

            async def before_dot() -> None:
                begun.set()
                await dot.wait()

            sink.behaviour = Behaviour()
            probe = asyncio.create_task(relay.deliver(hop, parcel(), before_dot))
            await begun.wait()
            for _ in range(3):
                assert said(await relay.deliver(hop, parcel())) == UNREACHABLE
            assert await relay.probe(hop) is None
            dot.set()
            assert (await probe).taken
            assert (await relay.deliver(hop, parcel())).taken
            assert sink.connections == FAILURES + 1

        with_relay(job, Relay(PATIENT, clock=clock))


def test_a_refusal_is_an_answer_and_closes_the_breaker() -> None:
    clock = Clock()
    with Sink("smtp", Behaviour(replies={"GREETING": b"421 4.3.2 Closed\r\n"})) as sink:
        hop = NextHop.parse(sink.url)

        async def job(relay: Relay) -> None:
            for _ in range(FAILURES):
                await relay.deliver(hop, parcel())
            clock.now += REST
            sink.behaviour = Behaviour(replies={"RCPT": b"550 5.1.1 Who?\r\n"})
            for _ in range(3):
                assert said(await relay.deliver(hop, parcel())) == ("550 5.1.1 Who?",)

        with_relay(job, Relay(PATIENT, clock=clock))
