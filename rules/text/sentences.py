"""ends(text, start, end) -> where sentences end; sentence_around(displayed, start, end) -> a quote's."""

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|\n[ \t]*\n|\n(?=[ \t]*[-*•–][ \t])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|prof|rev|st|ltd|inc|co|plc|vs|e\.g|i\.e|cf|fig|approx|dept|al)|\b[a-z]"
    r"|\bno(?=\.\s*\d))\.",
    re.IGNORECASE,
)
_LONGEST_ABBREVIATION = 8
_BEHIND = 16
"""Code points behind a stretch that may tell whether its last sign ends a sentence."""
_MARKS = re.compile(r"\n(?:[ \t]{0,3}>)+")


def ends(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of what ends a sentence and begins within a stretch of displayed or normalised text:
    signs with the quotation marks and brackets that close behind them, or a break of lines.

    >>> list(ends("Ask Dr. Tern (or Jo.) Now.", 0, 26))
    [(19, 21), (25, 26)]
    """
    for match in _END.finditer(text, start, end + _BEHIND):
        if match.start() >= end:
            return
        if not (match[0] == "." and _is_abbreviation(text, match.start())):
            yield match.span()


def _is_abbreviation(text: str, stop: int) -> bool:
    earliest = max(0, stop - _LONGEST_ABBREVIATION)
    return any(match.end() == stop + 1 for match in _ABBREVIATION.finditer(text, earliest, stop + _BEHIND))


def sentence_around(displayed: str, start: int, end: int, longest: int = 240) -> str:
    """Return the sentence around a span on one line, without the marks of quoted lines within it, cut with
    "…" where it is longer than ``longest``.

    >>> sentence_around("One. Prof. Two three! Four.", 11, 14)
    'Prof. Two three!'
    """
    first = _sentence_start(displayed, start, max(0, start - longest))
    last = _sentence_end(displayed, end, min(len(displayed), end + longest))
    sentence = displayed[first:last]
    if last - first > longest:
        spare = max(0, longest - (end - start)) // 2
        cut_first, cut_last = (
            max(first, start - spare),
            min(last, end + spare, max(first, start - spare) + longest),
        )
        sentence = ("…" if cut_first > first else "") + displayed[cut_first:cut_last]
        sentence += "…" if cut_last < last else ""
    return " ".join(_MARKS.sub("\n", sentence).split())


def _sentence_start(text: str, start: int, earliest: int) -> int:
    behind = [stop for _, stop in ends(text, earliest, start) if stop <= start]
    return behind[-1] if behind else earliest


def _sentence_end(text: str, end: int, latest: int) -> int:
    # The span may itself end with the full stop.
    return next((stop for _, stop in ends(text, max(0, end - 1), latest) if stop >= end), latest)
