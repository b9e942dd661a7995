"""A phrase as a clause file writes it: what the matcher looks for, and what must hold around a hit."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator

from rules.files.values import Texts
from rules.normal import normalise

SHORTEST_DISGUISED = 4
"""Code points: shorter literals come out of undone disguises by chance."""


@dataclass(frozen=True, slots=True)
class Literal:
    """What Aho-Corasick seeks for one phrase in a text whose words were set apart by `bounded`.

    ``lead`` and ``trail`` are 1 where a blank was added that is not of the
    phrase. ``rest`` is the whole phrase as a pattern, None where it has no *.
    """

    text: str
    phrase: str
    lead: int
    trail: int
    rest: re.Pattern[str] | None


def as_written(phrase: str) -> str:
    """The phrase as it is known everywhere: normalised like the text it is sought in.

    >>> as_written("World  Leader in")
    'world leader in'
    """
    return normalise(phrase).text.strip()


def problem_of(phrase: str) -> str | None:
    """What is wrong with a phrase, as the end of a sentence; None when it can be sought."""
    text = as_written(phrase)
    if not any(map(str.isalnum, text)):
        return f"holds '{phrase}', in which there is no letter or digit"
    first = text.partition("*")[0]
    if sum(map(str.isalnum, first)) < 2 and "*" in text:
        return f"holds '{phrase}': at least two letters should stand before the *"
    if re.search(r"(^|\W)\*|\*[\w*]", f"{text} ".replace(" * ", " any ")):
        return f"holds '{phrase}': a * stands at the end of a word, for any ending, or alone after one"
    return None


def checked(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """The phrases as they came. Raises ValueError for one that can never be found."""
    for phrase in phrases:
        if problem := problem_of(phrase):
            raise ValueError(problem)
    return phrases


Sought = Annotated[Texts, AfterValidator(checked)]


def bounded(text: str) -> str:
    """The text with a blank for whatever is no letter or digit: as long, and each word between two blanks.

    >>> bounded("a world-leader!")
    'a world leader '
    """
    return text.translate(_ASCII_APART) if text.isascii() else _APART.sub(" ", text)


def literal_of(phrase: str) -> Literal:
    """What to seek for a phrase. A hit is whole words by itself; its signs are compared at the hit."""
    first, star, _ = phrase.partition("*")
    lead = int(first[0].isalnum())
    trail = int(not star and first[-1].isalnum())
    text = " " * lead + bounded(first) + " " * trail
    return Literal(text, phrase, lead, trail, _pattern(phrase.split("*")) if star else None)


def alike(stretch: str, phrase: str) -> bool:
    """Whether a stretch says a phrase, sign for sign; a hyphen may stand for a blank."""
    return stretch == phrase or stretch.replace("-", " ") == phrase.replace("-", " ")


# Blanks are most of what is no letter, and stay.
_APART = re.compile(r"[^\w ]|_")
_ASCII_APART = {code: " " for code in range(128) if not chr(code).isalnum()}


def _pattern(pieces: list[str]) -> re.Pattern[str]:
    """The phrase: an ending for a * after a letter, a word for one that stands alone."""
    made = _spaced(pieces[0])
    for before, after in pairwise(pieces):
        made += (r"[\w'-]{1,40}" if before[-1:] in (" ", "-") else r"\w{0,40}") + _spaced(after)
    return re.compile(made)


def _spaced(piece: str) -> str:
    return re.escape(piece).replace(r"\ ", "[ -]")
