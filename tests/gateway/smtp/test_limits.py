"""What one client, or many, may take of us: memory, connections, recipients, patience and time."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gateway.settings import SmtpSettings
from gateway.smtp.limits import Connections
from tests.given.front import RunningFront

MEBIBYTE = 1024 * 1024

# Our own child: the growth of its peak is what one message cost.
MEASURED = """
import resource, sys
from tests.given.front import RunningFront
content, size = eval(sys.argv[1]), int(sys.argv[2])
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
with RunningFront(max_size=size) as front, front.client() as client:
    client.begin()
    client.post(b"warm\\r\\n")
    client.begin()
    before = peak()
    try:
        for _ in range(int(sys.argv[3])): client.send(content)
        client.send(b"\\r\\n.\\r\\n")
    except OSError: pass
    print(client.reply()[:3], peak() - before, len(front.contents))
"""


def growth(content, size, times):
    """The code after the dot, and how much more memory than before the message was in use, at most."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, content, str(size), str(times)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    code, octets, kept = done.stdout.split()
    return code, int(octets), int(kept)


def test_a_message_of_tiny_lines_costs_its_size_and_little_more():
    code, octets, kept = growth('b"\\r\\n" * 131072', 12 * MEBIBYTE, 44)
    assert (code, kept) == ("250", 2)
    assert octets < 11 * MEBIBYTE + 9 * MEBIBYTE


def test_a_stream_without_a_line_end_costs_nothing_and_is_cut_off():
    code, octets, kept = growth('b"x" * 262144', 4 * MEBIBYTE, 400)
    assert (code, kept) == ("552", 1)
    assert octets < 6 * MEBIBYTE


def test_a_message_too_big_is_refused_at_its_end_and_the_session_goes_on():
    with RunningFront(max_size=1000) as front, front.client() as client:
        client.begin()
        assert client.post(b"x" * 998 + b"\r\ny\r\n") == "552 5.3.4 Message too big"
        assert client.say("MAIL FROM:<a@b.example> SIZE=1001") == "552 5.3.4 Message too big"
        client.begin()
        assert client.post(b"x" * 998 + b"\r\n").startswith("250")


def test_a_large_message_is_spooled_and_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    content = b"".join(b"%07d" % n + b"x" * 63 + b"\r\n" for n in range(20_000))
    with RunningFront() as front, front.client() as client:
        client.begin()
        client.send(content[: len(content) // 2])
        assert not list(tmp_path.iterdir())
        client.send(content[len(content) // 2 :])
        assert client.post(b"").startswith("250")
        assert front.contents == (content,)
    assert not list(tmp_path.iterdir())


def test_when_the_spool_cannot_be_written_the_client_keeps_the_message(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with RunningFront() as front, front.client() as client:
        client.begin()
        assert client.post((b"x" * 98 + b"\r\n") * 10_000) == "452 4.3.1 Insufficient system storage"
        client.begin()
        assert client.post(b"small\r\n").startswith("250")
    assert list(front.said("spool_failed"))


def test_one_client_gets_its_share_of_connections_and_no_more():
    with RunningFront(per_client=2, front_networks=()) as front:
        with front.client(), front.client(), front.client(greet=False) as third:
            assert third.rest() == ("421 4.7.0 Too many connections",)
        front.run(_a_moment())
        with front.client() as again:
            assert again.say("NOOP").startswith("250")


def test_our_own_front_is_only_counted_in_all():
    with RunningFront(per_client=1, connections=2) as front, front.client(), front.client():  # noqa: SIM117
        with front.client(greet=False) as third:
            assert third.rest() == ("421 4.7.0 Too many connections",)


def test_a_network_of_ipv6_counts_as_one_client():
    connections = Connections(SmtpSettings(per_client=1))
    assert connections.enter("2001:db8::1")
    assert not connections.enter("2001:db8::2")
    assert connections.enter("2001:db8:0:1::1")
    connections.leave("2001:db8::1")
    assert connections.enter("2001:db8::2")


def test_a_mapped_address_counts_as_what_it_stands_for():
    connections = Connections(SmtpSettings(per_client=1))
    assert connections.enter("192.0.2.1")
    assert not connections.enter("::ffff:192.0.2.1")


def test_recipients_above_the_limit_are_put_off_and_the_others_served():
    with RunningFront(recipients=2) as front, front.client() as client:
        client.say("EHLO x", "MAIL FROM:<a@b.example>")
        replies = [client.say(f"RCPT TO:<r{n}@d.example>")[:9] for n in range(4)]
        assert replies == ["250 2.1.5", "250 2.1.5", "452 4.5.3", "452 4.5.3"]
        client.say("DATA")
        client.post(b"x\r\n")
        assert front.keeper.messages[0].envelope.recipients == (b"r0@d.example", b"r1@d.example")


def test_a_flood_of_recipients_ends_the_session():
    with RunningFront(recipients=1) as front, front.client() as client:
        client.say("EHLO x", "MAIL FROM:<a@b.example>")
        client.send(b"RCPT TO:<r@d.example>\r\n" * 1500)
        replies = client.rest()
        assert replies[-1] == "421 4.7.0 Too many errors"
        assert len(replies) == 1001


@pytest.mark.parametrize(
    ("command", "before_the_last"),
    [("FOO", 4), ("NOOP", 99), ("RCPT TO:<a@b.c>", 19), ("NOOP " + "x" * 600, 2)],
)
def test_patience_ends(front, command, before_the_last):
    with front.client() as client:
        replies = [client.say(command) for _ in range(before_the_last)]
        assert not any(reply.startswith("421") for reply in replies)
        client.send(command.encode() + b"\r\n")
        assert client.rest() == ("421 4.7.0 Too many errors",)


def test_a_command_line_without_end_closes_the_connection(front):
    with front.client() as client:
        client.send(b"NOOP " + b"x" * 5000)
        assert client.rest() == ("500 5.5.2 Line too long",)


def test_who_says_nothing_is_sent_away_in_time(front):
    with front.client() as client:
        front.seconds_pass(299)
        assert client.say("NOOP").startswith("250")
        front.seconds_pass(301)
        assert client.rest() == ("421 4.4.2 Error: timeout exceeded",)


def test_half_a_command_does_not_buy_time(front):
    with front.client() as client:
        client.send(b"NO")
        front.seconds_pass(301)
        assert client.rest() == ("421 4.4.2 Error: timeout exceeded",)


def test_a_session_has_an_end_however_busy_it_is():
    with RunningFront(session_timeout=100) as front, front.client() as client:
        client.say("NOOP")
        front.seconds_pass(101)
        assert client.rest() == ("421 4.4.2 Error: timeout exceeded",)


def test_a_message_that_drips_in_is_given_up(front):
    with front.client() as client:
        client.begin()
        client.send(b"x" * 14_000)
        front.run(_a_moment())
        front.seconds_pass(20)
        client.send(b"\r\n")
        front.run(_a_moment())
        front.seconds_pass(31)
        assert client.rest() == ("421 4.4.2 Error: timeout exceeded",)
    assert front.contents == ()


def test_a_message_may_not_take_for_ever():
    with RunningFront(data_timeout=60, min_rate=1) as front, front.client() as client:
        client.begin()
        client.send(b"x" * 1000)
        front.run(_a_moment())
        front.seconds_pass(59)
        front.seconds_pass(61)
        assert client.rest() == ("421 4.4.2 Error: timeout exceeded",)


def test_slow_clients_are_hurried_when_connections_run_short():
    with RunningFront(connections=5) as front:
        clients = [front.client() for _ in range(5)]
        front.seconds_pass(11)
        for client in clients:
            with client:
                assert client.rest() == ("421 4.4.2 Error: timeout exceeded",)


@pytest.mark.parametrize(("open_", "late"), [(1, False), (5, True)])
def test_slow_messages_are_hurried_too(open_, late):
    with RunningFront(connections=5) as front:
        clients = [front.client() for _ in range(open_)]
        clients[0].begin()
        clients[0].send(b"x" * 100)
        front.run(_a_moment())
        front.seconds_pass(11)
        if late:
            assert clients[0].rest() == ("421 4.4.2 Error: timeout exceeded",)
        else:
            assert clients[0].post(b"\r\n").startswith("250")
        for client in clients:
            client.socket.close()


def test_no_time_is_taken_from_a_client_while_we_decide(front):
    front.keeper.go_on.clear()
    with front.client() as client:
        client.begin()
        client.send(b"x\r\n.\r\n")
        assert front.keeper.under_way.wait(5)
        front.seconds_pass(5000)
        front.keeper.go_on.set()
        assert client.reply().startswith("250")


async def _a_moment():
    await asyncio.sleep(0.05)
