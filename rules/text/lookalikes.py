"""PLAIN, ALWAYS, LEET, unmixed, loosened: characters that stand for others.

They are grouped by when they may be taken for them.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from rules.text.foreign import foreign_runs

_UNSEEN = (
    *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x3164, 0xFFA0),
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
    # Rings, keys and strokes around a letter.
    *(0x0488, 0x0489, *range(0x20DD, 0x20E1), 0x20E2, 0x20E3, 0x20E4),
)
PLAIN = {
    **dict.fromkeys(map(ord, "‘’‚‛′ʼ`´"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-"),
    ord("⁄"): "/",
    ord("•"): "*",
    # These look like nothing at all, though Unicode calls them letters or marks.
    **dict.fromkeys(_UNSEEN),
    **dict.fromkeys((0x1680, 0x2800, 0x2028, 0x2029, 0x85), " "),
    # NFKC would write them in three signs each.
    **{0x249C + i: chr(97 + i) for i in range(26)},
    **{0x1F110 + i: chr(97 + i) for i in range(26)},
}
"""Punctuation that only looks finer, and characters that cannot be seen."""

_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_ODD = {**_SMALL_CAPITALS, "ı": "i", "ɑ": "a", "ɡ": "g", "ⅼ": "l", "℮": "e"}
ALWAYS = {
    **{ord(odd): latin for odd, latin in _ODD.items()},
    **{0x1F150 + i: chr(97 + i) for i in range(26)},
    **{0x1F170 + i: chr(97 + i) for i in range(26)},
    **{0x1F1E6 + i: chr(97 + i) for i in range(26)},
}
"""Letters that no honest text of ours is written in: small capitals, and letters in boxes and circles."""

_OTHER_SCRIPTS = {
    "a": "аАαΑΛⲁᎪꓮ",
    "b": "вВьъЬβΒⲃᏏᏴꓐ",
    "c": "сСⲥᏟꓚ𐐽",
    "d": "ԁᎠᏧꓓ",
    "e": "еЕэєёεΕΣⲉᎬꓰ",
    "f": "ғꓝ",
    "g": "ԌґցᏀᏳꓖ",
    "h": "һнНңҳΗհᎻᏂꓧ",
    "i": "іІїιΙⲓᎥꓲ",
    "j": "јЈյᎫꓙ",
    "k": "кКқκΚⲕᏦꓗ",
    "l": "ӏλլԼᏞꓡ",
    "m": "мМΜⲙᎷꓟ",
    "n": "пияИЯηπΝոⲛꓠ",
    "o": "оОөοΟσθΘφօՕⲟꓳ𐐬𐐄",
    "p": "рРρΡքⲣᏢꓑ",
    "q": "ԛԚզ",
    "r": "гᎡᏒꓣ",
    "s": "ѕЅςտՏᏚꓢ𐑈",
    "t": "тТτΤⲧᎢꓔ",
    "u": "цμսՍꓴ",
    "v": "ѵѴνᏙꓦ",
    "w": "ԝԜшШщѡωᎳᏔꓪ",
    "x": "хХχΧⲭꓫ",
    "y": "уУүҮγυΥⲩᎩꓬ",
    "z": "ζΖⲍᏃꓜ",
}
MIXED = {ord(odd): latin for latin, odds in _OTHER_SCRIPTS.items() for odd in odds}
"""Letters of other scripts that look Latin; only for words that otherwise are Latin."""

_CROSSED = {
    "b": "ɓƀƃƅ",
    "c": "ƈȼɔ",
    "d": "đɖɗƌð",
    "e": "ǝəɛɇɘ",
    "f": "ƒ",
    "g": "ɠǥ",
    "h": "ħɦ",
    "i": "ɨɩ",
    "j": "ȷʝ",
    "k": "ƙ",
    "l": "łƚɫɬɭǀ",
    "m": "ɱɯ",
    "n": "ɲŋƞɳ",
    "o": "øɵᴑœ",
    "p": "ƥþ",
    "q": "ɋʠ",
    "r": "ɍɼɽ",
    "s": "ʂƨ",
    "t": "ŧƭʈ",
    "u": "ʉ",
    "v": "ʋʌⱱ",
    "w": "ʍ",
    "y": "ɏƴ",
    "z": "ƶʐȥʒʑ",
    "a": "æɐ",
}
"""Latin letters with strokes and hooks, which are letters of their own to Unicode."""

_GREEK = r"\u0370-\u03ff"
_OTHERS = r"\u0400-\u052f\u0530-\u058f\u13a0-\u13ff\u2c80-\u2cff\ua4d0-\ua4ff\U00010400-\U0001044f"
_SCRIPT = re.compile(f"[{_GREEK}{_OTHERS}]")
_GREEK_LETTER = re.compile(f"[{_GREEK}]")
_NOT_GREEK = re.compile(f"[{_OTHERS}]")
_LATIN = re.compile(r"[a-zA-Z]")

LEET = str.maketrans("0134578@$!|€£¢§¡¥+", "oieastbasilelcsiyt")
"""Digits and signs that pose as letters."""


def unmixed(word: str) -> str:
    """Return a word in Latin letters alone where it mixes them with others that look like them.

    >>> unmixed("vоte"), unmixed("μGy")
    ('vote', 'μGy')
    """
    if word.isascii() or not _LATIN.search(word) or not _SCRIPT.search(word):
        return word
    # A Greek letter at the edge of a word is notation (µGy, τmax, Δt); within it, it poses as Latin.
    if not _NOT_GREEK.search(word) and not _GREEK_LETTER.search(word, 1, len(word) - 1):
        return word
    return word.translate(MIXED)


def has_scripts(text: str) -> bool:
    """Return whether there is a letter of another script that could pose as Latin."""
    return _SCRIPT.search(text) is not None


class _Loose(dict[int, int]):
    """Latin letters without their accents and strokes."""

    def __missing__(self, code: int) -> int:
        first = unicodedata.normalize("NFD", chr(code))[0]
        loose = ord(first) if first.isascii() and first.isalpha() else code
        if len(self) < _KNOWN:
            self[code] = loose
        return loose


_KNOWN = 20_000
_LOOSE = _Loose({ord(odd): ord(latin) for latin, odds in _CROSSED.items() for odd in odds})


def loosened(text: str) -> str:
    """Return a text of the same length in which each word that could be Latin is, for a second look.

    >>> loosened("an ídíøt, сосо")
    'an idiot, coco'
    """
    if text.isascii():
        return text
    pieces: list[str] = []
    kept = 0
    for start, end in foreign_runs(text):
        pieces += (text[kept:start], text[start:end].translate(_LOOSE))
        kept = end
    loose = "".join((*pieces, text[kept:]))
    return changed_words(loose, _loosened_word) if has_scripts(loose) else loose


@lru_cache(maxsize=4096)
def _loosened_word(word: str) -> str:
    latin = word.translate(MIXED)
    return latin if latin.isascii() or _LATIN.search(word) else word


def changed_words(text: str, change: Callable[[str], str]) -> str:
    """Return the text with each word changed that has a letter outside ASCII; the others cost nothing."""
    pieces: list[str] = []
    kept = 0
    for first, last in foreign_runs(text):
        at = max(first, kept)
        while at < last:
            if not text[at].isalpha():
                at += 1
                continue
            start, at = _word_around(text, at, kept)
            pieces += (text[kept:start], change(text[start:at]))
            kept = at
    return "".join((*pieces, text[kept:])) if pieces else text


def _word_around(text: str, at: int, earliest: int) -> tuple[int, int]:
    start, end = at, at + 1
    while start > earliest and text[start - 1].isalpha():
        start -= 1
    while end < len(text) and text[end].isalpha():
        end += 1
    return start, end
