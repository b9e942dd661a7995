"""One question to a scanner over a socket of its own, and its answer.

Small enough to be our own. Of the two libraries for it, aioclamd waits on
when it is cancelled until a scanner that does not read has read everything
(StreamWriter.wait_closed), so that a deadline is none; and aiospamc wants
another Typer than we do, and takes an answer of any length.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Iterator

from gateway.scanners.errors import BROKE_OFF, TOO_MUCH, NoAnswer

PIECE = 65_536  # octets given to a socket at once: more would be copied into its buffer
_MOST = 65_536  # octets of an answer


def pieces(octets: bytes) -> Iterator[memoryview]:
    """The octets in pieces, none copied."""
    view = memoryview(octets)
    return (view[at : at + PIECE] for at in range(0, len(view), PIECE))


async def exchange(
    at: str, question: Iterable[bytes | memoryview], end: bytes, *, closing: bool = False
) -> bytes:
    """Return what was answered, up to and without ``end``. Raises NoAnswer.

    ``at`` is HOST:PORT; ``closing`` says by closing our side that the question
    is whole. However this ends, the connection is gone at once.
    """
    host, _, port = at.rpartition(":")
    try:
        reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except OSError as error:
        raise NoAnswer("it cannot be reached") from error
    # What it says while it is still being asked counts: clamd says so when it takes no more.
    saying = asyncio.create_task(_say(writer, question, closing=closing))
    try:
        return await _answer(reader, end)
    except OSError as error:
        raise NoAnswer(BROKE_OFF) from error
    finally:
        saying.cancel()
        # Closing would first wait until a scanner that no longer reads has taken what is buffered.
        writer.transport.abort()


async def _say(
    writer: asyncio.StreamWriter, question: Iterable[bytes | memoryview], *, closing: bool
) -> None:
    with contextlib.suppress(OSError):  # whoever waits for the answer learns of it
        for piece in question:
            await asyncio.sleep(0)  # what has come is read first: a reset mostly takes it away
            writer.write(piece)
            await writer.drain()
        if closing:
            writer.write_eof()


async def _answer(reader: asyncio.StreamReader, end: bytes) -> bytes:
    heard = b""
    while end not in heard:
        more = await reader.read(4096)
        if not more:
            raise NoAnswer(BROKE_OFF)
        heard += more
        if len(heard) > _MOST:
            raise NoAnswer(TOO_MUCH)
    return heard.partition(end)[0]
