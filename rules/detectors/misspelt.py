"""misspelt: a text so full of slips and chat spellings that it is hard to read.

One slip, or ten in a long post, are nobody's business: it takes several
different ones, and one word in ten. Foreign languages, names, acronyms, units and
code are not looked at. `spelling` does the same with a dictionary.
"""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, Reads, Span
from rules.text.languages import Language, small_words
from rules.text.slips import CASUAL, SLIPS
from rules.zones import Family

WORD = re.compile(r"(?<![\w@/\\.#=<{(_-])[A-Za-z0-9]+(?:['’][A-Za-z]+)?(?![\w@/\\=(){}<>_]|\.\w)")
"""A word in prose: not a part of an address, a path, a formula or a name with underscores."""
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_VOWELLESS = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}")
_LONGEST = 40_000
"""Code points looked at, of each text."""
_FEWEST_DIFFERENT = 4
_DENSE, _DENSE_SHARE = 4.0, 0.10
_MANY, _MANY_SHARE = 9.0, 0.055
_SHOWN = 8


def _find(text: str) -> Iterator[Span]:
    words = [match for match in WORD.finditer(text[:_LONGEST]) if not _is_name(match[0])]
    slips = [(match, weight) for match in words if (weight := _weight(match[0].lower()))]
    different = {match[0].lower() for match, _ in slips}
    weight = sum(weight for _, weight in slips)
    if len(different) < _FEWEST_DIFFERENT or not is_too_much(weight, len(words)) or is_foreign(text):
        return
    for match, _ in slips[:_SHOWN]:
        yield match.start(), match.end()


def _is_name(word: str) -> bool:
    """Whether the word has a capital after its first letter: an acronym, a unit, a product."""
    return word[1:] != word[1:].lower()


def _weight(word: str) -> float:
    if word in SLIPS:
        return 1.0
    if word in CASUAL:
        return 0.5
    return 1.0 if word.isalpha() and (_STRETCHED.search(word) or _VOWELLESS.fullmatch(word)) else 0.0


def is_too_much(weight: float, words: int) -> bool:
    """Whether so many slips among so many words make a text hard to read."""
    return (weight >= _DENSE and weight >= _DENSE_SHARE * words) or (
        weight >= _MANY and weight >= _MANY_SHARE * words
    )


def is_foreign(text: str) -> bool:
    """Whether the small words of another language outnumber the English ones."""
    counts = small_words(text)
    english = counts.pop(Language.ENGLISH, 0)
    return bool(counts) and counts.most_common(1)[0][1] > english


DETECTOR = Detector(
    "misspelt", "", _find, frozenset({Family.OWN, Family.HTML}), Reads.DISPLAYED, SLIPS | CASUAL
)
