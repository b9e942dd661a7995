"""Says in the journal what asyncio reports and nobody handles, once a second for the same words.

Without file descriptors asyncio reports each of hundreds of vain tries to
accept a connection. On standard error, which nobody may be reading, that
would fill a pipe and stop us.
"""

import asyncio
from typing import Any

from gateway.journal import Journal

_SECONDS = 1.0
_CALLBACK = "Exception in callback"
_MOST_WORDS = 100  # kinds of report that are told apart


class Unhandled:
    """An exception handler for the event loop."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._told: dict[str, float] = {}

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Write a line; only asyncio's own words are told, not what it quotes."""
        words = str(context.get("message", ""))
        if words.startswith(_CALLBACK):
            words = words.partition("(")[0]  # what follows is what the callback was given
        if loop.time() - self._told.get(words, float("-inf")) < _SECONDS:
            return
        if len(self._told) >= _MOST_WORDS:
            self._told.clear()
        self._told[words] = loop.time()
        error = context.get("exception")
        if isinstance(error, BaseException):
            self._journal.trouble("loop_failed", error, why=words)
        else:
            self._journal.event("loop_failed", why=words)
