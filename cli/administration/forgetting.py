"""`gatepost admin purge`: deletes the messages of old decisions, for good, and records who had it done."""

from datetime import timedelta

from cli import session
from cli.administration.keeper import keeper
from cli.output import confirm, say
from gateway import audit
from gateway.purge import purge
from gateway.store.database import Store


def forget(days: int | None, given: str | None, *, yes: bool) -> None:
    """Delete messages decided more than ``days`` ago; None is what the settings say. Raises NotAllowed."""
    settings = session.settings()
    age = settings.retention.octets_days if days is None else days
    with session.store() as store:
        by = keeper(store, given)
        confirm(f"Delete the messages decided more than {age} days ago", yes=yes)
        number = _forget_all(store, age, by)
        # Deleted rows linger in the write-ahead log and in free pages until this.
        store.vacuum()
    say(f"Deleted {number} messages; their records stay.")


def _forget_all(store: Store, age: int, by: str) -> int:
    number, now = 0, session.now()
    try:
        # Part by part, so that a gateway at work is never kept from the store for long.
        while count := store.write(lambda connection: purge(connection, timedelta(days=age), now)):
            number += count
    finally:
        why = f"{number} messages decided more than {age} days ago"
        entry = audit.Entry(now, by, "purge", reason=why)
        store.write(lambda connection: audit.append(connection, entry))
    return number
