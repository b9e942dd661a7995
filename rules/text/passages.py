"""passages(displayed, normal) -> where the sentences of a zone stand, alone and with their neighbours.

One bad sentence in a long post should count as much as one alone, and some
matters need two or three sentences to show.
"""

import re
from bisect import bisect_left
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rules.facts import NOTHING_SAID, Said
from rules.normal import Normal
from rules.text.shifts import at_or_behind

Spans = NDArray[np.int64]
"""A start and an end a row."""

TOGETHER = 3
"""Sentences that are judged as one at most."""

LONGEST = 280
"""Characters of a sentence; listings, logs and tables have no full stops, and are cut here or there."""

_WINDOW = 600
_FEW_SIGNS = 4
_WORDS_A_SIGN = 3
_NUMBERS = re.compile(r"[\W_]*\d[\W\d_]*")
# A run of one sign is a drawn line, and counts once.
_SIGNS = re.compile(r"([{}\[\];_\\|<>=()/+^~])\1*")

# Not `sentences.ends`: a passage more at "Prof." costs nothing, and this goes through every post.
# One class of characters first, which is sought several times as fast as a choice of beginnings.
_END = re.compile(
    r"[.!?…:\n](?:(?<=[.!?…])[.!?…]*[\"'”’)\]]*(?=\s|$)"
    r"|(?<=\n)(?:[ \t]*(?=\n)|(?=[ \t]*[-*•–][ \t]))|(?<=:)(?=\n))"
)


def passages(displayed: str, normal: Normal, said: Said = NOTHING_SAID) -> Spans:
    """Return spans of the normalised text: each sentence, and each two and three that follow each other.

    Listings are left out, and whatever of the text was ``said`` before; what is new beside that has
    passages of its own. A row a passage, in the order of their ends.

    >>> from rules.normal import normalise
    >>> passages("One. Two.", normalise("One. Two.")).tolist()
    [[0, 4], [0, 9], [4, 9]]
    """
    text = normal.text
    signs = [sign.start() for sign in _SIGNS.finditer(text)]
    told: list[tuple[int, int, int]] = []
    stretch = 0
    for start, end in pairwise(_edges(displayed, normal, (*said.starts, *said.ends))):
        if text[start:end].isspace():
            continue
        if _is_listing(text, start, end, signs) or (said and _is_said(start, end, normal, said)):
            stretch += 1
            continue
        told.append((start, end, stretch))
    return _joined(np.array(told, dtype=np.int64).reshape(-1, 3))


def _joined(told: Spans) -> Spans:
    """Each sentence with up to two before it in its stretch, where that is not too long."""
    starts, ends, stretches = told.T
    count = len(told)
    firsts = np.repeat(starts[:, None], TOGETHER, axis=1)
    kept = np.zeros((count, TOGETHER), dtype=bool)
    kept[:, -1] = True
    for back in range(1, min(TOGETHER, count)):
        before, column = slice(count - back), TOGETHER - 1 - back
        firsts[back:, column] = starts[before]
        kept[back:, column] = (stretches[before] == stretches[back:]) & (
            ends[back:] - starts[before] <= _WINDOW
        )
    return np.column_stack((firsts[kept], ends.repeat(kept.sum(axis=1))))


def _is_listing(text: str, start: int, end: int, signs: list[int]) -> bool:
    """Whether a stretch is code, a patch, a log or a row of numbers: not what people say."""
    if _NUMBERS.fullmatch(text, start, end):
        return True
    few = bisect_left(signs, start) + _FEW_SIGNS
    if few >= len(signs) or signs[few] >= end:
        return False
    there = bisect_left(signs, end) - few + _FEW_SIGNS
    return there * _WORDS_A_SIGN > text.count(" ", start, end)


def _is_said(start: int, end: int, normal: Normal, said: Said) -> bool:
    # A character that was dropped behind the passage is not of it, so its end is that of its last one.
    return said.overlaps(normal.places[start], normal.places[end - 1] + 1)


def _edges(displayed: str, normal: Normal, cuts: tuple[int, ...]) -> list[int]:
    """Where sentences begin in the normalised text, and where the last one ends."""
    length = len(normal.text)
    ends = [match.end() for match in _END.finditer(displayed)]
    if cuts:
        ends = sorted((*ends, *cuts))
    inner = dict.fromkeys(at for at in at_or_behind(normal.places, ends) if 0 < at < length)
    return _cut(normal.text, [0, *inner, length]) if length else []


def _cut(text: str, edges: list[int]) -> list[int]:
    """The edges, with more of them at blanks where two lie far apart."""
    cut = [0]
    for edge in edges[1:]:
        while edge - cut[-1] > LONGEST:
            blank = text.rfind(" ", cut[-1] + 1, cut[-1] + LONGEST)
            cut.append(blank + 1 if blank > 0 else cut[-1] + LONGEST)
        cut.append(edge)
    return cut
