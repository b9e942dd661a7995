"""Hosts, ports and networks as settings name them: each a type that says what is wrong with another."""

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator

_SERVER = re.compile(r"smtp://([A-Za-z0-9_.-]+|\[([0-9A-Fa-f:.]+)\]):([0-9]{1,5})")
_HOSTNAME = re.compile(r"[A-Za-z0-9_.-]{1,255}|\[[0-9A-Za-z:.]{1,60}\]")


def _host_and_port(value: str) -> str:
    host, colon, port = value.rpartition(":")
    if value and not (colon and host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError('must be "HOST:PORT", as in "127.0.0.1:8025", or "" for off')
    return value


def _submission(value: str) -> str:
    if value and not _is_server(value):
        raise ValueError('must be "smtp://HOST:PORT", as in "smtp://127.0.0.1:25", or "" for none')
    return value


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


def _hostname(value: str) -> str:
    # It stands in replies, in EHLO and in trace fields: a line end here would be a line of its own there.
    if value and not _HOSTNAME.fullmatch(value):
        raise ValueError(
            'must be a host name in ASCII, as in "mail.example.org", or "" for the machine\'s own'
        )
    return value


def _networks(values: tuple[str, ...]) -> tuple[str, ...]:
    wrong = next((value for value in values if not _is_network(value)), None)
    if wrong is not None:
        raise ValueError(f'must be networks, as in ["127.0.0.0/8", "::1/128"]; {wrong!r} is none')
    return values


def _nameserver(value: str) -> str:
    host, _, port = value.rpartition(":")
    address = port.isascii() and port.isdigit() and 0 < int(port) < 65536 and "/" not in host
    if value not in ("off", "system") and not (address and _is_network(host.strip("[]"))):
        raise ValueError('must be "off", "system" or "ADDRESS:PORT" of a nameserver, as in "127.0.0.1:53"')
    return value


Listen = Annotated[str, AfterValidator(_host_and_port)]
Hostname = Annotated[str, AfterValidator(_hostname)]
Nameserver = Annotated[str, AfterValidator(_nameserver)]
Networks = Annotated[tuple[str, ...], AfterValidator(_networks)]
Submission = Annotated[str, AfterValidator(_submission)]
