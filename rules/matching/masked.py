"""Masked: phrases whose words hide letters behind signs ("idi*t"), found by the letters that are left."""

import re
from collections.abc import Iterable, Iterator

_SHORTEST = 4
_MOST_WORDS = 3
"""A mask that fits more words than these fits any."""
_WORD = re.compile(r"[a-z]+")


class Masked:
    """Some phrases by their words' length and first letter."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._words: dict[tuple[int, str], list[tuple[str, int]]] = {}
        for phrase in phrases:
            if "*" in phrase:
                continue
            for word in _WORD.finditer(phrase):
                if len(word[0]) >= _SHORTEST:
                    self._words.setdefault((len(word[0]), word[0][0]), []).append((phrase, word.start()))

    def find(self, shape: str, words: Iterable[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
        """Yield phrases that stand in a text of this shape at its masked words, and where."""
        for start, end in words:
            for phrase, offset in self._fitting(shape[start:end]):
                if start >= offset and _stands(shape, start - offset, phrase):
                    yield phrase, start - offset, start - offset + len(phrase)

    def _fitting(self, token: str) -> list[tuple[str, int]]:
        """Return phrases and where in them stands a word that the token may be."""
        length = len(token)
        fitting = [
            (phrase, at)
            for phrase, at in self._words.get((length, token[0]), ())
            if phrase[at + length - 1] == token[-1] or not token[-1].isalpha()
            if all(
                seen == letter or not seen.isalnum() for seen, letter in zip(token, phrase[at:], strict=False)
            )
        ]
        return fitting if len({phrase[at : at + length] for phrase, at in fitting}) <= _MOST_WORDS else []


def _stands(shape: str, start: int, phrase: str) -> bool:
    end = start + len(phrase)
    stretch = shape[start:end]
    if len(stretch) < len(phrase) or shape[start - 1 : start].isalnum() or shape[end : end + 1].isalnum():
        return False
    return all(
        seen == letter or (letter.isalpha() and not seen.isalnum() and not seen.isspace())
        for seen, letter in zip(stretch, phrase, strict=True)
    )
