"""One client's commands and our answers to them: the state of RFC 5321 without a socket."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from gateway.reply import (
    BAD_ARGUMENT,
    BAD_SEQUENCE,
    LINE_TOO_LONG,
    NOT_IMPLEMENTED,
    TOO_BIG,
    TOO_MANY_ERRORS,
    TOO_MANY_RECIPIENTS,
    UNKNOWN_COMMAND,
    Reply,
)
from gateway.settings import SmtpSettings
from gateway.smtp import parameters
from gateway.smtp.address import forward_path, reverse_path, without_smtputf8
from gateway.smtp.admission import Admission
from gateway.smtp.limits import Patience
from gateway.smtp.lmtp import Protocol
from rules.message import Envelope

LONGEST_COMMAND = 512  # octets with CRLF (RFC 5321, 4.5.3.1.4)
# SIZE adds 26 (RFC 1870), BODY 17 (RFC 6152), SMTPUTF8 10 (RFC 6531).
LONGEST_MAIL = LONGEST_COMMAND + 26 + 17 + 10

_NAME = re.compile(rb"[A-Za-z0-9_.:%+=~/\[\]-]{1,255}")
_PLAIN = re.compile(rb"[ -~]*")
_OTHER_PROTOCOLS = frozenset(b"GET HEAD POST PUT PATCH DELETE TRACE CONNECT OPTIONS PRI".split())


class Then(Enum):
    """What follows an answer."""

    GO_ON = auto()
    WAIT = auto()  # the client may send nothing before it has read this
    DATA = auto()  # the same, and then the message
    CLOSE = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send, complete with CRLF, and what follows."""

    octets: bytes
    then: Then = Then.GO_ON


def wire(reply: Reply) -> bytes:
    """The reply as it is sent."""
    return f"{reply}\r\n".encode("ascii")


def _said(code: int, subject: int, detail: int, text: str) -> Answer:
    return Answer(wire(Reply(code, subject, detail, text)))


_SENDER_OK: Final = _said(250, 1, 0, "Ok")
_RECIPIENT_OK: Final = _said(250, 1, 5, "Ok")
_OK: Final = _said(250, 0, 0, "Ok")
_VRFY: Final = _said(252, 0, 0, "Send some mail, it will be judged when it comes")
_HELP: Final = _said(214, 0, 0, "RFC 5321 has the commands, postmaster the answers")
_GO_AHEAD: Final = Answer(b"354 End data with <CR><LF>.<CR><LF>\r\n", Then.DATA)
_BYE: Final = Answer(wire(Reply(221, 0, 0, "Bye")), Then.CLOSE)
# What follows BDAT is the message, which must not be read as commands (RFC 3030).
_NO_BDAT: Final = Answer(wire(NOT_IMPLEMENTED), Then.CLOSE)
_ENOUGH: Final = Answer(wire(TOO_MANY_ERRORS), Then.CLOSE)
NOT_SMTP: Final = Answer(wire(Reply(421, 7, 0, "Error: this is a mail server")), Then.CLOSE)


@dataclass(frozen=True, slots=True)
class Terms:
    """What one front offers to all its clients."""

    settings: SmtpSettings
    hostname: str
    protocol: Protocol
    admission: Admission


class Dialogue:
    """Answers commands, one line at a time. ``envelope`` holds what was agreed so far."""

    def __init__(self, terms: Terms, client: str) -> None:
        self._terms = terms
        self._client = client
        self._helo = ""
        self._offered: frozenset[str] = frozenset()
        self._patience = Patience()
        self._verbs = _VERBS[terms.protocol]
        self.reset()

    def reset(self) -> None:
        """Forget the transaction, as after RSET, after any reply to DATA, and after trouble."""
        self._reverse_path: bytes | None = None
        self._parameters = parameters.NONE
        self._recipients: list[bytes] = []

    def answer(self, line: bytes) -> Answer:
        """The answer to a command line that contains no CR, LF or NUL."""
        verb, _, argument = line.partition(b" ")
        verb = verb.upper()
        if len(line) + 2 > (LONGEST_MAIL if verb == b"MAIL" else LONGEST_COMMAND):
            self._patience.long_lines += 1
            return self._error(LINE_TOO_LONG)
        method = self._verbs.get(verb)
        if method is not None:
            return method(self, argument.rstrip(b" "))
        if verb in _OTHER_PROTOCOLS or verb.startswith(b"SSH-"):
            return NOT_SMTP
        self._patience.unknown += 1
        return self._error(UNKNOWN_COMMAND)

    def agreed(self) -> Envelope:
        """The envelope of the transaction; from here on the transaction is empty, whatever DATA brings."""
        envelope = Envelope(
            reverse_path=self._reverse_path or b"",
            recipients=tuple(self._recipients),
            parameters=self._parameters.verbatim,
            client=self._client,
            helo=self._helo,
        )
        self.reset()
        self._patience = Patience()
        return envelope

    def _error(self, reply: Reply) -> Answer:
        self._patience.errors += 1
        return _ENOUGH if self._patience.worn_out else Answer(wire(reply))

    def _idle(self, answer: Answer) -> Answer:
        self._patience.idle += 1
        return _ENOUGH if self._patience.worn_out else answer

    def _hello(self, argument: bytes) -> Answer:
        if _NAME.fullmatch(argument) is None:
            return self._error(BAD_ARGUMENT)
        self.reset()
        self._helo = argument.decode("ascii")
        self._offered = self._terms.admission.extensions()
        return self._idle(Answer(f"250 {self._terms.hostname}\r\n".encode("ascii")))

    def _extended_hello(self, argument: bytes) -> Answer:
        answer = self._hello(argument)
        if not answer.octets.startswith(b"250"):
            return answer
        lines = (
            self._terms.hostname,
            "PIPELINING",
            f"SIZE {self._terms.settings.max_size}",
            "ENHANCEDSTATUSCODES",
            *sorted(self._offered),
        )
        return Answer(
            "".join(f"250{'- '[n == len(lines)]}{line}\r\n" for n, line in enumerate(lines, 1)).encode()
        )

    def _mail(self, argument: bytes) -> Answer:
        if not self._helo or self._reverse_path is not None:
            return self._error(BAD_SEQUENCE)
        if argument[:5].upper() != b"FROM:":
            return self._error(BAD_ARGUMENT)
        path = reverse_path(argument[5:].lstrip(b" "))
        if isinstance(path, Reply):
            return self._error(path)
        declared = parameters.of_mail(path.rest, self._offered)
        if isinstance(declared, Reply):
            return self._error(declared)
        refusal = without_smtputf8(path.address, declared.smtputf8)
        if refusal is None and declared.size > self._terms.settings.max_size:
            refusal = TOO_BIG
        if refusal is not None:
            return self._error(refusal)
        refusal = self._terms.admission.sender()
        if refusal is not None:
            return Answer(wire(refusal))
        self._reverse_path, self._parameters = path.address, declared
        return _SENDER_OK

    def _rcpt(self, argument: bytes) -> Answer:
        if self._reverse_path is None:
            return self._error(BAD_SEQUENCE)
        if argument[:3].upper() != b"TO:":
            return self._error(BAD_ARGUMENT)
        path = forward_path(argument[3:].lstrip(b" "))
        if isinstance(path, Reply):
            return self._error(path)
        refusal = parameters.of_recipient(path.rest) or without_smtputf8(
            path.address, self._parameters.smtputf8
        )
        if refusal is not None:
            return self._error(refusal)
        if len(self._recipients) >= self._terms.settings.recipients:
            self._patience.overshoot += 1
            return _ENOUGH if self._patience.worn_out else Answer(wire(TOO_MANY_RECIPIENTS))
        refusal = self._terms.admission.recipient(path.address)
        if refusal is not None:
            return Answer(wire(refusal))
        self._recipients.append(path.address)
        return _RECIPIENT_OK

    def _data(self, argument: bytes) -> Answer:
        if self._recipients and not argument:
            return _GO_AHEAD
        refused = self._error(BAD_ARGUMENT if argument else BAD_SEQUENCE)
        return refused if refused.then is Then.CLOSE else Answer(refused.octets, Then.WAIT)

    def _rset(self, argument: bytes) -> Answer:
        if argument:
            return self._error(BAD_ARGUMENT)
        self.reset()
        return self._idle(_OK)

    def _noop(self, argument: bytes) -> Answer:
        return self._idle(_OK) if _PLAIN.fullmatch(argument) else self._error(BAD_ARGUMENT)

    def _vrfy(self, argument: bytes) -> Answer:
        return self._idle(_VRFY) if _PLAIN.fullmatch(argument) else self._error(BAD_ARGUMENT)

    def _help(self, argument: bytes) -> Answer:
        return self._idle(_HELP) if _PLAIN.fullmatch(argument) else self._error(BAD_ARGUMENT)

    def _expn(self, _argument: bytes) -> Answer:
        return self._error(NOT_IMPLEMENTED)

    def _bdat(self, _argument: bytes) -> Answer:
        return _NO_BDAT

    def _quit(self, _argument: bytes) -> Answer:
        return _BYE


_SHARED = {
    b"MAIL": Dialogue._mail,
    b"RCPT": Dialogue._rcpt,
    b"DATA": Dialogue._data,
    b"RSET": Dialogue._rset,
    b"NOOP": Dialogue._noop,
    b"VRFY": Dialogue._vrfy,
    b"EXPN": Dialogue._expn,
    b"HELP": Dialogue._help,
    b"BDAT": Dialogue._bdat,
    b"QUIT": Dialogue._quit,
}
# One table per protocol, made once: aiosmtpd looks the methods up anew for each connection.
_VERBS: Final[dict[Protocol, dict[bytes, Callable[[Dialogue, bytes], Answer]]]] = {
    Protocol.SMTP: {**_SHARED, b"HELO": Dialogue._hello, b"EHLO": Dialogue._extended_hello},
    Protocol.LMTP: {**_SHARED, b"LHLO": Dialogue._extended_hello},
}
