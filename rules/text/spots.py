"""spots, windows: where words may be disguised, and the stretches that deserve a closer look."""

import re
from collections.abc import Iterator
from typing import Any

import re2

from rules.text.foreign import foreign_runs
from rules.text.lookalikes import loosened
from rules.text.posing import POSERS

REACH = 80
"""Characters taken around a spot: a phrase that is sought goes no further."""
_REST = 48
"""Characters within which a window ends at a blank."""

_TOKEN = 100
_KNOWN = 20_000
_FEW = 2
_LETTERS = b"abcdefghijklmnopqrstuvwxyz\x01\x02"
# In a text's shape, \x01 is a letter that could be a Latin one in disguise, \x02 a letter that could not,
# \x03 a sign.
_LETTER = r"[a-z\x01\x02]"
_SIGN = r"[^a-z0-9\s'(),:;./\x01\x02-]"
_PIECE = r"[a-z0-9@$!|*\x01\x02]{1,2}"
_TWICE = "|".join(chr(code) * 2 for code in range(ord("a"), ord("z") + 1))
# "www" is no word drawn out. Welsh and Spanish words begin with ff, dd and ll, English ones with ee and oo.
_THRICE = "|".join(letter * 3 for letter in "abcdefghijklmnopqrstuvxyz")
_INITIAL = "|".join(letter * 2 for letter in "abcghijkmnpqrstuvxyz")
_DRAWN = rf"{_THRICE}|(?:{_TWICE}){{3}}|(?:^|[^a-z])(?:{_INITIAL})[a-z]{{2}}"
# Addresses, names of files and abbreviations have signs between letters, and no disguise.
_HONEST = re.compile(
    r"[a-z]{2,6}://\S+|www\.\S+|(?:mailto:)?[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|(?:[\w-]+\.)+(?:com|org|net|info|example|uk|eu|de|fr|ie|edu|gov|int|io|html?)(?:/\S*)?"
    r"|[a-z0-9-]+\.(?:pdf|docx?|xlsx?|pptx?|csv|txt|ics|vcf|zip|png|jpe?g|gif|dcm|py|eml|odt|rtf|json|xml|yaml)"
    r"|e\.g|i\.e|p\.m|a\.m|e-mails?|x-rays?"
)
_EDGES = ".,;:!?()<>[]\"'"
_SPOTS = (
    # Letters apart, one or two together.
    rf"(?:^|[^a-z0-9\x01\x02])(?:{_PIECE}[^a-z0-9\n\x01\x02]{{1,3}}){{3,}}{_PIECE}(?:[^a-z0-9\x01\x02]|$)",
    # Digits and signs for letters, signs within words.
    rf"{_LETTER}[0134578@$|]|[0134578@$!|]{_LETTER}|{_LETTER}[!(+]{_LETTER}",
    rf"{_LETTER}(?:{_SIGN}{{1,4}}|'{_SIGN}{{1,3}}|[./-]{{2,4}}){_LETTER}",
    # Syllables: what is parted into long pieces is a compound.
    rf"\b{_LETTER}{{1,3}}[./-]{_LETTER}|{_LETTER}[./-]{_LETTER}{{1,3}}(?:[^a-z\x01\x02]|$)",
    # Words set off, a word with its last letters masked, and signs between words.
    rf"(?:^|[ (])[*_~`]+{_LETTER}|{_LETTER}\*",
    r" [|~\x03]{1,3} ",
    # Letters drawn out, words glued to a tag, letters that may be others.
    _DRAWN,
    r"#[a-z]{6}",
    r"\x01+",
)
# What only the case and the lines of the displayed text show: WordsGlued, speciaI, a letter a line, bro-
# ken words, and letters that look like blanks.
_SHOWN = (
    r"[a-z]{3}[A-Z][a-z]{2}",
    r"[a-z]{2}I(?:[^A-Z0-9]|$)",
    r"(?:(?:^|[\n\t])[ ]*[^\s]{1,4}[ ]*(?:\n[ ]*)*){4,}",
    "[A-Za-z][-‐][ ]*\n[ ]*[a-z]",
    "[\u115f\u1160\u3164\uffa0]",
)


def _compiled(patterns: tuple[str, ...], rest: str = "") -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(f"(?:{'|'.join(patterns)}){rest}".encode(), options)


# With the rest of its word, so that a long one is one spot and not a thousand.
_FOLDED = _compiled(_SPOTS, r"[^ \n]*")
_DISPLAYED, _DRAWN_OUT = _compiled(_SHOWN), _compiled((_DRAWN,))


def spots(text: str) -> list[tuple[int, int]]:
    """Return where a normalised text shows that words may be disguised."""
    form = shape(text)
    spans = [match.span() for match in _FOLDED.finditer(form.encode())]
    if spans:
        form = form.replace("\n", " ")
    return [span for span in spans if _is_odd(form, *span)]


def _is_odd(form: str, start: int, end: int) -> bool:
    found = form[start:end]
    if " " in found.strip():
        return _has_letters(found.encode())
    first = form.rfind(" ", max(0, start - _TOKEN), start + 1) + 1 or max(0, start - _TOKEN)
    return end - first > _TOKEN or _HONEST.fullmatch(form[first:end].strip(_EDGES)) is None


def _has_letters(run: bytes) -> bool:
    """Whether a run is not of figures or drawn lines alone."""
    letters = len(run) - len(run.translate(None, _LETTERS))
    return letters > _FEW and letters > len(run) - len(run.translate(None, b"0123456789"))


def shown_spots(displayed: str) -> list[tuple[int, int]]:
    """Return where a displayed text shows it by its capitals, lines or fillers; spots close together are
    one.
    """
    octets = displayed.encode(errors="replace")
    plain = len(octets) == len(displayed)
    found: list[tuple[int, int]] = []
    for start, end in (match.span() for match in _DISPLAYED.finditer(octets)) if plain else _counted(octets):
        if found and start - found[-1][1] < REACH:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def windows(text: str, found: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return the windows around some spots of a text, in order and apart from each other."""
    return tuple(_merged(text, sorted(found)))


def is_drawn(shape: str) -> bool:
    """Return whether letters are doubled as no word has them."""
    return _DRAWN_OUT.search(shape.encode()) is not None


def shape(text: str) -> str:
    """Return the text, as long as it is, in ASCII: with \\x01, \\x02 and \\x03 for letters and signs of
    other sorts.
    """
    if text.isascii():
        return text
    pieces: list[str] = []
    kept = 0
    for start, end in foreign_runs(text):
        pieces += (text[kept:start], text[start:end].translate(_SHAPES))
        kept = end
    return "".join((*pieces, text[kept:]))


class _Shapes(dict[int, int]):
    """The shape of each character outside ASCII."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        found = "$" if character in POSERS else "\x03"
        if character.isalnum():
            found = "\x02" if loosened(character) == character else "\x01"
        if len(self) < _KNOWN:
            self[code] = ord(found)
        return ord(found)


_SHAPES = _Shapes({code: code for code in range(128)})


def _counted(octets: bytes) -> Iterator[tuple[int, int]]:
    known = points = 0
    for match in _DISPLAYED.finditer(octets):
        points += len(octets[known : match.start()].decode())
        known = match.end()
        begun, points = points, points + len(match[0].decode())
        yield begun, points


def _merged(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    begun, ended = -1, -1
    for start, end in spans:
        first = max(0, start - REACH)
        if begun >= 0 and first <= ended + 2 * _REST:
            ended = max(ended, end + REACH)
            continue
        if begun >= 0:
            yield _at_blanks(text, begun, ended)
        begun, ended = first, end + REACH
    if begun >= 0:
        yield _at_blanks(text, begun, ended)


def _at_blanks(text: str, start: int, end: int) -> tuple[int, int]:
    before = text.rfind(" ", max(0, start - _REST), start) if start else 0
    after = text.find(" ", end, end + _REST) if end < len(text) else len(text)
    return before if before >= 0 else start, after if after >= 0 else min(end, len(text))
