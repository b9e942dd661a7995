"""A parcel reaches its next hop with the octets and the envelope that came."""

import pytest

from gateway.relay import NextHop, Relay, Stage
from tests.given.parcels import ALICE, BOB, PATIENT, POST, TRACE, delivered, parcel, said, with_relay
from tests.given.sink import EXTENSIONS, Behaviour, Sink

NO_PIPELINING = Behaviour(extensions=tuple(each for each in EXTENSIONS if each != "PIPELINING"))


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
@pytest.mark.parametrize("behaviour", [Behaviour(), NO_PIPELINING], ids=["pipelined", "in turn"])
def test_the_octets_arrive_as_they_came_below_our_trace(protocol: str, behaviour: Behaviour) -> None:
    with Sink(protocol, behaviour) as sink:
        outcome = delivered(sink, parcel(ALICE, BOB))
        (received,) = sink.wait(1)
    assert received.octets == TRACE + POST
    assert received.recipients == (ALICE, BOB)
    assert received.reverse_path == b"me@home.example"
    assert said(outcome) == ("250 2.0.0 Ok: taken by the sink",) * 2
    assert outcome.stage is Stage.DONE
    assert outcome.upstream == "250 2.0.0 Ok: taken by the sink"
    assert outcome.taken
    assert not outcome.unknown


def test_we_introduce_ourselves_and_name_the_size() -> None:
    with Sink() as sink:
        delivered(sink)
        assert sink.commands[0] == b"EHLO gate.example"
        assert sink.commands[1] == b"MAIL FROM:<me@home.example> SIZE=%d" % len(TRACE + POST)


def test_the_null_reverse_path_goes_out_as_it_came() -> None:
    with Sink() as sink:
        delivered(sink, parcel(sender=b""))
        assert sink.wait(1)[0].reverse_path == b""


@pytest.mark.parametrize("size", [60_000, 70_000, 3_000_000])
def test_a_long_message_arrives_whole(size: int) -> None:
    octets = b".line\r\n" * (size // 7)
    with Sink() as sink:
        outcome = with_relay(
            lambda relay: relay.deliver(NextHop.parse(sink.url), parcel(octets=octets), None), Relay(PATIENT)
        )
        assert outcome.taken, outcome
        assert sink.wait(1)[0].octets == TRACE + octets


def test_an_empty_message_is_a_message() -> None:
    with Sink() as sink:
        assert delivered(sink, parcel(octets=b"")).taken
        assert sink.wait(1)[0].octets == TRACE


@pytest.mark.parametrize("octets", [b"bare\rCR\r\n", b"bare\nLF\r\n", b"nul\0\r\n", b"no end"])
def test_what_must_not_be_sent_on_is_never_offered(octets: bytes) -> None:
    with Sink() as sink:
        with pytest.raises(ValueError, match="message"):
            delivered(sink, parcel(octets=octets))
        assert sink.connections == 0


def test_an_address_with_a_line_break_is_never_offered() -> None:
    with Sink() as sink:
        with pytest.raises(ValueError, match="control"):
            delivered(sink, parcel(b"a\r\nDATA\r\n@x"))
        assert sink.connections == 0


NOT_8BITMIME = Behaviour(extensions=("PIPELINING", "SMTPUTF8"))
NOT_SMTPUTF8 = Behaviour(extensions=("PIPELINING", "8BITMIME"))
EIGHT_BIT = b"Subject: x\r\n\r\ncaf\xe9\r\n"
NOT_8 = "451 4.6.3 The list server does not take 8BITMIME at present"
NOT_UTF8 = "451 4.6.7 The list server does not take SMTPUTF8 at present"


@pytest.mark.parametrize(
    ("behaviour", "octets", "parameters", "recipient", "reply"),
    [
        (NOT_8BITMIME, POST, (b"BODY=8BITMIME",), ALICE, NOT_8),
        (NOT_8BITMIME, POST, (b"body=8bitmime",), ALICE, NOT_8),
        (NOT_8BITMIME, EIGHT_BIT, (), ALICE, NOT_8),
        (NOT_8BITMIME, EIGHT_BIT, (b"BODY=7BIT",), ALICE, NOT_8),
        (NOT_SMTPUTF8, POST, (b"SMTPUTF8",), ALICE, NOT_UTF8),
        (NOT_SMTPUTF8, POST, (), "ü@lists.example".encode(), NOT_UTF8),
    ],
)
def test_a_hop_that_lacks_what_a_post_needs_defers_it(
    behaviour: Behaviour, octets: bytes, parameters: tuple[bytes, ...], recipient: bytes, reply: str
) -> None:
    with Sink("smtp", behaviour) as sink:
        assert said(delivered(sink, parcel(recipient, octets=octets, parameters=parameters))) == (reply,)
        assert not sink.received


def test_parameters_are_passed_on() -> None:
    with Sink() as sink:
        address = "ü@lists.example".encode()
        delivered(sink, parcel(address, octets=EIGHT_BIT, parameters=(b"BODY=8BITMIME", b"SMTPUTF8")))
        (received,) = sink.wait(1)
    assert received.parameters[:2] == (b"BODY=8BITMIME", b"SMTPUTF8")
    assert received.recipients == (address,)
    assert received.octets == TRACE + EIGHT_BIT


def test_eight_bit_octets_are_announced_even_when_their_sender_did_not() -> None:
    with Sink() as sink:
        delivered(sink, parcel(octets=EIGHT_BIT))
        assert b"BODY=8BITMIME" in sink.wait(1)[0].parameters


def test_what_a_hop_offers_is_known_once_it_was_asked() -> None:
    with Sink("lmtp") as sink:
        hop = NextHop.parse(sink.url)
        relay = Relay(PATIENT)
        assert relay.extensions(hop) is None
        assert with_relay(lambda it: it.probe(hop), relay) == relay.extensions(hop)
        assert {"8BITMIME", "SMTPUTF8", "SIZE"} <= (relay.extensions(hop) or frozenset())
        sink.behaviour = NOT_SMTPUTF8
        with_relay(lambda it: it.probe(hop), relay)
        assert relay.extensions(hop) == frozenset({"PIPELINING", "8BITMIME"})


@pytest.mark.parametrize(
    "url",
    ["smtp://x", "http://x:25", "lmtp://:24", "smtp://x:0", "smtp://x:99999", "x:25", "smtp://x:25/a", ""],
)
def test_a_wrong_next_hop_is_named_in_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="must be 'smtp://HOST:PORT'"):
        NextHop.parse(url)


@pytest.mark.parametrize("url", ["smtp://mail.example:25", "lmtp://127.0.0.1:8024", "lmtp://[::1]:24"])
def test_a_next_hop_reads_as_it_was_written(url: str) -> None:
    assert str(NextHop.parse(url)) == url
