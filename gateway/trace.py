"""The header lines that we prepend: Received (RFC 5321, 4.4), and the mark by which we know a post again."""

import hmac
from datetime import datetime
from email.utils import format_datetime

from gateway.reply import printable
from rules.message import Envelope
from rules.scan import Scan

MARK = "X-Gatepost-Loop"
MOST_HOPS = 30  # below the 50 at which Postfix bounces


class Trace:
    """Writes and recognises our header lines; ``secret`` keys the mark."""

    def __init__(self, hostname: str, secret: bytes) -> None:
        self._hostname = hostname
        self._secret = secret

    def mark(self, list_address: str) -> str:
        """Our mark for a list: nobody else can make it, and no other list's post carries it."""
        return hmac.digest(self._secret, b"loop:" + list_address.lower().encode(), "sha256").hex()[:32]

    def looped(self, scan: Scan, list_address: str) -> bool:
        """Whether the post has already been through here for this list."""
        marks = scan.values(MARK)
        if not marks:
            return False
        expected = self.mark(list_address).encode()
        return any(hmac.compare_digest(value.strip(), expected) for value in marks)

    def lines(self, transaction: str, envelope: Envelope, received: datetime, *lists: str) -> bytes:
        """Received, and above it the mark of each of the ``lists`` posted to (none for other mail)."""
        one = envelope.recipients[0] if len(envelope.recipients) == 1 else b""
        recipient = (
            f"\r\n\tfor <{printable(one.decode('ascii', 'replace'))}>" if one and one.isascii() else ""
        )
        line = (
            f"Received: from {_helo(envelope.helo)} ({_literal(envelope.client)})\r\n"
            f"\tby {self._hostname} (Gatepost) with {_protocol(envelope)} id {transaction}{recipient};\r\n"
            f"\t{format_datetime(received)}\r\n"
        )
        marks = "".join(f"{MARK}: {self.mark(address)}\r\n" for address in lists)
        return (marks + line).encode("ascii", "replace")


def _protocol(envelope: Envelope) -> str:
    """The keyword for how it came (RFC 3848; RFC 6531, 4.3)."""
    if any(parameter.upper() == b"SMTPUTF8" for parameter in envelope.parameters):
        return f"UTF8{envelope.protocol.removeprefix('E')}"
    return envelope.protocol


def _helo(helo: str) -> str:
    return printable(helo.replace("(", "?").replace(")", "?")) or "unknown"


def _literal(client: str) -> str:
    if not client:
        return "unknown"
    return f"[IPv6:{client}]" if ":" in client else f"[{client}]"
