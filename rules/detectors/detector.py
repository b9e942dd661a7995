"""What a detector is: a named finder of things that words cannot express."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rules.matching.patterns import spans

VISIBLE = frozenset(
    {"subject", "own", "html", "hidden", "attachment", "attachment-name", "calendar", "contact"}
)
"""The zones that hold what an author brings: not the signature, disclaimer or quoted text."""


@dataclass(frozen=True, slots=True)
class Detector:
    """Finds stretches in a zone's normalised text (lower case, single blanks).

    ``trigger`` is an RE2 pattern that stands in every text in which there is
    anything to find: it is sought with all other patterns in one pass, and the
    detector runs only where it matched.
    """

    name: str
    trigger: str
    find: Callable[[str], Iterator[tuple[int, int]]]
    zones: frozenset[str] = VISIBLE


_CANDIDATES = 20_000


class TooManyCandidates(Exception):
    """A text has more stretches to look at than a detector will; nobody knows what stands in the rest."""


def found_by(pattern: str) -> Callable[[str], Iterator[tuple[int, int]]]:
    """A finder of all that an RE2 pattern matches; it raises TooManyCandidates rather than leave some out."""

    def find(text: str) -> Iterator[tuple[int, int]]:
        for number, span in enumerate(spans(pattern, text, _CANDIDATES + 1)):
            if number == _CANDIDATES:
                raise TooManyCandidates(pattern)
            yield span

    return find


def around(text: str, start: int, end: int, reach: int) -> str:
    """The text around a stretch, ``reach`` code points to each side."""
    return text[max(0, start - reach) : end + reach]
