"""A shift: the processes that do one store's duties now. Who comes alone may take up what the dead left."""

import fcntl
import os
from pathlib import Path

from gateway.store.errors import StoreBroken


class Shift:
    """A lock beside the store, which the kernel lets go when its holder dies, however that comes.

    Unlike process ids it holds across containers that share the folder, and no clock is asked.
    """

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(f"{store.name}-duties")
        self._file: int | None = None

    def begin(self) -> bool:
        """Join; True where nobody else is there, and nobody joins until `settle`.

        Raises StoreBroken where there is no writing beside the store. Blocks while another is
        between `begin` and `settle`.
        """
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                fcntl.flock(self._file, fcntl.LOCK_SH)
                return False
        except OSError as error:
            raise StoreBroken(str(self._path), f"cannot be locked: {error.strerror}") from error
        return True

    def settle(self) -> None:
        """Let others join. What was to be taken up is taken up, and nothing new is in hand yet."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def end(self) -> None:
        """Leave."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
