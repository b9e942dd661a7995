"""RFC 5321 as a small model: what a server must answer to each command, and what it must have taken.

It knows commands by their kind, never by their octets: what makes a command
good or bad is written beside it in `COMMANDS`, by hand.
"""

from dataclasses import dataclass, field
from enum import StrEnum

LIST, OWNER = b"physics@lists.example", b"physics-owner@lists.example"
MAX_SIZE, LINE_LIMIT = 262_144, 8192
# As the limits of Postfix: commands in error, commands that are not SMTP's, long ones, idle ones.
MOST_ERRORS, MOST_UNKNOWN, MOST_LONG, MOST_IDLE = 20, 5, 3, 100


class Kind(StrEnum):
    """What a command is to the model."""

    HELLO = "hello"
    MAIL = "mail"
    RCPT = "rcpt"
    RSET = "rset"
    IDLE = "idle"
    STRANGER = "stranger"  # a recipient who is none of ours
    WRONG = "wrong"  # a command whose argument is wrong, whatever the state
    DATA = "data"  # with an argument, which it may not have
    UNKNOWN = "unknown"
    LONG = "long"
    LAST = "last"  # what ends a connection: QUIT, BDAT, another protocol, a line end that is none


@dataclass(frozen=True, slots=True)
class Command:
    """A line as it goes out, its CRLF included; ``{}`` in a sender is the transaction's number."""

    kind: Kind
    line: bytes
    code: str  # the first digits of the reply, when the state allows the command


def _all(kind: Kind, code: str, *lines: bytes) -> tuple[Command, ...]:
    return tuple(Command(kind, line + b"\r\n", code) for line in lines)


COMMANDS = (
    *_all(Kind.HELLO, "250", b"EHLO client.example", b"HELO client.example", b"ehlo [192.0.2.1]"),
    *_all(Kind.MAIL, "250", b"MAIL FROM:<u{}@member.example>", b"mail from:<u{}@member.example> SIZE=9"),
    *_all(
        Kind.MAIL,
        "250",
        b"MAIL FROM: <u{}@member.example> BODY=8BITMIME SMTPUTF8",
        b"MAIL FROM:<u{}@[192.0.2.1]>",
    ),
    *_all(Kind.RCPT, "250", b"RCPT TO:<" + LIST + b">", b"rcpt to: <" + OWNER + b">  "),
    *_all(Kind.STRANGER, "550", b"RCPT TO:<nobody@lists.example>", b"RCPT TO:<who@else.example>"),
    *_all(Kind.RSET, "250", b"RSET", b"rset  "),
    *_all(Kind.IDLE, "2", b"NOOP", b"NOOP I am here", b"VRFY physics", b"HELP"),
    *_all(
        Kind.WRONG,
        "5",
        b"EHLO",
        b"HELO a b",
        b"MAIL FROM:",
        b"MAIL FROM:<a b@c.example>",
        b"MAIL FROM:u@x.example",
    ),
    *_all(
        Kind.WRONG,
        "5",
        b"MAIL FROM:<u@x.example> SIZE=x",
        b"MAIL FROM:<u@x.example> AUTH=<>",
        b"MAIL <u@x.example>",
    ),
    *_all(
        Kind.WRONG,
        "5",
        b"MAIL FROM:<u@x.example> SIZE=999999999",
        b"MAIL FROM:<u@x..example>",
        b"MAIL FROM:<@a:u@x.example>",
    ),
    *_all(
        Kind.WRONG,
        "5",
        b"RCPT TO:<>",
        b"RCPT TO:physics@lists.example",
        b"RCPT TO:<" + LIST + b"> X=Y",
        b"RCPT <a@b.example>",
    ),
    *_all(Kind.WRONG, "5", b"RSET now", b"EXPN physics", b"MAIL FROM:<\xff@x.example> SMTPUTF8"),
    *_all(Kind.DATA, "501", b"DATA at once"),
    *_all(Kind.UNKNOWN, "500", b"FROBNICATE", b"", b"TURN", b"\t", b"MAILFROM:<u@x.example>"),
    *_all(Kind.LONG, "500", b"NOOP " + b"x" * 600, b"MAIL FROM:<" + b"x" * 900 + b"@x.example>"),
    *_all(Kind.LAST, "221", b"QUIT", b"quit  "),
    *_all(Kind.LAST, "502", b"BDAT 5 LAST"),
    *_all(Kind.LAST, "421", b"GET / HTTP/1.1", b"SSH-2.0-x", b"\x16\x03\x01"),
    *_all(Kind.LAST, "550", b"NOOP\nNOOP", b"RSET\r", b"NO\0OP"),
)


@dataclass
class Session:
    """One connection as the model sees it; ``open`` until the server must have closed it."""

    open: bool = True
    greeted: bool = False
    sender: bytes | None = None
    recipients: list[bytes] = field(default_factory=list)
    errors: int = 0
    unknown: int = 0
    long: int = 0
    idle: int = 0

    def say(self, command: Command) -> str:
        """The first digits of the reply that must come."""
        match command.kind:
            case Kind.HELLO:
                self.greeted = True
                self.forget()
                return self._idle(command.code)
            case Kind.MAIL:
                if not self.greeted or self.sender is not None:
                    return self._error("503")
                self.sender = _address(command.line)
            case Kind.RCPT | Kind.STRANGER:
                if self.sender is None:
                    return self._error("503")
                if command.kind is Kind.RCPT:
                    self.recipients.append(_address(command.line))
            case Kind.RSET:
                self.forget()
                return self._idle(command.code)
            case Kind.IDLE:
                return self._idle(command.code)
            case Kind.LAST:
                self.open = False
            case kind:
                self.unknown += kind is Kind.UNKNOWN
                self.long += kind is Kind.LONG
                return self._error(command.code)
        return command.code

    def data(self) -> str:
        """The first digits of the reply to DATA."""
        return "354" if self.recipients else self._error("5")

    def taken(self) -> tuple[bytes, tuple[bytes, ...]]:
        """The envelope of what follows the 354; the transaction is over, whatever becomes of it."""
        envelope = self.sender or b"", tuple(self.recipients)
        self.forget()
        self.errors = self.unknown = self.long = self.idle = 0
        return envelope

    def forget(self) -> None:
        """End the transaction."""
        self.sender = None
        self.recipients = []

    def _idle(self, code: str) -> str:
        self.idle += 1
        return self._worn_out() or code

    def _error(self, code: str) -> str:
        self.errors += 1
        return self._worn_out() or code

    def _worn_out(self) -> str:
        counts = (
            (self.errors, MOST_ERRORS),
            (self.unknown, MOST_UNKNOWN),
            (self.long, MOST_LONG),
            (self.idle, MOST_IDLE),
        )
        if any(count >= most for count, most in counts):
            self.open = False
            return "421"
        return ""


def _address(line: bytes) -> bytes:
    return line.partition(b"<")[2].partition(b">")[0]


def of_message(content: bytes) -> str:
    """The first digits of the reply to a message's final dot."""
    rest = content.replace(b"\r\n", b"")
    if any(sign in rest for sign in (b"\r", b"\n", b"\0")):
        return "550"
    if len(content) > MAX_SIZE:
        return "552"
    return "500" if any(len(line) > LINE_LIMIT for line in content.split(b"\r\n")) else "250"


def stuffed(content: bytes) -> bytes:
    """As it is sent after DATA, with the end of data."""
    return (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"
