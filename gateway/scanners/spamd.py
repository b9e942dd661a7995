"""spamd: what SpamAssassin's CHECK command says of a message. It is told the octets and nothing else."""

import re
from collections.abc import Iterator

from gateway.reply import printable
from gateway.scanners.errors import NONSENSE, Declined, NoAnswer
from gateway.scanners.exchange import exchange, pieces
from rules.facts import Answer

_STATUS = re.compile(r"SPAMD/[0-9.]{1,9} ([0-9]{1,4})\b(.*)")
_SPAM = re.compile(r"(?im)^spam: *(true|false|yes|no) *; *(-?[0-9]{1,6}(?:\.[0-9]{1,6})?) */")


async def ask(at: str, octets: bytes) -> Answer:
    """Return "spam" or "clean", by spamd's own threshold, and the score. Raises NoAnswer, Declined."""
    # Told the length, spamd still waits for the end where the message is empty.
    return _read(await exchange(at, _check(octets), b"\r\n\r\n", closing=True))


def _check(octets: bytes) -> Iterator[bytes | memoryview]:
    yield f"CHECK SPAMC/1.5\r\nContent-length: {len(octets)}\r\n\r\n".encode()
    yield from pieces(octets)


def _read(answer: bytes) -> Answer:
    text = answer.decode("ascii", "replace")
    status = _STATUS.match(text)
    if status is None:
        raise NoAnswer(NONSENSE)
    if int(status[1]):
        raise Declined(f"it said “{printable((status[1] + status[2]).strip(), 100)}”")
    spam = _SPAM.search(text)
    if spam is None:
        raise NoAnswer(NONSENSE)
    # Nothing is added but a sign less: spamd writes -0.0.
    return Answer("spam" if spam[1].lower() in ("true", "yes") else "clean", float(spam[2]) + 0.0)
