"""Questions to a confined process and its answers: a message's octets in, a pickled reading out."""

import dataclasses
import io
import pickle
import signal
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, EnumType
from typing import Any, get_args, get_type_hints

from gateway.confined.questions import Frame
from rules.documents.document import Document
from rules.documents.kinds import kind_of
from rules.reading import Reading, read, unread
from rules.scan import Scan

QUESTION = struct.Struct(">Q?")
"""The length of the message, and whether what is attached may be opened."""
ANSWER = struct.Struct(">Qd")
"""The length of the pickled reading, and the seconds of CPU that it took."""

LONGEST_READING = 32 * 1024 * 1024
"""Octets of a pickled reading: a message's text and its pictures have caps, and together come to a third."""

LATE = "Reading this message took longer than it may."
DIED = "The process that was reading this message died."
_BY_ITS_TIMERS = (-signal.SIGVTALRM, -signal.SIGXCPU)


@dataclass
class Lost(Exception):
    """The process is late, died or answers nonsense; ``why`` is the doubt that a reader is told."""

    why: str


def question(octets: bytes, *, opening: bool) -> Frame:
    """Return the frame that asks for a reading."""
    return QUESTION.pack(len(octets), opening), octets


def answer(reading: Reading, seconds: float) -> bytes:
    """Return the frame that has a reading."""
    pickled = pickle.dumps(reading)
    return ANSWER.pack(len(pickled), seconds) + pickled


def announced(header: bytes) -> tuple[int, float]:
    """Return the length of the pickled reading that follows, and the seconds of CPU that it took.

    Raises Lost for one longer than any reading is: room must not be made for what a child that was
    taken over says is to come.
    """
    length, seconds = ANSWER.unpack(header)
    if length > LONGEST_READING:
        raise Lost(DIED)
    return length, seconds


def reading_of(pickled: bytes) -> Reading:
    """Return the reading in an answer. Raises Lost for anything else."""
    try:
        reading = Readings(io.BytesIO(pickled)).load()
    except Exception as error:  # The promise: a child that answers nonsense makes a doubt
        raise Lost(DIED) from error
    if not isinstance(reading, Reading):
        raise Lost(DIED)
    return reading


def _classes_in(kind: Any) -> Iterator[type]:
    """Yield the classes of `rules` that a value of this type consists of, as its annotations say."""
    for inner in get_args(kind):
        yield from _classes_in(inner)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        yield kind
        for hint in get_type_hints(kind).values():
            yield from _classes_in(hint)
    elif isinstance(kind, type) and issubclass(kind, Enum):
        yield kind


_CLASSES = {(found.__module__, found.__qualname__): found for found in _classes_in(Reading)}


def _member(kind: Any, name: Any) -> Any:
    """The member of an enumeration of a reading. Raises UnpicklingError for anything else."""
    if kind in _CLASSES.values() and isinstance(kind, EnumType) and name in kind.__members__:
        return kind.__members__[name]
    raise pickle.UnpicklingError("getattr")


class Readings(pickle.Unpickler):
    """Makes the classes that a reading consists of, and no others.

    What parses hostile mail may have been taken over by it. What such a child puts into the fields is not
    looked at: it may lie about the message.
    """

    def find_class(self, module_name: str, global_name: str) -> Any:
        """One of those classes. Raises UnpicklingError for anything else."""
        if (module_name, global_name) == ("builtins", "getattr"):
            return _member  # Python 3.11 before 3.11.4 writes a member of an enumeration so
        try:
            return _CLASSES[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(global_name) from None


def read_at_once(octets: bytes, scanned: Scan) -> Reading | None:
    """Return the reading of a message that is cheap and has nothing to be opened, None for any other."""
    if scanned.costly:
        return None
    closed = Closed()
    reading = read(octets, scanned, closed)
    return None if closed.met or reading.pictures else reading


class Closed:
    """Opens nothing, and remembers whether there was anything to open."""

    def __init__(self) -> None:
        self.met = False

    def __call__(self, name: str, declared: str, octets: bytes) -> Document | None:
        """A document that was not opened, where a family would open it."""
        kind = kind_of(name, declared, octets)
        if kind is None:
            return None
        self.met = True
        return Document(kind.value, doubts=("was not opened",))


def why_lost(returncode: int | None) -> str:
    """Return why a child's answer never came, from how the child ended: its own timers, or something else."""
    return LATE if returncode in _BY_ITS_TIMERS else DIED


def is_worth_another_try(why: str, scanned: Scan) -> bool:
    """Return whether a message may be read without opening its files; one without any would be late again."""
    return scanned.documents or why != LATE


def in_doubt(octets: bytes, scanned: Scan, why: str, reading: Reading | None) -> Reading:
    """Return what is known of a message over which a process was lost: all but its files, or its header."""
    if reading is None:
        return unread(octets, why, scanned)
    return replace(reading, doubts=(why, *reading.doubts))
