"""Deliveries to a sink, for tests of the way out."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.relay import NextHop, Outcome, Parcel, Relay
from gateway.settings import RelaySettings
from tests.given.sink import Sink

T = TypeVar("T")

ALICE, BOB, CAROL = b"alice@lists.example", b"bob@lists.example", b"carol@lists.example"
TRACE = b"Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000\r\n"
POST = b"Subject: hello\r\n\r\n.one dot\r\n..two\r\n\r\n.\r\nend\r\n"

PATIENT = RelaySettings()
# For servers that say nothing: short enough to be waited for, long enough for a slow machine.
IMPATIENT = PATIENT.model_copy(update={"command_timeout": 0.5, "data_timeout": 0.5})


def parcel(
    *recipients: bytes,
    octets: bytes = POST,
    parameters: tuple[bytes, ...] = (),
    sender: bytes = b"me@home.example",
) -> Parcel:
    """A post to Alice, or to the recipients named."""
    return Parcel(sender, recipients or (ALICE,), parameters, TRACE, octets)


def with_relay(job: Callable[[Relay], Awaitable[T]], relay: Relay | None = None) -> T:
    """Run ``job`` with a relay that is closed afterwards."""

    async def run() -> T:
        chosen = relay or Relay(PATIENT, "gate.example")
        try:
            return await job(chosen)
        finally:
            await chosen.close()

    return asyncio.run(run())


def delivered(sink: Sink, what: Parcel | None = None, all_or_nothing: bool = False) -> Outcome:
    """What became of one parcel handed to the sink; a sink that will be silent is not waited for long."""
    hop = NextHop.parse(sink.url)
    silent = {b"", b"354 Go on\r\n"} & set(sink.behaviour.replies.values())
    relay = Relay(IMPATIENT if silent else PATIENT, "gate.example")
    return with_relay(lambda it: it.deliver(hop, what or parcel(), None, all_or_nothing), relay)


def said(outcome: Outcome) -> tuple[str, ...]:
    """The replies as text."""
    return tuple(str(reply) for reply in outcome.replies)
