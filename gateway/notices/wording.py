"""Values as they may stand in a notice: on one line, without control characters, sensitive words masked."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.masking import Masks
from gateway.notices.template import fill
from rules.verdict import Finding

_LONGEST_LINE = 400
_MOST_FINDINGS = 10
_DROPPED = {"Cf", "Cs", "Co", "Cn"}


def one_line(text: str, longest: int = _LONGEST_LINE) -> str:
    """The text on one line, without C0, C1 and format characters, cut to ``longest``.

    >>> one_line("a\\r\\nBcc: b\\u202e")
    'a Bcc: b'
    """
    # Cut first, so that a subject of a megabyte costs nothing.
    kept = "".join(_harmless(c) for c in text[: longest * 4])
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def own_lines(text: str) -> str:
    """A moderator's words with their own line breaks, each line as in `one_line`."""
    return "\n".join(one_line(line) for line in text.splitlines()[:50]).strip("\n")


def when(moment: datetime, timezone: str) -> str:
    """The moment as people write it, in the list's time zone.

    >>> from datetime import UTC
    >>> when(datetime(2026, 7, 3, 9, 5, tzinfo=UTC), "Europe/London")
    'Friday 3 July 2026, 10:05 (Europe/London)'
    """
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} ({timezone})"


def reasons(findings: Iterable[Finding], template: str, masks: Masks) -> str:
    """The live findings, each in the words of ``template``, an empty line between them."""
    acting = [f for f in findings if f.acts and f.found]
    blocks = [fill(template, _places(f, masks)).body for f in acting[:_MOST_FINDINGS]]
    if len(acting) > _MOST_FINDINGS:
        blocks.append(f"And {len(acting) - _MOST_FINDINGS} more.\n")
    return "\n".join(blocks).strip("\n")


def _places(finding: Finding, masks: Masks) -> dict[str, str]:
    return {
        "says": masks.hide(one_line(finding.discreet)),
        "title": one_line(finding.title),
        "clause": one_line(finding.clause),
        "ask": one_line(finding.ask),
        "mend": one_line(finding.mend),
    }


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category in _DROPPED:
        return ""
    return " " if category in {"Cc", "Zl", "Zp"} else character
