"""Verifier: has DKIM signatures verified by processes of `child.py`, in time or not at all."""

import asyncio
import contextlib
import sys

from gateway.authentication.frames import ANSWER, LONGEST_ANSWER, SECONDS, answer_of

_PATIENCE = 2 * SECONDS + 2
"""Seconds by the clock; a machine may have others to serve."""
_QUEUE = 10.0  # seconds that a message waits for a process
_WEARING = 4 * 1024 * 1024
_COMMAND = (sys.executable, "-P", "-m", "gateway.authentication.child")


class NotVerified(Exception):
    """No answer: every process is at work, or the one that was asked is late or died."""


class Verifier:
    """Keeps so many processes, started when they are first wanted."""

    def __init__(self, processes: int = 2) -> None:
        self._idle: asyncio.LifoQueue[asyncio.subprocess.Process | None] = asyncio.LifoQueue()
        for _ in range(processes):
            self._idle.put_nowait(None)

    async def holds(self, asked: bytes) -> dict[int, bool]:
        """The answer to a frame of `question`. Raises NotVerified."""
        try:
            async with asyncio.timeout(_QUEUE):
                child = await self._idle.get()
        except TimeoutError:
            raise NotVerified from None
        kept = False
        try:
            if child is None or child.returncode is not None:
                child = await _started()
            async with asyncio.timeout(_PATIENCE):
                answer = await _answered(child, asked)
            kept = len(asked) <= _WEARING
        except (TimeoutError, OSError, EOFError, ValueError, TypeError) as problem:
            raise NotVerified from problem
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


async def _started() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *_COMMAND, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )


async def _end(child: asyncio.subprocess.Process | None) -> None:
    if child is not None and child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def _answered(child: asyncio.subprocess.Process, asked: bytes) -> dict[int, bool]:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    child.stdin.write(asked)
    await child.stdin.drain()
    (length,) = ANSWER.unpack(await child.stdout.readexactly(ANSWER.size))
    if length > LONGEST_ANSWER:
        raise EOFError
    return answer_of(await child.stdout.readexactly(length))
