"""What the command line being run is about: its settings, its store, its time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import typer

from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.store.database import Store

_context: Final[ContextVar[typer.Context]] = ContextVar("context")
_settings: Final[ContextVar[Settings | None]] = ContextVar("settings", default=None)


def enter(context: typer.Context) -> None:
    """Remember the command line; the callback of every room of commands."""
    _context.set(context)


def settings() -> Settings:
    """The settings that the command line names. Raises SettingsWrong."""
    if (chosen := _settings.get()) is not None:
        return chosen
    from cli.main import settings_of  # main imports the rooms

    return settings_of(_context.get())


def use(chosen: Settings) -> None:
    """Let these settings count instead, as the demo does."""
    _settings.set(chosen)


@contextmanager
def store(*, create: bool = False) -> Iterator["Store"]:
    """The store that the settings name, closed afterwards. Raises what the store has to say."""
    # Imported here, because a command that only judges files never needs a database.
    from gateway.store.database import Store

    opened = Store.open(settings().store_url, create=create)
    try:
        yield opened
    finally:
        opened.close()


def now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)
