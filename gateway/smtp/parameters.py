"""Parameters of MAIL and RCPT: SIZE, BODY, SMTPUTF8 and DSN's (RFC 3461), and a refusal for all others."""

import re
from dataclasses import dataclass

from gateway.reply import BAD_PARAMETER, NO_REQUIRETLS, UNKNOWN_PARAMETER, Reply

_SIZE = re.compile(rb"[0-9]{1,20}")
_XTEXT = rb"(?:[!-*,-<>-~]|\+[0-9A-Fa-f]{2})"
_ENVID = re.compile(_XTEXT + rb"{1,100}")
_ORCPT = re.compile(rb"[A-Za-z0-9-]{1,63};" + _XTEXT + rb"{1,500}")
_CONDITIONS = frozenset({b"SUCCESS", b"FAILURE", b"DELAY"})
_SPACED = re.compile(rb"(?: +[!-~]+)* *")


@dataclass(frozen=True, slots=True)
class Parameters:
    """What MAIL declared.

    ``size`` is in octets, 0 when it was not given. ``verbatim`` has the other
    parameters as they came, in their order.
    """

    size: int = 0
    smtputf8: bool = False
    verbatim: tuple[bytes, ...] = ()


NONE = Parameters()


def of_mail(text: bytes, offered: frozenset[str]) -> Parameters | Reply:
    """The parameters in ``text``, what follows the address of MAIL, or the reply that refuses them.

    >>> of_mail(b" SIZE=300 BODY=8BITMIME", frozenset({"8BITMIME"}))
    Parameters(size=300, smtputf8=False, verbatim=(b'BODY=8BITMIME',))
    """
    if not text:
        return NONE
    given = _given(text)
    if given is None:
        return BAD_PARAMETER
    for keyword, parameter in given.items():
        refusal = _refusal(keyword, parameter, offered)
        if refusal is not None:
            return refusal
    size = int(given.pop(b"SIZE", b"SIZE=0")[5:])
    return Parameters(size, b"SMTPUTF8" in given, tuple(given.values()))


def of_recipient(text: bytes, offered: frozenset[str]) -> tuple[bytes, ...] | Reply:
    """The parameters of RCPT as they came, or the reply that refuses them; only DSN has any.

    >>> of_recipient(b" NOTIFY=NEVER", frozenset({"DSN"}))
    (b'NOTIFY=NEVER',)
    """
    given = _given(text)
    if given is None:
        return BAD_PARAMETER
    for keyword, parameter in given.items():
        if "DSN" not in offered or keyword not in (b"NOTIFY", b"ORCPT"):
            return UNKNOWN_PARAMETER
        value = parameter[len(keyword) + 1 :]
        if not (_notifies(value) if keyword == b"NOTIFY" else _ORCPT.fullmatch(value)):
            return BAD_PARAMETER
    return tuple(given.values())


def _given(text: bytes) -> dict[bytes, bytes] | None:
    """The parameters by keyword, in their order; None when they are malformed or one comes twice."""
    if _SPACED.fullmatch(text) is None:
        return None
    parameters = text.split()
    given = {parameter.partition(b"=")[0].upper(): parameter for parameter in parameters}
    return given if len(given) == len(parameters) else None


def _notifies(value: bytes) -> bool:
    conditions = value.upper().split(b",")
    return conditions == [b"NEVER"] or (
        len(set(conditions)) == len(conditions) and _CONDITIONS.issuperset(conditions)
    )


def _refusal(keyword: bytes, parameter: bytes, offered: frozenset[str]) -> Reply | None:
    # str.isdigit and int() take digits of other scripts; only these ten count (RFC 1870).
    value = parameter[len(keyword) + 1 :]
    if keyword == b"SIZE":
        return None if _SIZE.fullmatch(value) else BAD_PARAMETER
    if keyword == b"BODY" and "8BITMIME" in offered:
        return None if value.upper() in (b"7BIT", b"8BITMIME") else UNKNOWN_PARAMETER
    if keyword == b"SMTPUTF8" and "SMTPUTF8" in offered:
        return None if parameter.upper() == b"SMTPUTF8" else BAD_PARAMETER
    if keyword == b"RET" and "DSN" in offered:
        return None if value.upper() in (b"FULL", b"HDRS") else BAD_PARAMETER
    if keyword == b"ENVID" and "DSN" in offered:
        return None if _ENVID.fullmatch(value) else BAD_PARAMETER
    return NO_REQUIRETLS if parameter.upper() == b"REQUIRETLS" else UNKNOWN_PARAMETER
