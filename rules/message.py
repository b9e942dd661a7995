"""A message in transit: its envelope and its exact octets, and nothing derived from them."""

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, as the client said it (RFC 5321, 2.3.1).

    ``reverse_path`` and ``recipients`` are the octets between the angle
    brackets, never re-written; ``b""`` is the null reverse-path.
    ``parameters`` are those of MAIL, verbatim and without SIZE
    (``b"BODY=8BITMIME"``, ``b"SMTPUTF8"``), ``recipient_parameters`` those of
    RCPT for each address that has any. ``client`` is the client's IP
    address, "" when there is none (a file) or nobody knows it. Where a server
    of ours said whose mail it hands over (XFORWARD), that is the client, and
    ``peer`` is the server. ``protocol`` is how it came (RFC 3848).
    """

    reverse_path: bytes
    recipients: tuple[bytes, ...]
    parameters: tuple[bytes, ...] = ()
    client: str = ""
    helo: str = ""
    recipient_parameters: tuple[tuple[bytes, tuple[bytes, ...]], ...] = ()
    peer: str = ""
    protocol: str = "ESMTP"

    def asked_for(self, recipients: tuple[bytes, ...]) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
        """Those of ``recipient_parameters`` that belong to these recipients."""
        return tuple(each for each in self.recipient_parameters if each[0] in recipients)

    @property
    def hop(self) -> str:
        """The address of whoever handed it to us."""
        return self.peer or self.client


@dataclass(frozen=True)
class Message:
    """A message: ``octets`` end with CRLF and carry no dot-stuffing.

    They are never rebuilt from the parsed form, because re-serialising folds
    long fields anew and so breaks the author's DKIM signature.
    """

    envelope: Envelope
    octets: bytes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the octets, in hex: the key under which the store keeps them once."""
        return hashlib.sha256(self.octets).hexdigest()
