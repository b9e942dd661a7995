"""Hides sensitive words wherever else they stand: in a subject, another finding, a moderator's reason."""

import re
from collections.abc import Iterable

from rules.verdict import Finding

MASK = "[masked]"


class Masks:
    """Hides the words that sensitive findings quote."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._quotes = [quote for f in findings if f.sensitive for quote in f.quotes]
        patterns = sorted({p for p in (_loosely(q.text) for q in self._quotes) if p}, key=len, reverse=True)
        self._pattern = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None

    def hide(self, text: str) -> str:
        """The text with those words masked."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def subject(self, text: str) -> str:
        """The subject, or nothing of it where such words stand in it: beside a number stands a name."""
        found = any(quote.zone == "subject" for quote in self._quotes)
        return MASK if found or self.hide(text) != text else text


def _loosely(words: str) -> str:
    # The same number may stand elsewhere with other spaces or hyphens in it.
    signs = [c for c in words[:200] if c.isalnum()]
    return r"[\W_]{0,3}".join(map(re.escape, signs)) if len(signs) > 2 else ""
