"""Reads a held message for whoever looks at it; a costly one in a child process with limits."""

import asyncio

from gateway.readers import Readers
from gateway.settings import ReaderSettings
from rules.reading import Reading
from rules.scan import scan


def read_safely(octets: bytes, settings: ReaderSettings) -> Reading:
    """The reading of a message; of one too much for the child, its header and a doubt."""
    return asyncio.run(_read(octets, settings))


async def _read(octets: bytes, settings: ReaderSettings) -> Reading:
    readers = Readers(settings, _unrecorded)
    try:
        return await readers.read(octets, scan(octets))
    finally:
        await readers.close()


def _unrecorded(event: str, **details: object) -> None:
    # The journal is the gateway's; whoever looks at the message sees the doubt.
    del event, details
