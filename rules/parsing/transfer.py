"""transferred(content, encoding) -> the octets that were encoded, read as generously as any reader does."""

import binascii
import quopri

from rules.parsing.words import lenient_base64


def transferred(content: bytes, encoding: str) -> bytes:
    """Return the decoded octets; an unknown encoding leaves them as they are, and nothing raises.

    >>> transferred(b"caf=C3=A9", "quoted-printable")
    b'caf\\xc3\\xa9'
    """
    match encoding:
        case "base64":
            return lenient_base64(content)
        case "quoted-printable":
            return quopri.decodestring(content)
        case "x-uuencode" | "uuencode" | "x-uue":
            return _uudecoded(content)
        case _:
            return content


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
