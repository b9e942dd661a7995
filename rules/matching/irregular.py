"""is_disguise(gaps, posed, begins): whether what lies between a phrase's letters disguises it."""

import re
from dataclasses import dataclass
from itertools import pairwise

_SENTENCE = re.compile(r"[.,;:!?)]\s|^ ?-+ $|^ -+ ?$")
_LONGEST = 3
_SYLLABLE = 4


@dataclass(frozen=True, slots=True)
class Gap:
    """What lies ``between`` a letter and the one before it.

    ``lined``: a line or cell ends there; ``capital``: the letter is one.
    """

    between: str
    lined: bool
    capital: bool


def is_disguise(gaps: list[Gap], posed: bool, begins: frozenset[int]) -> bool:
    """Return whether the words are still what the letters say, though not written in the plain way.

    ``begins`` are the letters with which the phrase's words begin, the first
    one apart; ``posed`` says that other signs stood for its letters.
    """
    pieces = [at for at, gap in enumerate(gaps) if at and gap.between]
    if any(at not in begins for at in pieces) and 2 * (len(pieces) + 1) > len(gaps):
        return True  # Letters by ones and twos are no words, whatever parts them.
    inside = [gap for at, gap in enumerate(gaps) if at and gap.between and at not in begins]
    between = [gap for at, gap in enumerate(gaps) if at in begins]
    if not all(_parts_a_word(gap, _longest(pieces, len(gaps))) for gap in inside):
        return False
    if any(_SENTENCE.search(gap.between) for gap in between):
        return False
    if any(not gap.between and not gap.capital for gap in between):
        return False
    return posed or bool(inside) or any(gap.between not in (" ", "-") for gap in between)


def _longest(pieces: list[int], letters: int) -> int:
    bounds = [0, *pieces, letters]
    return max(end - start for start, end in pairwise(bounds))


def _parts_a_word(gap: Gap, longest: int) -> bool:
    """Whether the letters on both sides may still be one word.

    Blanks alone part words ("the rapist"), but not syllables in lines or cells
    of their own; and an apostrophe makes another word ("patient's").
    """
    signs = gap.between.strip()
    if not signs:
        return gap.lined and longest <= _SYLLABLE
    return (
        len(signs) <= _LONGEST and signs != "'" and (" " not in gap.between or (gap.lined and signs == "-"))
    )
