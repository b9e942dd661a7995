"""The final dot waits for `before_dot`; what ends the delivery before it leaves nothing behind."""

import asyncio
import contextlib

import pytest

from gateway.relay import NextHop, Relay
from tests.given.parcels import ALICE, BOB, parcel, with_relay
from tests.given.sink import Behaviour, Sink

SHORT, LONG = b"line\r\n", b"line\r\n" * 50_000


class StoreIsFull(Exception):
    """What a caller may raise."""


@pytest.mark.parametrize("octets", [SHORT, LONG], ids=["short", "long"])
def test_nothing_arrives_before_the_record_is_made(octets: bytes) -> None:
    with Sink() as sink:
        seen: list[int] = []

        async def before_dot() -> None:
            await asyncio.sleep(0.1)
            seen.append(len(sink.received))

        async def job(relay: Relay) -> None:
            assert (await relay.deliver(NextHop.parse(sink.url), parcel(octets=octets), before_dot)).taken

        with_relay(job)
        assert seen == [0]
        assert len(sink.received) == 1


@pytest.mark.parametrize("octets", [SHORT, LONG], ids=["short", "long"])
def test_a_record_that_fails_leaves_nothing_delivered(octets: bytes) -> None:
    with Sink() as sink:

        async def before_dot() -> None:
            raise StoreIsFull

        async def job(relay: Relay) -> None:
            with pytest.raises(StoreIsFull):
                await relay.deliver(NextHop.parse(sink.url), parcel(octets=octets), before_dot)
            assert (await relay.deliver(NextHop.parse(sink.url), parcel())).taken

        with_relay(job)
        assert len(sink.wait(1)) == 1
        assert sink.connections == 2


def test_no_record_is_made_of_what_is_refused() -> None:
    with Sink("smtp", Behaviour(recipients={BOB: b"550 5.1.1 No\r\n"})) as sink:
        made: list[bool] = []

        async def before_dot() -> None:
            made.append(True)

        async def job(relay: Relay) -> None:
            await relay.deliver(NextHop.parse(sink.url), parcel(BOB), before_dot)
            await relay.deliver(NextHop.parse(sink.url), parcel(ALICE, BOB), before_dot, all_or_nothing=True)

        with_relay(job)
        assert not made


def test_a_record_is_made_once_however_stale_the_connection() -> None:
    with Sink() as sink:
        made: list[bool] = []

        async def before_dot() -> None:
            made.append(True)

        async def job(relay: Relay) -> None:
            await relay.deliver(NextHop.parse(sink.url), parcel())
            sink.once = Behaviour(closes=frozenset({"MAIL"}))
            assert (await relay.deliver(NextHop.parse(sink.url), parcel(), before_dot)).taken

        with_relay(job)
        assert made == [True]


@pytest.mark.parametrize("octets", [SHORT, LONG], ids=["short", "long"])
def test_a_connection_lost_while_the_record_is_made_is_no_unknown_outcome(octets: bytes) -> None:
    with Sink() as sink:

        async def before_dot() -> None:
            await asyncio.to_thread(sink.drop_connections)
            await asyncio.sleep(0.05)

        async def job(relay: Relay) -> None:
            outcome = await relay.deliver(NextHop.parse(sink.url), parcel(octets=octets), before_dot)
            assert [reply.enhanced for reply in outcome.replies] == ["4.4.2"]
            assert not outcome.unknown

        with_relay(job)
        assert not sink.received


def test_a_cancelled_delivery_sends_no_dot() -> None:
    with Sink() as sink:

        async def job(relay: Relay) -> None:
            begun = asyncio.Event()

            async def before_dot() -> None:
                begun.set()
                await asyncio.sleep(60)

            task = asyncio.create_task(
                relay.deliver(NextHop.parse(sink.url), parcel(octets=LONG), before_dot)
            )
            await begun.wait()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            assert (await relay.deliver(NextHop.parse(sink.url), parcel())).taken

        with_relay(job)
        assert len(sink.received) == 1
        assert sink.connections == 2
