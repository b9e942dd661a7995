"""A message's life as log lines: one line an event, with our id, never a body, addresses hashed."""

import contextlib
import errno
import hmac
import sys
import traceback
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, TextIO

import structlog

from gateway.settings import JournalSettings

_MOST_FRAMES = 40


class Journal:
    """Writes one structured line per event (JSON or console) to ``stream``."""

    def __init__(self, settings: JournalSettings, secret: bytes, stream: TextIO | None = None) -> None:
        self._secret = secret
        self._clear = settings.addresses
        stream = stream or sys.stdout
        renderer = (
            structlog.processors.JSONRenderer(ensure_ascii=True)
            if settings.format == "json"
            else structlog.dev.ConsoleRenderer(colors=stream.isatty())
        )
        self._log = structlog.wrap_logger(
            structlog.WriteLogger(stream),
            processors=[structlog.processors.TimeStamper(fmt="iso", utc=True), renderer],
        ).bind()

    def event(self, event: str, **fields: Any) -> None:
        """Write one line. Values are words, numbers, ids and hashed addresses: nothing a message said."""
        # What happened has happened: a full disk under the journal must not turn a 250 into a 451.
        with contextlib.suppress(OSError, ValueError):
            self._log.msg(event, **fields)

    def trouble(self, event: str, error: BaseException, **fields: Any) -> None:
        """Write a line for something of ours that went wrong: where it was, and not a word of what it said.

        The text of an exception may quote whatever was worked on, a message or an address.
        """
        self.event(event, error=type(error).__name__, traceback=list(_steps(error)), **fields)

    def address(self, address: bytes) -> str:
        """The address as the journal may show it: a keyed hash unless the settings say otherwise."""
        if not address:
            return "<>"
        if self._clear:
            return address.decode("ascii", "backslashreplace")
        return hmac.digest(self._secret, address.lower(), "sha256").hex()[:12]


def _steps(error: BaseException) -> Iterator[str]:
    """The exceptions that led to this one, oldest first, each with its frames and the system's code."""
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__ or following.__context__
    for each in reversed(chain):
        yield f"{type(each).__name__} {_code(each)}".strip()
        frames = traceback.StackSummary.extract(traceback.walk_tb(each.__traceback__), lookup_lines=False)
        for frame in frames[-_MOST_FRAMES:]:
            yield f"  {'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}"
        if isinstance(each, BaseExceptionGroup):
            for member in each.exceptions:
                yield from _steps(member)


def _code(error: BaseException) -> str:
    """The system's or SQLite's name of the error, which quotes nothing."""
    if isinstance(error, OSError) and error.errno is not None:
        return errno.errorcode.get(error.errno, str(error.errno))
    return str(getattr(error, "sqlite_errorname", ""))
