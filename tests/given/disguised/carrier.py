"""The posts that carry a disguised phrase: everyday mail, into which each trick puts its own piece."""

import base64
import quopri
from dataclasses import dataclass

PHRASE = "special offer"
"""What the tests' clause forbids; each disguise holds it once and nothing else that any clause seeks."""

EVERYWHERE = "all"
SHOWN = ("subject", "own", "html")
"""The zones of what a reader certainly sees."""

HEADER = (
    b"From: Ann Harker <ann@member.example>\r\nTo: physics@lists.example.org\r\nSubject: Minutes\r\n"
    b"Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@member.example>\r\nMIME-Version: 1.0\r\n"
)


@dataclass(frozen=True, slots=True)
class Disguise:
    """One trick: ``zones`` are those in which the phrase must be found.

    ``doubtful`` says that a hold by the clauses about ambiguous, unreadable
    or closed messages will do as well.
    """

    name: str
    octets: bytes
    zones: tuple[str, ...] | str = EVERYWHERE
    doubtful: bool = False


def post(fields: bytes | str, body: bytes | str) -> bytes:
    """A post with these fields besides the usual ones, and this body."""
    return HEADER + _octets(fields) + b"\r\n" + _octets(body)


def part(fields: bytes | str, body: bytes | str, boundary: str = "b") -> bytes:
    """One part of a multipart, with the boundary line above it."""
    return b"--" + boundary.encode() + b"\r\n" + _octets(fields) + b"\r\n" + _octets(body) + b"\r\n"


def multipart(kind: str, *parts: bytes, boundary: str = "b") -> bytes:
    """A post of several parts."""
    last = f"--{boundary}--\r\n".encode()
    return post(f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n', b"".join(parts) + last)


def words(body: str, charset: str = "utf-8") -> bytes:
    """A post in plain text that says good morning first."""
    fields = f"Content-Type: text/plain; charset={charset}\r\n"
    return post(fields, ("Good morning.\r\n\r\n" + body + "\r\n").encode(charset))


def page(html: str) -> bytes:
    """A post in HTML alone that says good morning first."""
    return post(
        "Content-Type: text/html; charset=utf-8\r\n",
        "<p>Good morning.</p>\r\n" + html.replace("\n", "\r\n") + "\r\n",
    )


def in_base64(octets: bytes | str) -> bytes:
    """The octets in lines of base64."""
    return base64.encodebytes(_octets(octets)).replace(b"\n", b"\r\n")


def in_quoted_printable(octets: bytes | str) -> bytes:
    """The octets in quoted-printable, letters too."""
    return b"".join(b"=%02X" % octet for octet in _octets(octets))


def quoted_printable(octets: bytes | str) -> bytes:
    """The octets in quoted-printable as programs write it."""
    return quopri.encodestring(_octets(octets))


def _octets(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


HELLO = part("Content-Type: text/plain; charset=utf-8\r\n", "Good morning.")
"""An innocent part."""
