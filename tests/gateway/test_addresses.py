"""Which list an address belongs to, and what kind of address it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.addresses import Directory, Kind, Served
from rules.policy import Policy
from rules.profile import Profile


def served(address: str, *aliases: str) -> Served:
    profile = Profile(list=address, aliases=aliases, next_hop="smtp://127.0.0.1:25")
    return Served(Policy.of(profile, ()), 1)


PHYSICS = served("physics@lists.example", "phys@lists.example", "physics@old.example")
JOBS = served("Physics-Jobs@lists.example")
DIRECTORY = Directory((PHYSICS, JOBS))


@pytest.mark.parametrize(
    ("address", "kind", "in_force"),
    [
        ("physics@lists.example", Kind.POSTING, PHYSICS),
        ("PHYSICS@Lists.Example", Kind.POSTING, PHYSICS),
        ("phys@lists.example", Kind.POSTING, PHYSICS),
        ("physics@old.example", Kind.POSTING, PHYSICS),
        ("physics-jobs@lists.example", Kind.POSTING, JOBS),
        ("physics-request@lists.example", Kind.PASS_THROUGH, PHYSICS),
        ("physics-bounces+ann=member.example@lists.example", Kind.PASS_THROUGH, PHYSICS),
        ("physics+confirm+1f@lists.example", Kind.PASS_THROUGH, PHYSICS),
        ("physics-m.token@lists.example", Kind.PASS_THROUGH, PHYSICS),
        ("physics-jobs-request@lists.example", Kind.PASS_THROUGH, JOBS),
        ("physics-jobs+m.token@lists.example", Kind.OURS, JOBS),
        ("physics+m.token@lists.example", Kind.OURS, PHYSICS),
        ("Physics+M.token@lists.example", Kind.OURS, PHYSICS),
        ("chemistry@lists.example", Kind.UNKNOWN, None),
        ("physicsrequest@lists.example", Kind.UNKNOWN, None),
        ("-request@lists.example", Kind.UNKNOWN, None),
        ("+@lists.example", Kind.UNKNOWN, None),
        ("@lists.example", Kind.UNKNOWN, None),
        ("postmaster@lists.example", Kind.UNKNOWN, None),
        ("physics@elsewhere.example", Kind.ELSEWHERE, None),
        ("physics@lists.example.elsewhere.example", Kind.ELSEWHERE, None),
        ("physics@lists.example@elsewhere.example", Kind.ELSEWHERE, None),
        ("postmaster", Kind.ELSEWHERE, None),
        ("", Kind.ELSEWHERE, None),
    ],
)
def test_an_address_is_of_one_kind(address: str, kind: Kind, in_force: Served | None) -> None:
    target = DIRECTORY.find(address.encode())
    assert (target.kind, target.in_force) == (kind, in_force)


@given(st.binary(max_size=60))
def test_any_octets_are_of_some_kind(octets: bytes) -> None:
    target = DIRECTORY.find(octets + b"@lists.example")
    assert (target.in_force is None) is (target.kind in (Kind.UNKNOWN, Kind.ELSEWHERE))


def test_a_list_is_found_by_its_own_address_whatever_its_case() -> None:
    assert DIRECTORY.named("physics-JOBS@lists.example") is JOBS
    assert DIRECTORY.named("nowhere@lists.example") is None
