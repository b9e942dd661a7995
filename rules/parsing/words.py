"""readable(text) -> str: a header value as its reader sees it, with nothing that acts on a screen."""

import binascii
import re

from rules.parsing.charsets import decoded

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_ANY_BLANK = re.compile(r"\s+")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
_GROUPS = 10_000
"""Ends of base64 behind which it may begin anew; no text that anybody reads has more."""
# Controls, and the characters that turn the direction of writing or end a line without being one.
_ACTING = dict.fromkeys(
    (
        *range(0x20),
        *range(0x7F, 0xA0),
        0x061C,
        0x200E,
        0x200F,
        *range(0x2028, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),
        *range(0xFFF9, 0xFFFC),
    )
)


def readable(text: str, words: bool = True) -> str:
    """Return a header value in one line without controls; ``words`` says whether encoded words are decoded.

    >>> readable("=?utf-8?q?a=0d=0aBcc:_x?=")
    'a Bcc: x'
    """
    if words and "=?" in text:
        text = _decoded_words(text)
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _ANY_BLANK.sub(" ", text).translate(_ACTING).strip()


def _decoded_words(text: str) -> str:
    """Decode encoded words (RFC 2047); neighbours in one character set are joined as octets first.

    Senders cut a character of several octets between two words.
    """
    pieces: list[str] = []
    octets, charset, end = b"", "", 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        if between.strip() or match[1].lower() != charset or not octets:
            pieces.append(decoded(octets, charset))
            octets, charset = b"", match[1].lower()
            pieces.append(between if between.strip() or end == 0 else "")
        octets += _octets(match[2], match[3])
        end = match.end()
    pieces.append(decoded(octets, charset))
    pieces.append(text[end:])
    return "".join(pieces)


def _octets(encoding: str, content: str) -> bytes:
    raw = content.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return _HEX.sub(lambda match: bytes((int(match[1], 16),)), raw.replace(b"_", b" "))
    return lenient_base64(raw)


def lenient_base64(raw: bytes) -> bytes:
    """Return what base64 says, skipping junk and going on after padding: what any reader could see."""
    letters = raw.translate(None, _NOT_BASE64)
    octets = bytearray()
    begun = 0
    for _ in range(_GROUPS):
        end = letters.find(b"=", begun)
        if end < 0:
            break
        octets += _decoded_group(letters[begun:end])
        begun = end + 1
    return bytes(octets + _decoded_group(letters[begun:].replace(b"=", b"")))


def _decoded_group(letters: bytes) -> bytes:
    usable = letters if len(letters) % 4 != 1 else letters[:-1]
    return binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))
