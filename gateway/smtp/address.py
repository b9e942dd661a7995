"""Envelope addresses by the grammar of RFC 5321, 4.1.2, on octets: what goes out is what came.

Nothing is decoded, folded or repaired: an address that two programs could
read in two ways is refused, and one that is accepted is never rewritten.
"""

import ipaddress
import re
from dataclasses import dataclass

from gateway.reply import BAD_RECIPIENT, BAD_SENDER, NEEDS_SMTPUTF8, Reply

LONGEST_LOCAL_PART = 64
LONGEST_DOMAIN = 255
SOURCE_ROUTE = Reply(553, 1, 3, "Source routes are not accepted")

_ATEXT = rb"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\xff-]+"
_DOT_STRING = _ATEXT + rb"(?:\." + _ATEXT + rb")*"
_QUOTED = rb'"(?:[ !#-\[\]-~\x80-\xff]|\\[ -~])*"'
# The underscore is not the RFC's, but names of hosts have it, and nobody reads it in two ways.
_LABEL = rb"(?!-)[A-Za-z0-9_\x80-\xff-]{1,63}(?<!-)"
_DOMAIN = _LABEL + rb"(?:\." + _LABEL + rb")*"
_LITERAL = rb"\[[A-Za-z0-9.:]{1,60}\]"

_MAILBOX = re.compile(
    rb"<((" + _DOT_STRING + rb"|" + _QUOTED + rb")@(" + _DOMAIN + rb"|" + _LITERAL + rb"))>"
)
_ROUTE = re.compile(rb"<@[^<>\x00-\x1f]*:")
_POSTMASTER = re.compile(rb"<(postmaster)>", re.IGNORECASE)
_NULL = b"<>"


@dataclass(frozen=True, slots=True)
class Path:
    """An address, ``b""`` for the null reverse-path, and the octets after its closing bracket."""

    address: bytes
    rest: bytes


def reverse_path(text: bytes) -> Path | Reply:
    """The address of MAIL, or the reply that refuses it.

    >>> reverse_path(b'<"a b"@example.org> SIZE=5')
    Path(address=b'"a b"@example.org', rest=b' SIZE=5')
    """
    if text.startswith(_NULL):
        return Path(b"", text[len(_NULL) :])
    return _mailbox(text, BAD_SENDER)


def forward_path(text: bytes) -> Path | Reply:
    """The address of RCPT, or the reply that refuses it."""
    postmaster = _POSTMASTER.match(text)
    if postmaster:
        return Path(postmaster[1], text[postmaster.end() :])
    return _mailbox(text, BAD_RECIPIENT)


def without_smtputf8(address: bytes, declared: bool) -> Reply | None:
    """Why an address may not be used without the SMTPUTF8 parameter (RFC 6531, 3.5); None if it may."""
    return None if declared or address.isascii() else NEEDS_SMTPUTF8


def _mailbox(text: bytes, refusal: Reply) -> Path | Reply:
    found = _MAILBOX.match(text)
    if found is None:
        return SOURCE_ROUTE if _ROUTE.match(text) else refusal
    address, local_part, domain = found.groups()
    if len(local_part) > LONGEST_LOCAL_PART or len(domain) > LONGEST_DOMAIN:
        return refusal
    if not address.isascii() and not _readable(address):
        return refusal
    if domain.startswith(b"[") and not _literal(domain):
        return refusal
    return Path(address, text[found.end() :])


def _readable(address: bytes) -> bool:
    """Whether the octets are UTF-8 without the control characters U+0080 to U+009F."""
    try:
        text = address.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any("\x80" <= character <= "\x9f" for character in text)


def _literal(domain: bytes) -> bool:
    inside = domain[1:-1].decode("ascii")
    try:
        if inside[:5].upper() == "IPV6:":
            ipaddress.IPv6Address(inside[5:])
        else:
            ipaddress.IPv4Address(inside)
    except ValueError:
        return False
    return True
