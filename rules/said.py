"""What a list has said before: hashes of the sentences in its posts, and what of a quotation they cover.

Quoted text is judged only where it is new to the list. Whoever looks hashes
up keeps no text, and with a secret key nobody can try sentences on them.
"""

import hashlib
import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from rules.facts import Said
from rules.reading import Reading
from rules.text.statements import statements, tells
from rules.zones import Family

MOST_OWN = 200
"""Hashes that are kept of one post; what a very long one says further down stays new."""

MOST_QUOTED = 1000
"""Sentences of one post's quoted text that are looked up; what follows them counts as new."""

_OWN = (Family.SUBJECT, Family.OWN)
# The marks that `zones` knows. Most are no words and do no harm; these would be a word, or end a sentence.
_MARKS = re.compile(r"(?m)^(?:[ \t]{0,3}(?:&gt;|[>|:}]))+")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence of the quoted zone; one of ``hashes`` shows that the list has said it."""

    start: int
    end: int
    hashes: tuple[int, ...]


def own_sentences(reading: Reading, key: bytes) -> tuple[int, ...]:
    """Return hashes, signed numbers of 64 bits and none twice, of what the post says in its own words."""
    hashed = _hasher(key)
    own = (zone.text for zone in reading.zones if zone.name in _OWN)
    words = (each for text in own for _, _, shown_by in _told(text) for each in shown_by)
    return tuple(map(hashed, dict.fromkeys(islice(words, MOST_OWN))))


def quotations(reading: Reading, key: bytes) -> tuple[Quotation, ...]:
    """Return the sentences of the post's quoted text, in their order."""
    zone = reading.zone(Family.QUOTED)
    if zone is None:
        return ()
    hashed = _hasher(key)
    unmarked = _MARKS.sub(lambda marks: " " * len(marks[0]), zone.text)
    return tuple(
        Quotation(start, end, tuple(map(hashed, shown_by)))
        for start, end, shown_by in islice(_told(unmarked), MOST_QUOTED)
    )


def said(quoted: Iterable[Quotation], known: Container[int]) -> Said:
    """Return the stretches of the quoted text that the list has said, when it has said ``known``."""
    starts: list[int] = []
    ends: list[int] = []
    goes_on = False
    for one in quoted:
        before, goes_on = goes_on, any(found in known for found in one.hashes)
        if goes_on and before:
            ends[-1] = one.end
        elif goes_on:
            starts.append(one.start)
            ends.append(one.end)
    return Said(tuple(starts), tuple(ends))


def _hasher(key: bytes) -> Callable[[str], int]:
    keyed = hashlib.blake2b(digest_size=8, key=key)

    def hashed(words: str) -> int:
        hashing = keyed.copy()  # the key is a block of its own, and that is done once
        hashing.update(words.encode(errors="replace"))
        return int.from_bytes(hashing.digest(), "big", signed=True)

    return hashed


def _told(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Start and end of each sentence with the words that show it: its own, or with a neighbour's if short."""
    before = one = ""
    start = end = 0
    for next_start, next_end, after in chain(statements(text), ((0, 0, ""),)):
        if one:
            yield start, end, (one,) if tells(one) else _with_neighbours(before, one, after)
        before, start, end, one = one, next_start, next_end, after


def _with_neighbours(before: str, one: str, after: str) -> tuple[str, ...]:
    pairs = (f"{before} {one}" if before else "", f"{one} {after}" if after else "")
    return tuple(filter(tells, pairs))
