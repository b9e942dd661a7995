"""How values stand in a row: times, octets, text and the JSON columns, written and read here only."""

import hashlib
import json
import re
import struct
import zlib
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from rules.verdict import Action, Finding, Quote, Status, Verdict

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
CHANGED = "are not as they came"
_LONGEST_TEXT = 1024  # octets of UTF-8
_MOST_QUOTES = 100
_SURROGATE = re.compile("[\ud800-\udfff]")
# The lowest level: a held post is read a few times at most, and the write lock waits for this.
_LEVEL = 1
# It writes ASCII, so that no database has an opinion on it.
_ENCODER = json.JSONEncoder(separators=(",", ":"))


class Unreadable(ValueError):
    """A row that does not have what was written into it."""


def microseconds(moment: datetime) -> int:
    """The aware time as a row keeps it."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(microseconds: int) -> datetime:
    """The time of a row, UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def legible(text: str) -> str:
    """The text without what databases refuse; as many characters as before, so that positions stay true.

    >>> legible("a\\0b\\ud800")
    'a␀b�'
    """
    if text.isascii():
        return text.replace("\0", "\u2400")
    return _SURROGATE.sub("\ufffd", text.replace("\0", "\u2400"))


def day(moment: datetime) -> int:
    """The day of the aware time, counted from the epoch on, UTC."""
    return (moment - _EPOCH).days


def column(text: str, longest: int = _LONGEST_TEXT) -> str:
    """The text made legible and cut to ``longest`` octets of UTF-8: for columns derived from mail."""
    text = legible(text)
    if len(text) * 4 <= longest:
        return text
    return text.encode()[:longest].decode(errors="ignore")


def compressed(octets: bytes) -> bytes:
    """The octets as the store keeps them; large ones are best made in a thread, before the job."""
    return zlib.compress(octets, _LEVEL)


def expanded(body: bytes) -> bytes:
    """The octets that `compressed` was given. Raises Unreadable where the row is damaged."""
    try:
        return zlib.decompress(body)
    except (TypeError, zlib.error) as error:  # TypeError: somebody's hand has put text there
        raise Unreadable(f"cannot be read ({error})") from error


def unchanged(body: bytes, digest: str) -> bytes:
    """A message's octets, of this digest. Raises Unreadable, also where they have become others."""
    octets = expanded(body)
    if hashlib.sha256(octets).hexdigest() != digest:
        raise Unreadable(CHANGED)
    return octets


def octets_column(values: Iterable[bytes]) -> bytes:
    """Addresses or parameters, byte for byte, as one column.

    >>> octets_column((b"a@b", b"\\xe9@b"))
    b'["a@b","\\\\u00e9@b"]'
    """
    return _json([value.decode("latin-1") for value in values]).encode("ascii")


def octets_of(stored: bytes) -> tuple[bytes, ...]:
    """What `octets_column` was given."""
    return tuple(value.encode("latin-1") for value in json.loads(stored))


def asked_column(asked: Iterable[tuple[bytes, tuple[bytes, ...]]]) -> bytes | None:
    """The parameters of RCPT by address, byte for byte, as one column; None where there are none.

    >>> asked_column([(b"a@b", (b"NOTIFY=NEVER",))])
    b'[["a@b","NOTIFY=NEVER"]]'
    """
    rows = [[word.decode("latin-1") for word in (address, *parameters)] for address, parameters in asked]
    return _json(rows).encode("ascii") if rows else None


def asked_of(stored: bytes | None) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
    """What `asked_column` was given."""
    rows = [[word.encode("latin-1") for word in row] for row in json.loads(stored)] if stored else []
    return tuple((address, tuple(parameters)) for address, *parameters in rows)


def hashes_column(hashes: Collection[int]) -> bytes:
    """Numbers of 64 bits as one column."""
    return struct.pack(f">{len(hashes)}q", *hashes)


def hashes_of(stored: bytes | None) -> tuple[int, ...]:
    """What `hashes_column` was given; none where nothing was stored."""
    return struct.unpack(f">{len(stored) // 8}q", stored) if stored else ()


def words_column(words: Iterable[str]) -> str:
    """A tuple of words as one column."""
    return _json(list(words))


def words_of(stored: str) -> tuple[str, ...]:
    """What `words_column` was given."""
    return tuple(json.loads(stored))


def findings_column(findings: Iterable[Finding]) -> str:
    """Findings as one column; text is made legible, and long or numerous quotes are cut."""
    return _json([_finding_row(finding) for finding in findings])


def findings_of(stored: str) -> tuple[Finding, ...]:
    """What `findings_column` was given."""
    return tuple(_finding(row) for row in json.loads(stored))


def wordless(stored: str) -> str:
    """The findings column without a word of the message: what remains after a purge."""
    rows = json.loads(stored)
    for row in rows:
        row.update(says="", masked="", quotes=[])
    return _json(rows)


def judgement_row(verdict: Verdict) -> dict[str, object]:
    """What a transaction remembers of a verdict: clauses and actions, not a word of the message."""
    return {
        "action": verdict.action.word,
        "doubt": verdict.doubt,
        "findings": [
            [f.pack, f.clause, f.action.word, f.status.value, round(f.confidence, 3)]
            for f in verdict.findings
        ],
    }


def judgements_column(rows: list[dict[str, object]]) -> str:
    """The judgements of a transaction as one column."""
    return _json(rows)


def _json(value: object) -> str:
    return _ENCODER.encode(value)


def _finding_row(finding: Finding) -> dict[str, object]:
    return {
        "clause": finding.clause,
        "pack": finding.pack,
        "title": finding.title,
        "action": finding.action.word,
        "status": finding.status.value,
        "confidence": finding.confidence,
        "says": column(finding.says),
        "ask": finding.ask,
        "mend": finding.mend,
        "quotes": [
            [quote.zone, column(quote.text), quote.start, quote.end, column(quote.sentence)]
            for quote in finding.quotes[:_MOST_QUOTES]
        ],
        "sensitive": finding.sensitive,
        "masked": column(finding.masked),
    }


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(
        clause=row["clause"],
        pack=row["pack"],
        title=row["title"],
        action=Action[row["action"].upper()],
        status=Status(row["status"]),
        confidence=float(row["confidence"]),
        says=row["says"],
        ask=row["ask"],
        mend=row["mend"],
        quotes=tuple(Quote(z, t, int(s), int(e), whole) for z, t, s, e, whole in row["quotes"]),
        sensitive=bool(row["sensitive"]),
        masked=row["masked"],
    )
