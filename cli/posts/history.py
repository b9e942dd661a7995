"""What a list has said before, for whoever judges one post alone: from the store, or nothing."""

from collections.abc import Callable

from cli import session
from rules.facts import NOTHING_SAID, Said
from rules.reading import Reading

History = Callable[[str, Reading], Said]
"""What of a post's quoted text the list of that address has said."""


def none(list_address: str, reading: Reading) -> Said:
    """A list file has no history."""
    del list_address, reading
    return NOTHING_SAID


def kept(list_address: str, reading: Reading) -> Said:
    """What a served list has said, as its gateway knows it."""
    from gateway.said import Memory

    with session.store() as store:
        return Memory(store, store.secret()).said(list_address, reading)
