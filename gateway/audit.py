"""The audit: every decision, publication and admin act, each row chained to the one before by SHA-256."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from gateway.store import codec
from gateway.store.statement import Statement, insertion
from gateway.store.tables import AUDIT

_C = AUDIT.c
_NOTHING_BEFORE = b"\0" * 32
_INSERT = Statement(insertion(AUDIT))
_LAST = Statement(select(_C.number, _C.digest).order_by(_C.number.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of a person: who, when, what (``act``), on which list and object, under which version, why."""

    at: datetime
    by: str
    act: str
    list: str = ""
    object: str = ""
    version: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry as it stands in the audit."""

    number: int
    entry: Entry
    digest: str


def append(connection: Connection, entry: Entry) -> None:
    """Add an entry to the chain, in the caller's transaction."""
    last = _LAST.run(connection).fetchone()
    number, previous = (last[0] + 1, last[1]) if last else (1, _NOTHING_BEFORE)
    row: dict[str, object] = {
        "number": number,
        "at": codec.microseconds(entry.at),
        "by": codec.column(entry.by),
        "act": entry.act,
        "list": codec.column(entry.list),
        "object": codec.column(entry.object),
        "version": entry.version,
        "reason": codec.column(entry.reason, 8192),
    }
    _INSERT.run(connection, previous=previous, digest=_digest(previous, row), **row)


def head(connection: Connection) -> tuple[int, str]:
    """Number and digest (hex) of the last entry, (0, "") for none; kept elsewhere, it proves none is gone."""
    last = _LAST.run(connection).fetchone()
    return (last[0], last[1].hex()) if last else (0, "")


def read(connection: Connection, list_address: str = "", hold_id: str = "") -> tuple[Recorded, ...]:
    """Entries, oldest first: all, or those of one list, or on one object."""
    query = select(AUDIT).order_by(_C.number)
    if list_address:
        query = query.where(_C.list == list_address)
    if hold_id:
        query = query.where(_C.object == hold_id)
    return tuple(_recorded(row) for row in connection.execute(query))


def verify(connection: Connection) -> tuple[str, ...]:
    """Sentences about every entry that was changed, removed or inserted; empty when the chain is whole."""
    broken: list[str] = []
    previous, number = _NOTHING_BEFORE, 0
    for row in connection.execute(select(AUDIT).order_by(_C.number)):
        if row.number != number + 1:
            broken.append(f"audit: entry {number + 1} is missing; the next one is {row.number}")
        elif row.previous != previous:
            broken.append(f"audit: entry {row.number} does not follow from entry {number}")
        if _digest(row.previous, _covered(row)) != row.digest:
            broken.append(f"audit: entry {row.number} is not as it was written")
        previous, number = row.digest, row.number
    return tuple(broken)


def _digest(previous: bytes, row: dict[str, object]) -> bytes:
    canonical = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(previous + canonical.encode("ascii")).digest()


def _covered(row: Row[Any]) -> dict[str, object]:
    return {name: value for name, value in row._mapping.items() if name not in ("previous", "digest")}


def _recorded(row: Row[Any]) -> Recorded:
    entry = Entry(codec.moment(row.at), row.by, row.act, row.list, row.object, row.version, row.reason)
    return Recorded(row.number, entry, row.digest.hex())
