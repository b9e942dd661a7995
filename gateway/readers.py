"""Reads messages for the gate: small ones on the loop, costly ones in confined processes."""

import asyncio
import contextlib
from collections.abc import Callable

from gateway.confined.frames import (
    ANSWER,
    LATE,
    Closed,
    Lost,
    announced,
    in_doubt,
    is_worth_another_try,
    question,
    reading_of,
    why_lost,
)
from gateway.confined.limits import DYING, WEARING, Limits
from gateway.errors import Trouble
from gateway.settings import ReaderSettings
from rules.reading import Reading, read
from rules.scan import Scan

PATIENCE = 60.0  # seconds that a message waits for a child; then its client is told 451


class ReadersBusy(Trouble):
    """Every child has been at work all the while."""

    def __str__(self) -> str:
        return "every reader is at work; raise readers.processes in gatepost.toml if this goes on"


class Readers:
    """Reads messages for the gate. A child that is late or dies makes a doubt, never a pass."""

    def __init__(self, settings: ReaderSettings, journal: Callable[..., None]) -> None:
        self._limits = Limits(settings.seconds, settings.memory, settings.ocr)
        self._journal = journal
        self._idle: asyncio.LifoQueue[asyncio.subprocess.Process | None] = asyncio.LifoQueue()
        for _ in range(settings.processes):
            self._idle.put_nowait(None)

    async def read(self, octets: bytes, scanned: Scan) -> Reading:
        """The reading of a message, whatever its octets are."""
        if not scanned.costly:
            closed = Closed()
            reading = read(octets, scanned, closed)
            if not (closed.met or reading.pictures):
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
        while not self._idle.empty():
            await _end(self._idle.get_nowait())

    async def _asked(self, octets: bytes, *, opening: bool) -> Reading:
        child, kept = await self._free_child(), False
        try:
            if child is None or child.returncode is not None:
                child = await self._start()
            async with asyncio.timeout(self._limits.patience):
                reading = await _answered(child, question(octets, opening=opening))
            kept = len(octets) <= WEARING
        except TimeoutError:
            raise Lost(LATE) from None
        except (OSError, EOFError):
            await _passed(child)
            raise Lost(why_lost(child.returncode if child else None)) from None
        finally:
            # One that was not heard to the end would answer the next question with this reading.
            self._idle.put_nowait(child if kept else None)
            if not kept:
                await _end(child)
        return reading

    async def _free_child(self) -> asyncio.subprocess.Process | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._idle.get()
        except TimeoutError:
            raise ReadersBusy from None

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self._limits.command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )


async def _passed(child: asyncio.subprocess.Process | None) -> None:
    """Let a child that fell silent end as it will, for how it ends says why."""
    if child is not None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DYING):
                await child.wait()
    await _end(child)


async def _end(child: asyncio.subprocess.Process | None) -> None:
    if child is not None and child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def _answered(child: asyncio.subprocess.Process, asked: bytes) -> Reading:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    child.stdin.write(asked)
    await child.stdin.drain()
    length, _seconds = announced(await child.stdout.readexactly(ANSWER.size))
    return reading_of(await child.stdout.readexactly(length))
