"""Patterns on RE2: linear in time and bounded in memory, whatever the text."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import re2

MEMORY = 64 << 20
"""Octets that the set of all patterns of a policy may use for its automaton."""

MEMORY_OF_ONE = 8 << 20
"""Octets for one pattern alone; what needs more is refused when a clause is read."""


class PatternRefused(ValueError):
    """RE2 does not take a pattern; ``str()`` says why."""


class PatternSet:
    """Many patterns as one automaton, which tells those that match anywhere in a text."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._set = re2.Set.SearchSet(_options(MEMORY))
        for pattern in patterns:
            self._set.Add(_by_line(pattern))
        self._set.Compile()

    def matching(self, octets: bytes) -> tuple[int, ...]:
        """Indexes of the patterns that match; empty also when the automaton ran out of memory."""
        return tuple(self._set.Match(octets) or ())


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Any:
    """The pattern by itself, for octets of UTF-8. Raises PatternRefused."""
    try:
        return re2.compile(_by_line(pattern).encode(errors="replace"), _options(MEMORY_OF_ONE))
    except re2.error as error:
        why = error.args[0] if error.args else b"refused"
        raise PatternRefused(why.decode(errors="replace") if isinstance(why, bytes) else str(why)) from error


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern matches anywhere in the text, in any case."""
    return compiled(pattern).search(text.encode(errors="replace")) is not None


def spans(pattern: str, text: str, most: int) -> Iterator[tuple[int, int]]:
    """Yield where the pattern matches some characters, in code points, at most so many times.

    >>> list(spans("b+", "äbb b", 10))
    [(1, 3), (4, 5)]
    """
    octets = text.encode(errors="replace")
    count = _counter(octets) if len(octets) != len(text) else int
    for number, match in enumerate(compiled(pattern).finditer(octets)):
        if number >= most:
            return
        start, end = match.span()
        if start < end:
            yield count(start), count(end)


def _options(memory: int) -> Any:
    made = re2.Options()
    made.case_sensitive = False
    made.log_errors = False  # re2 would write them to standard error
    made.max_mem = memory
    return made


def _by_line(pattern: str) -> str:
    """A zone is one line of the haystack, so that ^ and $ mean a zone's ends in both places."""
    return f"(?m:{pattern})"


def _counter(octets: bytes) -> Callable[[int], int]:
    """Counts code points up to an offset in octets, going on from the last offset asked for."""
    known, points = 0, 0

    def count(offset: int) -> int:
        nonlocal known, points
        points += len(octets[known:offset].decode(errors="replace"))
        known = offset
        return points

    return count
