"""Findings as JSON: the keys that other programs rely on, in `rules check` and `queue show` alike."""

from typing import Any

from rules.verdict import Finding, Quote


def as_finding(finding: Finding) -> dict[str, Any]:
    """A finding with its words in full, sensitive or not."""
    return {
        "clause": finding.clause,
        "pack": finding.pack,
        "action": finding.action.word,
        "status": finding.status.value,
        "confidence": round(finding.confidence, 4),
        "says": finding.says,
        "quotes": [as_quote(quote) for quote in finding.quotes],
    }


def as_quote(quote: Quote) -> dict[str, Any]:
    """A quote; its places count code points in the zone's displayed text."""
    return {"zone": quote.zone, "text": quote.text, "start": quote.start, "end": quote.end}
