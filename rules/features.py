"""features(text) -> Features: words, neighbouring words and letters of a normalised text, as hashed buckets.

Everything is done with whole arrays, because a Python loop over characters
would cost more than all other judging together. Nothing here depends on a
process's own hash seed: the same text has the same buckets everywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

BITS = 20
SIZE = 1 << BITS
"""Buckets; a power of two."""

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

_OTHER, _LETTER, _DIGIT, _SIGN = 0, 1, 2, 3
_SIGNS = "!?£$€%&@#*…"
_APOSTROPHES = (0x27, 0x2019)
_AT_MOST = 3
"""How often the same sign counts in a row."""
_GRAMS = (3, 4)
_OF_WORDS = 2
"""How often a word, or a pair of words, counts for one run of letters."""
_SHIFT = np.uint64(29)
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True, slots=True)
class Named:
    """A stretch of the text that names somebody of a class (``staff``): it counts as that only."""

    start: int
    end: int
    kind: str


def apart(stretches: Iterable[tuple[int, int, str]]) -> tuple[Named, ...]:
    """The stretches in order, without those that begin within an earlier one."""
    kept: list[Named] = []
    for start, end, kind in sorted(stretches):
        if not kept or start >= kept[-1].end:
            kept.append(Named(start, end, kind))
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Kind:
    """The features of one kind in the order of the text: starts, buckets, how often each counts."""

    starts: Ints
    buckets: Ints
    times: int = 1


@dataclass(frozen=True, slots=True)
class Features:
    """All features of a text, a kind at a time, and where its words start."""

    kinds: tuple[Kind, ...]
    words: Ints


def features(text: str, named: Sequence[Named] = (), borders: Sequence[int] = ()) -> Features:
    """Return the features of normalised text; ``named`` stretches do not overlap.

    No two words are a pair that stand on different sides of a border.

    >>> len(features("good morning").kinds[0].buckets)
    2
    """
    raw = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    sorts = _sorts(raw)
    codes: Hashes = np.where(sorts == _DIGIT, np.uint32(0x30), raw).astype(np.uint64)
    starts, ends = _words(sorts)
    numbers = _hashes(codes, starts, ends)
    # Letters only: a table of figures is not more of anything for having many of them.
    codes = np.where(sorts == _LETTER, codes, np.uint64(0x20))
    if named:
        codes, starts, numbers = _classed(codes, starts, numbers, named)
    words = Kind(starts, _buckets(numbers), _OF_WORDS)
    pairs = _together(Kind(starts[:-1], _pairs(numbers), _OF_WORDS), starts, borders)
    return Features((words, pairs, *_grams(codes)), starts)


def _together(pairs: Kind, starts: Ints, borders: Sequence[int]) -> Kind:
    if not borders or not len(pairs.starts):
        return pairs
    stretch = np.searchsorted(np.array(borders), starts, side="right")
    kept = stretch[1:] == stretch[:-1]
    return Kind(pairs.starts[kept], pairs.buckets[kept], pairs.times)


def buckets_of(words: Sequence[str]) -> Ints:
    """The bucket of each word of letters by itself."""
    return features(" ".join(words)).kinds[0].buckets


def _sorts(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """What each character is: an apostrophe between two letters is a letter, a sign may stand three times."""
    sorts = _table()[np.minimum(codes, 0xFFFF)]
    for apostrophe in _APOSTROPHES:
        inner = (codes[1:-1] == apostrophe) & (sorts[:-2] == _LETTER) & (sorts[2:] == _LETTER)
        sorts[1:-1][inner] = _LETTER
    # A drawn line is not more of anything for being long.
    again = codes[1:] == codes[:-1]
    drawn = again[2:] & again[1:-1] & again[:-2] & (sorts[_AT_MOST:] == _SIGN)
    sorts[_AT_MOST:][drawn] = _OTHER
    return sorts


@cache
def _table() -> NDArray[np.uint8]:
    table = np.zeros(0x10000, dtype=np.uint8)
    for code in range(0x10000):
        character = chr(code)
        if character.isalpha():
            table[code] = _LETTER
        elif character.isdigit():
            table[code] = _DIGIT
    table[0xFFFF] = _LETTER  # whatever lies above: letters of scripts that are rare here
    for sign in _SIGNS:
        table[ord(sign)] = _SIGN
    return table


def _words(sorts: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Where words, numbers and signs start and end."""
    changed = np.empty(len(sorts) + 1, dtype=bool)
    changed[0] = changed[-1] = True
    changed[1:-1] = (sorts[1:] != sorts[:-1]) | (sorts[1:] == _SIGN)
    edges = np.flatnonzero(changed)
    there = sorts[edges[:-1]] != _OTHER if len(sorts) else np.zeros(0, dtype=bool)
    return edges[:-1][there], edges[1:][there]


def _hashes(codes: Hashes, starts: Ints, ends: Ints) -> Hashes:
    """A number for the characters from each start to its end."""
    powers, inverses = _powers(len(codes))
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(codes * powers[: len(codes)], out=sums[1:])
    return _mixed((sums[ends] - sums[starts]) * inverses[starts])


_grown: list[tuple[Hashes, Hashes]] = []


def _powers(length: int) -> tuple[Hashes, Hashes]:
    """Powers of an odd number and their inverses, modulo 2**64."""
    if not _grown or len(_grown[0][0]) < length:
        size = max(8192, 1 << length.bit_length())
        inverse = np.uint64(pow(int(_FIRST), -1, 1 << 64))
        _grown[:] = [(_series(_FIRST, size), _series(inverse, size))]
    return _grown[0]


def _series(base: np.uint64, size: int) -> Hashes:
    steps = np.concatenate((np.ones(1, np.uint64), np.full(size - 1, base, np.uint64)))
    return np.cumprod(steps, dtype=np.uint64)


def _mixed(values: Hashes) -> Hashes:
    values = (values ^ (values >> _SHIFT)) * _SECOND
    return values ^ (values >> _SHIFT)


def _buckets(values: Hashes) -> Ints:
    return (values & np.uint64(SIZE - 1)).astype(np.int64)


def _pairs(numbers: Hashes) -> Ints:
    """Buckets of the pairs of neighbouring words; their order counts."""
    return _buckets(_mixed(numbers[:-1] * _FIRST + numbers[1:]))


def _grams(codes: Hashes) -> tuple[Kind, ...]:
    """Runs of letters within one word, the blank before and behind it included."""
    blank = codes == 0x20
    kinds = []
    rolled, inner = codes, np.zeros(len(codes), dtype=bool)
    for size in range(2, _GRAMS[-1] + 1):
        if len(codes) < size:
            break
        rolled = rolled[: len(codes) - size + 1] * _SECOND + codes[size - 1 :]
        # A blank may stand first or last, never within.
        inner = inner[: len(codes) - size + 1] | (blank[size - 2 : -1] if size > 2 else False)
        if size in _GRAMS:
            at = np.flatnonzero(~inner)
            kinds.append(Kind(at, _buckets(_mixed(rolled[at] + np.uint64(size)))))
    return tuple(kinds)


def _classed(
    codes: Hashes, starts: Ints, numbers: Hashes, named: Sequence[Named]
) -> tuple[Hashes, Ints, Hashes]:
    """The words with each named stretch as one word of its class."""
    codes = codes.copy()
    kept = np.ones(len(starts), dtype=bool)
    for stretch in named:
        codes[stretch.start : stretch.end] = 0x20
        first, last = np.searchsorted(starts, (stretch.start, stretch.end))
        if first < last:
            numbers[first] = class_hash(stretch.kind)
            kept[first + 1 : last] = False
    return codes, starts[kept], numbers[kept]


@cache
def class_hash(kind: str) -> np.uint64:
    """The number of a class of words, which no word of a text has."""
    value = int.from_bytes(b"class " + kind.encode(), "big") % (1 << 64)
    return np.uint64(_mixed(np.array([value], dtype=np.uint64))[0])
