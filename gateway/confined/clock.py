"""Clock: the CPU that one message may take, and an opener of files that stops in time.

Two timers of the system run. The gentle one interrupts our own code in the
midst of a file, which becomes a doubt about that file alone; the hard one ends
the process, for libraries that do not come back.
"""

import contextlib
import resource
import signal
import time
from types import FrameType

from rules.documents.document import Document, OutOfTime
from rules.documents.kinds import Kind, kind_of
from rules.documents.opening import document, reader_of

_FOR_FILES = 0.6  # of the seconds; the rest is for the message itself
_FOR_LIBRARIES = 0.8
_AGAIN = 0.05  # an interruption may hit code that swallows it


class Clock:
    """Counts the CPU of a message; what loading a library takes is not the message's."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._began = 0.0
        self._stopped = False
        signal.signal(signal.SIGPROF, _interrupt)

    @property
    def spent(self) -> float:
        """Seconds since the message began."""
        return time.process_time() - self._began

    def start(self) -> None:
        """A message begins."""
        self._began = time.process_time()
        self._stopped = False
        # For whoever is stuck in the system's own code, which the hard timer does not count.
        whole = int(self._began) + 2 * self._seconds + 2
        resource.setrlimit(resource.RLIMIT_CPU, (whole, resource.RLIM_INFINITY))
        self._end_at(self._seconds)

    def opener(self, name: str, declared: str, octets: bytes) -> Document | None:
        """A file opened as `document` does, unless it takes too long."""
        kind = kind_of(name, declared, octets)
        if kind is None:
            return None
        self._load(kind)
        left = _FOR_FILES * self._seconds - self.spent
        # The system's timers and its clock need not agree to the tick: a file that was stopped took the rest.
        if self._stopped or left < _AGAIN:
            return Document(kind.value, doubts=("was not opened, because other files took all the time",))
        self._end_at(_FOR_LIBRARIES * self._seconds)
        try:
            signal.setitimer(signal.ITIMER_PROF, left, _AGAIN)
            return document(name, declared, octets)
        except OutOfTime as late:
            self._stopped = True
            return Document(kind.value, doubts=(str(late),))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            self._end_at(self._seconds)

    def _load(self, kind: Kind) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        began = time.process_time()
        # A library that cannot be loaded is told of by `document`, as a doubt.
        with contextlib.suppress(Exception):
            reader_of(kind)
        self._began += time.process_time() - began

    def _end_at(self, seconds: float) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, max(_AGAIN, seconds - self.spent))


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTime
