"""Silence, resets and nonsense at every stage: 451, and unknown only after the final dot."""

import socket
import threading

import pytest

from gateway.relay import NextHop, Relay, Stage
from tests.given.parcels import ALICE, BOB, CAROL, IMPATIENT, delivered, parcel, said, with_relay
from tests.given.sink import EXTENSIONS, Behaviour, Sink

LOST = "451 4.4.2 The connection to the list server was lost, try again"
UNREACHABLE = "451 4.4.1 The list server cannot be reached, try again"
IN_TURN = tuple(each for each in EXTENSIONS if each != "PIPELINING")
GARBAGE = (
    b"hello\r\n",
    b"250 bare\n",
    b"250-one\r\n550 two\r\n",
    b"250 " + b"x" * 70_000 + b"\r\n",
    b"250-again\r\n" * 200 + b"250 end\r\n",
    b"\0\x1b[2J\r\n",
    b"199 no such class\r\n",
    b"250-" + b"x" * 500 + b"\r\n" + b"250-" * 4096,
    b"250\0nul\r\n",
    b"\xff\xfe50 eight bits\r\n",
)


def _misbehaving(stage: str) -> tuple[Behaviour, ...]:
    return (
        Behaviour(replies={stage: b""}),
        Behaviour(closes=frozenset({stage})),
        Behaviour(resets=frozenset({stage})),
        *(Behaviour(replies={stage: reply}) for reply in GARBAGE),
    )


@pytest.mark.parametrize("stage", ["GREETING", "EHLO"])
def test_a_next_hop_that_cannot_greet_is_unreachable(stage: str) -> None:
    good_but_no = (b"421 4.3.2 No\r\n", b"554 5.3.2 Never\r\n", b"354 what\r\n")
    scripts = (*_misbehaving(stage), *(Behaviour(replies={stage: each}) for each in good_but_no))
    for behaviour in scripts:
        with Sink("smtp", behaviour) as sink:
            outcome = delivered(sink, parcel(ALICE, BOB))
            assert said(outcome) == (UNREACHABLE,) * 2, behaviour
            # A reset may come so early that the connection counts as never made.
            assert outcome.stage in (Stage.CONNECT, Stage.GREETING)
            assert not outcome.unknown
            assert outcome.upstream.isprintable()


def test_nobody_listening_is_unreachable() -> None:
    with Sink() as sink:
        pass
    outcome = delivered(sink)
    assert said(outcome) == (UNREACHABLE,)
    assert outcome.stage is Stage.CONNECT
    assert sink.url in outcome.upstream


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("extensions", [EXTENSIONS, IN_TURN], ids=["pipelined", "in turn"])
def test_trouble_before_the_dot_is_lost_and_certain(stage: str, extensions: tuple[str, ...]) -> None:
    wrong_class = Behaviour(replies={stage: b"250 Ok\r\n" if stage == "DATA" else b"354 Go on\r\n"})
    for behaviour in (*_misbehaving(stage), wrong_class):
        scripted = Behaviour(extensions, behaviour.replies, closes=behaviour.closes, resets=behaviour.resets)
        with Sink("smtp", scripted) as sink:
            outcome = delivered(sink)
            assert said(outcome) == (LOST,), behaviour
            assert not outcome.unknown
            assert not sink.received


def test_a_connection_lost_in_the_body_is_certain() -> None:
    octets = b"line\r\n" * 4_000_000  # more than the sockets' buffers hold, so that its loss is noticed
    for behaviour in (Behaviour(closes=frozenset({"BODY"})), Behaviour(resets=frozenset({"BODY"}))):
        with Sink("smtp", behaviour) as sink:
            outcome = delivered(sink, parcel(octets=octets))
            assert said(outcome) == (LOST,)
            assert outcome.stage is Stage.DATA
            assert not outcome.unknown
            assert not sink.received


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_no_well_formed_reply_after_the_dot_is_unknown(protocol: str) -> None:
    for behaviour in (*_misbehaving("DOT"), Behaviour(replies={"DOT": b"354 Go on\r\n"})):
        with Sink(protocol, behaviour) as sink:
            outcome = delivered(sink, parcel(ALICE, BOB))
            assert said(outcome) == (LOST,) * 2, behaviour
            assert outcome.unanswered == (0, 1)
            assert outcome.unknown
            assert outcome.stage is Stage.DOT


def test_lmtp_replies_that_came_before_the_trouble_count() -> None:
    for trouble in (b"garbage\r\n", b"354 what\r\n"):
        replies = {"DOT": b"250 2.0.0 Yes\r\n" + trouble}
        with Sink("lmtp", Behaviour(recipients={BOB: b"550 5.1.1 No\r\n"}, replies=replies)) as sink:
            outcome = delivered(sink, parcel(ALICE, BOB, CAROL))
            assert said(outcome) == ("250 2.0.0 Yes", "550 5.1.1 No", LOST)
            assert outcome.unanswered == (2,)
            assert outcome.taken


def test_an_lmtp_server_that_answers_for_some_leaves_the_others_unknown() -> None:
    script = Behaviour(replies={"DOT": b"250 2.0.0 Yes\r\n"}, closes=frozenset({"DOT"}))
    with Sink("lmtp", script) as sink:
        outcome = delivered(sink, parcel(ALICE, BOB))
        assert said(outcome) == ("250 2.0.0 Yes", LOST)
        assert outcome.unanswered == (1,)


def test_a_refusal_known_at_rcpt_stays_known_after_a_silent_dot() -> None:
    script = Behaviour(recipients={BOB: b"550 5.1.1 No\r\n"}, replies={"DOT": b""})
    with Sink("smtp", script) as sink:
        outcome = delivered(sink, parcel(ALICE, BOB))
        assert said(outcome) == (LOST, "550 5.1.1 No")
        assert outcome.unanswered == (0,)


def test_a_reply_too_many_ends_the_connection_but_not_the_answer() -> None:
    with Sink("smtp", Behaviour(replies={"DOT": b"250 2.0.0 Yes\r\n250 2.0.0 Again\r\n"})) as sink:
        outcome = delivered(sink)
        assert said(outcome) == ("250 2.0.0 Yes",)
        assert not outcome.unknown


def test_a_slow_next_hop_within_its_deadline_is_waited_for() -> None:
    slow = {"GREETING": 0.1, "MAIL": 0.1, "DATA": 0.1, "DOT": 0.2}
    with Sink("smtp", Behaviour(delays=slow)) as sink:
        assert delivered(sink).taken


def test_control_characters_in_a_refusal_reach_nobody() -> None:
    with Sink("smtp", Behaviour(replies={"DOT": b"554 5.6.0 \x1b]0;evil\x07 \xff\r\n"})) as sink:
        outcome = delivered(sink)
        assert said(outcome) == ("554 5.6.0 ?]0;evil? ?",)
        assert outcome.upstream.isprintable()


def test_eight_bit_octets_in_a_refusal_reach_nobody() -> None:
    with Sink("smtp", Behaviour(replies={"MAIL": b"550 5.7.1 gr\xfc\xdfe \xe2\x80\xae\r\n"})) as sink:
        outcome = delivered(sink)
        (reply,) = said(outcome)
        assert reply.startswith("550 5.7.1 gr")
        assert (reply + outcome.upstream).isascii()


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_a_go_ahead_in_answer_to_the_dot_is_no_answer(protocol: str) -> None:
    with Sink(protocol, Behaviour(replies={"DOT": b"354 Go on\r\n"})) as sink:
        outcome = delivered(sink)
        assert (said(outcome), outcome.unknown) == ((LOST,), True)


def _take_no_octets(listener: socket.socket, done: threading.Event) -> None:
    """Agree to everything up to DATA, then read nothing more."""
    peer, _ = listener.accept()
    with peer:
        peer.sendall(b"220 stalling.example\r\n")
        while not (command := peer.recv(4096)).startswith(b"DATA"):
            peer.sendall(b"250 Ok\r\n" if command else b"")
        peer.sendall(b"354 Go on\r\n")
        done.wait(10)


def test_a_body_that_nobody_takes_is_given_up_before_the_dot() -> None:
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=_take_no_octets, args=(listener, done))
        server.start()
        hop = NextHop.parse(f"smtp://127.0.0.1:{listener.getsockname()[1]}")
        octets = b"line\r\n" * 4_000_000
        outcome = with_relay(lambda it: it.deliver(hop, parcel(octets=octets)), Relay(IMPATIENT))
        done.set()
        server.join()
    assert said(outcome) == (LOST,)
    assert outcome.stage is Stage.DATA
    assert "silent" in outcome.upstream
