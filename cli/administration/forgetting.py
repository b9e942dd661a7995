"""`gatepost admin purge`: deletes the messages of old decisions, for good, and records who had it done."""

from datetime import timedelta

from cli import session
from cli.output import confirm, say
from cli.person import recorded
from gateway import audit
from gateway.people import People
from gateway.purge import purge
from gateway.store.database import Store


def forget(days: int | None, by: str | None, *, yes: bool) -> None:
    """Delete messages decided more than ``days`` ago; None is what the settings say."""
    settings = session.settings()
    age = settings.retention.octets_days if days is None else days
    with session.store() as store:
        confirm(f"Delete the messages decided more than {age} days ago", yes=yes)
        number = _forget_all(store, age, recorded(People.of("", (), (), settings.admins), by))
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
