"""What a trusted server says of its own client: the attributes of Postfix's XCLIENT and XFORWARD."""

import re
from dataclasses import dataclass, replace

from gateway.networks import plain
from gateway.reply import BAD_PARAMETER, Reply

XCLIENT = ("NAME", "ADDR", "PORT", "PROTO", "HELO")
XFORWARD = (*XCLIENT, "IDENT", "SOURCE")
"""The attributes that we take; of most we only see to it that they are well-formed."""

_ATTRIBUTE = re.compile(rb"([A-Za-z]{1,20})=([!-~]{1,255})")
_CODED = re.compile(rb"\+([0-9A-Fa-f]{2})")
_VALUE = re.compile(rb"[!-~]{1,255}")
_UNKNOWN = ("[UNAVAILABLE]", "[TEMPUNAVAIL]")


@dataclass(frozen=True, slots=True)
class Claim:
    """Who the client is said to be; None is not said, "" is said to be unknown.

    ``local``: the message was made on the server that speaks, which so is its own client.
    """

    client: str | None = None
    helo: str | None = None
    local: bool = False

    def address(self, speaker: str) -> str:
        """The client's address, when ``speaker`` is the address of whoever says so."""
        return speaker if self.local or self.client is None else self.client


def claimed(argument: bytes, before: Claim, known: tuple[str, ...]) -> Claim | Reply:
    """The claim with what these attributes add, or the reply that refuses them.

    >>> claimed(b"ADDR=192.0.2.1 HELO=spike+2Eexample", Claim(), XCLIENT)
    Claim(client='192.0.2.1', helo='spike.example', local=False)
    """
    attributes = argument.split()
    if not attributes:
        return BAD_PARAMETER
    for attribute in attributes:
        after = _with(attribute, before, known)
        if after is None:
            return BAD_PARAMETER
        before = after
    return before


def _with(attribute: bytes, claim: Claim, known: tuple[str, ...]) -> Claim | None:
    found = _ATTRIBUTE.fullmatch(attribute)
    if found is None or (name := found[1].decode("ascii").upper()) not in known:
        return None
    # Decoded (RFC 3461, 4), it could still be a line end; only what prints is taken.
    value = _CODED.sub(lambda coded: bytes.fromhex(coded[1].decode("ascii")), found[2])
    if _VALUE.fullmatch(value) is None:
        return None
    text = value.decode("ascii")
    unknown = text.upper() in _UNKNOWN
    if name == "ADDR":
        address = "" if unknown else plain(text[5:] if text.upper().startswith("IPV6:") else text)
        return replace(claim, client=address) if address or unknown else None
    if name == "HELO":
        return replace(claim, helo="" if unknown else text)
    return replace(claim, local=text.upper() == "LOCAL") if name == "SOURCE" else claim
