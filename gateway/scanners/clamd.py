"""clamd: what its INSTREAM command says of a message (clamd(8)). It is told the octets and nothing else."""

import re
from collections.abc import Iterator

from gateway.reply import printable
from gateway.scanners.errors import NONSENSE, Declined, NoAnswer
from gateway.scanners.exchange import exchange, pieces
from rules.facts import Answer

_FOUND = re.compile(r"stream: (.+) FOUND")


async def ask(at: str, octets: bytes) -> Answer:
    """Return "infected" with the signature's name, or "clean". Raises NoAnswer, Declined."""
    return _read(await exchange(at, _stream(octets), b"\0"))


def _stream(octets: bytes) -> Iterator[bytes | memoryview]:
    # "z": question and answer end with NUL. Each piece goes after its length; a length of 0 ends the stream.
    yield b"zINSTREAM\0"
    for piece in pieces(octets):
        yield len(piece).to_bytes(4, "big")
        yield piece
    yield bytes(4)


def _read(answer: bytes) -> Answer:
    text = printable(answer.decode("ascii", "replace").strip(), 300)
    if text == "stream: OK":
        return Answer("clean")
    if found := _FOUND.fullmatch(text):
        return Answer("infected", detail=printable(found[1], 100))
    if text.endswith("ERROR"):
        raise Declined(f"it said “{text}”")
    raise NoAnswer(NONSENSE)
