"""What a client is answered: a reply ready for the wire, and what follows it."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from gateway.reply import (
    BYE,
    HELP,
    NO_DIRECTORY,
    NOT_IMPLEMENTED,
    OK,
    OTHER_PROTOCOL,
    READY_FOR_TLS,
    RECIPIENT_OK,
    SENDER_OK,
    TLS_NOT_NOW,
    TOO_MANY_ERRORS,
    Reply,
)


class Then(Enum):
    """What follows an answer."""

    GO_ON = auto()
    WAIT = auto()  # the client may send nothing before it has read this
    DATA = auto()  # the same, and then the message
    SECURE = auto()  # the same, and then a TLS handshake
    GREET = auto()  # another client speaks from here on, and is greeted
    CLOSE = auto()


@dataclass(frozen=True, slots=True)
class Response:
    """What to send, complete with CRLF, and what follows."""

    octets: bytes
    then: Then = Then.GO_ON


def wire(reply: Reply) -> bytes:
    """The reply as it is sent."""
    return f"{reply}\r\n".encode("ascii")


def greeting(hostname: str, word: str) -> bytes:
    """The first line of a session; of us it says the name and what we speak, and no more."""
    return f"220 {hostname} {word}\r\n".encode("ascii")


def hello(*lines: str) -> Response:
    """The reply to EHLO, LHLO or HELO: one line each, the host's name first."""
    last = len(lines) - 1
    text = "".join(f"250{' ' if n == last else '-'}{line}\r\n" for n, line in enumerate(lines))
    return Response(text.encode("ascii"))


SENDER_TAKEN: Final = Response(wire(SENDER_OK))
RECIPIENT_TAKEN: Final = Response(wire(RECIPIENT_OK))
DONE: Final = Response(wire(OK))
SEND_IT: Final = Response(wire(NO_DIRECTORY))
READ_THE_RFC: Final = Response(wire(HELP))
GO_AHEAD: Final = Response(b"354 End data with <CR><LF>.<CR><LF>\r\n", Then.DATA)
START_TLS: Final = Response(wire(READY_FOR_TLS), Then.SECURE)
NO_TLS_NOW: Final = Response(wire(TLS_NOT_NOW), Then.WAIT)
GREET_ANEW: Final = Response(b"", Then.GREET)
GOODBYE: Final = Response(wire(BYE), Then.CLOSE)
# What follows BDAT is the message, which must not be read as commands (RFC 3030).
NO_BDAT: Final = Response(wire(NOT_IMPLEMENTED), Then.CLOSE)
ENOUGH: Final = Response(wire(TOO_MANY_ERRORS), Then.CLOSE)
NOT_SMTP: Final = Response(wire(OTHER_PROTOCOL), Then.CLOSE)
