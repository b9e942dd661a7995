"""Reads messages: small ones on the loop, costly ones in child processes with limits and no network.

Run as a program, this module is the child: frames of octets in, pickled
readings out.
"""

import asyncio
import contextlib
import ctypes
import io
import os
import pickle
import resource
import struct
import sys
from collections.abc import Callable
from typing import Any

from gateway.errors import Trouble
from gateway.settings import ReaderSettings
from rules.reading import Reading, read, unread
from rules.scan import Scan, scan

_LENGTH = struct.Struct(">Q")
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000

LATE = "Reading this message took longer than it may."
DIED = "The process that was reading this message died."


PATIENCE = 60.0  # seconds that a message waits for a child; then its client is told 451


class ReadersBusy(Trouble):
    """Every child has been at work all the while."""

    def __str__(self) -> str:
        return "every reader is at work; raise readers.processes in gatepost.toml if this goes on"


class Readers:
    """Reads messages for the gate. A child that is late or dies makes a doubt, never a pass."""

    def __init__(self, settings: ReaderSettings, journal: Callable[..., None]) -> None:
        self._settings = settings
        self._journal = journal
        self._idle: asyncio.LifoQueue[asyncio.subprocess.Process | None] = asyncio.LifoQueue()
        for _ in range(settings.processes):
            self._idle.put_nowait(None)

    async def read(self, octets: bytes, scanned: Scan) -> Reading:
        """The reading of a message, whatever its octets are."""
        if not scanned.costly:
            return read(octets, scanned)
        child, sound = await self._free_child(), False
        try:
            if child is None or child.returncode is not None:
                child = await self._start()
            async with asyncio.timeout(self._settings.seconds + 1):
                reading = await _ask(child, octets)
            sound = True
        except TimeoutError:
            return self._lost(LATE, octets, scanned)
        except (OSError, EOFError):
            return self._lost(DIED, octets, scanned)
        finally:
            # One that was not heard to the end would answer the next question with this reading.
            self._idle.put_nowait(child if sound else None)
            if not sound:
                await _end(child)
        return reading

    async def _free_child(self) -> asyncio.subprocess.Process | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._idle.get()
        except TimeoutError:
            raise ReadersBusy from None

    async def close(self) -> None:
        """End the children that wait for work."""
        while not self._idle.empty():
            await _end(self._idle.get_nowait())

    def _lost(self, why: str, octets: bytes, scanned: Scan) -> Reading:
        self._journal("reader_lost", why=why)
        return unread(octets, why, scanned)

    async def _start(self) -> asyncio.subprocess.Process:
        # -P keeps the working folder off the import path.
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "gateway.readers",
            str(self._settings.seconds),
            str(self._settings.memory),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )


class _Answer(pickle.Unpickler):
    """Takes readings and nothing else: what parses hostile mail may have been taken over by it."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        """A class of `rules`, by its own name. Raises UnpicklingError for anything else."""
        if module_name.startswith("rules.") and "." not in global_name:
            found = super().find_class(module_name, global_name)
            if isinstance(found, type) and found.__module__ == module_name:
                return found
        raise pickle.UnpicklingError(global_name)


async def _end(child: asyncio.subprocess.Process | None) -> None:
    if child is not None and child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def _ask(child: asyncio.subprocess.Process, octets: bytes) -> Reading:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    child.stdin.write(_LENGTH.pack(len(octets)) + octets)
    await child.stdin.drain()
    (length,) = _LENGTH.unpack(await child.stdout.readexactly(_LENGTH.size))
    answer = await child.stdout.readexactly(length)
    try:
        reading = _Answer(io.BytesIO(answer)).load()
    except Exception as error:  # The promise: a child that answers nonsense makes a doubt
        raise EOFError from error
    if not isinstance(reading, Reading):
        raise EOFError  # noqa: TRY004  a child that answers nonsense is treated as one that died
    return reading


def _confine(memory: int) -> None:
    """Take from this process what reading never needs: memory without end, files, core dumps, the network."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # An empty network namespace, where the kernel allows one; systemd's unit forbids sockets besides.
        ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _allow_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds + 1, resource.RLIM_INFINITY))


def main(seconds: int, memory: int) -> None:
    """The child's life: read frames from standard input until it ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not spoil the frames
    _confine(memory)
    frames = sys.stdin.buffer
    while len(header := frames.read(_LENGTH.size)) == _LENGTH.size:
        octets = frames.read(_LENGTH.unpack(header)[0])
        _allow_cpu(seconds)
        answer = pickle.dumps(read(octets, scan(octets)))
        answers.write(_LENGTH.pack(len(answer)) + answer)
        answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
