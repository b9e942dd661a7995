"""Something that is not as it must be: the sentence, what to do next, and what would mend it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

Mend = Callable[[Connection, datetime], str]
"""Mends one thing in the caller's transaction and says what it did; "" where nothing was left to do.

It looks again first: the store may be at work. It loses nothing and sends nothing.
"""

NEXT_START = "start the gateway: it puts this right by itself; --repair does it now"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that breaks ``invariant``, as in "I1"; ``mend`` is None where only a person can help."""

    invariant: str
    says: str
    advice: str
    mend: Mend | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.says
