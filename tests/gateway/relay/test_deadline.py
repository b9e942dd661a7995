"""The client waits while we wait: all stages together end within one deadline."""

import asyncio
import time

import pytest

from gateway.relay import NextHop, Outcome, Relay, Stage
from tests.given.parcels import PATIENT, parcel, said, with_relay
from tests.given.sink import EXTENSIONS, Behaviour, Sink

LOST = ("451 4.4.2 The connection to the list server was lost, try again",)
UNREACHABLE = ("451 4.4.1 The list server cannot be reached, try again",)
IN_TURN = tuple(each for each in EXTENSIONS if each != "PIPELINING")
SHORT = PATIENT.model_copy(update={"deadline": 1.5})


def _delivered(sink: Sink) -> Outcome:
    began = time.monotonic()
    outcome = with_relay(lambda it: it.deliver(NextHop.parse(sink.url), parcel()), Relay(SHORT))
    assert time.monotonic() - began < SHORT.deadline * 5
    return outcome


@pytest.mark.parametrize("stage", ["GREETING", "EHLO"])
def test_silence_before_mail_ends_at_the_deadline(stage: str) -> None:
    with Sink("smtp", Behaviour(replies={stage: b""})) as sink:
        assert said(_delivered(sink)) == UNREACHABLE


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("extensions", [EXTENSIONS, IN_TURN], ids=["pipelined", "in turn"])
def test_silence_before_the_dot_ends_at_the_deadline_and_is_certain(
    stage: str, extensions: tuple[str, ...]
) -> None:
    with Sink("smtp", Behaviour(extensions, replies={stage: b""})) as sink:
        outcome = _delivered(sink)
        assert (said(outcome), outcome.unknown, sink.received) == (LOST, False, ())


def test_silence_after_the_dot_ends_at_the_deadline_and_is_unknown() -> None:
    with Sink("smtp", Behaviour(replies={"DOT": b""})) as sink:
        outcome = _delivered(sink)
        assert (said(outcome), outcome.stage, outcome.unknown) == (LOST, Stage.DOT, True)


def test_stages_that_are_each_in_time_are_too_slow_together() -> None:
    slow = dict.fromkeys(("GREETING", "EHLO", "MAIL", "RCPT", "DATA"), 0.4)
    with Sink("smtp", Behaviour(IN_TURN, delays=slow)) as sink:
        outcome = _delivered(sink)
        assert (said(outcome), outcome.unknown, sink.received) == (LOST, False, ())


def test_a_record_that_takes_too_long_holds_the_dot_back() -> None:
    async def slow_record() -> None:
        await asyncio.sleep(SHORT.deadline * 0.8)

    with Sink() as sink:
        hop = NextHop.parse(sink.url)
        outcome = with_relay(lambda it: it.deliver(hop, parcel(), slow_record), Relay(SHORT))
        assert (said(outcome), outcome.unknown, sink.received) == (LOST, False, ())
