"""statements(text): the sentences of a zone, folded so that a quotation of one is known again.

A mail program that quotes wraps lines anew and puts marks before them, so
sentences are parted only at what it leaves alone: a sign that ends one, a
dash between blanks, an empty line.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain

# Not `sentences.ends`: whoever knows sentences again by hashes needs the same borders for ever, not the best.
# One set of first characters, and nothing that begins within a run of them: fast, and linear on any text.
_BORDER = re.compile(
    r"[.!?…:\n–—*•·-]"
    r"(?:(?<=[^.!?…:][.!?…:])[.!?…:]*+[\"'”’»)\]]*+(?=\s|$)"
    r"|(?<=\s[–—*•·-])[–—*•·-]*+(?=\s)"
    r"|(?<=\n)[ \t\xa0>]*+(?=\n))"
)
_PLAIN = {at: chr(at).lower() if chr(at).isalnum() else " " for at in range(128)}
# Most of what is not ASCII in an English text: no-break spaces, pounds and degrees, dashes, quotation marks.
_USUAL = re.compile(r"[\xa0£°·\u2010-\u201f•…]")
# Punctuation changes on the way, pictures do not: one put into a sentence makes it another.
_WORD = re.compile(r"[^\W_]+|[\u2190-\u2bff\U0001f000-\U0001faff]")
_WORDS, _LETTERS = 4, 20
"""What is shorter could be anybody's."""


Statement = tuple[int, int, str]
"""A sentence: start and end in the displayed text, and its words in lower case with single blanks."""


def tells(words: str) -> bool:
    """Return whether a sentence is long enough to be known by its words alone."""
    return _WORDS - 1 <= words.count(" ") <= len(words) - _LETTERS


def statements(text: str) -> Iterator[Statement]:
    """Yield the sentences of a displayed text in their order; between two there is no word.

    >>> list(statements("> > One THING,\\n> > you know. Two."))
    [(0, 27, 'one thing you know'), (27, 32, 'two')]
    """
    plain = text.translate(_PLAIN) if text.isascii() else None
    start = 0
    for border in chain(_BORDER.finditer(text), (None,)):
        end = border.end() if border else len(text)
        words = " ".join(plain[start:end].split()) if plain is not None else _folded(text[start:end])
        if words:
            yield start, end, words
        start = end


def _folded(piece: str) -> str:
    usual = _USUAL.sub(" ", piece)
    if usual.isascii():
        return " ".join(usual.translate(_PLAIN).split())
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", usual).casefold()))
