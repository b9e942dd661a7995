"""Whose connection it is: PROXY headers, XCLIENT and XFORWARD, believed from named networks and from nobody else."""

import asyncio
import socket
import ssl
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.networks import plain
from gateway.reply import BAD_PARAMETER
from gateway.smtp.claims import XCLIENT, XFORWARD, Claim, claimed
from gateway.smtp.intake import Intake
from gateway.smtp.proxied import HeaderWrong, proxied
from tests.given import certificate
from tests.given.front import RunningFront

US = ("127.0.0.0/8",)
POST = b"From: Ann <ann@member.example>\r\n\r\nA question.\r\n"
SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
V1 = b"PROXY TCP4 203.0.113.9 192.0.2.1 4711 25\r\n"


def v2(client="203.0.113.9", *, command=1, more=b""):
    """A header of version 2 for a client of either family."""
    family = socket.AF_INET6 if ":" in client else socket.AF_INET
    ends = socket.inet_pton(family, client) + socket.inet_pton(
        family, "::1" if ":" in client else "192.0.2.1"
    )
    tail = ends + struct.pack("!HH", 4711, 25) + more
    kind = 0x21 if ":" in client else 0x11
    return SIGNATURE + struct.pack("!BBH", 0x20 | command, kind, len(tail)) + tail


UNSPECIFIED = SIGNATURE + struct.pack("!BBH", 0x21, 0x00, 0)
A_SOCKET = SIGNATURE + struct.pack("!BBH", 0x21, 0x31, 216) + bytes(216)


def posted(client):
    client.begin()
    assert client.post(POST) == "250 2.0.0 Ok: relayed"


@pytest.mark.parametrize(
    ("header", "address"),
    [
        (V1, "203.0.113.9"),
        (b"PROXY TCP6 2001:db8::9 2001:db8::1 4711 25\r\n", "2001:db8::9"),
        (b"PROXY TCP6 ::ffff:203.0.113.9 2001:db8::1 4711 25\r\n", "203.0.113.9"),
        (b"PROXY UNKNOWN\r\n", ""),
        (b"PROXY UNKNOWN what ever it says\r\n", ""),
        (v2(), "203.0.113.9"),
        (v2("2001:db8::9"), "2001:db8::9"),
        (v2(more=b"\x04\x00\x05hello"), "203.0.113.9"),
        (v2(command=0), "127.0.0.1"),
        (UNSPECIFIED, ""),
    ],
)
def test_a_proxys_word_is_taken_for_whose_connection_it_is(header, address):
    with RunningFront(proxy_networks=US) as front, front.client(greet=False) as client:
        client.send(header)
        assert client.reply() == "220 gate.example ESMTP"
        posted(client)
        envelope = front.keeper.messages[0].envelope
        assert (envelope.client, envelope.peer, envelope.helo) == (address, "", "client.example")


def test_a_header_may_come_octet_by_octet():
    with RunningFront(proxy_networks=US) as front, front.client(greet=False) as client:
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for place in range(len(V1)):
            client.send(V1[place : place + 1])
            time.sleep(0.001)
        assert client.reply().startswith("220")
        posted(client)
        assert front.keeper.messages[0].envelope.client == "203.0.113.9"


@pytest.mark.parametrize(
    "header",
    [
        b"EHLO x\r\nMAIL FROM:<a@b.example>\r\n",
        b"PROXY TCP4 203.0.113.9 192.0.2.1 4711\r\n",
        b"PROXY TCP4 203.0.113.999 192.0.2.1 4711 25\r\n",
        b"PROXY TCP4 2001:db8::9 192.0.2.1 4711 25\r\n",
        b"PROXY TCP4 203.0.113.9 192.0.2.1 4711 25\n",
        b"PROXY UDP4 203.0.113.9 192.0.2.1 4711 25\r\n",
        b"PROXY " + b"x" * 600,
        b"PROXY UNKNOWN " + b"x" * 100 + b"\r\n",
        SIGNATURE + struct.pack("!BBH", 0x11, 0x11, 12) + bytes(12),
        SIGNATURE + struct.pack("!BBH", 0x21, 0x11, 4) + bytes(4),
        v2(more=bytes(600)),
        A_SOCKET,
        b"\x16\x03\x01\x02\x00\x01",
        b"",
    ],
)
def test_without_a_good_header_a_proxys_connection_is_closed_without_a_word(header):
    with RunningFront(proxy_networks=US) as front, front.client(greet=False) as client:
        client.send(header)
        client.socket.shutdown(socket.SHUT_WR)
        assert client.rest() == ()
        front.run(_a_moment())
        assert front.front._house.connections._count == 0
        assert not list(front.said("session_failed"))
        assert len(list(front.said("proxy_refused"))) == bool(header)


def test_a_header_has_its_time(monkeypatch):
    monkeypatch.setattr("gateway.smtp.proxied.SECONDS", 0.2)
    with RunningFront(proxy_networks=US) as front, front.client(greet=False) as client:
        client.send(b"PROXY TCP4 ")
        assert client.rest() == ()


@given(
    st.binary(max_size=80)
    | st.builds(bytes.__add__, st.just(b"PROXY "), st.binary(max_size=120))
    | st.builds(bytes.__add__, st.just(SIGNATURE), st.binary(max_size=120))
    | st.builds(
        lambda tail: SIGNATURE + b"\x21\x11" + struct.pack("!H", len(tail)) + tail, st.binary(max_size=80)
    )
)
def test_any_octets_name_a_client_or_none(octets):
    async def read():
        intake = Intake()
        intake.feed(octets)
        intake.end()
        return await proxied(intake, "127.0.0.1"), intake.take()

    try:
        address, rest = asyncio.run(read())
    except HeaderWrong:
        return
    assert address == "" or plain(address) == address
    assert octets.endswith(rest)
    assert len(octets) - len(rest) <= 536


def test_what_follows_the_header_before_the_greeting_was_sent_too_early():
    with RunningFront(proxy_networks=US) as front, front.client(greet=False) as client:
        client.send(V1 + b"EHLO x\r\n")
        assert client.rest() == ("554 5.5.0 Error: SMTP protocol synchronization",)


@pytest.mark.parametrize("header", [V1, v2()], ids=["v1", "v2"])
def test_from_anybody_else_a_header_ends_the_connection(header):
    with RunningFront(proxy_networks=("192.0.2.0/24",)) as front:
        with front.client() as client:
            client.send(header + b"EHLO x\r\nMAIL FROM:<a@b.example>\r\n")
            assert client.rest()[0][:3] in ("421", "500", "550")
        with front.client() as client:
            client.send(b"EHLO x\r\n" + header)
            replies = client.rest()
            assert replies[-1][:3] in ("421", "550")
        assert front.contents == ()


def test_lmtp_knows_no_header():
    with RunningFront("lmtp", proxy_networks=US) as front:
        with front.client() as client:
            client.begin(hello="LHLO mx.lists.example")
            assert client.post(POST).startswith("250")
        with front.client() as client:
            client.send(V1)
            assert client.rest() == ("421 4.7.0 Error: this is a mail server",)


def test_each_client_behind_a_proxy_has_its_share_of_connections():
    with RunningFront(proxy_networks=US, per_client=1) as front:
        with through(front, "203.0.113.9") as one, through(front, "203.0.113.10") as another:
            assert one.reply().startswith("220")
            assert another.reply().startswith("220")
            with through(front, "203.0.113.9") as too_many:
                assert too_many.rest() == ("421 4.7.0 Too many connections",)
        front.run(_a_moment())
        with through(front, "203.0.113.9") as again:
            assert again.reply().startswith("220")
        assert front.front._house.connections._by_client.keys() <= {"203.0.113.9"}


@pytest.mark.parametrize("header", [b"PROXY UNKNOWN\r\n", UNSPECIFIED], ids=["v1", "v2"])
def test_clients_whom_no_proxy_can_name_are_not_taken_for_one(header):
    with (
        RunningFront(proxy_networks=US, per_client=1, connections=2) as front,
        front.client(greet=False) as one,
        front.client(greet=False) as another,
        front.client(greet=False) as too_many_in_all,
    ):
        for client in (one, another):
            client.send(header)
            assert client.reply().startswith("220")
        assert too_many_in_all.rest() == ("421 4.7.0 Too many connections",)


def through(front, client):
    """A connection that comes through a proxy."""
    connection = front.client(greet=False)
    connection.send(v2(client))
    return connection


@pytest.mark.parametrize("header", [V1, v2()], ids=["v1", "v2"])
def test_a_proxy_may_pass_on_tls_in_the_same_segment(header, tmp_path):
    pair = certificate.make(tmp_path)
    with (
        RunningFront(pair=pair, implicit=True, proxy_networks=US) as front,
        front.client(greet=False) as client,
    ):
        hello, outgoing = handshake(certificate.trusting(pair[0]))
        client.send(header + outgoing.read())
        shake(client, hello, outgoing)
        assert read(client, hello).startswith(b"220 gate.example")
        envelope = talk(client, hello, front)
        assert (envelope.client, envelope.protocol) == ("203.0.113.9", "ESMTPS")


def handshake(context):
    """TLS that we carry ourselves, so that its first octets can be sent along with others."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    hello = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    hello.incoming = incoming
    with pytest.raises(ssl.SSLWantReadError):
        hello.do_handshake()
    return hello, outgoing


def shake(client, hello, outgoing):
    while True:
        try:
            hello.do_handshake()
        except ssl.SSLWantReadError:
            client.send(outgoing.read())
            hello.incoming.write(client.socket.recv(65536))
        else:
            client.send(outgoing.read())
            hello.outgoing = outgoing
            return


def read(client, hello):
    while True:
        try:
            return hello.read(4096)
        except ssl.SSLWantReadError:
            hello.incoming.write(client.socket.recv(65536))


def talk(client, hello, front):
    """Post something; the envelope that arrived."""
    for line in (b"EHLO x", b"MAIL FROM:<a@b.example>", b"RCPT TO:<c@d.example>", b"DATA", b"x\r\n."):
        hello.write(line + b"\r\n")
        client.send(hello.outgoing.read())
        read(client, hello)
    return front.keeper.messages[0].envelope


def test_xclient_makes_another_client_of_this_one():
    with RunningFront(xclient_networks=US) as front, front.client() as client:
        assert "250 XCLIENT NAME ADDR PORT PROTO HELO" in lines(client)
        assert client.say("XCLIENT NAME=spike.example ADDR=203.0.113.9 HELO=spike PROTO=ESMTP") == (
            "220 gate.example ESMTP"
        )
        assert client.say("MAIL FROM:<a@b.example>").startswith("503"), "a new session begins"
        posted(client)
        envelope = front.keeper.messages[0].envelope
        assert (envelope.client, envelope.helo, envelope.peer) == ("203.0.113.9", "spike", "")
        assert client.say("XCLIENT ADDR=IPV6:2001:db8::9").startswith("220")
        posted(client)
        assert front.keeper.messages[1].envelope.client == "2001:db8::9"
        assert front.keeper.messages[1].envelope.helo == "client.example"


def test_who_is_said_to_speak_is_who_counts():
    with (
        RunningFront(xclient_networks=US, per_client=1) as front,
        front.client() as one,
        front.client() as two,
    ):
        assert one.say("XCLIENT ADDR=203.0.113.9").startswith("220")
        two.send(b"XCLIENT ADDR=203.0.113.9\r\n")
        assert two.rest() == ("421 4.7.0 Too many connections",)
        one.socket.close()
        front.run(_a_moment())
        assert front.front._house.connections._by_client.keys() <= {"127.0.0.1"}


def test_xforward_says_whose_message_the_next_one_is():
    with RunningFront(xforward_networks=US) as front, front.client() as client:
        assert "250 XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE" in lines(client)
        assert client.say("XFORWARD NAME=mx.far.example ADDR=203.0.113.9") == "250 2.0.0 Ok"
        assert client.say("XFORWARD HELO=far+2Eexample SOURCE=REMOTE IDENT=4XYZ") == "250 2.0.0 Ok"
        assert client.say("MAIL FROM:<a@b.example>").startswith("250")
        assert client.say("XFORWARD ADDR=198.51.100.1").startswith("503 5.5.1")
        client.say("RCPT TO:<c@d.example>", "DATA")
        client.post(POST)
        first = front.keeper.messages[0].envelope
        assert (first.client, first.helo, first.peer) == ("203.0.113.9", "far.example", "127.0.0.1")
        assert first.hop == "127.0.0.1"
        client.say("MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA")
        client.post(POST)
        second = front.keeper.messages[1].envelope
        assert (second.client, second.peer, second.hop) == ("127.0.0.1", "", "127.0.0.1")


@pytest.mark.parametrize(
    ("said", "client"),
    [
        ("ADDR=[UNAVAILABLE] SOURCE=REMOTE", ""),
        ("ADDR=[unavailable] SOURCE=LOCAL", "127.0.0.1"),
        ("ADDR=203.0.113.9 SOURCE=[UNAVAILABLE]", "203.0.113.9"),
        ("HELO=x", "127.0.0.1"),
    ],
)
def test_an_unknown_client_is_nobody_and_a_local_one_is_the_mta_itself(said, client):
    with RunningFront(xforward_networks=US) as front, front.client() as connection:
        connection.say(
            "EHLO x", f"XFORWARD {said}", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"
        )
        connection.post(POST)
        assert front.keeper.messages[0].envelope.client == client


@pytest.mark.parametrize(
    "said", ["XCLIENT ADDR=203.0.113.9", "XFORWARD ADDR=203.0.113.9"], ids=lambda it: it[:5]
)
@pytest.mark.parametrize("networks", [(), ("192.0.2.0/24",)])
def test_from_anybody_else_it_is_refused(said, networks):
    with (
        RunningFront(xclient_networks=networks, xforward_networks=networks) as front,
        front.client() as client,
    ):
        assert not [line for line in lines(client) if "XCLIENT" in line or "XFORWARD" in line]
        assert client.say(said) == "550 5.7.0 Error: insufficient authorization"
        posted(client)
        assert front.keeper.messages[0].envelope.client == "127.0.0.1"


def test_xclient_gives_no_right_to_more_of_it():
    with RunningFront(xclient_networks=US) as front, front.client() as client:
        client.say("XCLIENT ADDR=203.0.113.9")
        assert client.say("XCLIENT ADDR=198.51.100.1").startswith("220"), "who speaks is still our neighbour"
        assert client.say("XFORWARD ADDR=198.51.100.1").startswith("550 5.7.0")


@pytest.mark.parametrize(
    "attributes",
    [
        b"",
        b"ADDR",
        b"ADDR=",
        b"ADDR=here",
        b"ADDR=203.0.113.999",
        b"HELO=a+0D+0Ab",
        b"HELO=a+00b",
        b"HELO=a+20b",
        b"HELO=\xc3\xa4",
        b"NAME=" + b"x" * 256,
        b"LOGIN=root",
        b"DESTADDR=192.0.2.1",
        b"ADDR=203.0.113.9 WHAT=ever",
    ],
)
def test_a_malformed_attribute_is_refused_and_nothing_is_changed(attributes):
    assert claimed(attributes, Claim(), XFORWARD) == BAD_PARAMETER
    with RunningFront(xclient_networks=US) as front, front.client() as client:
        client.send(b"XCLIENT " + attributes + b"\r\n")
        assert client.reply().startswith("501 5.5.4")
        posted(client)
        assert front.keeper.messages[0].envelope.client == "127.0.0.1"


def test_source_is_no_attribute_of_xclient():
    assert claimed(b"SOURCE=LOCAL", Claim(), XCLIENT) == BAD_PARAMETER


def lines(client):
    """What EHLO is answered, with plain spaces."""
    client.send(b"EHLO x\r\n")
    found = [client.line()]
    while found[-1][3] == "-":
        found.append(client.line())
    return [line.replace("-", " ", 1) for line in found]


async def _a_moment():
    await asyncio.sleep(0.05)
