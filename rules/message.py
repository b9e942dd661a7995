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
    (``b"BODY=8BITMIME"``, ``b"SMTPUTF8"``). ``client`` is the peer's IP
    address, "" when there is none (a file).
    """

    reverse_path: bytes
    recipients: tuple[bytes, ...]
    parameters: tuple[bytes, ...] = ()
    client: str = ""
    helo: str = ""


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
