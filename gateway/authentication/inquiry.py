"""Inquiry: what is asked about one message's author, once for all its lists, while the message is read."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.authentication.examined import NOTHING, Examined
from rules.message import Message
from rules.scan import Scan

if TYPE_CHECKING:
    from gateway.authentication.authenticator import Authenticator


@dataclass(slots=True)
class Inquiry:
    """Asked through ``by``; without it, nothing is ever found. ``direct``: the client is the author's own."""

    by: "Authenticator | None"
    message: Message
    scanned: Scan
    direct: bool
    _task: asyncio.Task[Examined] | None = field(default=None, init=False)

    def begin(self) -> None:
        """Ask, so that the answer is there when somebody wants it."""
        if self.by is not None and self._task is None:
            self._task = asyncio.create_task(
                self.by.examine(self.message.octets, self.scanned, self.message.envelope, direct=self.direct)
            )

    async def examined(self) -> Examined:
        """What was found."""
        self.begin()
        return NOTHING if self._task is None else await self._task

    def close(self) -> None:
        """Nobody wants to know any more."""
        if self._task is not None:
            self._task.cancel()
