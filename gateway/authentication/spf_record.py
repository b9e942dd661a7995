"""An SPF record as terms (RFC 7208, 4.6.1 and 12): all of it is read before any of it counts."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_VERSION = re.compile(r"v=spf1(?: |$)", re.IGNORECASE)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)=(.*)", re.DOTALL)
_MECHANISM = re.compile(r"([-+?~]?)([A-Za-z][A-Za-z0-9]*)(.*)", re.DOTALL)
_LENGTHS = re.compile(r"(?:/(0|[1-9][0-9]?))?(?://(0|[1-9][0-9]{0,2}))?")
_DOMAIN_AND_LENGTHS = re.compile(r"(?::(.*?))?((?:/[0-9]+)?(?://[0-9]+)?)", re.DOTALL)
_MACRO = re.compile(r"%\{[slodiphv][0-9]*r?[-.+,/_=]*\}|%%|%_|%-", re.IGNORECASE)
_EXPLAINING = re.compile(r"%\{[slodiphvcrt][0-9]*r?[-.+,/_=]*\}|%%|%_|%-", re.IGNORECASE)
_TOP = re.compile(r"\.(?=[A-Za-z0-9-]*[A-Za-z-])[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?$")
_MACRO_END = re.compile(r"%\{[^{}]*\}$")
_NO_TRANSFORMER = re.compile(r"%\{.0+r?[-.+,/_=]*\}", re.IGNORECASE)


class BadRecord(ValueError):
    """A record that breaks the grammar: permerror."""


class Qualifier(StrEnum):
    """What a mechanism that matches says."""

    PASS = "+"  # noqa: S105  a mark in a record, not a password
    FAIL = "-"
    SOFTFAIL = "~"
    NEUTRAL = "?"


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One directive. ``domain`` is a macro-string, "" for the domain that is asked about."""

    name: str
    qualifier: Qualifier = Qualifier.PASS
    domain: str = ""
    network: Network | None = None
    length: int = 32
    length6: int = 128


@dataclass(frozen=True, slots=True)
class Record:
    """A record's mechanisms in order, and where it sends whom none of them matches ("" for nowhere)."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str = ""


def is_spf(text: str) -> bool:
    """Whether a TXT record is an SPF record at all."""
    return _VERSION.match(text) is not None


def record_of(text: str) -> Record:
    """Return the record. Raises BadRecord for whatever the grammar does not allow.

    >>> record_of("v=spf1 ip4:192.0.2.0/24 -all").mechanisms[1].qualifier
    <Qualifier.FAIL: '-'>
    """
    if not all(" " <= character <= "~" for character in text):
        raise BadRecord("holds what is no ASCII")
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in text.split(" ")[1:]:
        if not term:
            continue
        if modifier := _MODIFIER.fullmatch(term):
            _modify(modifiers, modifier[1].lower(), modifier[2])
        else:
            mechanisms.append(_mechanism(term))
    redirect = modifiers.get("redirect", "")
    if any(mechanism.name == "all" for mechanism in mechanisms):
        redirect = ""
    return Record(tuple(mechanisms), redirect)


def _modify(modifiers: dict[str, str], name: str, value: str) -> None:
    if name in ("redirect", "exp"):
        if name in modifiers:
            raise BadRecord(f"says {name} twice")
        modifiers[name] = _domain(value)
    elif not _is_macro_string(value, _EXPLAINING):
        raise BadRecord(f"holds a macro that is none in {name}")


def _mechanism(term: str) -> Mechanism:
    match = _MECHANISM.fullmatch(term)
    if match is None:
        raise BadRecord(f"{term!r} is no term")
    qualifier, name, rest = Qualifier(match[1] or "+"), match[2].lower(), match[3]
    match name:
        case "all":
            if rest:
                raise BadRecord("all takes nothing")
            return Mechanism(name, qualifier)
        case "include" | "exists":
            return Mechanism(name, qualifier, _domain(rest.removeprefix(":") if rest[:1] == ":" else ""))
        case "a" | "mx":
            return _with_lengths(name, qualifier, rest)
        case "ptr":
            return Mechanism(name, qualifier, _domain(rest[1:]) if rest[:1] == ":" else _nothing(rest))
        case "ip4" | "ip6":
            return Mechanism(name, qualifier, network=_network(name, rest))
        case _:
            raise BadRecord(f"{name} is no mechanism")


def _nothing(rest: str) -> str:
    if rest:
        raise BadRecord(f"{rest!r} stands after a mechanism")
    return ""


def _with_lengths(name: str, qualifier: Qualifier, rest: str) -> Mechanism:
    match = _DOMAIN_AND_LENGTHS.fullmatch(rest)
    lengths = _LENGTHS.fullmatch(match[2]) if match else None
    if match is None or lengths is None:
        raise BadRecord(f"{name} does not go on like that")
    length, length6 = int(lengths[1] or 32), int(lengths[2] or 128)
    if length > 32 or length6 > 128:
        raise BadRecord("a prefix is too long")
    domain = "" if match[1] is None else _domain(match[1])
    return Mechanism(name, qualifier, domain, None, length, length6)


def _network(name: str, rest: str) -> Network:
    address, slash, length = rest.removeprefix(":").partition("/")
    most = 32 if name == "ip4" else 128
    if rest[:1] != ":" or (slash and not re.fullmatch(r"0|[1-9][0-9]{0,2}", length)):
        raise BadRecord(f"{name} needs a network")
    if slash and int(length) > most:
        raise BadRecord("a prefix is too long")
    try:
        made = ipaddress.IPv4Address(address) if name == "ip4" else ipaddress.IPv6Address(address)
        return ipaddress.ip_network((made, int(length) if slash else most), strict=False)
    except ValueError as error:
        raise BadRecord(f"{address!r} is no address") from error


def _domain(text: str) -> str:
    """A domain-spec: a macro-string that ends with a top-level label or with a macro."""
    if not text or not _is_macro_string(text, _MACRO):
        raise BadRecord(f"{text!r} is no domain")
    if not (_TOP.search(text) or _MACRO_END.search(text)):
        raise BadRecord(f"{text!r} does not end like a domain")
    return text


def _is_macro_string(text: str, macros: re.Pattern[str]) -> bool:
    rest = macros.sub("", text)
    # "%{d0}" asks for no label at all, which is no macro.
    return "%" not in rest and " " not in rest and _NO_TRANSFORMER.search(text) is None
