"""A message while it is received: in memory when it is small, else in a file that has no name."""

import asyncio
import tempfile
from types import TracebackType
from typing import IO, Self

IN_MEMORY = 262_144  # octets


class Spool:
    """Keeps octets in the order they come; a context manager that leaves nothing behind.

    The file is unlinked before it is written, so that not even a kill leaves
    a message lying about. ``trouble`` is what kept it from being written.
    """

    def __init__(self) -> None:
        self._memory = bytearray()
        self._file: IO[bytes] | None = None
        self._size = 0
        self.trouble: OSError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def full(self) -> bool:
        """Whether it is time to call `ease`."""
        return len(self._memory) > IN_MEMORY

    def add(self, octets: bytes) -> None:
        """Keep these octets, in memory for now."""
        if self.trouble is None:
            self._memory += octets

    async def ease(self) -> None:
        """Move what is in memory to the file, in a thread because a busy disk may block."""
        octets, self._memory = self._memory, bytearray()
        try:
            await asyncio.to_thread(self._write, octets)
        except OSError as error:
            self.trouble = error

    async def octets(self) -> bytes:
        """All that was added, unless there was ``trouble``."""
        if self._file is None:
            return bytes(self._memory)
        await self.ease()
        try:
            return await asyncio.to_thread(self._read, self._file)
        except OSError as error:
            self.trouble = error
            return b""

    def _write(self, octets: bytearray) -> None:
        if self._file is None:
            # Without a buffer, an error shows here and not at some later read.
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  closed by __exit__
        view = memoryview(octets)
        while view:
            written = self._file.write(view)
            self._size += written
            view = view[written:]

    def _read(self, file: IO[bytes]) -> bytes:
        file.seek(0)
        octets = file.read(self._size)
        if len(octets) != self._size:
            raise OSError("the spool file is shorter than what was written to it")
        return octets
