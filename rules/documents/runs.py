"""runs(octets): the words in octets whose form is not read, as runs of printable characters."""

import re
from collections.abc import Iterator

_WIDE = re.compile(
    rb"(?:[\t\r\n\x07\x0b\x20-\x7e\xa0-\xff]\0|[\x00-\xff][\x01-\x06]|[\x10-\x26\xac]\x20){4,}"
)
_NARROW = re.compile(rb"[\t\r\n\x07\x0b\x20-\x7e\x85\x91-\x97\xa3\xb0-\xb5\xc0-\xff]{6,}")
_PLAIN = re.compile(r"[A-Za-z0-9 ]")


def runs(octets: bytes) -> Iterator[str]:
    """Yield the runs of characters in the octets, wide ones first, that are words more than noise."""
    for match in _WIDE.finditer(octets):
        yield from _worded(match[0].decode("utf-16-le", "ignore"))
    for match in _NARROW.finditer(octets):
        yield from _worded(match[0].decode("cp1252", "ignore"))


def _worded(run: str) -> Iterator[str]:
    text = run.replace("\x07", "\t").replace("\x0b", "\n")
    sample = text[:400]
    if len(_PLAIN.findall(sample)) * 10 >= 7 * len(sample) or not sample.isascii():
        yield text
