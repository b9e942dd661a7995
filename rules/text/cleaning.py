"""cleaned(displayed) -> the text without what no reader reads.

That is quotation marks at line starts, controls and shifts.
"""

import re
from collections.abc import Sequence

from rules.text.rewriting import Rewriting

_MARKS = re.compile(r"\n[ \t]{0,3}[>|](?:[ \t]?[>|])*[ \t]?")
_UNREAD = re.compile(
    "\x1b(?:\\[[0-9;?]{0,20}[ -/]{0,3}[@-~]|\\$?[()*+]?[0-9A-Z@])?"  # colours, and shifts of ISO 2022
    "|[\x00-\x08\x0e-\x1f\x7f\ufffd]"
    "|\u00ad[ \t]*\n[ \t]*"  # a soft hyphen where a line was broken
)
_TELLING = re.compile("[\x00-\x08\x0e-\x1f\x7f\xad\ufffd]")
_UNREAD_ASCII = bytes((*range(9), *range(14, 32), 127))


def cleaned(displayed: str) -> tuple[str, Sequence[int]]:
    """Return the text and where each of its characters stood; the same text where nothing is to be cleaned.

    >>> cleaned("> vote\\n> for")[0]
    'vote\\nfor'
    """
    dropped = _dropped(displayed)
    if not dropped:
        return displayed, range(len(displayed) + 1)
    made = Rewriting(displayed)
    kept = 0
    for start, end in dropped:
        made.keep(kept, start)
        kept = max(kept, end)
    made.keep(kept, len(displayed))
    return made.done()


def _dropped(text: str) -> list[tuple[int, int]]:
    dropped: list[tuple[int, int]] = []
    if ">" in text or "|" in text:
        first = _MARKS.match("\n" + text[:80])
        dropped += [(0, first.end() - 1)] if first else []
        dropped += [(mark.start() + 1, mark.end()) for mark in _MARKS.finditer(text)]
    if _may_have_unread(text):
        dropped += [match.span() for match in _UNREAD.finditer(text)]
        dropped.sort()
    return dropped


def _may_have_unread(text: str) -> bool:
    if text.isascii():
        octets = text.encode()
        return len(octets.translate(None, _UNREAD_ASCII)) != len(octets)
    return _TELLING.search(text) is not None
