"""spelling: a text in which one word in eight is in no dictionary; needs the extra ``spell``.

The British dictionary of the system is asked where there is one
(``apt install hunspell-en-gb``), and the American one that comes with the
library. `misspelt` needs neither and sees less.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

from rules.detectors.detector import Detector, Reads, Span
from rules.detectors.misspelt import WORD, is_foreign
from rules.text.field import FIELD
from rules.text.languages import Language, small_words
from rules.text.slips import CASUAL
from rules.zones import Family

_SYSTEM = Path("/usr/share/hunspell/en_GB")
_SHORTEST = 3
_LONGEST = 20_000
"""Code points looked at: looking up a word takes a tenth of a millisecond."""
_FEWEST_DIFFERENT = 5
_SHARE = 0.12
_SHOWN = 8
_FEWEST_FOREIGN = 4
_LONGEST_ACRONYM = 5
_VOWELS = frozenset("aeiouy")
# What British spelling changes, for where only the American dictionary is there.
_BRITISH = (
    ("our", "or"),
    ("is", "iz"),
    ("ys", "yz"),
    ("re", "er"),
    ("ll", "l"),
    ("ae", "e"),
    ("oe", "e"),
    ("ogue", "og"),
    ("amme", "am"),
)

Known = Callable[[str], bool]


def missing() -> str:
    """What is not installed that this detector needs, as the end of a sentence; "" where all is there."""
    try:
        _known()
    except ImportError:
        return "needs the extra 'spell': pip install 'gatepost[spell]'"
    return ""


@lru_cache(maxsize=1)
def _known() -> Known:
    from spylls import hunspell  # the extra; nobody else pays for its loading

    bundled = Path(hunspell.__file__).parent / "data" / "en" / "en_US"
    paths = [path for path in (_SYSTEM, bundled) if path.with_suffix(".dic").exists()]
    dictionaries = [_dictionary(path) for path in paths]

    @lru_cache(maxsize=20_000)
    def known(word: str) -> bool:
        return any(dictionary.lookup(form) for dictionary in dictionaries for form in _forms(word))

    return known


def _dictionary(path: Path) -> Any:
    """The dictionary in two files. The library reads files too, and leaves them open."""
    from spylls.hunspell import Dictionary, readers
    from spylls.hunspell.readers.file_reader import BaseReader

    class Octets(BaseReader):  # type: ignore[misc]
        """Lines of octets, whose encoding is told within."""

        def __init__(self, octets: bytes, encoding: str = "windows-1252") -> None:
            self._octets = octets
            super().__init__(self._as_text(encoding))

        def reset_encoding(self, encoding: str) -> None:
            self.reset_io(self._as_text(encoding))

        def _as_text(self, encoding: str) -> StringIO:
            return StringIO(self._octets.decode(encoding, "surrogateescape"))

    aff, context = readers.read_aff(Octets(path.with_suffix(".aff").read_bytes()))
    words = Octets(path.with_suffix(".dic").read_bytes(), context.encoding)
    return Dictionary(aff, readers.read_dic(words, aff=aff, context=context))


def _forms(word: str) -> Iterator[str]:
    yield word
    yield word.capitalize()
    for british, american in _BRITISH:
        if british in word:
            yield word.replace(british, american, 1)


def _find(text: str) -> Iterator[Span]:
    words = [match for match in WORD.finditer(text[:_LONGEST]) if match[0].islower()]
    if len({match[0] for match in words}) < _FEWEST_DIFFERENT or is_foreign(text) or _is_mixed(text):
        return
    unknown = [match for match in words if not _is_word(match[0].replace("’", "'"))]
    if len({match[0] for match in unknown}) >= _FEWEST_DIFFERENT and len(unknown) >= _SHARE * len(words):
        for match in unknown[:_SHOWN]:
            yield match.start(), match.end()


def _is_mixed(text: str) -> bool:
    """Whether a part of the text is in another language, as announcements in Wales are."""
    counts = small_words(text)
    counts.pop(Language.ENGLISH, 0)
    return bool(counts) and counts.most_common(1)[0][1] >= _FEWEST_FOREIGN


def _is_word(word: str) -> bool:
    if len(word) < _SHORTEST or any(map(str.isdigit, word)):
        # Units, symbols and names of variables are in no dictionary; chat's figures are.
        return re.fullmatch(r"(?:[a-z]+\d[a-z]*|\d[a-z]{2,})", word) is None or not word[-1].isalpha()
    plain = word.removesuffix("'s")
    if len(plain) <= _LONGEST_ACRONYM and not set(plain) & _VOWELS:
        return True
    return plain in FIELD or (word not in CASUAL and _known()(plain))


DETECTOR = Detector(
    "spelling",
    r"[a-z]{3} [a-z]{2}",
    _find,
    frozenset({Family.OWN, Family.HTML}),
    Reads.DISPLAYED,
    ready=missing,
)
