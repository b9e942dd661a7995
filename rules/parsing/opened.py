"""may_be_opened(header, content): whether a part looks like a file that a family of documents reads."""

import binascii

from rules.documents.kinds import shown_kind
from rules.parsing.fields import HeaderBlock

_LOOKED_AT = 400
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))


def may_be_opened(header: HeaderBlock, content: bytes) -> bool:
    """Return whether a part's first octets show that it will be opened; a guess, for `Scan.costly`.

    Some files show it further on, or by their name alone: whoever reads on the
    loop finds that out for certain, and has the message read apart after all.
    """
    start = content[:_LOOKED_AT]
    encodings = header.values("content-transfer-encoding")
    if encodings and b"64" in encodings[0]:
        letters = start.translate(None, _NOT_BASE64)
        start = binascii.a2b_base64(letters[: len(letters) // 4 * 4])
    return shown_kind(start) is not None
