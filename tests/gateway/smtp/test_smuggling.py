"""No sequence of octets makes two messages out of one, wherever it stands and however it is cut."""

import asyncio
import socket

import pytest

from tests.given.front import RunningFront
from tests.given.strays import STRAYS

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


TEXT = b"Subject: outer\r\n\r\nouter body"
POSITIONS = {"first": (b"", TEXT), "middle": (TEXT, SMUGGLED), "last": (TEXT, b"")}
OPENING = b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
AT_ONCE = 100


async def said_to(address, pieces, turns):
    """What follows the 354 when the pieces are sent one after the other."""
    async with turns:
        reader, writer = await asyncio.open_connection(*address)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        assert (await reader.readline()).startswith(b"220 ")
        writer.write(OPENING)
        await reader.readuntil(b"354 ")
        await reader.readline()
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.003)
            writer.write_eof()
            said = await reader.read()
        except ConnectionError:
            said = b""
        writer.close()
        return said


async def all_said(address, ways):
    turns = asyncio.Semaphore(AT_ONCE)
    return await asyncio.gather(*(said_to(address, pieces, turns) for pieces in ways))


def ways_to_cut(stray, where):
    """The content in two pieces, cut in and around the stray line end at every octet; and octet by octet there."""
    before, after = POSITIONS[where]
    content, start = before + stray + after + b"\r\n.\r\n", len(before)
    end = start + len(stray) + 2
    for place in range(max(start - 1, 1), end + 1):
        yield content[:place], content[place:]
    yield content[:start], *(content[n : n + 1] for n in range(start, end)), content[end:]


@pytest.mark.parametrize("where", POSITIONS)
def test_nor_does_it_when_it_is_cut_at_any_octet(running, where):
    ways = [cut for stray in STRAYS for cut in ways_to_cut(stray, where)]
    assert len(ways) > 100
    said = asyncio.run(all_said(running.address, ways))
    # Where the connection was reset under our hands, nothing was said, and nothing taken.
    assert set(said) <= {b"550 5.5.2 Bare CR, LF or NUL not allowed\r\n", b""}
    assert said.count(b"") < len(said) / 4
    assert running.contents == ()


@pytest.mark.siege
@pytest.mark.parametrize("where", POSITIONS)
@pytest.mark.parametrize("stray", STRAYS)
def test_nor_does_it_in_a_message_of_any_length_that_is_cut_in_three(running, stray, where):
    before, after = POSITIONS[where]
    content = before + stray + after + b"\r\n.\r\n"
    places = range(1, len(content))
    ways = [
        (content[:one], content[one:other], content[other:])
        for one in places
        for other in places
        if one < other < one + len(stray) + 3
    ]
    assert set(asyncio.run(all_said(running.address, ways))) <= {
        b"550 5.5.2 Bare CR, LF or NUL not allowed\r\n",
        b"",
    }
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
