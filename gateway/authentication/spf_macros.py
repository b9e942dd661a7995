"""Macros of SPF records (RFC 7208, 7): the client's address and the sender's parts set into a name."""

import ipaddress
import re
import urllib.parse
from dataclasses import dataclass

_MACRO = re.compile(r"%(?:\{([A-Za-z])([0-9]*)(r?)([-.+,/_=]*)\}|([%_-]))", re.IGNORECASE)
_LONGEST_NAME = 253
_LITERAL = {"%": "%", "_": " ", "-": "%20"}

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is asked about: the client's address, the local part and domain of the sender, the HELO name."""

    ip: Ip
    local: str
    domain: str
    helo: str

    def letter(self, letter: str, domain: str) -> str:
        """What a macro's letter stands for, where the record of ``domain`` is read."""
        match letter:
            case "s":
                return f"{self.local}@{self.domain}"
            case "l":
                return self.local
            case "o":
                return self.domain
            case "d":
                return domain
            case "i":
                return _dotted(self.ip)
            case "h":
                return self.helo
            case "v":
                return "in-addr" if self.ip.version == 4 else "ip6"
            case _:
                return "unknown"  # %{p}: RFC 7208 advises against looking it up


def expanded(text: str, speaker: Speaker, domain: str) -> str:
    """Return a domain-spec with its macros replaced, cut from the left to what a name may be long.

    >>> ann = Speaker(ipaddress.ip_address("192.0.2.3"), "ann", "email.example.com", "mx.example.org")
    >>> expanded("%{ir}.%{v}._spf.%{d2}", ann, ann.domain)
    '3.2.0.192.in-addr._spf.example.com'
    """
    name = _MACRO.sub(lambda match: _value(match, speaker, domain), text).removesuffix(".")
    while len(name) > _LONGEST_NAME and "." in name:
        name = name.partition(".")[2]
    return name


def _value(match: re.Match[str], speaker: Speaker, domain: str) -> str:
    if match[5]:
        return _LITERAL[match[5]]
    value = speaker.letter(match[1].lower(), domain)
    if match[2] or match[3] or match[4]:
        parts = re.split("[" + re.escape(match[4] or ".") + "]", value)
        if match[3]:
            parts.reverse()
        value = ".".join(parts[-int(match[2][:3]) :] if match[2] else parts)
    return urllib.parse.quote(value, safe="-._~") if match[1].isupper() else value


def _dotted(ip: Ip) -> str:
    if ip.version == 4:
        return str(ip)
    return ".".join(ip.exploded.replace(":", ""))
