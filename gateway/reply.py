"""SMTP replies as values: code and enhanced code can never disagree, and the text is always harmless."""

from collections.abc import Iterable
from dataclasses import dataclass

_LONGEST_TEXT = 400  # RFC 5321, 4.5.3.1.5 allows 512 octets with code and CRLF


def printable(text: str, longest: int = 200) -> str:
    """The text as printable ASCII on one line, cut to ``longest`` characters.

    >>> printable("a\\r\\nb\\x1b")
    'a??b?'
    """
    return "".join(c if " " <= c <= "~" else "?" for c in text[:longest])


@dataclass(frozen=True, slots=True)
class Reply:
    """What an SMTP server says to a command.

    ``code`` is 200 to 599. ``subject`` and ``detail`` are the last two numbers
    of the enhanced code (RFC 3463); its class is derived from ``code``.
    """

    code: int
    subject: int
    detail: int
    text: str

    @classmethod
    def from_line(cls, line: str) -> "Reply":
        """The reply that ``str`` wrote. Raises ValueError for any other line."""
        code, enhanced, text = line.split(" ", 2)
        _, subject, detail = enhanced.split(".")
        return cls(int(code), int(subject), int(detail), text)

    @property
    def enhanced(self) -> str:
        """The enhanced status code (RFC 3463), as in ``5.7.1``."""
        return f"{self.code // 100}.{self.subject}.{self.detail}"

    @property
    def accepted(self) -> bool:
        """2yz: the message, recipient or command was taken."""
        return 200 <= self.code < 300

    @property
    def transient(self) -> bool:
        """4yz: worth trying again (RFC 5321, 4.2.1)."""
        return 400 <= self.code < 500

    @property
    def permanent(self) -> bool:
        """5yz: will not be taken as it is."""
        return self.code >= 500

    def __str__(self) -> str:
        return f"{self.code} {self.enhanced} {printable(self.text, _LONGEST_TEXT)}"


def kept(transaction: str, holds: Iterable[str]) -> Reply:
    """The reply to a message that is in our store: the ids of its holds, where it has any.

    >>> str(kept("a1", ())), str(kept("a1", ("b2", "b3")))
    ('250 2.0.0 Ok: queued as a1', '250 2.0.0 Ok: held for moderation as b2, b3')
    """
    names = ", ".join(holds)
    text = f"Ok: held for moderation as {names}" if names else f"Ok: queued as {transaction}"
    return Reply(250, 0, 0, text)


# The reply sheet: every reply that a situation and not a post decides.
OK = Reply(250, 0, 0, "Ok")
SENDER_OK = Reply(250, 1, 0, "Ok")
RECIPIENT_OK = Reply(250, 1, 5, "Ok")
NO_DIRECTORY = Reply(252, 0, 0, "Send some mail, it will be judged when it comes")
HELP = Reply(214, 0, 0, "RFC 5321 has the commands, postmaster the answers")
READY_FOR_TLS = Reply(220, 0, 0, "Ready to start TLS")
BYE = Reply(221, 0, 0, "Bye")
INTERNAL = Reply(451, 3, 0, "Internal error, try again")
PROCESSING = Reply(451, 3, 0, "Still processing this message, try again")
STORE_CHECKED = Reply(451, 3, 0, "The store is being checked, try again")
NO_SPACE = Reply(452, 3, 1, "Insufficient system storage")
UNREACHABLE = Reply(451, 4, 1, "The list server cannot be reached, try again")
NEXT_HOP_LOST = Reply(451, 4, 2, "The connection to the list server was lost, try again")
UNSCANNED = Reply(451, 7, 1, "A scanner does not answer at present, try again")
NO_TIME_LEFT = Reply(451, 3, 0, "No time is left for the list server, try again")
SHUTTING_DOWN = Reply(421, 3, 2, "Service shutting down, try again")
TOO_MANY_CONNECTIONS = Reply(421, 7, 0, "Too many connections")
TLS_NOT_NOW = Reply(454, 7, 0, "TLS is not available at present")
TIMED_OUT = Reply(421, 4, 2, "Error: timeout exceeded")
TOO_MANY_ERRORS = Reply(421, 7, 0, "Too many errors")
TOO_MANY_RECIPIENTS = Reply(452, 5, 3, "Too many recipients")
TOO_BIG = Reply(552, 3, 4, "Message too big")
LINE_TOO_LONG = Reply(500, 5, 2, "Line too long")
BARE_LINE_END = Reply(550, 5, 2, "Bare CR, LF or NUL not allowed")
BAD_SENDER = Reply(501, 1, 7, "Bad sender address syntax")
BAD_RECIPIENT = Reply(501, 1, 3, "Bad recipient address syntax")
NEEDS_SMTPUTF8 = Reply(553, 6, 7, "Must declare SMTPUTF8 to use this address")
NO_SMTPUTF8_HERE = Reply(451, 6, 7, "The list server does not take SMTPUTF8 at present")
NO_8BITMIME_HERE = Reply(451, 6, 3, "The list server does not take 8BITMIME at present")
NO_DSN_HERE = Reply(451, 3, 3, "The list server does not take DSN at present")
NO_REQUIRETLS = Reply(550, 7, 30, "REQUIRETLS is not supported")
UNKNOWN_PARAMETER = Reply(555, 5, 4, "Unsupported parameter")
BAD_PARAMETER = Reply(501, 5, 4, "Bad parameter")
BAD_ARGUMENT = Reply(501, 5, 4, "Syntax error in argument")
UNKNOWN_COMMAND = Reply(500, 5, 2, "Command not recognized")
NOT_IMPLEMENTED = Reply(502, 5, 1, "Command not implemented")
BAD_SEQUENCE = Reply(503, 5, 1, "Bad sequence of commands")
NOT_SYNCHRONISED = Reply(554, 5, 0, "Error: SMTP protocol synchronization")
NOT_AUTHORISED = Reply(550, 7, 0, "Error: insufficient authorization")
OTHER_PROTOCOL = Reply(421, 7, 0, "Error: this is a mail server")
LOOP = Reply(554, 4, 6, "Routing loop detected")
NO_SUCH_ADDRESS = Reply(550, 1, 1, "No such list or list address")
RELAYING_DENIED = Reply(550, 7, 1, "Relaying denied")
