"""normalise(displayed) -> Normal: evasion undone, with a map back to the displayed text.

Own code on the standard library: libraries for look-alikes also change units
(µGy) and Greek symbols (β-emitter), which are the daily words of physics.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import re2

from rules.text.folding import folded
from rules.text.lookalikes import LEET
from rules.text.sentence import sentence_around
from rules.text.shifts import Shifts

__all__ = ["Normal", "normalise", "sentence_around", "undisguised"]

_BLANKS = re.compile("  +")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_POSING = r"a-z0-9@$!"
# Four or more single letters with a sign or blank between each: "i d i o t", "i.d.i.o.t".
_SPREAD = re.compile(rf"(?<![{_POSING}])[{_POSING}](?:[ ._*-][{_POSING}]){{3,}}(?![{_POSING}])")
_POSED = re.compile(r"[a-z][0134578@$!]|[0134578@$!][a-z]")
# RE2 says ten times faster that a text has neither, and most texts have neither.
_DISGUISES = re2.Set.SearchSet()
_MAY_BE_SPREAD = _DISGUISES.Add(rf"(?:^|[^{_POSING}])[{_POSING}](?:[ ._*-][{_POSING}]){{3}}")
_MAY_BE_POSED = _DISGUISES.Add(_POSED.pattern)
_DISGUISES.Compile()
_POSERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789@$!")
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class Normal:
    """A text in one plain form: case and compatibility folded, nothing invisible, blanks single.

    ``places[i]`` is where character ``i`` came from in the displayed text; it
    has one more entry, the displayed length.
    """

    text: str
    places: Sequence[int]

    def displayed(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the displayed text that a span of this text came from."""
        if end <= start:
            return self.places[start], self.places[start]
        # Up to where the next character came from, so that a letter keeps its marks.
        return self.places[start], max(self.places[end], self.places[end - 1] + 1)


def normalise(displayed: str) -> Normal:
    """Return the text for matching.

    >>> normalise("Ｖ\u200bote  for").text
    'vote for'
    """
    if displayed.isascii():
        return _single_blanks(_printable(displayed.lower()), None)
    text, places = folded(displayed)
    return _single_blanks(_printable(text), places)


def _printable(text: str) -> str:
    """Return the text with blanks for line ends, tabs and other controls; none is dropped, so places stay."""
    text = text.replace("\n", " ")
    return text if text.isprintable() else _CONTROL.sub(" ", text)


def _single_blanks(text: str, places: list[int] | None) -> Normal:
    """Return the text without repeated blanks; ``places`` is None where they are those of the text itself."""
    if "  " not in text:
        return Normal(text, range(len(text) + 1) if places is None else tuple(places))
    pieces, starts, by, kept_places = [], [0], [0], list[int]()
    kept = shift = 0
    for match in _BLANKS.finditer(text):
        pieces.append(text[kept : match.start() + 1])
        if places is not None:
            kept_places.extend(places[kept : match.start() + 1])
        shift += match.end() - match.start() - 1
        kept = match.end()
        starts.append(kept - shift)
        by.append(shift)
    joined = "".join((*pieces, text[kept:]))
    if places is not None:
        return Normal(joined, (*kept_places, *places[kept:]))
    return Normal(joined, Shifts(len(joined) + 1, tuple(starts), tuple(by)))


def undisguised(normal: Normal) -> Normal:
    """Return a second view: spread letters joined, digits and signs read as the letters they pose as.

    Only for a second look: it also changes what is no disguise. The same
    object comes back where nothing changes.

    >>> undisguised(normalise("an i.d.i.0.t")).text
    'an idiot'
    """
    signs = _DISGUISES.Match(normal.text.encode(errors="replace"))
    if not signs:
        return normal
    text, places = _joined(normal) if _MAY_BE_SPREAD in signs else (normal.text, normal.places)
    plain = _unleeted(text) if text is not normal.text or _MAY_BE_POSED in signs else text
    if plain == normal.text:
        return normal
    return Normal(plain, places)


def _joined(normal: Normal) -> tuple[str, Sequence[int]]:
    text, places = normal.text, normal.places
    pieces: list[str] = []
    kept_places: list[int] = []
    kept = 0
    for match in _SPREAD.finditer(text):
        if sum(character.isalpha() for character in match[0]) < 3:
            continue
        pieces.append(text[kept : match.start()])
        kept_places.extend(places[kept : match.start()])
        letters = _letters(normal, match.start(), match.end())
        pieces.append("".join(text[at] for at in letters))
        kept_places.extend(places[at] for at in letters)
        kept = match.end()
    if not pieces:
        return text, places
    pieces.append(text[kept:])
    return "".join(pieces), (*kept_places, *places[kept : len(places)])


def _letters(normal: Normal, start: int, end: int) -> list[int]:
    """Return the letters of a spread run, and the blanks that were wider: they part words."""
    places = normal.places
    return [
        at
        for at in range(start, end)
        if (at - start) % 2 == 0 or (normal.text[at] == " " and places[at + 1] - places[at] > 1)
    ]


def _unleeted(text: str) -> str:
    pieces, kept = [], 0
    for match in _POSED.finditer(text):
        if match.start() < kept:
            continue
        start = _word_start(text, match.start(), kept)
        end = _word_end(text, match.end())
        pieces.append(text[kept:start] + _unleet(text[start:end]))
        kept = end
    return "".join((*pieces, text[kept:])) if pieces else text


def _word_start(text: str, at: int, earliest: int) -> int:
    while at > earliest and text[at - 1] in _POSERS:
        at -= 1
    return at


def _word_end(text: str, at: int) -> int:
    while at < len(text) and text[at] in _POSERS:
        at += 1
    return at


def _unleet(word: str) -> str:
    """Return the word with letters for what poses as them; the same length, for the places' sake."""
    letters = sum("a" <= character <= "z" for character in word)
    if letters < 2 or len(word) > _LONGEST_WORD:
        return word
    body = word.rstrip("!$@")
    return body.replace("11", "ll").translate(LEET) + word[len(body) :]
