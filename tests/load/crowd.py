"""The crowd, and the good client in it."""

import asyncio
import contextlib
import resource
import smtplib
import threading
import time
from collections.abc import Coroutine, Iterator
from itertools import count
from types import TracebackType
from typing import Any, Self

import pytest

from tests.given.client import post

GOOD = "127.0.0.1"  # the crowd comes from 127.1.x.y, which counts as strangers
TO = b"EHLO x.example\r\nMAIL FROM:<eve@evil.example>\r\nRCPT TO:<physics@lists.example>\r\nDATA\r\n"


class GoodClient:
    """Posts one message after the other while the `with` lasts; each must be taken. ``worst`` is in seconds."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._going = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.worst = 0.0
        self.served = 0
        self.trouble = ""

    def __enter__(self) -> Self:
        self._going.set()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._going.clear()
        self._thread.join(60)
        assert not self.trouble, self.trouble

    def _run(self) -> None:
        for number in count():
            if not self._going.is_set():
                return
            began = time.monotonic()
            try:
                code, text = self._post(number)
            except (OSError, smtplib.SMTPException) as error:
                code, text = 0, repr(error).encode()
            self.worst = max(self.worst, time.monotonic() - began)
            if code != 250:
                self.trouble = f"number {number}: {code} {text!r}"
                return
            self.served += 1
            time.sleep(0.02)

    def _post(self, number: int) -> tuple[int, bytes]:
        with smtplib.SMTP(*self._address, timeout=30, source_address=(GOOD, 0)) as client:
            client.ehlo("client.example")
            client.mail("ann@member.example")
            client.rcpt("physics@lists.example")
            return client.data(post("What of it?", ident=f"good-{number}"))


@contextlib.contextmanager
def files(wanted: int) -> Iterator[None]:
    """So many open files for this process and those it starts; skips, with the figure, where so many may not be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if wanted > hard:
        # A smaller crowd would pass for the large one.
        pytest.skip(
            f"{wanted:,} open files are needed, and the hard limit is {hard:,}: raise it (ulimit -Hn)"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def stranger(number: int, each: int) -> str:
    """The address of one of a crowd in which so many come from one address."""
    host = number // each
    return f"127.1.{host // 250}.{host % 250 + 1}"


async def connected(
    address: tuple[str, int], source: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    """A connection from that address, and the first line that it was told, "" for none."""
    reader, writer = await asyncio.open_connection(*address, local_addr=(source, 0))
    try:
        return reader, writer, await reader.readline()
    except ConnectionError:
        return reader, writer, b""


async def crowd(address: tuple[str, int], many: int, each: int, drip: bytes, seconds: float) -> list[bytes]:
    """So many connections that are held for so long and say a byte a second; their first lines."""
    said, writers = list[bytes](), list[asyncio.StreamWriter]()
    for start in range(0, many, 100):  # no more than the kernel lets wait at a time
        numbers = range(start, min(many, start + 100))
        opened = await asyncio.gather(*(connected(address, stranger(n, each)) for n in numbers))
        said += [line for _, _, line in opened]
        writers += [writer for _, writer, _ in opened]
    until, at = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        for writer in writers:
            if not writer.is_closing():
                writer.write(drip[at : at + 1])
        at = min(at + 1, len(drip) - 1)
        await asyncio.sleep(1)
    for writer in writers:
        writer.transport.abort()
    await asyncio.sleep(0.1)
    return said


async def flood(
    address: tuple[str, int], opening: bytes, octets: bytes, most: int, source: str
) -> tuple[int, bytes]:
    """Say ``opening``, then the octets again and again until the server ends it; how many went out, and what came."""
    reader, writer = await asyncio.open_connection(*address, local_addr=(source, 0))
    # A client may not go on before it has read the greeting, and the word to go on.
    await reader.readline()
    for line in opening.splitlines(keepends=True):
        writer.write(line)
        while (await reader.readline())[3:4] == b"-":
            pass
    heard = asyncio.create_task(reader.read())
    sent, said = 0, b""
    with contextlib.suppress(ConnectionError):
        while sent < most and not heard.done():
            writer.write(octets)
            sent += len(octets)
            await writer.drain()
    with contextlib.suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(2 if sent < most else 1):
            said = await heard
    writer.transport.abort()
    await asyncio.sleep(0.05)
    return sent, said


def run(job: Coroutine[Any, Any, Any]) -> Any:
    """Run this to its end."""
    return asyncio.run(job)
