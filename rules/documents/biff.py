"""read_biff(draft, stream): an old Excel workbook's numbers and macro sheets; not its strings."""

import struct
from collections.abc import Iterator

from rules.documents.document import DocumentFact, Draft, Refused

_NUMBER, _RK, _MULRK, _FORMULA = 0x0203, 0x027E, 0x00BD, 0x0006
_BOUNDSHEET, _FILEPASS = 0x0085, 0x002F
_MACRO_SHEET = 1
_LEAST = 100_000  # shorter numbers identify nobody, and there are very many of them
_RECORDS_CAP = 400_000


def read_biff(draft: Draft, stream: bytes) -> None:
    """Put in the draft the numbers that could identify something. Raises Refused if it is locked."""
    for kind, content in _records(stream):
        if kind == _FILEPASS:
            raise Refused("is locked with a password", DocumentFact.ENCRYPTED)
        if kind == _BOUNDSHEET and content[5:6] == bytes((_MACRO_SHEET,)):
            draft.facts.add(DocumentFact.MACROS)
        for number in _numbers(kind, content):
            if number.is_integer() and _LEAST <= number < 1e15:
                draft.say(f"{int(number)}\n")


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records ([MS-XLS] 2.1.4): a number for the kind, a length, the content."""
    at = 0
    for _ in range(_RECORDS_CAP):
        if at + 4 > len(stream):
            return
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _numbers(kind: int, content: bytes) -> Iterator[float]:
    if kind in (_NUMBER, _FORMULA) and len(content) >= 14:
        yield struct.unpack_from("<d", content, 6)[0]
    elif kind == _RK and len(content) >= 10:
        yield _rk(struct.unpack_from("<I", content, 6)[0])
    elif kind == _MULRK:
        for at in range(4, len(content) - 7, 6):
            yield _rk(struct.unpack_from("<I", content, at + 2)[0])


def _rk(value: int) -> float:
    """A number in four octets ([MS-XLS] 2.5.122): the top of a double or 30 bits, perhaps in hundredths."""
    if value & 2:
        number = float((value >> 2) - (1 << 30 if value & 0x80000000 else 0))
    else:
        number = struct.unpack("<d", b"\0\0\0\0" + struct.pack("<I", value & 0xFFFFFFFC))[0]
    return number / 100 if value & 1 else number
