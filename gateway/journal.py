"""A message's life as log lines: one line an event, with our id, never a body, addresses hashed."""

import hashlib
import hmac
import sys
from typing import Any, TextIO

import structlog

from gateway.settings import JournalSettings


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
            structlog.PrintLogger(stream),
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                renderer,
            ],
        )

    def event(self, event: str, **fields: Any) -> None:
        """Write one line. Values are words, numbers, ids and hashed addresses: nothing a message said."""
        self._log.msg(event, **fields)

    def trouble(self, event: str, error: BaseException, **fields: Any) -> None:
        """Write a line for something of ours that went wrong, with the traceback and no message text."""
        self._log.msg(event, error=type(error).__name__, exc_info=error, **fields)

    def address(self, address: bytes) -> str:
        """The address as the journal may show it: a keyed hash unless the settings say otherwise."""
        if not address:
            return "<>"
        if self._clear:
            return address.decode("ascii", "backslashreplace")
        return hmac.new(self._secret, address.lower(), hashlib.sha256).hexdigest()[:12]
