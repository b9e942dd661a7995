"""squeezed(text) -> its letters alone, in one shape for all that look alike.

For comparing without blanks and signs.
"""

import re
import unicodedata
from itertools import groupby

_RUN = re.compile(r"(.)\1*")


class _Skeleton(dict[int, int | None]):
    """A letter for each that it may stand for; None for what lies between letters."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        plain = unicodedata.normalize("NFD", character)[0]
        self[code] = self[ord(plain)] if plain != character else code if character.isalnum() else None
        return self[code]


_POSED = dict(zip("l0134578@$!€¢§£¡", "ioieastbasiecsii", strict=True))
SKELETON = _Skeleton({code: code if chr(code).isalnum() else None for code in range(128)})
SKELETON.update({ord(poser): ord(letter) for poser, letter in _POSED.items()})
SKELETON[ord("\n")] = ord("\n")


def squeezed(text: str) -> str:
    """Return the letters and line ends of a text.

    >>> squeezed("5p3c-1al off er")
    'speciaioffer'
    """
    if text.isascii():
        return text.translate(SKELETON)
    # Translating is many times faster on ASCII, and most lines are.
    return "\n".join(line.translate(SKELETON) for line in text.split("\n"))


def runs(letters: str) -> str:
    """Return the letters with each run of one as one.

    >>> runs("sspecciall")
    'special'
    """
    return "".join(letter for letter, _ in groupby(letters))


def run_ends(letters: str) -> list[int]:
    """Where each run ends."""
    return [match.end() for match in _RUN.finditer(letters)]
