"""`gatepost admin purge`: deletes the messages of old decisions, for good, and records who had it done."""

from datetime import timedelta

from sqlalchemy import Connection

from cli import session
from cli.output import confirm, say
from cli.person import login
from gateway import audit
from gateway.purge import purge


def forget(days: int | None, by: str | None, *, yes: bool) -> None:
    """Delete messages decided more than ``days`` ago; None is what the settings say."""
    age = session.settings().retention.octets_days if days is None else days
    with session.store() as store:
        confirm(f"Delete the messages decided more than {age} days ago", yes=yes)

        def job(connection: Connection) -> int:
            now = session.now()
            number = purge(connection, timedelta(days=age), now)
            why = f"{number} messages decided more than {age} days ago"
            audit.append(connection, audit.Entry(now, by or login(), "purge", reason=why))
            return number

        number = store.write(job)
        # Deleted rows linger in the write-ahead log and in free pages until this.
        store.vacuum()
    say(f"Deleted {number} messages; their records stay.")
