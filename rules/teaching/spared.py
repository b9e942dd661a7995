"""Passages of real mail that rightly passed, kept as rows of buckets: what they said cannot be read back.

Lessons are written by a few people, real mail by thousands. Of a list's past
mail those passages teach most that the weights take for a breach.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rules.features import SIZE, features
from rules.learned import Weights, judge
from rules.normal import normalise
from rules.teaching.rows import Namer, between
from rules.text.passages import passages

LIKELY = 0.05
"""Confidence from which a passage is worth keeping."""

_FORMAT = 1
_OTHER = "is not a file of passages that 'gatepost rules train' wrote"
_MOST = 100_000

Row = NDArray[np.int64]


class SparedUnreadable(Exception):
    """Octets that are no such file; the message says why."""


def worth_sparing(weights: Weights, texts: Iterable[str], namer: Namer) -> Iterator[Row]:
    """Yield for each clause that a post is at all like the buckets of the passage that is most like it."""
    best: dict[int, tuple[float, Row]] = {}
    for text in texts:
        normal = normalise(text)
        seen = features(normal.text, namer(normal.text))
        judged = judge(weights, passages(text, normal), seen)
        if not len(judged.passages):
            continue
        for column, row in enumerate(judged.confidence.argmax(axis=0)):
            sure = float(judged.confidence[row, column])
            if sure >= LIKELY and sure > best.get(column, (0.0,))[0]:
                best[column] = sure, between(seen, *map(int, judged.passages[row]))
    yield from (row for _, row in best.values())


def distinct(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows, each once, in an order that depends on nothing else."""
    found = {row.tobytes(): row for row in map(np.sort, rows) if len(row)}
    return tuple(found[key] for key in sorted(found))


def to_octets(rows: Sequence[Row]) -> bytes:
    """The rows as the octets of a file."""
    head = json.dumps({"format": _FORMAT, "rows": len(rows), "buckets": sum(map(len, rows))})
    lengths = np.array([len(row) for row in rows], dtype="<u4")
    # Steps between sorted buckets are small, and pack well.
    steps = [np.diff(row, prepend=0).astype("<u4") for row in rows]
    columns = (lengths, np.concatenate(steps) if steps else np.empty(0, "<u4"))
    planes = b"".join(column.view(np.uint8).reshape(-1, 4).T.tobytes() for column in columns)
    return head.encode() + b"\n" + zlib.compress(planes, 9)


def spared_in(octets: bytes) -> tuple[Row, ...]:
    """The rows in a file's octets. Raises SparedUnreadable."""
    try:
        head, _, packed = octets.partition(b"\n")
        told = json.loads(head)
        known, count, buckets = told["format"] == _FORMAT, int(told["rows"]), int(told["buckets"])
        size = 4 * (count + buckets)
        unpacker = zlib.decompressobj()
        planes = unpacker.decompress(packed, size + 1)
        lengths, steps = _column(planes[: 4 * count]), _column(planes[4 * count :])
        rows = tuple(map(np.cumsum, np.split(steps, np.cumsum(lengths)[:-1]))) if count else ()
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise SparedUnreadable(_OTHER) from error
    whole = unpacker.eof and len(planes) == size and int(lengths.sum()) == buckets and 0 <= count <= _MOST
    if not known or not whole or any(len(row) and row[-1] >= SIZE for row in rows):
        raise SparedUnreadable(_OTHER)
    return rows


def _column(planes: bytes) -> Row:
    octets = np.frombuffer(planes, np.uint8).reshape(4, -1).T
    return np.ascontiguousarray(octets).view("<u4").ravel().astype(np.int64)
