"""What a detector is: a named finder of things that words cannot express."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from rules.matching.patterns import spans
from rules.matching.places import Place
from rules.reading import Reading
from rules.text.sentences import ends
from rules.zones import Family

VISIBLE = frozenset(
    {
        Family.SUBJECT,
        Family.OWN,
        Family.HTML,
        Family.HIDDEN,
        Family.ATTACHMENT,
        Family.ATTACHMENT_NAME,
        Family.CALENDAR,
        Family.CONTACT,
    }
)
"""The zones that hold what an author brings: not the signature, disclaimer or quoted text."""

Span = tuple[int, int]
"""A start and an end in the text that a detector was given."""


class Reads(Enum):
    """The form of a zone's text that a detector is given."""

    NORMALISED = auto()
    """Lower case on one line, disguises of single letters undone: for what people write in sentences."""
    DISPLAYED = auto()
    """As its reader sees it: for what lies in lines and capitals."""


def _always_ready() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Detector:
    """Finds stretches in the text of a zone.

    ``trigger`` is an RE2 pattern, and ``words`` are phrases, of which one stands
    in every zone in which there is anything to find: they are sought with all
    others in one pass, and the detector runs only where one was found.
    ``ready`` loads what it needs, and says what of that is not installed.
    """

    name: str
    trigger: str
    find: Callable[[str], Iterator[Span]]
    zones: frozenset[Family] = VISIBLE
    reads: Reads = Reads.NORMALISED
    words: frozenset[str] = frozenset()
    ready: Callable[[], str] = _always_ready


@dataclass(frozen=True, slots=True)
class PostDetector:
    """Finds what only the whole post shows; ``trigger`` is "" where there may be no words to seek."""

    name: str
    trigger: str
    find: Callable[[Reading], Iterator[Place]]
    zones: frozenset[Family] = VISIBLE
    words: frozenset[str] = frozenset()
    ready: Callable[[], str] = _always_ready


AnyDetector = Detector | PostDetector

_CANDIDATES = 20_000


class TooManyCandidates(Exception):
    """A text has more stretches to look at than a detector will; nobody knows what stands in the rest."""


def found_by(*patterns: str) -> Callable[[str], Iterator[Span]]:
    """A finder of all that RE2 patterns match; it raises TooManyCandidates rather than leave some out."""
    pattern = "|".join(patterns)

    def find(text: str) -> Iterator[Span]:
        for number, span in enumerate(spans(pattern, text, _CANDIDATES + 1)):
            if number == _CANDIDATES:
                raise TooManyCandidates(pattern)
            yield span

    return find


def around(text: str, start: int, end: int, reach: int) -> str:
    """The text around a stretch, ``reach`` code points to each side."""
    return text[max(0, start - reach) : end + reach]


_REACH = 240


def sentence_of(text: str, start: int, end: int) -> str:
    """The sentence around a stretch of normalised text, as far as ``_REACH`` code points to each side.

    >>> sentence_of("Good. The pump is 123. Bad.", 18, 21)
    'The pump is 123'
    """
    first, last = max(0, start - _REACH), min(len(text), end + _REACH)
    before = [stop for _, stop in ends(text, first, start) if stop <= start]
    after, _ = next(ends(text, end, last), (last, last))
    return text[before[-1] if before else first : after].lstrip().rstrip(".!?")
