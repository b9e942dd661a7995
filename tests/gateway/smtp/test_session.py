"""One client's session over a real socket: what it can rely on, and what it cannot do to us."""

import socket
import threading
import time

import pytest

from gateway.reply import NO_SPACE, Reply
from tests.given.front import RunningFront

POST = b"From: Ann <ann@member.example>\r\nSubject: x\r\n\r\nA question.\r\n"
TWELVE = (
    b"<=?utf-8?q?a=0d=0aRCPT_TO:x?=@example.com>",
    b"<=?utf-8?q?a=40evil=2Ecom?=@example.com>",
    b'<"=?utf-8?q?=0d=0aX?="@e.com>',
    b"<a\rb@example.com>",
    b"<a\x00b@example.com>",
    b"<a@exa\rmple.com>",
    b"<user(comment)@example.com>",
    b"< user @ example.com >",
    b"<@a.com,@b.com:user@example.com>",
    b"<user>",
    b"user@example.com",
    b"<>",
)


@pytest.mark.parametrize("address", TWELVE)
def test_an_address_is_refused_or_arrives_as_it_was_sent(front, address):
    with front.client() as client:
        client.say("HELO x")
        client.send(b"MAIL FROM:" + address + b"\r\n")
        reply = client.reply()
        if reply.startswith("5"):
            return
        client.say("RCPT TO:<physics@lists.example>", "DATA")
        client.post(POST)
    assert b"<" + front.keeper.messages[0].envelope.reverse_path + b">" == address


def test_the_message_and_its_envelope_arrive_as_they_were_sent(front):
    with front.client() as client:
        client.say(
            "EHLO mx.member.example",
            'MAIL FROM:<"ann b"@Member.example> SIZE=99 body=8bitmime',
            "RCPT TO:<Physics@lists.example>",
            "RCPT TO:<postmaster>",
            "DATA",
        )
        assert client.post(b"..a: b\r\n\r\n..\r\n\xe4\r\n") == "250 2.0.0 Ok: relayed"
    message = front.keeper.messages[0]
    assert message.octets == b".a: b\r\n\r\n.\r\n\xe4\r\n"
    envelope = message.envelope
    assert envelope.reverse_path == b'"ann b"@Member.example'
    assert envelope.recipients == (b"Physics@lists.example", b"postmaster")
    assert envelope.parameters == (b"body=8bitmime",)
    assert (envelope.client, envelope.helo) == ("127.0.0.1", "mx.member.example")


@pytest.mark.parametrize("how", ["reset", "close", "half close"])
def test_an_admission_goes_on_when_the_client_leaves(front, how):
    front.keeper.go_on.clear()
    with front.client() as client:
        client.begin()
        client.send(POST + b".\r\nQUIT\r\n")
        assert front.keeper.under_way.wait(5)
        if how == "reset":
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.socket.close()
        elif how == "close":
            client.socket.close()
        else:
            client.socket.shutdown(socket.SHUT_WR)
        time.sleep(0.05)
        front.keeper.go_on.set()
        assert front.keeper.done.wait(5)
        if how == "half close":
            assert client.rest() == ("250 2.0.0 Ok: relayed", "221 2.0.0 Bye")
    assert front.contents == (POST,)
    assert front.keeper.seen == []


def test_a_reply_counts_as_seen_with_the_next_command(front):
    with front.client() as client:
        client.begin()
        client.post(POST)
        assert front.keeper.seen == []
        client.say("NOOP")
    assert front.keeper.seen == ["t1"]


def test_a_command_sent_before_the_reply_does_not_show_that_it_was_seen(front):
    with front.client() as client:
        client.begin()
        client.send(POST + b".\r\nNOOP\r\n")
        client.reply(), client.reply()
        assert front.keeper.seen == []
        client.say("NOOP")
    assert front.keeper.seen == ["t1"]


@pytest.mark.parametrize("where", ["sender", "recipient", "admit"])
def test_our_trouble_is_451_whose_text_says_nothing_and_the_transaction_is_empty(front, where):
    front.keeper.raises[where] = RuntimeError("password=hunter2\r\n250 2.0.0 forged")
    with front.client() as client:
        client.send(b"EHLO x\r\n")
        client.reply()
        replies = [client.say("MAIL FROM:<a@b.example>"), client.say("RCPT TO:<c@d.example>")]
        if client.say("DATA").startswith("354"):
            replies.append(client.post(POST))
        assert "451 4.3.0 Internal error, try again" in replies
        assert client.say("RCPT TO:<c@d.example>").startswith("503")
        front.keeper.raises.clear()
        client.begin()
        assert client.post(POST).startswith("250")
    assert len(list(front.said("admission_failed", "command_failed"))) == 1


@pytest.mark.parametrize("content", [b"x\n\r\n", b"x" * 70_000 + b"\r\n", POST])
def test_after_data_the_transaction_is_empty(front, content):
    front.keeper.replies = (Reply(550, 7, 1, "No"),)
    with front.client() as client:
        client.begin()
        assert client.post(content).startswith("5")
        assert client.say("RCPT TO:<a@b.example>")[:3] in ("503", "")


def test_replies_are_one_line_of_printable_ascii_whatever_the_gate_says(front):
    front.keeper.replies = (Reply(550, 7, 1, "no\r\n250 forged \x1b[2J é" + "x" * 900),)
    with front.client() as client:
        client.begin()
        reply = client.post(POST)
        assert reply.startswith("550 5.7.1 no??250 forged ?[2J ?")
        assert len(reply) < 511
        assert client.say("NOOP") == "250 2.0.0 Ok"


def test_pipelined_commands_are_answered_in_one_write(front):
    with front.client() as client:
        client.say("EHLO x")
        client.send(
            b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nRCPT TO:<nobody@d.example>\r\nDATA\r\n"
        )
        assert client.socket.recv(4096).count(b"\r\n") == 4


def test_the_next_messages_commands_may_follow_the_dot(front):
    with front.client() as client:
        client.begin()
        client.send(POST + b".\r\nMAIL FROM:<>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n")
        assert [client.reply()[:3] for _ in range(4)] == ["250", "250", "250", "354"]
        client.post(POST)
    assert [message.envelope.reverse_path for message in front.keeper.messages] == [
        b"ann@member.example",
        b"",
    ]


def test_who_talks_before_the_greeting_is_turned_away(front):
    loop_held = threading.Event()
    front._loop.call_soon_threadsafe(loop_held.wait, 2)
    with front.client(greet=False) as client:
        client.send(b"EHLO x\r\n")
        loop_held.set()
        assert client.rest() == ("554 5.5.0 Error: SMTP protocol synchronization",)


def test_a_message_sent_along_with_data_is_turned_away(front):
    with front.client() as client:
        client.say("EHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>")
        client.send(b"DATA\r\n" + POST + b".\r\n")
        assert client.rest() == ("554 5.5.0 Error: SMTP protocol synchronization",)
    assert front.contents == ()


def test_nor_is_it_read_as_commands_when_data_was_refused(front):
    with front.client() as client:
        client.say("EHLO x")
        client.send(b"DATA\r\nMAIL FROM:<a@b.example>\r\n.\r\n")
        assert client.rest() == ("554 5.5.0 Error: SMTP protocol synchronization",)


def test_no_space_is_said_at_mail_and_the_client_may_try_again(front):
    front.keeper.at_mail = NO_SPACE
    with front.client() as client:
        assert client.say("EHLO x", "MAIL FROM:<a@b.example>").startswith("452 4.3.1")
        front.keeper.at_mail = None
        assert client.say("MAIL FROM:<a@b.example>").startswith("250")


def test_what_is_offered_is_what_the_gate_says(front):
    with front.client() as client:
        client.send(b"EHLO x\r\n")
        lines = [client.line()]
        while lines[-1][3] == "-":
            lines.append(client.line())
    assert [line[4:] for line in lines] == [
        "gate.example",
        "PIPELINING",
        "SIZE 26214400",
        "ENHANCEDSTATUSCODES",
        "8BITMIME",
        "SMTPUTF8",
    ]
    front.keeper.offered = frozenset()
    with front.client() as client:
        assert client.say("EHLO x", "MAIL FROM:<a@b.example> BODY=8BITMIME").startswith("555")


@pytest.mark.parametrize("octet", [*range(0x20), 0x7F])
@pytest.mark.parametrize(
    "line", ["?EHLO x", "EH?LO x", "EHLO a?b", "NOOP a?", "MAIL FROM:<a?b@c.example>", "VRFY ?"]
)
def test_a_control_character_in_a_command_is_refused_and_never_echoed(every_front, octet, line):
    if octet in (9, 10, 13) and line.startswith("?"):
        return  # A line end before a command is an empty command; a tab is no letter.
    with every_front.client() as client:
        client.send(b"EHLO x\r\n" * (line[0] != "?" and "EHLO" not in line))
        if "EHLO" not in line:
            client.reply()
        client.send(line.encode().replace(b"?", bytes([octet])) + b"\r\n")
        assert client.reply()[:1] in ("4", "5")


@pytest.fixture(scope="module")
def every_front():
    with RunningFront() as running:
        yield running
