"""Hosts, ports, networks and files as settings name them: each a type that says what it may be."""

import ipaddress
import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field

_SERVER = re.compile(r"smtp://([A-Za-z0-9_.-]+|\[([0-9A-Fa-f:.]+)\]):([0-9]{1,5})")
_HOSTNAME = re.compile(r"[A-Za-z0-9_.-]{1,255}|\[[0-9A-Za-z:.]{1,60}\]")


def _held_to(fits: Callable[[str], bool]) -> AfterValidator:
    def check(value: str) -> str:
        if not fits(value):
            # What it should be is the setting's description, and gateway.complaints says so.
            raise ValueError(value)
        return value

    return AfterValidator(check)


def _is_listen(value: str) -> bool:
    host, colon, port = value.rpartition(":")
    return not value or bool(colon and host and port.isascii() and port.isdigit() and int(port) < 65536)


def _is_server(url: str) -> bool:
    parts = _SERVER.fullmatch(url)
    if parts is None or not 0 < int(parts[3]) < 65536:
        return False
    return parts[2] is None or _is_network(parts[2])


def _is_network(value: str) -> bool:
    try:
        # Not strict: "10.1.2.3/8" is taken for the network it lies in, by everything that asks.
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _is_hostname(value: str) -> bool:
    # It stands in replies, in EHLO and in trace fields: a line end here would be a line of its own there.
    return not value or _HOSTNAME.fullmatch(value) is not None


def _is_nameserver(value: str) -> bool:
    host, _, port = value.rpartition(":")
    address = port.isascii() and port.isdigit() and 0 < int(port) < 65536 and "/" not in host
    return value in ("off", "system") or (address and _is_network(host.strip("[]")))


def _is_file(value: str) -> bool:
    return "\0" not in value


Listen = Annotated[
    str,
    _held_to(_is_listen),
    Field(description='"HOST:PORT", as in "127.0.0.1:8025", or "" for off'),
]
Hostname = Annotated[
    str,
    _held_to(_is_hostname),
    Field(
        description='a host name in ASCII, as in "mail.example.org", or "" for the machine\'s own',
    ),
]
Nameserver = Annotated[
    str,
    _held_to(_is_nameserver),
    Field(description='"off", "system" or "ADDRESS:PORT" of a nameserver, as in "127.0.0.1:53"'),
]
Networks = Annotated[
    tuple[Annotated[str, _held_to(_is_network)], ...],
    Field(description='networks, as in ["127.0.0.0/8", "::1/128"]'),
]
Submission = Annotated[
    str,
    _held_to(lambda value: not value or _is_server(value)),
    Field(description='"smtp://HOST:PORT", as in "smtp://127.0.0.1:25", or "" for none'),
]
StoreUrl = Annotated[
    str,
    _held_to(lambda value: value.startswith("sqlite:///") and value != "sqlite:///" and _is_file(value)),
    Field(description='"sqlite:///FILE", as in "sqlite:///gatepost.db"'),
]
File = Annotated[
    str,
    _held_to(_is_file),
    Field(description='the name of a file, in quotes, or "" for none'),
]
