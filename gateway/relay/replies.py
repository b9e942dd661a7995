"""Replies of a next hop, read with every cap that a hostile one makes necessary."""

import re
from dataclasses import dataclass

from gateway.reply import Reply, printable

LONGEST_LINE = 512  # octets with CRLF (RFC 5321, 4.5.3.1.5)
MOST_LINES = 100
LONGEST_REPLY = 65_536  # octets

_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])([^\r\n]*))?\r\n")
_ENHANCED = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})(?: +|$)")
_CLOSING = 421  # only the server that closes may say it (RFC 5321, 3.8)


@dataclass(frozen=True, slots=True)
class Heard:
    """One whole reply as it came; ``lines`` are never empty and not yet harmless."""

    code: int
    lines: tuple[str, ...]

    @property
    def kind(self) -> int:
        """The first digit of the code, 2 to 5."""
        return self.code // 100

    @property
    def closing(self) -> bool:
        """The next hop says that it closes the connection."""
        return self.code == _CLOSING

    @property
    def reply(self) -> Reply:
        """The reply as we may pass it on: same class and enhanced code, harmless text.

        >>> str(Heard(421, ("4.3.2 Going down",)).reply)
        '451 4.3.2 Going down'
        """
        subject, detail = self._enhanced
        text = " ".join(self._bare(line) for line in self.lines)
        code = {2: 250, 3: 451}.get(self.kind, 451 if self.closing else self.code)
        return Reply(code, subject, detail, printable(text.strip(), 300))

    @property
    def _enhanced(self) -> tuple[int, int]:
        for line in self.lines:
            found = _ENHANCED.match(line)
            if found and int(found[1]) == self.kind:
                return int(found[2]), int(found[3])
        return 0, 0

    def _bare(self, line: str) -> str:
        found = _ENHANCED.match(line)
        return line[found.end() :] if found and int(found[1]) == self.kind else line

    def __str__(self) -> str:
        return printable(f"{self.code} {' '.join(self.lines)}", 300)


class ReplyReader:
    """Turns what a next hop sends into replies; after a ``problem`` nothing more is read."""

    def __init__(self) -> None:
        self.problem = ""  # the sentence saying why this is no SMTP
        self._buffer = b""
        self._code = b""
        self._lines: list[str] = []
        self._size = 0

    @property
    def pending(self) -> bool:
        """Part of a reply is there."""
        return bool(self._buffer or self._lines)

    def feed(self, data: bytes) -> list[Heard]:
        """Return the replies that ``data`` completes, those before a problem too."""
        self._buffer += data
        whole: list[Heard] = []
        start = 0
        while not self.problem and (found := _LINE.match(self._buffer, start)):
            start = found.end()
            self.problem = self._fault(found)
            if not self.problem and self._take(found):
                whole.append(self._end())
        self._buffer = self._buffer[start:]
        if b"\n" in self._buffer or len(self._buffer) >= LONGEST_LINE:
            self.problem = self.problem or "the next hop sent a line that is no SMTP reply"
        return whole

    def _fault(self, found: re.Match[bytes]) -> str:
        length = found.end() - found.start()
        if length > LONGEST_LINE:
            return f"the next hop sent a reply line of more than {LONGEST_LINE} octets"
        if self._lines and found[1] != self._code:
            return "the next hop changed the code within a reply"
        if len(self._lines) == MOST_LINES or self._size + length > LONGEST_REPLY:
            return "the next hop sent a reply without end"
        return ""

    def _take(self, found: re.Match[bytes]) -> bool:
        """Keep the line; True when it is its reply's last."""
        self._code = found[1]
        self._lines.append((found[3] or b"").decode("latin-1"))
        self._size += found.end() - found.start()
        return found[2] != b"-"

    def _end(self) -> Heard:
        heard = Heard(int(self._code), tuple(self._lines))
        self._lines, self._size = [], 0
        return heard
