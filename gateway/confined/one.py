"""Reader: reads messages one after the other, what would take long in a confined process that it keeps."""

import subprocess
import threading
from contextlib import suppress
from typing import Self

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
from gateway.confined.limits import DYING, WEARING, Limits
from gateway.confined.questions import Frame
from rules.reading import Reading
from rules.scan import Scan


class Reader:
    """For commands, which judge one message at a time. A process that is late or dies makes a doubt."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self.spent = 0.0
        """Seconds of CPU that confined processes took for all messages so far."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._end()

    def read(self, octets: bytes, scanned: Scan) -> Reading:
        """The reading of a message, whatever its octets are."""
        if (reading := read_at_once(octets, scanned)) is not None:
            return reading
        try:
            return self._asked(octets, opening=True)
        except Lost as lost:
            why = lost.why
        if not is_worth_another_try(why, scanned):
            return in_doubt(octets, scanned, why, None)
        try:
            return in_doubt(octets, scanned, why, self._asked(octets, opening=False))
        except Lost:
            return in_doubt(octets, scanned, why, None)

    def _asked(self, octets: bytes, *, opening: bool) -> Reading:
        process = self._process or subprocess.Popen(  # noqa: S603  a module of ours
            self._limits.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._process = process
        late = threading.Event()
        watch = threading.Timer(self._limits.patience, _kill, (process, late))
        watch.start()
        try:
            reading = self._answered(process, question(octets, opening=opening))
        except (OSError, EOFError, Lost) as problem:
            if isinstance(problem, EOFError):
                with suppress(subprocess.TimeoutExpired):
                    process.wait(DYING)
            self._end()
            raise Lost(LATE if late.is_set() else why_lost(process.returncode)) from problem
        finally:
            watch.cancel()
        if len(octets) > WEARING:
            self._end()
        return reading

    def _answered(self, process: subprocess.Popen[bytes], asked: Frame) -> Reading:
        if process.stdin is None or process.stdout is None:
            raise EOFError
        for part in asked:
            process.stdin.write(part)
        process.stdin.flush()
        header = process.stdout.read(ANSWER.size)
        if len(header) < ANSWER.size:
            raise EOFError
        length, seconds = announced(header)
        self.spent += seconds
        return reading_of(process.stdout.read(length))

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with process:  # closes its pipes and waits for it
                pass


def _kill(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()
