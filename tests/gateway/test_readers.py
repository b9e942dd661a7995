"""Costly messages are read by a child with limits: what it cannot do, and what becomes of its failures."""

import asyncio
import io
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from gateway.readers import DIED, LATE, Readers, _Answer
from gateway.settings import ReaderSettings
from rules.reading import Reading, read
from rules.scan import scan
from tests.given.client import post

T = TypeVar("T")
COSTLY = post("Which build-up cap do you use?\n" * 4000)
CHEAP = post("Which build-up cap do you use?")


def with_readers(job: Callable[[Readers], Awaitable[T]], **settings: int) -> tuple[T, list[str]]:
    """What ``job`` returns, and the reasons for which readers were lost."""
    lost: list[str] = []

    async def run() -> T:
        readers = Readers(ReaderSettings(**settings), lambda event, why: lost.append(why))
        try:
            return await job(readers)
        finally:
            await readers.close()

    return asyncio.run(run()), lost


def one(octets: bytes) -> Callable[[Readers], Awaitable[Reading]]:
    return lambda readers: readers.read(octets, scan(octets))


def test_a_child_reads_as_the_loop_does() -> None:
    assert scan(COSTLY).costly
    assert with_readers(one(COSTLY)) == (read(COSTLY), [])


def test_what_is_cheap_starts_no_child() -> None:
    before = children()
    with_readers(lambda readers: asyncio.gather(*(one(CHEAP)(readers) for _ in range(3))))
    assert children() == before


def children() -> set[str]:
    found = (path.read_text() for path in Path("/proc/self/task").glob("*/children"))
    return {pid for text in found for pid in text.split()}


def test_messages_that_come_at_once_each_get_their_own_reading() -> None:
    messages = [COSTLY + f"Number {n}.\r\n".encode() for n in range(4)]

    async def job(readers: Readers) -> list[Reading]:
        return await asyncio.gather(*(one(octets)(readers) for octets in messages))

    readings, lost = with_readers(job, processes=2)
    assert lost == []
    for number, reading in enumerate(readings):
        zone = reading.zone("own")
        assert zone is not None
        assert f"Number {number}." in zone.text


def test_a_child_without_memory_makes_a_doubt() -> None:
    reading, lost = with_readers(one(COSTLY), memory=1_000_000)
    assert lost == [DIED]
    assert reading.doubts == (DIED,)
    assert reading.subject == "A question", "the header is read all the same"


def test_a_late_child_makes_a_doubt_and_never_answers_for_another_message() -> None:
    async def job(readers: Readers) -> tuple[Reading, Reading]:
        await one(COSTLY)(readers)
        (pid,) = children() - before
        os.kill(int(pid), signal.SIGSTOP)
        late = await one(COSTLY + b"Late.\r\n")(readers)
        return late, await one(COSTLY)(readers)

    before = children()
    (late, next_one), lost = with_readers(job, seconds=3)
    assert (late.doubts, lost) == ((LATE,), [LATE])
    assert next_one == read(COSTLY)
    assert children() == before


def test_a_child_that_is_given_up_half_way_never_answers_for_another_message() -> None:
    async def job(readers: Readers) -> Reading:
        given_up = asyncio.create_task(_read(readers, COSTLY + b"Given up.\r\n"))
        await asyncio.sleep(0.05)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        return await one(COSTLY)(readers)

    assert with_readers(job) == (read(COSTLY), [])


async def _read(readers: Readers, octets: bytes) -> Reading:
    return await readers.read(octets, scan(octets))


# What a child may not do


def confined(attempt: str) -> subprocess.CompletedProcess[str]:
    program = f"from gateway.readers import _confine\n_confine(400_000_000)\n{attempt}\nprint('done')"
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize(
    ("attempt", "raised"),
    [
        ("bytearray(600_000_000)", "MemoryError"),
        ("open('{folder}/written', 'w', buffering=1).write('x\\n')", "File too large"),
    ],
)
def test_a_child_takes_no_memory_without_end_and_writes_no_file(
    tmp_path: Path, attempt: str, raised: str
) -> None:
    done = confined(attempt.format(folder=tmp_path))
    assert done.stdout == ""
    assert raised in done.stderr


def test_a_child_has_no_network_where_the_kernel_can_take_it_away() -> None:
    allowed = subprocess.run(["unshare", "-Urn", "true"], capture_output=True, check=False)
    if allowed.returncode:
        pytest.skip("this kernel gives no network namespaces to ordinary processes")
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_accept, args=(server,), daemon=True).start()
        done = confined(
            f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2)"
        )
    assert done.stdout == ""
    assert "unreachable" in done.stderr


def _accept(server: socket.socket) -> None:
    try:
        server.accept()[0].close()
    except OSError:
        return


# What is believed of a child


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("echo taken over",)


@pytest.mark.parametrize(
    "answer",
    [
        *(pickle.dumps((read(CHEAP), thing)) for thing in (Evil(), Path("x"), post)),
        b"\x80\x04\x8c\x0drules.reading\x8c\x0ehashlib.sha256\x93.",
        b"\x80\x04\x8c\x0drules.reading\x8c\x07hashlib\x93.",
    ],
    ids=["a call", "a path", "a function", "a library's function", "a library"],
)
def test_nothing_but_readings_is_taken_from_a_child(answer: bytes) -> None:
    with pytest.raises(pickle.UnpicklingError):
        _Answer(io.BytesIO(answer)).load()


def test_any_reading_is_taken() -> None:
    for file in sorted((Path(__file__).parents[1] / "messages").glob("*.eml")):
        reading = read(file.read_bytes())
        assert _Answer(io.BytesIO(pickle.dumps(reading))).load() == reading
