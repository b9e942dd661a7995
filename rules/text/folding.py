"""folded(text) -> text and places: compatibility forms, case and look-alikes undone."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rules.text.foreign import foreign_runs
from rules.text.lookalikes import ALWAYS, PLAIN, changed_words, has_scripts, unmixed
from rules.text.rewriting import Rewriting
from rules.text.shifts import chained

_LATIN = re.compile(r"[a-zA-Z]")
_LONGEST_CLUSTER = 16
_LONGEST_FORM = 8
"""No ligature or unit that is sought is written in more characters; some of other scripts are, in
eighteen.
"""
_KNOWN = 20_000
_NEEDS_CARE = "\uffff"
_CARE = re.compile(f"{_NEEDS_CARE}+")


def folded(text: str) -> tuple[str, Sequence[int]]:
    """Fold everything but blanks; the places are those of each character left, and the length."""
    made = Rewriting(text)
    kept = 0
    for start, end in foreign_runs(text):
        if start > kept and text[start - 1] > " " and unicodedata.combining(text[start]):
            start -= 1
        made.keep(kept, start)
        _fold(made, text[start:end], start)
        kept = end
    made.keep(kept, len(text))
    changed, places = made.done()
    return _lowered(changed_words(changed, unmixed) if has_scripts(changed) else changed, places)


def _fold(made: Rewriting, run: str, place: int) -> None:
    """Add a run as it is folded: at once where each character becomes one, which is so in most languages."""
    alike = run.translate(_ALIKE)
    kept = 0
    for match in _CARE.finditer(alike):
        start, end = match.span()
        if start > kept and unicodedata.combining(run[start]):
            start -= 1
        made.keep_as(alike[kept:start], place + kept)
        for at, cluster in _clusters(run, max(start, kept), end):
            made.put(_plain(cluster), place + at)
        kept = end
    made.keep_as(alike[kept:], place + kept)


class _Alike(dict[int, int]):
    """What each character becomes where it becomes one character.

    Those that take a closer look have a mark.
    """

    def __missing__(self, code: int) -> int:
        character = chr(code)
        plain = "" if unicodedata.combining(character) else _plain(character)
        alike = ord(plain) if len(plain) == 1 else ord(_NEEDS_CARE)
        if len(self) < _KNOWN:
            self[code] = alike
        return alike


_ALIKE = _Alike({code: code for code in range(128)})


def _clusters(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield characters, each with the marks that combine with it, and where they begin."""
    begin = start
    for at in range(start + 1, end):
        if not unicodedata.combining(text[at]):
            yield begin, text[begin:at]
            begin = at
    yield begin, text[begin:end]


@lru_cache(maxsize=4096)
def _plain(cluster: str) -> str:
    # No letter of any language bears that many marks; they are cut so that none can make this slow.
    plain = cluster[:_LONGEST_CLUSTER].translate(PLAIN)
    compatible = unicodedata.normalize("NFKC", plain).translate(PLAIN).translate(ALWAYS)
    if len(compatible) > _LONGEST_FORM:
        return cluster
    if compatible.isascii():
        return compatible
    # A mark that stands on nothing, or on a Latin letter that has no such form, is decoration.
    decorated = _LATIN.search(compatible) is not None or unicodedata.combining(compatible[0]) > 0
    unseen = ("Cf", "Cc", "Cs", "Mn") if decorated else ("Cf", "Cc", "Cs")
    return "".join(character for character in compatible if unicodedata.category(character) not in unseen)


def _lowered(text: str, places: Sequence[int]) -> tuple[str, Sequence[int]]:
    lowered = text.casefold()
    if len(lowered) == len(text):
        return lowered, places
    made = Rewriting(text)
    kept = 0
    for at, character in enumerate(text):
        if character > "\x7f" and len(small := character.casefold()) > 1:
            made.keep_as(text[kept:at].casefold(), kept)
            made.put(small, at)
            kept = at + 1
    made.keep_as(text[kept:].casefold(), kept)
    changed, own = made.done()
    return changed, chained(own, places)
