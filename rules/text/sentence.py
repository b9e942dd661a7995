"""sentence_around(displayed, start, end) -> the sentence that a quote stands in."""

import re

_BREAK = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n\s*\n|\n(?=\s*[-*•>])")


def sentence_around(displayed: str, start: int, end: int, longest: int = 240) -> str:
    """Return the sentence around a span on one line, cut with "…" where it is longer than ``longest``.

    >>> sentence_around("One. Two three! Four.", 9, 14)
    'Two three!'
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
    return " ".join(sentence.split())


def _sentence_start(text: str, start: int, earliest: int) -> int:
    ends = [match.end() for match in _BREAK.finditer(text, earliest, start)]
    return ends[-1] if ends else earliest


def _sentence_end(text: str, end: int, latest: int) -> int:
    # The span may itself end with the full stop.
    match = _BREAK.search(text, max(0, end - 1), latest)
    while match and match.end() <= end:
        match = _BREAK.search(text, match.end(), latest)
    return match.start() if match and match.start() >= end - 1 else latest
