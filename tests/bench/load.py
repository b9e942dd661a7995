"""A load generator: so many connections, each sending message after message, and how long each took."""

import asyncio
import time
from dataclasses import dataclass
from itertools import count
from statistics import quantiles


@dataclass(frozen=True, slots=True)
class Load:
    """Messages a second, and the median and 99th percentile of a message's time in milliseconds."""

    rate: float
    p50: float
    p99: float


async def _session(
    address: tuple[str, int],
    octets: bytes,
    recipient: str,
    numbers: "count[int]",
    most: int,
    took: list[float],
) -> None:
    reader, writer = await asyncio.open_connection(*address)

    async def step(line: bytes, code: bytes) -> None:
        writer.write(line)
        while True:
            reply = await reader.readline()
            if reply[3:4] != b"-":
                break
        if not reply.startswith(code):
            raise RuntimeError(reply)

    await step(b"", b"220")
    await step(b"EHLO load.example\r\n", b"250")
    while (number := next(numbers)) < most:
        started = time.perf_counter()
        await step(b"MAIL FROM:<ann@member.example>\r\n", b"250")
        await step(b"RCPT TO:<" + recipient.encode() + b">\r\n", b"250")
        await step(b"DATA\r\n", b"354")
        await step(octets.replace(b"@NUMBER@", b"%08d" % number) + b".\r\n", b"250")
        took.append(time.perf_counter() - started)
    await step(b"QUIT\r\n", b"221")
    writer.close()


async def _all(address: tuple[str, int], octets: bytes, recipient: str, connections: int, most: int) -> Load:
    took: list[float] = []
    numbers = count()
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_session(address, octets, recipient, numbers, most, took))
    elapsed = time.perf_counter() - started
    cuts = quantiles(took, n=100)
    return Load(most / elapsed, cuts[49] * 1000, cuts[98] * 1000)


def load(address: tuple[str, int], octets: bytes, *, connections: int, messages: int, recipient: str) -> Load:
    """Send ``messages`` over ``connections`` to ``address``; "@NUMBER@" in the octets makes each one new."""
    return asyncio.run(_all(address, octets, recipient, connections, messages))
