"""Addresses of clients, and the networks of the settings that they lie in."""

import ipaddress
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def plain(client: str) -> str:
    """The address without its zone, and an IPv4 address that came mapped into IPv6 as itself; "" for none.

    >>> plain("::ffff:192.0.2.1"), plain("fe80::1%eth0"), plain("a socket")
    ('192.0.2.1', 'fe80::1', '')
    """
    found = address(client)
    return "" if found is None else str(found)


@lru_cache(maxsize=1024)
def inside(client: str, networks: tuple[str, ...]) -> bool:
    """Whether the client's address lies in one of the networks; "" lies in none."""
    found = address(client)
    return found is not None and any(found in network for network in _parsed(networks))


def address(client: str) -> Address | None:
    """The address as a value; None for what is none."""
    try:
        found = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        return found.ipv4_mapped or found
    return found


@lru_cache(maxsize=16)
def _parsed(networks: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(network, strict=False) for network in networks)
