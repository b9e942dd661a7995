"""Limits: what a confined process may spend on one message."""

import sys
from dataclasses import dataclass

SECONDS = 2
MEMORY = 300 * 1024 * 1024
WEARING = 4 * 1024 * 1024
"""Octets of a message after which a process is replaced: its memory is in pieces by then."""
DYING = 1.0
"""Seconds that a process has between its last word and its end, which says why."""
OCR_SECONDS = 10.0
"""For the texts of all pictures of a message together, beside the seconds for all else."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` of CPU for a message, octets of ``memory``; ``ocr``: whether text in pictures is read."""

    seconds: int = SECONDS
    memory: int = MEMORY
    ocr: bool = False

    @property
    def patience(self) -> float:
        """Seconds by the clock after which the process is taken for stuck.

        Generous: it gets its seconds of CPU even where other processes want the machine too.
        """
        return 2.0 * self.seconds + 2 + (OCR_SECONDS if self.ocr else 0)

    @property
    def command(self) -> tuple[str, ...]:
        """The command line of the process."""
        # -P keeps the working folder off the import path.
        program = (sys.executable, "-P", "-m", "gateway.confined.child")
        return (*program, str(self.seconds), str(self.memory), str(int(self.ocr)))
