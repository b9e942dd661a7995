"""I3 and I6: the octets are those that came and are those that go, and none lie about that nobody owes."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Connection, select, true

from gateway.invariants.outcomes import stored_is_somewhere
from gateway.invariants.problem import Problem
from gateway.outbox.delivery import OWED
from gateway.store import codec
from gateway.store.tables import DELIVERY, HOLD, OCTETS

_BACKUP = "take the message from a backup of the store, or ask its author to post again; check the disk"
# A passing post that ended badly becomes a hold yet: its octets are needed as much as if it were owed.
_TO_COME = (*OWED, "failed", "unknown")


def octets_are_what_they_were(connection: Connection) -> Iterator[Problem]:
    """Each message has the digest and the size under which it was stored."""
    for row in connection.execution_options(yield_per=20).execute(select(OCTETS)):
        try:
            wrong = "" if len(codec.unchanged(row.body, row.digest)) == row.size else codec.CHANGED
        except codec.Unreadable as error:
            wrong = str(error)
        if wrong:
            says = f"octets {row.digest}: {wrong}; {_posts(connection, row.digest)}"
            yield Problem("I3", says, _BACKUP)


def _posts(connection: Connection, digest: str) -> str:
    """Which posts lose their message with these octets, by what a person knows them by."""
    yet = DELIVERY.c.hold_id.is_(None) & DELIVERY.c.state.in_(_TO_COME)
    theirs = [
        f"{table.name} {row.id} (to {row.list}, by {row.author or 'nobody named'})"
        for table, which in ((HOLD, true()), (DELIVERY, yet))
        for row in connection.execute(
            select(table).where(table.c.digest == digest, which).order_by(table.c.id)
        )
    ]
    return f"they are of {', '.join(theirs)}" if theirs else "no post has them"


def releases_send_what_was_held(connection: Connection) -> Iterator[Problem]:
    """What is owed for a hold is the message that was held, under the envelope that it came with."""
    other = (HOLD.c.digest != DELIVERY.c.digest) | (HOLD.c.reverse_path != DELIVERY.c.reverse_path)
    query = select(DELIVERY.c.id, HOLD.c.id.label("hold")).where(
        DELIVERY.c.hold_id == HOLD.c.id, DELIVERY.c.state.in_(OWED), other
    )
    for row in connection.execute(query):
        says = f"delivery {row.id}: would send something else than what hold {row.hold} holds"
        yield Problem("I3", says, "stop the duties, undo the release or restore a backup")


def octets_belong(connection: Connection) -> Iterator[Problem]:
    """Each message is held or owed; what is neither would be kept for ever."""
    for digest in connection.scalars(select(OCTETS.c.digest).where(_nobodys())):
        says = f"octets {digest}: belong to no hold and to no delivery that is owed"
        yield Problem("I6", says, "--repair deletes them", partial(_delete, digest))


def _nobodys() -> ColumnElement[bool]:
    held = select(HOLD.c.id).where(HOLD.c.digest == OCTETS.c.digest).exists()
    # One that ended badly and became no hold (I1) owes them still: a moderator is to see them.
    owed = DELIVERY.c.state.in_(OWED) | (
        DELIVERY.c.state.in_(("failed", "unknown")) & DELIVERY.c.hold_id.is_(None)
    )
    same = select(DELIVERY.c.id).where(DELIVERY.c.digest == OCTETS.c.digest, owed).exists()
    return ~held & ~same


def _delete(digest: str, connection: Connection, _now: datetime) -> str:
    if next(stored_is_somewhere(connection), None) is not None:
        return ""  # They may be all that is left of what that transaction was answered 250 for.
    if not connection.execute(OCTETS.delete().where(OCTETS.c.digest == digest, _nobodys())).rowcount:
        return ""
    return f"octets {digest} are deleted: nobody owed them to anybody"


CHECKS = (octets_are_what_they_were, releases_send_what_was_held, octets_belong)
