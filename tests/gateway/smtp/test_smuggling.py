"""No sequence of octets makes two messages out of one, wherever it stands and however it is cut."""

import socket

import pytest

from tests.gateway.smtp.test_data import STRAYS
from tests.given.front import RunningFront

SMUGGLED = b"MAIL FROM:<boss@victim.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSMUGGLED\r\n.\r\n"


@pytest.fixture(scope="module")
def running():
    with RunningFront(max_size=20_000, per_client=200) as front:
        yield front


def replies_to(front, *pieces):
    """All that is said after the 354 to these segments."""
    with front.client() as client:
        client.begin()
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for piece in pieces:
                client.send(piece)
        except OSError:
            pass  # It was closed before all was sent: the reply has been written by then.
        return client.rest()


@pytest.mark.parametrize("stray", STRAYS)
@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_a_stray_line_end_makes_no_second_message(running, stray, where):
    text = b"Subject: outer\r\n\r\nouter body"
    before, after = {"first": (b"", text), "middle": (text, SMUGGLED), "last": (text, b"")}[where]
    content = before + stray + after + b"\r\n.\r\n"
    assert replies_to(running, content) == ("550 5.5.2 Bare CR, LF or NUL not allowed",)
    assert running.contents == ()


@pytest.mark.parametrize("stray", [b"\n.\r\n", b"\r\n.\n", b"\r\n\0.\r\n", b"\r\r\n.\r\n"])
def test_nor_does_it_when_it_is_cut_at_any_octet(running, stray):
    sent = b"x" + stray + SMUGGLED
    for place in range(len(stray) + 3):
        replies = replies_to(running, sent[:place], sent[place:])
        assert replies == ("550 5.5.2 Bare CR, LF or NUL not allowed",), place
    assert running.contents == ()


@pytest.mark.parametrize("stray", [b".\n", b"\n.\n", b"\r.\r\n"])
def test_nor_does_it_after_the_size_limit(running, stray):
    replies = replies_to(running, (b"a" * 98 + b"\r\n") * 210 + stray + b"HELP\r\nHELP\r\n.\r\n")
    assert replies == ("550 5.5.2 Bare CR, LF or NUL not allowed",)


@pytest.mark.parametrize("stray", [b"\n", b"\rx\r\n", b"\0\r\n"])
def test_a_stray_line_end_among_commands_closes_the_connection(running, stray):
    with running.client() as client:
        client.send(b"NOOP" + stray + b"NOOP\r\n")
        assert client.rest() == ("550 5.5.2 Bare CR, LF or NUL not allowed",)
