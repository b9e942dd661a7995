"""Squeezed: phrases sought in suspicious text without its blanks and signs.

For letters that stand apart ("v o t e f o r"), words in pieces ("vo-te"), and
words drawn out ("voooote"): what lies between letters is only compared where
the letters fit.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ahocorasick_rs

from rules.matching.close import Close
from rules.matching.irregular import Gap, is_disguise
from rules.text.skeleton import SKELETON, run_ends, runs, squeezed

SHORTEST = 5
"""Letters: shorter phrases come out of other words' letters by chance."""
_MOST_LOOKS = 20_000
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters to Unicode, and blanks to the eye."""
_MOSTLY = 0.8
"""The share of a phrase's letters that are doubled where doubling is the disguise."""


class TooManyLooks(Exception):
    """A text fits so many phrases in disguise that it cannot be looked at: a doubt."""


@dataclass(frozen=True, slots=True)
class _Sought:
    """A phrase: its ``letters`` alone, and where among them a word begins."""

    phrase: str
    body: str
    letters: str
    begins: frozenset[int]

    @property
    def open_end(self) -> bool:
        """Whether its last word may go on."""
        return self.body != self.phrase


class Squeezed:
    """The longer ones of some phrases, compiled; ``drawn`` compares each run of a letter as one."""

    def __init__(self, phrases: Iterable[str], drawn: bool) -> None:
        self._drawn = drawn
        by_letters: dict[str, list[_Sought]] = {}
        for phrase in phrases:
            if sought := _sought(phrase):
                letters = self._as_compared(squeezed(sought.letters))
                if len(letters) >= SHORTEST:
                    by_letters.setdefault(letters, []).append(sought)
        self._sought = [tuple(those) for those in by_letters.values()]
        self._automaton = _automaton(by_letters)
        bodies = {sought.body: index for index, those in enumerate(self._sought) for sought in those}
        self._plain, self._index_of = _automaton(bodies), tuple(bodies.values())

    def find(self, close: Close) -> Iterator[tuple[str, int, int]]:
        """Yield phrases that stand in the stretches in disguise, and where. Raises TooManyLooks."""
        letters = close.runs if self._drawn else close.letters
        text = close.normal.text
        hits = self._hits(letters) if letters else []
        if next(self._odd(text, hits), None) is None:
            return
        begin = looks = 0
        for line in text.split("\n"):
            for index, first, last in self._fitting(line):
                looks += 1
                if looks > _MOST_LOOKS:
                    raise TooManyLooks
                for sought in self._sought[index]:
                    if _says(close, begin + first, begin + last, sought):
                        yield sought.phrase, begin + first, begin + last
            begin += len(line) + 1

    def _as_compared(self, letters: str) -> str:
        return runs(letters) if self._drawn else letters

    def _hits(self, letters: str) -> list[tuple[int, int, int]]:
        return self._automaton.find_matches_as_indexes(letters, overlapping=True)

    def _odd(self, text: str, hits: list[tuple[int, int, int]]) -> Iterator[int]:
        """Yield which of the hits' indexes do not all stand in the text itself, in the plain way.

        One pass over the text, whatever stands in it: a post may be made of nothing but phrases.
        """
        fits = Counter(index for index, _, _ in hits)
        if self._drawn or not hits:  # a drawn word holds the plain one
            yield from fits
            return
        found = self._plain.find_matches_as_indexes(text, overlapping=True)
        plain = Counter(self._index_of[body] for body, _, _ in found)
        yield from (index for index, times in fits.items() if plain[index] != times)

    def _fitting(self, line: str) -> Iterator[tuple[int, int, int]]:
        """Yield indexes of what the line's letters fit, and where."""
        letters = squeezed(line)
        hits = self._hits(self._as_compared(letters))
        odd = set(self._odd(line, hits))
        if not odd:
            return
        kept = [at for at, character in enumerate(line) if SKELETON[ord(character)] is not None]
        ends = run_ends(letters) if self._drawn else range(1, len(letters) + 1)
        for index, start, end in hits:
            if index in odd:
                yield index, kept[ends[start - 1] if start else 0], kept[ends[end - 1] - 1] + 1


def _automaton(texts: Iterable[str]) -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(
        list(texts), matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False
    )


def _sought(phrase: str) -> _Sought | None:
    body = phrase.removesuffix("*")
    if "*" in body:
        return None
    letters, begins, apart = "", set[int](), False
    for character in body:
        if character.isalnum():
            if apart:
                begins.add(len(letters))
            letters += character
        apart = not character.isalnum()
    return _Sought(phrase, body, letters, frozenset(begins))


def _says(close: Close, first: int, last: int, sought: _Sought) -> bool:
    """Whether the stretch says the phrase, whole words by themselves, and not in the plain way."""
    places, displayed = close.normal.places, close.displayed
    if not _is_start(displayed, places[first]):
        return False
    if not sought.open_end and not _is_end(displayed, places[last - 1] + 1):
        return False
    fitted = _fitted(close, first, last, sought)
    return fitted is not None and is_disguise(*fitted, sought.begins)


def _fitted(close: Close, first: int, last: int, sought: _Sought) -> tuple[list[Gap], bool] | None:
    """What lies before each letter of the phrase, and whether others stood for them; None where they do
    not fit.
    """
    text, places, displayed = close.normal.text, close.normal.places, close.displayed
    letters = sought.letters
    gaps: list[Gap] = []
    again: list[int] = []
    between, posed, before = "", False, places[first]
    tagged = displayed[before - 1 : before] == "#"
    for at in range(first, last):
        skeleton = SKELETON[ord(text[at])]
        if skeleton is None:
            between += text[at]
            continue
        place = places[at]
        letter = letters[len(gaps)] if len(gaps) < len(letters) else ""
        if letter and skeleton == SKELETON[ord(letter)] and _stands_for(text[at], letter, displayed[place]):
            capital = tagged or displayed[place].isupper()
            gaps.append(_gap(between, displayed[before + 1 : place] if gaps else "", capital))
            posed = posed or text[at] != letter
        elif gaps and skeleton == SKELETON[ord(letters[len(gaps) - 1])]:
            again.append(len(gaps) - 1)
        else:
            return None
        between, before = "", place
    if len(gaps) < len(letters) or not _are_drawn(again, sought):
        return None
    return gaps, posed or bool(again)


def _are_drawn(again: list[int], sought: _Sought) -> bool:
    """Whether letters that stand ``again`` are there for disguise: a letter twice may be how another word
    is spelt.
    """
    if len(again) >= _MOSTLY * len(sought.letters):
        return True
    return all(again.count(at) > 1 or at == 0 or at in sought.begins for at in set(again))


def _gap(between: str, shown: str, capital: bool) -> Gap:
    if not between and any(character in _FILLERS for character in shown):
        between = _FILLERS
    return Gap(between, "\n" in shown or "\t" in shown, capital)


def _stands_for(character: str, letter: str, shown: str) -> bool:
    """I and l look alike, and so in capitals and small letters do no others."""
    if character == letter or not character.isalpha():
        return True
    return unicodedata.normalize("NFD", character)[0] == letter or (shown == "I" and letter == "l")


def _is_start(displayed: str, place: int) -> bool:
    before = displayed[place - 1 : place]
    return not before.isalnum() or before in _FILLERS or (before.islower() and displayed[place].isupper())


def _is_end(displayed: str, place: int) -> bool:
    after = displayed[place : place + 1]
    return not after.isalnum() or after in _FILLERS or (displayed[place - 1].islower() and after.isupper())
