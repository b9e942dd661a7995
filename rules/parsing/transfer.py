"""transferred(content, encoding) -> the octets that were encoded, read as generously as any reader does."""

import binascii
import quopri
import re

from rules.parsing.words import lenient_base64

_TRAILING = re.compile(rb"[ \t]+(?=\r?\n|\Z)")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_ESCAPED = re.compile(rb"=[0-9A-F]{2}.{0,400}?=(?:[0-9A-F]{2}|\r?\n)", re.DOTALL)
_SNIFFED = 2000


def transferred(content: bytes, encoding: str) -> bytes:
    """Return the decoded octets; an unknown encoding leaves them as they are, and nothing raises.

    >>> transferred(b"caf=C3=A9", "quoted-printable")
    b'caf\\xc3\\xa9'
    """
    match encoding:
        case "base64":
            return lenient_base64(content)
        case "quoted-printable":
            # Blanks at a line's end were added on the way (RFC 2045, 6.7), behind a soft break too.
            blanks = b"= " in content or b"=\t" in content
            return quopri.decodestring(_TRAILING.sub(b"", content) if blanks else content)
        case "x-uuencode" | "uuencode" | "x-uue":
            return _uudecoded(content)
        case _:
            return content


def looks_encoded(content: bytes) -> str:
    """Return the encoding that the octets themselves show, "7bit" where they show none."""
    start = content[:_SNIFFED]
    lines = [line.strip() for line in start.splitlines() if line.strip()]
    if len(content) > _SNIFFED:
        lines = lines[:-1]
    if lines and not any(len(line) % 4 or line.translate(None, _BASE64) for line in lines):
        return "base64"
    return "quoted-printable" if _ESCAPED.search(start) else "7bit"


def _uudecoded(content: bytes) -> bytes:
    lines = content.splitlines()
    body = [
        line for line in lines if line.strip() not in (b"", b"end", b"`") and not line.startswith(b"begin ")
    ]
    return b"".join(map(_uudecoded_line, body))


def _uudecoded_line(line: bytes) -> bytes:
    # The first character says how long the line is; asking first is cheaper than a raised error each line.
    if len(line) - 1 < ((line[0] - 32) % 64 + 2) // 3 * 4:
        return line
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return line
