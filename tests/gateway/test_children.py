"""Processes that answer questions: kept, killed, and given a message without a copy of it."""

import asyncio
import sys
import tracemalloc
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from gateway.authentication import frames as verifying
from gateway.confined import frames as reading
from gateway.confined.children import Busy, Children, Gone, Late

T = TypeVar("T")

LARGE = bytes(16 * 1024 * 1024)
ANSWERS = f"""
import os, sys
while len(sys.stdin.buffer.read({len(LARGE)})) == {len(LARGE)}:
    sys.stdout.buffer.write(b"%8d" % os.getpid())
    sys.stdout.flush()
"""
SILENT = "import sys; sys.stdin.read()"
DIES = "import sys; sys.exit(3)"


def told(program: str, job: Callable[[Children], Awaitable[T]], queue: float = 30, patience: float = 30) -> T:
    """What ``job`` returns, given one process of a program."""

    async def run() -> T:
        children = Children((sys.executable, "-c", program), 1, queue=queue, patience=patience)
        try:
            return await job(children)
        finally:
            await children.close()

    return asyncio.run(run())


async def process_of(children: Children, *, wearing: bool = False) -> bytes:
    async def heard(answers: asyncio.StreamReader) -> bytes:
        return await answers.readexactly(8)

    return await children.ask((LARGE,), heard, wearing=wearing)


def test_a_process_is_kept_until_a_question_wears_it() -> None:
    async def job(children: Children) -> list[bytes]:
        return [await process_of(children, wearing=wearing) for wearing in (False, True, False)]

    first, second, third = told(ANSWERS, job)
    assert first == second
    assert third != second


def test_no_copy_of_a_message_is_made_for_a_process() -> None:
    async def job(children: Children) -> int:
        await process_of(children)
        tracemalloc.start()
        try:
            await asyncio.gather(*(process_of(children) for _ in range(3)))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert told(ANSWERS, job) < len(LARGE) / 8
    assert verifying.question(LARGE, 1, {}, frozenset())[-1] is LARGE
    assert reading.question(LARGE, opening=True)[-1] is LARGE


def test_one_that_says_nothing_is_late_and_one_that_ends_says_how() -> None:
    with pytest.raises(Late):
        told(SILENT, process_of, patience=1)
    with pytest.raises(Gone) as gone:
        told(DIES, process_of)
    assert gone.value.returncode == 3


def test_a_question_waits_for_a_process_no_longer_than_it_may() -> None:
    async def job(children: Children) -> list[bytes | BaseException]:
        asked = (process_of(children), process_of(children))
        return await asyncio.gather(*asked, return_exceptions=True)

    late, busy = told(SILENT, job, queue=0.2, patience=2)
    assert isinstance(late, Late)
    assert isinstance(busy, Busy)
