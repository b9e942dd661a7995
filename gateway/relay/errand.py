"""A parcel made ready for the wire before any connection is opened."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.relay.parcel import Outcome, Parcel, Stage
from gateway.relay.wire import dot_stuff, mail, rcpt
from gateway.reply import NO_8BITMIME_HERE, NO_DSN_HERE, NO_SMTPUTF8_HERE, Reply

BeforeDot = Callable[[], Awaitable[None]] | None


@dataclass(frozen=True, slots=True)
class Errand:
    """A parcel with what is known about it; ``wire`` is dot-stuffed, without the final dot."""

    parcel: Parcel
    wire: bytes
    eight_bit: bool
    before_dot: BeforeDot
    all_or_nothing: bool

    @classmethod
    def of(cls, parcel: Parcel, before_dot: BeforeDot, all_or_nothing: bool) -> "Errand":
        """Return the errand. Raises ValueError for octets or addresses that must not be sent on."""
        if not parcel.recipients:
            raise ValueError("a parcel needs a recipient")
        eight_bit = not (parcel.octets.isascii() and parcel.prepended.isascii())
        wire = dot_stuff(parcel.prepended) + dot_stuff(parcel.octets)
        errand = cls(parcel, wire, eight_bit, before_dot, all_or_nothing)
        errand.commands(frozenset())
        return errand

    def lacking(self, offered: frozenset[str]) -> Reply | None:
        """Return the reply when the next hop offers less than this needs: nothing is ever converted."""
        addresses = (self.parcel.reverse_path, *self.parcel.recipients)
        international = b"SMTPUTF8" in self._parameters or not all(each.isascii() for each in addresses)
        if international and "SMTPUTF8" not in offered:
            return NO_SMTPUTF8_HERE
        if (self.eight_bit or b"BODY=8BITMIME" in self._parameters) and "8BITMIME" not in offered:
            return NO_8BITMIME_HERE
        asks_for_dsn = any(each.startswith((b"RET=", b"ENVID=")) for each in self._parameters)
        if (asks_for_dsn or self.parcel.recipient_parameters) and "DSN" not in offered:
            return NO_DSN_HERE
        return None

    def commands(self, offered: frozenset[str]) -> tuple[bytes, ...]:
        """Return MAIL and each RCPT. Raises ValueError for a control character in them."""
        parcel = self.parcel
        parameters = parcel.parameters
        if self.eight_bit and not any(each.startswith(b"BODY=") for each in self._parameters):
            parameters += (b"BODY=8BITMIME",)
        if "SIZE" in offered:
            parameters += (b"SIZE=%d" % (len(parcel.prepended) + len(parcel.octets)),)
        asked = dict(parcel.recipient_parameters)
        recipients = (rcpt(each, asked.get(each, ())) for each in parcel.recipients)
        return (mail(parcel.reverse_path, parameters), *recipients)

    def everyone(self, reply: Reply, stage: Stage, upstream: str) -> Outcome:
        """Return the outcome in which each recipient gets the same reply."""
        return Outcome((reply,) * len(self.parcel.recipients), stage, upstream)

    @property
    def _parameters(self) -> tuple[bytes, ...]:
        return tuple(parameter.upper() for parameter in self.parcel.parameters)
