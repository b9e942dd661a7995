"""Which networks a client's address lies in, whatever form it came in, and how it is counted."""

import pytest

from gateway.addresses import Served
from gateway.networks import counted_as, within
from rules.policy import Policy
from rules.profile import Profile


@pytest.mark.parametrize(
    ("client", "inside"),
    [
        ("192.0.2.7", True),
        ("::ffff:192.0.2.7", True),
        ("2001:db8::1", True),
        ("2001:db8::1%eth0", True),
        ("198.51.100.1", False),
        ("::ffff:198.51.100.1", False),
        ("2001:db9::1", False),
        ("", False),
        ("somebody", False),
    ],
)
def test_a_client_is_within_a_network_or_not(client: str, inside: bool) -> None:
    profile = Profile(list="physics@lists.example", trusted_networks=("192.0.2.0/24", "2001:db8::/32"))
    assert within(client, Served(Policy.of(profile, ()), 1).trusted) is inside
    assert not within(client, ())


@pytest.mark.parametrize(
    ("client", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::2", "2001:db8::/64"),
        ("", ""),
    ],
)
def test_addresses_of_one_host_count_as_one_client(client: str, key: str) -> None:
    assert counted_as(client) == key
