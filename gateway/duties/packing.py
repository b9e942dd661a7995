"""Packs what a delivery owes: the original octets and envelope, our header lines above."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from gateway import queue
from gateway.notices.telling import is_posting_address
from gateway.outbox.delivery import Delivery
from gateway.relay import Parcel
from gateway.store import codec
from gateway.store.tables import TRANSACTION
from rules.message import Envelope
from rules.profile import Profile

Lines = Callable[..., bytes]
"""Our header lines for a transaction, its envelope, when it was received, and the lists posted to."""


@dataclass(frozen=True, slots=True)
class Packer:
    """Packs parcels; ``lines`` writes what stands above the message."""

    lines: Lines

    def pack(self, connection: Connection, delivery: Delivery, profile: Profile) -> Parcel:
        """The parcel of a delivery. Raises OctetsLost."""
        octets = queue.octets(connection, delivery.digest)
        client, helo, protocol, received = _arrival(connection, delivery.transaction_id)
        envelope = Envelope(
            reverse_path=delivery.reverse_path,
            recipients=delivery.recipients,
            parameters=delivery.parameters,
            client=client,
            helo=helo,
            protocol=protocol,
        )
        # Mail that passes through to the list's other addresses carries no mark.
        posted = any(is_posting_address(profile, r.decode("utf-8", "replace")) for r in delivery.recipients)
        marked = (profile.address,) if posted else ()
        above = self.lines(delivery.transaction_id, envelope, received, *marked)
        return Parcel(
            envelope.reverse_path,
            envelope.recipients,
            envelope.parameters,
            above,
            octets,
            delivery.recipient_parameters,
        )


def _arrival(connection: Connection, transaction_id: str) -> tuple[str, str, str, datetime]:
    its = TRANSACTION.c
    query = select(its.client, its.helo, its.protocol, its.received).where(its.id == transaction_id)
    client, helo, protocol, received = connection.execute(query).one()
    return client, helo, protocol, codec.moment(received)
