"""mailboxes(value) -> the mailboxes of an address field, by a linear reading of its octets.

Own code, because policy must see all mailboxes of all From fields: library
readers hide the second field, decode words inside addresses, or take quadratic
time.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from rules.parsing.charsets import decoded
from rules.parsing.fields import unfold
from rules.parsing.words import readable

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|\\.|[()<>,:;]|[^"\\()<>,:;]+|.', re.DOTALL)
_OFTEN_SEEN = 200
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: its ``display`` name, and the ``address`` as it was written ("" where there is none)."""

    display: str
    address: str

    @property
    def domain(self) -> str:
        """What follows the last @, in lower case."""
        return self.address.rpartition("@")[2].lower() if "@" in self.address else ""


@dataclass(slots=True)
class _Mailbox:
    """A mailbox that is being read."""

    words: list[str]
    angle: list[str]
    comments: list[str]
    in_angle: bool = False
    had_angle: bool = False
    depth: int = 0

    def finished(self) -> Address | None:
        words, comment = "".join(self.words).strip(), " ".join("".join(self.comments).split())
        if self.had_angle:
            return Address(readable(words) or readable(comment), _address("".join(self.angle)))
        if "@" in words:
            return Address(readable(comment), _address(words))
        return Address(readable(words), "") if words else None


def _address(text: str) -> str:
    return readable("".join(text.split()), words=False)


def mailboxes(value: bytes) -> tuple[Address, ...]:
    """Return the mailboxes of an address field's value, members of groups among them, in their order.

    >>> mailboxes(b' "Marsh, E" <e@a.example>, office@b.example')
    (Address(display='Marsh, E', address='e@a.example'), Address(display='', address='office@b.example'))
    """
    return _cached(value) if len(value) <= _OFTEN_SEEN else _mailboxes(value)


@lru_cache(maxsize=512)
def _cached(value: bytes) -> tuple[Address, ...]:
    # Each message is asked for its authors three times, and lists have the same ones.
    return _mailboxes(value)


def _mailboxes(value: bytes) -> tuple[Address, ...]:
    found: list[Address] = []
    mailbox = _Mailbox([], [], [])
    for match in _TOKEN.finditer(decoded(unfold(value))):
        piece = match[0]
        if mailbox.depth or piece == "(":
            _comment(mailbox, piece)
        elif mailbox.in_angle:
            _angle(mailbox, piece)
        elif piece in (",", ";"):
            found.extend(filter(None, (mailbox.finished(),)))
            mailbox = _Mailbox([], [], [])
        elif piece == ":" and not mailbox.had_angle and "@" not in "".join(mailbox.words):
            mailbox = _Mailbox([], [], [])
        else:
            found.extend(_outside(mailbox, piece))
    found.extend(filter(None, (mailbox.finished(),)))
    return tuple(found)


def _comment(mailbox: _Mailbox, piece: str) -> None:
    mailbox.depth += {"(": 1, ")": -1}.get(piece, 0)
    if piece not in "()":
        mailbox.comments.append(_ESCAPED.sub(r"\1", piece))


def _angle(mailbox: _Mailbox, piece: str) -> None:
    if piece == ">":
        mailbox.in_angle = False
    else:
        mailbox.angle.append(piece)


def _outside(mailbox: _Mailbox, piece: str) -> tuple[Address, ...]:
    if piece == "<":
        # A second address in angle brackets is a second mailbox, whether or not a comma stands between them.
        earlier = (mailbox.finished(),) if mailbox.had_angle else ()
        if mailbox.had_angle:
            mailbox.words, mailbox.angle = [], []
        mailbox.in_angle = mailbox.had_angle = True
        return tuple(address for address in earlier if address)
    quoted = piece.startswith('"') and len(piece) > 1
    mailbox.words.append(_ESCAPED.sub(r"\1", piece[1:].removesuffix('"')) if quoted else piece)
    return ()
