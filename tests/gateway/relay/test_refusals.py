"""A refusal comes back as it was given, to the recipients it was given for."""

import pytest

from gateway.relay import Stage
from tests.given.parcels import ALICE, BOB, CAROL, delivered, parcel, said
from tests.given.sink import EXTENSIONS, Behaviour, Sink

IN_TURN = tuple(each for each in EXTENSIONS if each != "PIPELINING")
NO = b"550 5.7.1 Not here\r\n"
LATER = b"450 4.2.0 Later\r\n"
TAKEN = "250 2.0.0 Ok: taken by the sink"
GONE = {BOB: b"550 5.1.1 No Bob\r\n"}
OFFERS = pytest.mark.parametrize("extensions", [EXTENSIONS, IN_TURN], ids=["pipelined", "in turn"])
PROTOCOLS = pytest.mark.parametrize("protocol", ["smtp", "lmtp"])


@OFFERS
@PROTOCOLS
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(("reply", "expected"), [(NO, "550 5.7.1 Not here"), (LATER, "450 4.2.0 Later")])
def test_a_refusal_at_any_stage_is_everyones_reply(
    extensions: tuple[str, ...], protocol: str, stage: str, reply: bytes, expected: str
) -> None:
    answer = reply * 2 if (stage, protocol) == ("DOT", "lmtp") else reply
    with Sink(protocol, Behaviour(extensions=extensions, replies={stage: answer})) as sink:
        outcome = delivered(sink, parcel(ALICE, BOB))
        assert said(outcome) == (expected, expected)
        assert outcome.upstream == expected
        assert outcome.stage is (Stage.DONE if stage == "DOT" else Stage(stage.lower()))
        assert not outcome.taken
        assert not outcome.unknown
        assert not outcome.called_off
        assert not sink.received


@OFFERS
@PROTOCOLS
def test_one_refused_recipient_leaves_the_others_served(extensions: tuple[str, ...], protocol: str) -> None:
    with Sink(protocol, Behaviour(extensions=extensions, recipients=GONE)) as sink:
        outcome = delivered(sink, parcel(ALICE, BOB, CAROL))
        assert said(outcome) == (TAKEN, "550 5.1.1 No Bob", TAKEN)
        assert [each.recipients for each in sink.received] == [(ALICE, CAROL)]


@OFFERS
@PROTOCOLS
def test_all_or_nothing_sends_nothing_when_one_recipient_is_refused(
    extensions: tuple[str, ...], protocol: str
) -> None:
    with Sink(protocol, Behaviour(extensions=extensions, recipients=GONE)) as sink:
        outcome = delivered(sink, parcel(ALICE, BOB), all_or_nothing=True)
        assert [reply.code for reply in outcome.replies] == [451, 550]
        assert outcome.called_off
        assert outcome.stage is Stage.RCPT
        assert b"RSET" in sink.commands
        assert b"DATA" not in sink.commands
        assert not sink.received


def test_all_or_nothing_sends_all_when_nobody_is_refused() -> None:
    with Sink() as sink:
        assert delivered(sink, parcel(ALICE, BOB), all_or_nothing=True).taken
        assert sink.wait(1)[0].recipients == (ALICE, BOB)


def test_a_lone_refused_recipient_calls_nothing_off() -> None:
    with Sink("smtp", Behaviour(recipients=GONE)) as sink:
        outcome = delivered(sink, parcel(BOB), all_or_nothing=True)
        assert said(outcome) == ("550 5.1.1 No Bob",)
        assert not outcome.called_off


def test_lmtp_gives_each_recipient_its_own_reply() -> None:
    verdicts = {ALICE: LATER, CAROL: b"552 5.2.2 Mailbox full\r\n"}
    dave = b"dave@lists.example"
    behaviour = Behaviour(verdicts=verdicts, recipients=GONE)
    with Sink("lmtp", behaviour) as sink:
        outcome = delivered(sink, parcel(ALICE, BOB, CAROL, dave))
        assert said(outcome) == ("450 4.2.0 Later", "550 5.1.1 No Bob", "552 5.2.2 Mailbox full", TAKEN)
        assert outcome.stage is Stage.DONE
        assert sink.wait(1)[0].recipients == (dave,)


def test_go_ahead_for_nobody_is_left_by_closing() -> None:
    # RFC 2920 asks for a lone dot there, which some servers deliver as an empty message.
    scripted = Behaviour(recipients=GONE, replies={"DATA": b"354 Go on anyway\r\n"})
    with Sink("smtp", scripted) as sink:
        assert said(delivered(sink, parcel(BOB))) == ("550 5.1.1 No Bob",)
        assert not sink.received


def test_a_server_that_says_good_bye_defers_everyone() -> None:
    bye = Behaviour(replies={"RCPT": b"421 4.3.2 Going down\r\n"}, closes=frozenset({"RCPT"}))
    with Sink("smtp", bye) as sink:
        assert said(delivered(sink, parcel(ALICE, BOB))) == ("451 4.3.2 Going down",) * 2
    with Sink("smtp", Behaviour(replies={"MAIL": b"421 Busy\r\n"}, closes=frozenset({"MAIL"}))) as sink:
        assert said(delivered(sink, parcel(ALICE, BOB))) == ("451 4.0.0 Busy",) * 2
