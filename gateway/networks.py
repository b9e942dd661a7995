"""Addresses of clients, and the networks of settings and list files that they lie in."""

import ipaddress
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address(client: str) -> Address | None:
    """The address as a value, without its zone, one that came mapped into IPv6 as IPv4; None for none."""
    try:
        found = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        return found.ipv4_mapped or found
    return found


def plain(client: str) -> str:
    """The address without its zone, and an IPv4 address that came mapped into IPv6 as itself; "" for none.

    >>> plain("::ffff:192.0.2.1"), plain("fe80::1%eth0"), plain("a socket")
    ('192.0.2.1', 'fe80::1', '')
    """
    found = address(client)
    return "" if found is None else str(found)


@lru_cache(maxsize=1024)
def within(client: str, networks: tuple[str, ...]) -> bool:
    """Whether the client's address lies in one of the networks; "" lies in none."""
    if not networks:
        return False
    found = address(client)
    return found is not None and any(found in network for network in _parsed(networks))


@lru_cache(maxsize=1024)
def counted_as(client: str) -> str:
    """The key under which a client counts: a /64 for IPv6.

    Whoever has one address of IPv6 has the 2^64 beside it.

    >>> counted_as("192.0.2.1"), counted_as("2001:db8::1")
    ('192.0.2.1', '2001:db8::/64')
    """
    found = address(client)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return client if found is None else str(found)


@lru_cache(maxsize=256)
def _parsed(networks: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(network, strict=False) for network in networks)
