"""Whether the store keeps its promises (I1 to I6, `invariants/`), and mends what nothing is lost by."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection

from gateway import audit
from gateway.invariants import decisions, octets, outcomes, unfinished
from gateway.invariants.problem import Problem
from gateway.store.database import Store

_CHUNK = 50  # mended at a time: the write lock is kept all the while
_TAMPERED = "find out who can write to the store's file; compare with the heads in the journal"
_DAMAGED = "stop the gateway and restore a backup; what the journal names since then must come again"


def _now() -> datetime:
    return datetime.now(UTC)


def verify(store: Store, clock: Callable[[], datetime] = _now) -> tuple[Problem, ...]:
    """Everything that is not as it must be. Changes nothing; the store may be at work."""
    damage = store.integrity()
    if damage != "ok":
        return (Problem("store", f"store: {damage}", _DAMAGED),)
    return store.read(lambda connection: tuple(_broken(connection, clock())))


def repair(
    store: Store, problems: Sequence[Problem], by: str, clock: Callable[[], datetime] = _now
) -> tuple[str, ...]:
    """Mend what can be, recorded in the audit as ``by``'s act; a sentence for each thing mended."""
    said: list[str] = []
    mendable = [problem for problem in problems if problem.mend is not None]
    for start in range(0, len(mendable), _CHUNK):
        part = mendable[start : start + _CHUNK]
        said += store.write(partial(_mend, problems=part, by=by, now=clock()))
    return tuple(said)


def _mend(connection: Connection, problems: Sequence[Problem], by: str, now: datetime) -> list[str]:
    mends = (problem.mend for problem in problems if problem.mend is not None)
    said = [sentence for mend in mends if (sentence := mend(connection, now))]
    if said:
        audit.append(connection, audit.Entry(now, by, "repair", reason="; ".join(said)))
    return said


def _broken(connection: Connection, now: datetime) -> Iterator[Problem]:
    for sentence in audit.verify(connection):
        yield Problem("audit", sentence, _TAMPERED)
    for check in (*octets.CHECKS, *outcomes.CHECKS, *decisions.CHECKS):
        yield from check(connection)
    for timely in unfinished.CHECKS:
        yield from timely(connection, now)
