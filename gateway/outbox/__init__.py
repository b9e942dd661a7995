"""What we owe: deliveries to the next hop and notices to people, as rows that survive a crash."""

from datetime import datetime

from sqlalchemy import Connection

from gateway.outbox import deliveries, notices

__all__ = ["deliveries", "notices", "recover"]


def recover(connection: Connection, now: datetime) -> int:
    """Put right what a crash left of both; returns how many rows. Safe at any time: it goes by the leases."""
    found = deliveries.recover(connection, now)
    return found.again + len(found.unknown) + notices.recover(connection, now)
