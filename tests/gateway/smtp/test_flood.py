"""Many connections at once: they are turned away cheaply, and who comes afterwards is served."""

import asyncio
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.given.front import RunningFront

AT_ONCE = 200

# In a process of its own, which may open only so many files.
STARVED = """
import os, resource, socket, time
from tests.given.front import RunningFront
with RunningFront() as front:
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + 3, 1000))
    clients = [socket.socket() for _ in range(3)]
    for client in clients: client.connect(front.address)
    time.sleep(0.2)
    for client in clients: client.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (1000, 1000))
    with front.client() as good:
        good.begin()
        print(good.post(b"x\\r\\n"))
"""


async def opened(address: tuple[str, int]) -> bytes:
    """The first line that a connection is told, "" when it is closed without one."""
    try:
        reader, writer = await asyncio.open_connection(*address)
        line = await reader.readline()
        writer.close()
    except OSError:
        return b""
    return line


async def flood(address: tuple[str, int], many: int) -> list[bytes]:
    # No more than the kernel lets wait at a time: what it drops itself says nothing of us.
    said = []
    for start in range(0, many, AT_ONCE):
        said += await asyncio.gather(*(opened(address) for _ in range(start, min(many, start + AT_ONCE))))
    return said


def flooded(many: int, limit: int) -> None:
    with RunningFront(connections=limit, per_client=limit) as front:
        with front.client() as good:
            held = [front.client() for _ in range(limit - 1)]
            said = asyncio.run(flood(front.address, many))
            assert set(said) == {b"421 4.7.0 Too many connections\r\n"}
            assert len(front.front._house.sessions) == limit
            good.begin()
            assert good.post(b"x\r\n").startswith("250")
            for client in held:
                client.socket.close()
        front.run(asyncio.sleep(0.1))
        assert not front.front._house.sessions
        with front.client() as after:
            after.begin()
            assert after.post(b"x\r\n").startswith("250")


def test_a_flood_of_connections_costs_no_more_than_its_limit() -> None:
    flooded(300, 20)


async def crawl(address: tuple[str, int], served: asyncio.Event, how: bytes) -> None:
    """One slow client: half a command, a message that drips, replies that are never read."""
    reader, writer = await asyncio.open_connection(*address)
    await reader.readline()
    while not served.is_set():
        writer.write(how)
        await asyncio.sleep(0.05)
    writer.close()


async def served_among(address: tuple[str, int], slow: int) -> float:
    """How long a good client takes for a message while the others crawl."""
    served, loop = asyncio.Event(), asyncio.get_running_loop()
    ways = (
        b"N",
        b"NOOP\r\n",
        b"VRFY x\r\n" * 5,
        b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<c@d.e>\r\nDATA\r\nx",
    )
    crawling = [asyncio.create_task(crawl(address, served, ways[n % len(ways)])) for n in range(slow)]
    await asyncio.sleep(0.3)
    began = loop.time()
    reader, writer = await asyncio.open_connection(*address)
    assert (await reader.readline()).startswith(b"220")
    writer.write(b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<c@d.e>\r\nDATA\r\n")
    await reader.readuntil(b"354 ")
    await reader.readline()
    writer.write(b"x\r\n.\r\n")
    assert (await reader.readline()).startswith(b"250 2.0.0 Ok: relayed")
    took = loop.time() - began
    served.set()
    writer.close()
    await asyncio.gather(*crawling, return_exceptions=True)
    return took


def test_among_two_hundred_slow_clients_a_good_one_is_served_at_once() -> None:
    with RunningFront(connections=250) as front:
        assert asyncio.run(served_among(front.address, 200)) < 5  # aim: one second


@pytest.mark.siege
def test_five_thousand_do_neither() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 12_000), hard))
    try:
        flooded(5000, 200)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_without_a_file_left_to_open_it_waits_and_goes_on() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARVED],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert "out of system resource" in done.stderr
    assert done.stdout.startswith("250")
