"""A message owed to a next hop, and where its delivery stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from gateway.store import codec


class DeliveryState(StrEnum):
    """Where a delivery stands; DOTTED: its final dot is going out, so it may have been taken."""

    WAITING = "waiting"
    SENDING = "sending"
    DOTTED = "dotted"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


UNDER_WAY = (DeliveryState.SENDING.value, DeliveryState.DOTTED.value)
OWED = (DeliveryState.WAITING.value, *UNDER_WAY)
"""The states, as rows have them, in which the next hop may still be given the octets."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that we owe the next hop of ``list``; ``hold_id`` is None for a passing post.

    ``since`` is when it was first due, ``attempts`` counts those begun, this one included.
    """

    id: int
    hold_id: str | None
    transaction_id: str
    list: str
    reverse_path: bytes
    recipients: tuple[bytes, ...]
    parameters: tuple[bytes, ...]
    digest: str
    state: DeliveryState
    attempts: int
    due: datetime
    since: datetime
    reply: str
    recipient_parameters: tuple[tuple[bytes, tuple[bytes, ...]], ...] = ()


def delivery_of(row: Row[Any]) -> Delivery:
    """The delivery that a row has."""
    return Delivery(
        id=row.id,
        hold_id=row.hold_id,
        transaction_id=row.transaction_id,
        list=row.list,
        reverse_path=row.reverse_path,
        recipients=codec.octets_of(row.recipients),
        parameters=codec.octets_of(row.parameters),
        recipient_parameters=codec.asked_of(row.recipient_parameters),
        digest=row.digest,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        due=codec.moment(row.due),
        since=codec.moment(row.since),
        reply=row.reply,
    )
