"""Verifier: has DKIM signatures verified by processes of `child.py`, in time or not at all."""

import asyncio
import sys

from gateway.authentication.frames import ANSWER, LONGEST_ANSWER, SECONDS, answer_of
from gateway.confined.children import Busy, Children, Gone, Late
from gateway.confined.limits import WEARING
from gateway.confined.questions import Frame

_PATIENCE = 2 * SECONDS + 2
"""Seconds by the clock; a machine may have others to serve."""
_QUEUE = 10.0  # seconds that a message waits for a process
_COMMAND = (sys.executable, "-P", "-m", "gateway.authentication.child")


class NotVerified(Exception):
    """No answer: every process is at work, or the one that was asked is late or died."""


class Verifier:
    """Keeps so many processes, started when they are first wanted."""

    def __init__(self, processes: int = 2) -> None:
        self._children = Children(_COMMAND, processes, queue=_QUEUE, patience=_PATIENCE)

    async def holds(self, asked: Frame) -> dict[int, bool]:
        """The answer to a frame of `question`. Raises NotVerified."""
        wearing = sum(map(len, asked)) > WEARING
        try:
            return await self._children.ask(asked, _heard, wearing=wearing)
        except (Busy, Late, Gone, ValueError, TypeError) as problem:
            raise NotVerified from problem

    async def close(self) -> None:
        """End the processes that wait for work."""
        await self._children.close()


async def _heard(answers: asyncio.StreamReader) -> dict[int, bool]:
    (length,) = ANSWER.unpack(await answers.readexactly(ANSWER.size))
    if length > LONGEST_ANSWER:
        raise ValueError("an answer longer than any is")
    return answer_of(await answers.readexactly(length))
