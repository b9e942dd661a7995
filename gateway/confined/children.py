"""Children: processes that answer questions one after the other, and are killed when they are late."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.confined.limits import DYING
from gateway.confined.questions import Frame

T = TypeVar("T")

_PIECE = 65_536  # octets of a question that are written at once; a pipe's own buffer takes as many


class Busy(Exception):
    """Every process has been at work all the while."""


class Late(Exception):
    """The process took longer than it may, and was killed."""


class Gone(Exception):
    """The process ended, or was never started. ``returncode`` says how, None where nobody knows."""

    def __init__(self, returncode: int | None) -> None:
        super().__init__(returncode)
        self.returncode = returncode


class Children:
    """Keeps so many processes of one program, started when they are first wanted.

    ``queue``: seconds that a question waits for one, None where whoever asks
    counts them; ``patience``: those that it then has for the answer, by the clock.
    """

    def __init__(
        self, command: tuple[str, ...], processes: int, *, queue: float | None, patience: float
    ) -> None:
        self._command, self._queue, self._patience = command, queue, patience
        self._idle: asyncio.LifoQueue[asyncio.subprocess.Process | None] = asyncio.LifoQueue()
        for _ in range(processes):
            self._idle.put_nowait(None)

    async def ask(
        self,
        question: Frame,
        heard: Callable[[asyncio.StreamReader], Awaitable[T]],
        *,
        wearing: bool,
    ) -> T:
        """What ``heard`` makes of the answer; ``wearing``: no other question is put to this process.

        Raises Busy, Late, Gone, and what ``heard`` does.
        """
        child, kept = await self._free(), False
        try:
            if child is None or child.returncode is not None:
                child = await self._started()
            async with asyncio.timeout(self._patience):
                answer = await _answered(child, question, heard)
            kept = not wearing
        except TimeoutError:
            raise Late from None
        except (OSError, EOFError):
            await _passed(child)
            raise Gone(child.returncode if child else None) from None
        finally:
            # One that was not heard to the end would answer the next question with this answer.
            self._idle.put_nowait(child if kept else None)
            if not kept:
                await _end(child)
        return answer

    async def close(self) -> None:
        """End the processes that wait for work."""
        while not self._idle.empty():
            await _end(self._idle.get_nowait())

    async def _free(self) -> asyncio.subprocess.Process | None:
        try:
            async with asyncio.timeout(self._queue):
                return await self._idle.get()
        except TimeoutError:
            raise Busy from None

    async def _started(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )


async def _answered(
    child: asyncio.subprocess.Process,
    question: Frame,
    heard: Callable[[asyncio.StreamReader], Awaitable[T]],
) -> T:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    for part in question:
        whole = memoryview(part)
        # What a pipe does not take at once is copied by the loop, so that it gets no more than a piece.
        for start in range(0, len(whole), _PIECE):
            child.stdin.write(whole[start : start + _PIECE])
            await child.stdin.drain()
    return await heard(child.stdout)


async def _passed(child: asyncio.subprocess.Process | None) -> None:
    """Let a child that fell silent end as it will, for how it ends says why."""
    if child is not None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DYING):
                await child.wait()
    await _end(child)


async def _end(child: asyncio.subprocess.Process | None) -> None:
    if child is not None and child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
