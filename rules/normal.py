"""normalise(displayed) -> Normal: evasion undone, with a map back to the displayed text.

Own code on the standard library: libraries for look-alikes also change units
(µGy) and Greek symbols (β-emitter), which are the daily words of physics.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rules.text.cleaning import cleaned
from rules.text.folding import folded
from rules.text.lookalikes import loosened
from rules.text.posing import unposed
from rules.text.rewriting import Rewriting
from rules.text.sentences import sentence_around
from rules.text.shifts import chained

__all__ = ["Normal", "normalise", "sentence_around", "stretches", "undisguised"]

_BLANKS = re.compile("  +")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LOWERED = bytes(
    32 if code in range(9, 14) else code + 32 if code in range(65, 91) else code for code in range(256)
)


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
    text, places = cleaned(displayed)
    if text.isascii():
        return _single_blanks(text.encode().translate(_LOWERED).decode(), places)
    text, own = folded(text)
    return _single_blanks(_printable(text), chained(own, places))


def _printable(text: str) -> str:
    """Return the text with blanks for line ends, tabs and other controls; none is dropped, so places stay."""
    text = text.replace("\n", " ")
    return text if text.isprintable() else _CONTROL.sub(" ", text)


def _single_blanks(text: str, places: Sequence[int]) -> Normal:
    if "  " not in text:
        return Normal(text, places)
    made = Rewriting(text)
    kept = 0
    for match in _BLANKS.finditer(text):
        made.keep(kept, match.start() + 1)
        kept = match.end()
    made.keep(kept, len(text))
    single, own = made.done()
    return Normal(single, chained(own, places))


def stretches(normal: Normal, found: tuple[tuple[int, int], ...]) -> Normal:
    """Return some stretches of a text, a line each."""
    if found == ((0, len(normal.text)),):
        return normal
    made = Rewriting(normal.text)
    for start, end in found:
        made.keep(start, end)
        made.put("\n", end)
    text, own = made.done()
    return Normal(text, chained(own, normal.places))


def undisguised(normal: Normal) -> Normal:
    """Return a second view: accents and look-alikes gone, letters joined that stand apart, signs read as
    letters.

    Only for a second look: it also changes what is no disguise. The same
    object comes back where nothing changes.

    >>> undisguised(normalise("an i.d.i.0.t")).text
    'an idiot'
    """
    text, own = unposed(loosened(normal.text), normal.places)
    if text == normal.text:
        return normal
    return Normal(text, normal.places if own is None else chained(own, normal.places))
