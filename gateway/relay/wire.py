"""Octets as they go over the wire: dots stuffed, line ends proved, envelope commands.

This is the second line of defence against smuggling: whatever the front let
in, nothing leaves that another server could take for an end of data.
"""

import re

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")

END_OF_DATA = b".\r\n"


def dot_stuff(octets: bytes) -> bytes:
    """Return the octets with a dot put before each line that starts with one (RFC 5321, 4.5.2).

    Raises ValueError for a bare CR, a bare LF, a NUL, or a last line without CRLF.

    >>> dot_stuff(b".a\\r\\n")
    b'..a\\r\\n'
    """
    if octets and not octets.endswith(b"\r\n"):
        raise ValueError("the last line of a message must end with CRLF")
    pairs = octets.count(b"\r\n")
    if octets.count(b"\n") != pairs or octets.count(b"\r") != pairs or b"\0" in octets:
        raise ValueError("a message with a bare CR, a bare LF or a NUL must not be sent on")
    stuffed = octets.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def unstuff(stuffed: bytes) -> bytes:
    """Return what a server makes of stuffed octets: the first dot of a line is taken away."""
    return (stuffed[1:] if stuffed.startswith(b".") else stuffed).replace(b"\r\n.", b"\r\n")


def mail(reverse_path: bytes, parameters: tuple[bytes, ...]) -> bytes:
    """Return the MAIL command. Raises ValueError for a control character."""
    return _command(b" ".join((b"MAIL FROM:<%b>" % reverse_path, *parameters)))


def rcpt(recipient: bytes, parameters: tuple[bytes, ...] = ()) -> bytes:
    """Return the RCPT command. Raises ValueError for a control character."""
    return _command(b" ".join((b"RCPT TO:<%b>" % recipient, *parameters)))


def _command(line: bytes) -> bytes:
    if _CONTROL.search(line):
        raise ValueError("an envelope with a control character must not be sent on")
    return line + b"\r\n"
