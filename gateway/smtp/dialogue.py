"""One client's commands and our answers to them: the state of RFC 5321 without a socket."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gateway.networks import within
from gateway.reply import (
    BAD_ARGUMENT,
    BAD_SEQUENCE,
    LINE_TOO_LONG,
    NOT_AUTHORISED,
    NOT_IMPLEMENTED,
    TOO_BIG,
    TOO_MANY_RECIPIENTS,
    UNKNOWN_COMMAND,
    Reply,
)
from gateway.settings import SmtpSettings
from gateway.smtp import claims, parameters, responses
from gateway.smtp.address import forward_path, reverse_path, without_smtputf8
from gateway.smtp.admission import Admission
from gateway.smtp.claims import Claim
from gateway.smtp.handshakes import Handshakes
from gateway.smtp.limits import Patience
from gateway.smtp.lmtp import Protocol
from gateway.smtp.responses import Response, Then, wire
from rules.message import Envelope

LONGEST_COMMAND = 512  # octets with CRLF (RFC 5321, 4.5.3.1.4)
LONGEST_BY_VERB = {
    # SIZE adds 26 (RFC 1870), BODY 17 (RFC 6152), SMTPUTF8 10 (RFC 6531), RET and ENVID 116 (RFC 3461).
    b"MAIL": LONGEST_COMMAND + 26 + 17 + 10 + 116,
    # NOTIFY adds 28 and ORCPT 500 (RFC 3461).
    b"RCPT": LONGEST_COMMAND + 28 + 500,
}

_NAME = re.compile(rb"[A-Za-z0-9_.:%+=~/\[\]-]{1,255}")
_PLAIN = re.compile(rb"[ -~]*")
_OTHER_PROTOCOLS = frozenset(b"GET HEAD POST PUT PATCH DELETE TRACE CONNECT OPTIONS PRI PROXY".split())


@dataclass(frozen=True, slots=True)
class Terms:
    """What one front offers to all its clients."""

    settings: SmtpSettings
    hostname: str
    protocol: Protocol
    admission: Admission
    handshakes: Handshakes | None = None

    @property
    def greeting(self) -> bytes:
        """The first line of a session."""
        return responses.greeting(self.hostname, self.protocol.word)


class Dialogue:
    """Answers commands, one line at a time. ``client`` is the address of who speaks, "" when unknown."""

    def __init__(self, terms: Terms, client: str, *, secure: bool = False) -> None:
        self._terms = terms
        self.client = client
        self._speaker = client  # XCLIENT changes the client, and not who may say XCLIENT
        self._said_helo = ""  # by XCLIENT, which goes before what the client itself says
        self._patience = Patience()
        self._verbs = _VERBS[terms.protocol]
        self._secure = secure
        self._begin()

    def _begin(self) -> None:
        self._helo = ""
        self._extended = False
        self._offered: frozenset[str] = frozenset()
        self.size_limit = self._terms.settings.max_size
        self.reset()

    def secured(self) -> None:
        """Forget all that was said in plain text (RFC 3207, 4.2)."""
        self._secure = True
        self._begin()

    def reset(self) -> None:
        """Forget the transaction, as after RSET, after any reply to DATA, and after trouble."""
        self._reverse_path: bytes | None = None
        self._parameters = parameters.NONE
        self._recipients: list[bytes] = []
        self._recipient_parameters: dict[bytes, tuple[bytes, ...]] = {}
        self._forwarded = Claim()

    def answer(self, line: bytes) -> Response:
        """The answer to a command line that contains no CR, LF or NUL."""
        verb, _, argument = line.partition(b" ")
        verb = verb.upper()
        if len(line) + 2 > LONGEST_BY_VERB.get(verb, LONGEST_COMMAND):
            self._patience.long_lines += 1
            return self._error(LINE_TOO_LONG)
        method = self._verbs.get(verb)
        if method is not None:
            return method(self, argument.rstrip(b" "))
        if verb in _OTHER_PROTOCOLS or verb.startswith(b"SSH-"):
            return responses.NOT_SMTP
        self._patience.unknown += 1
        return self._error(UNKNOWN_COMMAND)

    def agreed(self) -> Envelope:
        """The envelope of the transaction; from here on the transaction is empty, whatever DATA brings."""
        forwarded = self._forwarded
        client = forwarded.address(self.client)
        envelope = Envelope(
            reverse_path=self._reverse_path or b"",
            recipients=tuple(self._recipients),
            parameters=self._parameters.verbatim,
            client=client,
            helo=self._said_helo or self._helo if forwarded.helo is None else forwarded.helo,
            recipient_parameters=tuple(self._recipient_parameters.items()),
            peer="" if forwarded == Claim() else self.client,
            protocol=self._terms.protocol.received(self._extended, self._secure),
        )
        self.reset()
        self._patience = Patience()
        return envelope

    def _error(self, reply: Reply) -> Response:
        self._patience.errors += 1
        return responses.ENOUGH if self._patience.worn_out else Response(wire(reply))

    def _idle(self, response: Response) -> Response:
        self._patience.idle += 1
        return responses.ENOUGH if self._patience.worn_out else response

    def _hello(self, argument: bytes) -> Response:
        return self._greeted(argument) or self._idle(responses.hello(self._terms.hostname))

    def _extended_hello(self, argument: bytes) -> Response:
        if refused := self._greeted(argument):
            return refused
        self._extended = True
        return self._idle(responses.hello(self._terms.hostname, *self._extensions()))

    def _greeted(self, argument: bytes) -> Response | None:
        """What refuses the client's name; None once it is noted."""
        if _NAME.fullmatch(argument) is None:
            return self._error(BAD_ARGUMENT)
        self._begin()
        self._helo = argument.decode("ascii")
        self._offered = self._terms.admission.extensions()
        most = self._terms.admission.most_octets()
        self.size_limit = min(self.size_limit, most or self.size_limit)
        return None

    def _extensions(self) -> list[str]:
        settings = self._terms.settings
        lines = ["PIPELINING", f"SIZE {self.size_limit}", "ENHANCEDSTATUSCODES", *sorted(self._offered)]
        if self._terms.handshakes is not None and not self._secure:
            lines.append("STARTTLS")
        if within(self._speaker, settings.xclient_networks):
            lines.append(f"XCLIENT {' '.join(claims.XCLIENT)}")
        if within(self._speaker, settings.xforward_networks):
            lines.append(f"XFORWARD {' '.join(claims.XFORWARD)}")
        return lines

    def _mail(self, argument: bytes) -> Response:
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
        if refusal is None and declared.size > self.size_limit:
            refusal = TOO_BIG
        if refusal is not None:
            return self._error(refusal)
        refusal = self._terms.admission.sender()
        if refusal is not None:
            return Response(wire(refusal))
        self._reverse_path, self._parameters = path.address, declared
        return responses.SENDER_TAKEN

    def _rcpt(self, argument: bytes) -> Response:
        if self._reverse_path is None:
            return self._error(BAD_SEQUENCE)
        if argument[:3].upper() != b"TO:":
            return self._error(BAD_ARGUMENT)
        path = forward_path(argument[3:].lstrip(b" "))
        if isinstance(path, Reply):
            return self._error(path)
        asked = parameters.of_recipient(path.rest, self._offered)
        if isinstance(asked, Reply):
            return self._error(asked)
        refusal = without_smtputf8(path.address, self._parameters.smtputf8)
        if refusal is not None:
            return self._error(refusal)
        if len(self._recipients) >= self._terms.settings.recipients:
            self._patience.overshoot += 1
            return responses.ENOUGH if self._patience.worn_out else Response(wire(TOO_MANY_RECIPIENTS))
        refusal = self._terms.admission.recipient(path.address, self._parameters.size)
        if refusal is not None:
            return Response(wire(refusal))
        self._recipients.append(path.address)
        if asked:
            self._recipient_parameters[path.address] = asked
        return responses.RECIPIENT_TAKEN

    def _data(self, argument: bytes) -> Response:
        if self._recipients and not argument:
            return responses.GO_AHEAD
        refused = self._error(BAD_ARGUMENT if argument else BAD_SEQUENCE)
        return refused if refused.then is Then.CLOSE else Response(refused.octets, Then.WAIT)

    def _rset(self, argument: bytes) -> Response:
        if argument:
            return self._error(BAD_ARGUMENT)
        self.reset()
        return self._idle(responses.DONE)

    def _noop(self, argument: bytes) -> Response:
        return self._idle(responses.DONE) if _PLAIN.fullmatch(argument) else self._error(BAD_ARGUMENT)

    def _vrfy(self, argument: bytes) -> Response:
        return self._idle(responses.SEND_IT) if _PLAIN.fullmatch(argument) else self._error(BAD_ARGUMENT)

    def _help(self, argument: bytes) -> Response:
        return self._idle(responses.READ_THE_RFC) if _PLAIN.fullmatch(argument) else self._error(BAD_ARGUMENT)

    def _starttls(self, argument: bytes) -> Response:
        if self._terms.handshakes is None:
            return self._error(NOT_IMPLEMENTED)
        if argument:
            return self._error(BAD_ARGUMENT)
        if not self._helo or self._secure:
            return self._error(BAD_SEQUENCE)
        return responses.NO_TLS_NOW if self._terms.handshakes.busy else responses.START_TLS

    def _xclient(self, argument: bytes) -> Response:
        claim = self._claimed(argument, self._terms.settings.xclient_networks, Claim(), claims.XCLIENT)
        if isinstance(claim, Reply):
            return self._error(claim)
        self.client = claim.address(self.client)
        self._said_helo = claim.helo or ""
        self._begin()
        return responses.GREET_ANEW

    def _xforward(self, argument: bytes) -> Response:
        networks = self._terms.settings.xforward_networks
        claim = self._claimed(argument, networks, self._forwarded, claims.XFORWARD)
        if isinstance(claim, Reply):
            return self._error(claim)
        self._forwarded = claim
        return self._idle(responses.DONE)

    def _claimed(
        self, argument: bytes, networks: tuple[str, ...], before: Claim, known: tuple[str, ...]
    ) -> Claim | Reply:
        if not within(self._speaker, networks):
            return NOT_AUTHORISED
        return BAD_SEQUENCE if self._reverse_path is not None else claims.claimed(argument, before, known)

    def _not_implemented(self, _argument: bytes) -> Response:
        return self._error(NOT_IMPLEMENTED)

    def _bdat(self, _argument: bytes) -> Response:
        return responses.NO_BDAT

    def _quit(self, _argument: bytes) -> Response:
        return responses.GOODBYE


_SHARED = {
    b"MAIL": Dialogue._mail,
    b"RCPT": Dialogue._rcpt,
    b"DATA": Dialogue._data,
    b"RSET": Dialogue._rset,
    b"NOOP": Dialogue._noop,
    b"VRFY": Dialogue._vrfy,
    b"STARTTLS": Dialogue._starttls,
    b"XCLIENT": Dialogue._xclient,
    b"XFORWARD": Dialogue._xforward,
    b"AUTH": Dialogue._not_implemented,
    b"EXPN": Dialogue._not_implemented,
    b"HELP": Dialogue._help,
    b"BDAT": Dialogue._bdat,
    b"QUIT": Dialogue._quit,
}
# One table per protocol, made once: aiosmtpd looks the methods up anew for each connection.
_VERBS: Final[dict[Protocol, dict[bytes, Callable[[Dialogue, bytes], Response]]]] = {
    Protocol.SMTP: {**_SHARED, b"HELO": Dialogue._hello, b"EHLO": Dialogue._extended_hello},
    Protocol.LMTP: {**_SHARED, b"LHLO": Dialogue._extended_hello},
}
