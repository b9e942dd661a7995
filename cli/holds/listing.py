"""Lists and shows held posts."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from cli import session
from cli.holds.as_json import findings_of, hold_object
from cli.holds.origin import origin_of
from cli.listfiles.published import served
from cli.output import Ink, Piece, emit, remark, say, table
from cli.wording import age
from gateway import audit, queue
from gateway.holds import WAITING, Hold, HoldState, OctetsGone, OctetsLost, OctetsMissing, Summary
from gateway.notices.waiting import hint
from gateway.store.database import Store

if TYPE_CHECKING:
    from rules.reading import Reading


def list_holds(states: tuple[HoldState, ...] | None, name: str | None, *, as_json: bool) -> None:
    """Print the holds in these states (None: those that wait), without a word that is sensitive."""
    with session.store() as store:
        lists = (served(store, name).list,) if name else None
        asked = queue.Filter(lists=lists, states=states or WAITING)
        rows = store.read(lambda connection: queue.waiting(connection, asked))
        tell_of_notices(store)
    if as_json:
        for row in rows:
            emit(hold_object(row))
    elif rows:
        _table(rows)
    else:
        say(Piece("Nothing waits." if states is None else "No such posts.", Ink.GOOD))


def _table(rows: tuple[Summary, ...]) -> None:
    now = session.now()
    table(
        ("id", "state", "list", "age", "author", "subject", "clauses"),
        [
            (
                row.id,
                row.state.value,
                row.list,
                age(row.received, now),
                row.author,
                row.subject,
                ", ".join(row.clauses),
            )
            for row in rows
        ],
    )


def show_hold(which: str, *, as_json: bool) -> None:
    """Print one hold with its message, or its object.

    After all that can be shown, raises OctetsMissing or OctetsBroken.
    """
    with session.store() as store:
        hold = store.read(lambda connection: queue.find(connection, which))
        octets = _octets(store, hold)
        origin = origin_of(store, hold)
        tell_of_notices(store)
    if as_json:
        told = {"authentication": origin.as_object(), "findings": findings_of(hold)}
        emit(hold_object(hold) | told)
    else:
        from cli.holds.showing import show  # parsing messages is for those who show one

        show(hold, _reading(octets), origin, session.now(), lost=isinstance(octets, OctetsLost))
    if isinstance(octets, OctetsLost) and not isinstance(octets, OctetsGone):
        raise octets


def _octets(store: Store, hold: Hold) -> bytes | OctetsLost:
    try:
        return store.read(lambda connection: queue.octets(connection, hold.digest))
    except OctetsLost as lost:
        return lost


def _reading(octets: bytes | OctetsLost) -> "Reading | str":
    """The message, or what stands in its place."""
    if isinstance(octets, OctetsGone):
        return "The message itself was deleted when its time of keeping was over."
    if isinstance(octets, OctetsLost):
        how = "missing from" if isinstance(octets, OctetsMissing) else "damaged in"
        return f"The message itself is {how} the store and cannot be shown."
    from cli.holds.apart import read_safely

    return read_safely(octets, session.settings().readers)


def show_history(which: str, *, as_json: bool) -> None:
    """Print what people did with a hold, the oldest first."""

    def job(connection: Connection) -> tuple[Hold, tuple[audit.Recorded, ...]]:
        hold = queue.find(connection, which)
        return hold, audit.read(connection, hold_id=hold.id)

    with session.store() as store:
        hold, recorded = store.read(job)
        tell_of_notices(store)
    acts = [(hold.received, "", "held", ", ".join(hold.clauses))]
    acts += [(one.entry.at, one.entry.by, one.entry.act, one.entry.reason) for one in recorded]
    acts += [(note.at, note.by, "note", note.text) for note in hold.remarks]
    acts.sort(key=lambda act: act[0])
    if as_json:
        for at, by, act, why in acts:
            emit({"id": hold.id, "at": at.isoformat(), "by": by, "act": act, "reason": why})
        return
    table(
        ("when", "by", "did", "why"),
        [(f"{at:%Y-%m-%d %H:%M:%S} UTC", by, act, why) for at, by, act, why in acts],
    )


def tell_of_notices(store: Store) -> None:
    """Say on standard error how many notices wait, when nothing is there to send them."""
    if told := store.read(lambda connection: hint(connection, session.settings())):
        remark(told)
