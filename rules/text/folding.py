"""folded(displayed) -> text and places: compatibility forms, case and look-alikes undone."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from rules.text.lookalikes import ALWAYS, MIXED, PLAIN

_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_WORD = re.compile(r"[^\W\d_]+")
_GREEK_OR_CYRILLIC = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[a-zA-Z]")
_LONGEST_CLUSTER = 16


def folded(displayed: str) -> tuple[str, list[int]]:
    """Fold everything but blanks; the places are those of each character left, and the length."""
    pieces: list[str] = []
    places: list[int] = []
    kept = 0
    for match in _FOREIGN.finditer(displayed):
        start, end = match.span()
        if start > kept and displayed[start - 1] > " " and unicodedata.combining(displayed[start]):
            start -= 1
        pieces.append(displayed[kept:start])
        places.extend(range(kept, start))
        for at, cluster in _clusters(displayed, start, end):
            plain = _plain(cluster)
            pieces.append(plain)
            places.extend((at,) * len(plain))
        kept = end
    pieces.append(displayed[kept:])
    places.extend(range(kept, len(displayed) + 1))
    return _lowered(_unmixed("".join(pieces)), places)


def _clusters(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield characters, each with the marks that combine with it, and where they begin."""
    begin = start
    for at in range(start + 1, end):
        if not unicodedata.combining(text[at]):
            yield begin, text[begin:at]
            begin = at
    yield begin, text[begin:end]


@lru_cache(maxsize=4096)
def _plain(cluster: str) -> str:
    # No letter of any language bears that many marks; they are cut so that none can make this slow.
    plain = cluster[:_LONGEST_CLUSTER].translate(PLAIN)
    compatible = unicodedata.normalize("NFKC", plain).translate(PLAIN).translate(ALWAYS)
    if compatible.isascii():
        return compatible
    latin = _LATIN.search(compatible) is not None
    unseen = ("Cf", "Cc", "Cs", "Mn") if latin else ("Cf", "Cc", "Cs")
    return "".join(character for character in compatible if unicodedata.category(character) not in unseen)


def _unmixed(text: str) -> str:
    if not _GREEK_OR_CYRILLIC.search(text):
        return text
    return _WORD.sub(_unmixed_word, text)


def _unmixed_word(match: re.Match[str]) -> str:
    word = match[0]
    if not _LATIN.search(word) or not _GREEK_OR_CYRILLIC.search(word):
        return word
    # A Greek letter at the edge of a word is notation (µGy, τmax, Δt); within it, it poses as Latin.
    if not _CYRILLIC.search(word) and not _GREEK_OR_CYRILLIC.search(word, 1, len(word) - 1):
        return word
    return word.translate(MIXED)


def _lowered(text: str, places: list[int]) -> tuple[str, list[int]]:
    folded = text.casefold()
    if len(folded) == len(text):
        return folded, places
    pieces = [character.casefold() for character in text]
    spread = [place for piece, place in zip(pieces, places, strict=False) for _ in piece]
    return "".join(pieces), [*spread, places[-1]]
