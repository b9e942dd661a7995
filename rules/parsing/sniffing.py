"""detected(content), is_text(kind, content): what octets are, whatever they call themselves."""

from functools import lru_cache

import filetype

from rules.parsing.charsets import decoded

_SNIFFED = 8192
_CONTROLS = bytes((*range(7), 8, *range(14, 27), *range(28, 32), 127))
_MARKS = (b"\xff\xfe", b"\xfe\xff")


def detected(content: bytes) -> str:
    """Return the content type that the first octets show, "" where they show none.

    >>> detected(b"%PDF-1.7 and so on")
    'application/pdf'
    """
    return _detected(content[:_SNIFFED])


@lru_cache(maxsize=64)
def _detected(start: bytes) -> str:
    # Asked when the text of an attachment is sought, and again when the attachment is described.
    guess = filetype.guess(start)
    return str(guess.mime) if guess else ""


def is_text(kind: str, content: bytes) -> bool:
    """Return whether the octets of a part of that type are text."""
    start = content[:_SNIFFED]
    if kind.startswith("text/") or start[:2] in _MARKS:
        return True
    if detected(start) or b"%PDF" in start[:1024]:
        return False
    if start.count(0) * 4 > len(start):
        return decoded(start, "utf-16").replace("\r", "").replace("\n", "").isprintable()
    if len(start.translate(None, _CONTROLS)) != len(start):
        return False
    try:
        start[: start.rfind(b"\n") + 1 or len(start)].decode()
    except UnicodeError:
        return 10 * sum(map((0x80).__le__, start)) < len(start)
    return True
