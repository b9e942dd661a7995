"""A phrase as a clause file writes it: what the matcher looks for, and what must hold around a hit."""

import re
from collections.abc import Iterator
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
    """What Aho-Corasick seeks for one phrase, and the rest that is checked at a hit.

    ``rest`` is None where the literal is the whole phrase.
    """

    text: str
    phrase: str
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
    if re.search(r"(^|\W)\*|\*[\w*]", text.replace(" * ", " any ")):
        return (
            f"holds '{phrase}': a * stands at the end of a word, for any ending, or alone between two words"
        )
    return None


def checked(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """The phrases as they came. Raises ValueError for one that can never be found."""
    for phrase in phrases:
        if problem := problem_of(phrase):
            raise ValueError(problem)
    return phrases


Sought = Annotated[Texts, AfterValidator(checked)]


def literals(phrase: str) -> Iterator[Literal]:
    """What to seek for a phrase: as it stands, and with hyphens for its blanks."""
    variants = {phrase, phrase.replace(" ", "-")} if phrase.count(" ") <= 4 else {phrase}
    for variant in sorted(variants):
        if "*" not in variant:
            yield Literal(variant, phrase, None)
        else:
            pieces = variant.split("*")
            yield Literal(pieces[0], phrase, _pattern(pieces))


def _pattern(pieces: list[str]) -> re.Pattern[str]:
    """What follows the first piece: an ending for a * after a letter, a word for one that stands alone."""
    made = re.escape(pieces[0])
    for before, after in pairwise(pieces):
        made += (r"[\w'-]{1,40}" if before[-1:] in (" ", "-") else r"\w{0,40}") + re.escape(after)
    return re.compile(made)
