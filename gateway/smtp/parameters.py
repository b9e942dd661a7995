"""Parameters of MAIL and RCPT: SIZE, BODY and SMTPUTF8, and a refusal for all others."""

import re
from dataclasses import dataclass

from gateway.reply import BAD_PARAMETER, UNKNOWN_PARAMETER, Reply

_SIZE = re.compile(rb"[0-9]{1,20}")
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
    if _SPACED.fullmatch(text) is None:
        return BAD_PARAMETER
    given = text.split()
    keywords = [parameter.partition(b"=")[0].upper() for parameter in given]
    if len(set(keywords)) < len(keywords):
        return BAD_PARAMETER
    size = 0
    for keyword, parameter in zip(keywords, given, strict=True):
        refusal = _refusal(keyword, parameter, offered)
        if refusal is not None:
            return refusal
        if keyword == b"SIZE":
            size = int(parameter[5:])
    verbatim = tuple(one for keyword, one in zip(keywords, given, strict=True) if keyword != b"SIZE")
    return Parameters(size, b"SMTPUTF8" in keywords, verbatim)


def of_recipient(text: bytes) -> Reply | None:
    """Why the parameters of RCPT are refused; None when there are none, the only good case."""
    if not text.strip(b" "):
        return None
    return UNKNOWN_PARAMETER if _SPACED.fullmatch(text) else BAD_PARAMETER


def _refusal(keyword: bytes, parameter: bytes, offered: frozenset[str]) -> Reply | None:
    # str.isdigit and int() take digits of other scripts; only these ten count (RFC 1870).
    value = parameter[len(keyword) + 1 :]
    if keyword == b"SIZE":
        return None if _SIZE.fullmatch(value) else BAD_PARAMETER
    if keyword == b"BODY" and "8BITMIME" in offered:
        return None if value.upper() in (b"7BIT", b"8BITMIME") else UNKNOWN_PARAMETER
    if keyword == b"SMTPUTF8" and "SMTPUTF8" in offered:
        return None if parameter.upper() == b"SMTPUTF8" else BAD_PARAMETER
    return UNKNOWN_PARAMETER
