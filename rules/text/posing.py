"""together, unleeted: letters that stand apart are joined, digits and signs read as letters."""

import re
from collections.abc import Sequence

import re2

from rules.text.lookalikes import LEET
from rules.text.rewriting import Rewriting

POSERS = r"@$!|€£¢§¡¥"
_ONE = rf"[^\W_]|[{POSERS}*]"
# Four or more single letters with a sign or blank between each: "i d i o t", "i.d.i.o.t".
_SPREAD = re.compile(
    rf"(?<![^\W_])(?<![{POSERS}])(?:{_ONE})(?:[ ._*/,-](?:{_ONE})){{3,}}(?![^\W_]|[{POSERS}][^\W_])"
)
_POSED = re.compile(rf"[a-z][0134578{POSERS}+(]|[0134578{POSERS}][a-z]")
_GATE = re2.Set.SearchSet()
_MAY_BE_SPREAD = _GATE.Add(rf"(?:\pL|\pN|[{POSERS}*])(?:[ ._*/,-](?:\pL|\pN|[{POSERS}*])){{3}}")
_MAY_BE_POSED = _GATE.Add(rf"[a-z][0134578{POSERS}+(]|[0134578{POSERS}][a-z]")
_GATE.Compile()
_WORD = re.compile(rf"[a-z0-9+({POSERS}]+")
_LONGEST_WORD = 40


def unposed(text: str, places: Sequence[int]) -> tuple[str, Sequence[int] | None]:
    """Return the text with letters joined and read; the places lead into the given text, None where it
    stays.
    """
    signs = _GATE.Match(text.encode(errors="replace"))
    if not signs:
        return text, None
    joined, own = together(text, places) if _MAY_BE_SPREAD in signs else (text, None)
    return unleeted(joined), own


def together(text: str, displayed: Sequence[int]) -> tuple[str, Sequence[int] | None]:
    """Return the text with letters joined that stand apart, wide blanks between words kept.

    ``displayed`` are the places of the text's characters, which show where a blank was wide.
    """
    made = Rewriting(text)
    kept = 0
    for match in _SPREAD.finditer(text):
        start, end = match.span()
        if sum(map(str.isalpha, match[0])) < 3:
            continue
        made.keep(kept, start)
        for at in range(start, end):
            if (at - start) % 2 == 0 or (text[at] == " " and displayed[at + 1] - displayed[at] > 1):
                made.keep(at, at + 1)
        kept = end
    if not kept:
        return text, None
    made.keep(kept, len(text))
    return made.done()


def unleeted(text: str) -> str:
    """Return the text, as long as it was, with letters for what poses as them.

    >>> unleeted("st00pid, 10 cm")
    'stoopid, 10 cm'
    """
    pieces: list[str] = []
    kept = 0
    for match in _POSED.finditer(text):
        if match.start() < kept:
            continue
        start = max(kept, text.rfind(" ", kept, match.start()) + 1)
        end = text.find(" ", match.end())
        end = end if end >= 0 else len(text)
        token = text[start:end]
        pieces += (text[kept:start], _WORD.sub(lambda word: _unleet(word[0]), token))
        kept = end
    return "".join((*pieces, text[kept:])) if pieces else text


def _unleet(word: str) -> str:
    if len(word) > _LONGEST_WORD or sum("a" <= character <= "z" for character in word) < 2:
        return word
    body = word.rstrip("!$@+(")
    # A bracket poses as a letter only where none closes it, and never at an end.
    read = body.replace("11", "ll").translate(LEET)
    return (read if ")" in word else read.replace("(", "c")) + word[len(body) :]
