"""Reads messages for the gate: small ones on the loop, costly ones in confined processes."""

import asyncio
from collections.abc import Callable

from gateway.confined.children import Children, Gone, Late
from gateway.confined.frames import (
    ANSWER,
    LATE,
    Lost,
    announced,
    in_doubt,
    is_worth_another_try,
    question,
    read_at_once,
    reading_of,
    why_lost,
)
from gateway.confined.limits import WEARING, Limits
from gateway.settings import ReaderSettings
from rules.reading import Reading
from rules.scan import Scan


class Readers:
    """Reads messages for the gate. A child that is late or dies makes a doubt, never a pass.

    Where all are at work a message waits for one of them; whoever asks says for how long.
    """

    def __init__(self, settings: ReaderSettings, journal: Callable[..., None]) -> None:
        limits = Limits(settings.seconds, settings.memory, settings.ocr)
        self._journal = journal
        self._children = Children(limits.command, settings.processes, queue=None, patience=limits.patience)

    async def read(self, octets: bytes, scanned: Scan) -> Reading:
        """The reading of a message, whatever its octets are."""
        if (reading := read_at_once(octets, scanned)) is not None:
            return reading
        try:
            return await self._asked(octets, opening=True)
        except Lost as lost:
            self._journal("reader_lost", why=lost.why)
            why = lost.why
        if not is_worth_another_try(why, scanned):
            return in_doubt(octets, scanned, why, None)
        try:
            return in_doubt(octets, scanned, why, await self._asked(octets, opening=False))
        except Lost as lost:
            self._journal("reader_lost", why=lost.why)
            return in_doubt(octets, scanned, why, None)

    async def close(self) -> None:
        """End the children that wait for work."""
        await self._children.close()

    async def _asked(self, octets: bytes, *, opening: bool) -> Reading:
        asked, wearing = question(octets, opening=opening), len(octets) > WEARING
        try:
            return await self._children.ask(asked, _heard, wearing=wearing)
        except Late:
            raise Lost(LATE) from None
        except Gone as gone:
            raise Lost(why_lost(gone.returncode)) from None


async def _heard(answers: asyncio.StreamReader) -> Reading:
    length, _seconds = announced(await answers.readexactly(ANSWER.size))
    return reading_of(await answers.readexactly(length))
