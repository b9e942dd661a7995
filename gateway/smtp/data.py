"""The octets after DATA: where they end, what they say once unstuffed, and why they are refused.

Only <CRLF>.<CRLF> ends a message. A CR or LF that stands alone, or a NUL, is
a fault, because the next server may take it for the end of a line and read
what follows as commands (CVE-2023-51764, CVE-2024-27305).
"""

import re
from enum import IntEnum

_END = b"\r\n.\r\n"
_STUFFED = b"\r\n."
# What a line end may not be followed by in a chunk that needs no further work.
_NOTABLE = re.compile(rb"\r(?:[^\n]|\n\.)")


class Fault(IntEnum):
    """Why a message cannot be taken; the greatest counts."""

    NONE = 0
    LONG_LINE = 1
    TOO_BIG = 2
    STRAY = 3  # a bare CR, a bare LF, or NUL


class DataReader:
    """Reads chunks of DATA, however they are cut. Linear in their size, never per octet.

    ``size`` counts the octets of the message so far, without stuffing dots.
    """

    def __init__(self, size_limit: int, line_limit: int) -> None:
        self._size_limit = size_limit
        self._line_limit = line_limit
        # A dot is stuffed at the start of a line; the message starts one.
        self._kept_back = b"\r\n"
        self._begun = False
        self._line = 0  # octets of the line that is not yet complete
        self.size = 0
        self.fault = Fault.NONE
        self.rest: bytes | None = None  # what came after the end of data; None before the end

    @property
    def ended(self) -> bool:
        """Whether the end of data has been read."""
        return self.rest is not None

    def feed(self, chunk: bytes) -> bytes:
        """Octets of the message, as far as they can be told from its end; none after a fault."""
        octets = self._kept_back + chunk if self._kept_back else chunk
        body = self._up_to_the_end(octets)
        if not body:
            return b""
        if not self._begun:
            # The line end that opened the message is ours.
            self._begun = True
            message = self._unstuffed(body)[2:]
        else:
            message = self._unstuffed(body)
        self.size += len(message)
        if self.size > self._size_limit:
            self._fail(Fault.TOO_BIG)
        if self.fault < Fault.LONG_LINE and self._too_long(message):
            self._fail(Fault.LONG_LINE)
        return b"" if self.fault else message

    def _up_to_the_end(self, octets: bytes) -> bytes:
        end = octets.find(_END)
        if end >= 0:
            self.rest = octets[end + len(_END) :]
            self._kept_back = b""
            return octets[: end + 2]
        keep = next((n for n in (4, 3, 2, 1) if octets.endswith(_END[:n])), 0)
        self._kept_back = octets[len(octets) - keep :]
        return octets[: len(octets) - keep]

    def _unstuffed(self, body: bytes) -> bytes:
        # If no CR lacks its LF, and there are as many of both, no LF lacks its CR. A CR at the very
        # end is followed by another one: the octets kept back begin with it.
        stray = b"\0" in body or body.endswith(b"\r") or _count(body, b"\r") != _count(body, b"\n")
        notable = _NOTABLE.search(body)
        if notable is None:
            if stray:
                self._fail(Fault.STRAY)
            return body
        if stray or _pairs(body) != _count(body, b"\n"):
            self._fail(Fault.STRAY)
        return body.replace(_STUFFED, b"\r\n")

    def _too_long(self, message: bytes) -> bool:
        """Whether a line is over the limit; hops from line end to line end, a limit at a time."""
        limit, start, end = self._line_limit, -self._line, len(message)
        while end - start > limit:
            line_end = message.rfind(b"\n", max(start, 0), max(start + limit + 2, 0))
            if line_end < 0:
                return True
            start = line_end + 1
        line_end = message.rfind(b"\n", max(start, 0))
        self._line = end - (line_end + 1 if line_end >= 0 else start)
        return False

    def _fail(self, fault: Fault) -> None:
        self.fault = max(self.fault, fault)


def _count(octets: bytes, one: bytes) -> int:
    # Deleting is three times as fast as bytes.count for what is as frequent as line ends.
    return len(octets) - len(octets.replace(one, b""))


def _pairs(octets: bytes) -> int:
    return octets.count(b"\r\n")
