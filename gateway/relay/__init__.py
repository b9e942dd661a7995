"""Mail out to the next hop, by SMTP and LMTP: `Relay.deliver` gives a reply per recipient."""

from gateway.relay.client import Relay
from gateway.relay.parcel import NextHop, Outcome, Parcel, Protocol, Stage, Tls

__all__ = ["NextHop", "Outcome", "Parcel", "Protocol", "Relay", "Stage", "Tls"]
