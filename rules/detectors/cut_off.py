"""cut-off: a text that breaks off in the middle of a sentence, at its end or just above the greeting."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, Reads, Span
from rules.zones import Family

# Words after which an English sentence goes on, whoever writes it.
_OPEN = (
    r"(?:the|a|an|and|or|but|because|although|whereas|our|their|your|its|whose|than|into|onto|during|"
    r"between|among|of the|in the|to the|on the|for the|with the|such as|due to|in order to|as well as|"
    r"according to|we (?:have|are|were|will)|which (?:is|are|was|were|has|have|will)|that (?:is|are|was|"
    r"were|has|have|will|the|we)|there (?:is|are|was|were) (?:a|an|no)|and (?:then|that|we|i)|if (?:the|"
    r"you|we)|would be|should be|must be|could be|has been|have been|will be|can be|is (?:a|an|the)|"
    r"are (?:a|the)|was (?:a|the)|from [\w.,%£ ]{1,20} to)"
)
_LAST = frozenset(re.findall(r"[a-z]+", _OPEN)) - {"w"}
_END = re.compile(rf"(?:^|[^\w'-])({_OPEN})[ \t]*$", re.IGNORECASE)
_CLOSING = re.compile(
    r"(?:(?:with |many |kind |best |warm )*(?:regards|thanks|wishes)|thank you|cheers|yours\b|sincerely|"
    r"diolch|[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){0,3}$|-- ?$|_{3,}|sent from)",
    re.IGNORECASE,
)
_BLANK = re.compile(r"(\n[ \t]*\n\s*)")
_TAIL = 1_500
_WORDS = re.compile(r"\w+")
_FEWEST = 5
"""Words in a paragraph: shorter ones are headings, verses, or lines of a table."""


def _find(text: str) -> Iterator[Span]:
    # A text breaks off once, near its end: below that there is room for a greeting and a name.
    start = max(0, len(text) - _TAIL)
    pieces = _BLANK.split(text[start:])
    for at in range(0, len(pieces), 2):
        paragraph = pieces[at].rstrip()
        below = pieces[at + 2] if at + 2 < len(pieces) else ""
        if (
            _is_open(paragraph)
            and (not below.strip() or _CLOSING.match(below.lstrip()))
            and _is_prose(paragraph)
        ):
            end = start + len(paragraph)
            yield max(start, end - 40), end
        start += len(pieces[at]) + (len(pieces[at + 1]) if at + 1 < len(pieces) else 0)


def _is_open(paragraph: str) -> bool:
    last = paragraph[-24:].split()[-1:]
    return bool(last) and last[0].lower() in _LAST and _END.search(paragraph[-60:]) is not None


def _is_prose(paragraph: str) -> bool:
    last = paragraph.rsplit("\n", 1)[-1]
    return (
        len(_WORDS.findall(paragraph[-400:])) >= _FEWEST
        and not re.search(r"[{}=;<>|]", last)
        and not re.match(r"\s*(?:[-*•–]|\d+[.)])\s", last)
    )


DETECTOR = Detector(
    "cut-off",
    rf"\b{_OPEN}(?: (?:many |kind |best |warm |with )*(?:regards|thanks|wishes)\b| (?:thank you|cheers|"
    rf"yours|sincerely|diolch|sent from)\b|(?: [a-z'-]+){{0,3}}$)",
    _find,
    frozenset({Family.OWN}),
    Reads.DISPLAYED,
)
