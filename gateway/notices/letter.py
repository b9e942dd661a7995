"""Writes the octets of mail that we generate, so that no value can add a header field or a line (RFC 3834).

Header values are printable ASCII on one line, whatever they were; other
characters stand in the body only. `email`'s generators are not used, because
they have let line ends through (CVE-2024-6923, CVE-2026-1299).
"""

import hashlib
import quopri
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from gateway.reply import printable

_LONGEST_LINE = 998  # RFC 5322, 2.1.1
_LONGEST_VALUE = 900
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,400}@[!-;=?-~]{1,400}>")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person.

    ``sender`` and ``recipient`` are addresses. ``answers`` is the Message-ID
    it answers, "" for none; anything that is no Message-ID is left out.
    ``automatic`` is RFC 3834's word: ``auto-replied`` or ``auto-generated``.
    """

    sender: str
    sender_name: str
    recipient: str
    subject: str
    body: str
    date: datetime
    message_id: str
    answers: str
    automatic: str


def octets(letter: Letter) -> bytes:
    """The letter as it goes out: ASCII octets, CRLF line ends, no line over 998 octets."""
    fields = [
        ("Date", format_datetime(letter.date)),
        ("From", _mailbox(letter.sender_name, letter.sender)),
        ("Reply-To", _mailbox("", letter.sender)),
        ("To", _mailbox("", letter.recipient)),
        ("Subject", letter.subject),
        ("Message-ID", letter.message_id),
    ]
    if _MESSAGE_ID.fullmatch(letter.answers):
        fields += [("In-Reply-To", letter.answers), ("References", letter.answers)]
    encoding, body = _body(letter.body)
    fields += [
        ("Auto-Submitted", letter.automatic),
        ("X-Auto-Response-Suppress", "All"),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", encoding),
    ]
    header = "".join(f"{name}: {printable(value, _LONGEST_VALUE)}\r\n" for name, value in fields)
    return header.encode("ascii") + b"\r\n" + body


def message_id(about: str, recipient: str, domain: str) -> str:
    """The Message-ID of the notice ``about`` something to ``recipient``: the same whenever it is composed.

    So a second sending is recognised as a duplicate, and a later notice can
    answer it without looking it up.
    """
    whom = hashlib.sha256(recipient.casefold().encode("utf-8", "replace")).hexdigest()[:12]
    return f"<{about}.{whom}@gatepost.{domain}>"


def _mailbox(name: str, address: str) -> str:
    quoted = printable(name).replace("\\", "").replace('"', "")
    return f'"{quoted}" <{address}>' if quoted else f"<{address}>"


def _body(text: str) -> tuple[str, bytes]:
    # A submission server need not offer 8BITMIME, so the octets are always ASCII.
    plain = text.encode("utf-8", "replace")
    if plain.isascii() and max(map(len, plain.split(b"\n"))) <= _LONGEST_LINE:
        return "7bit", plain.replace(b"\n", b"\r\n")
    return "quoted-printable", quopri.encodestring(plain).replace(b"\n", b"\r\n")
