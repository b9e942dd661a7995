"""Nobody can have their mail carried elsewhere by us, whatever they write into the address."""

from pathlib import Path

import pytest

from gateway.smtp.address import forward_path
from tests.given.gate import PHYSICS, Gatehouse, served

DENIED, UNKNOWN = "550 5.7.1 Relaying denied", "550 5.1.1 No such list or list address"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (PHYSICS, ""),
        (PHYSICS.upper(), ""),
        ("physics-owner@lists.example", ""),
        ("eve@elsewhere.example", DENIED),
        ("physics@elsewhere.example", DENIED),
        ("physics@lists.example.evil.example", DENIED),
        ("physics@[127.0.0.1]", DENIED),
        ("postmaster", DENIED),
        ("eve%elsewhere.example@lists.example", UNKNOWN),
        ("elsewhere.example!eve@lists.example", UNKNOWN),
        ('"eve@elsewhere.example"@lists.example', UNKNOWN),
        ('"physics@lists.example> NOTIFY=NEVER"@elsewhere.example', DENIED),
        ("physics%elsewhere.example@lists.example", UNKNOWN),
        ("nothing@lists.example", UNKNOWN),
    ],
)
def test_whatever_it_looks_like_only_a_lists_address_is_taken(
    tmp_path: Path, address: str, said: str
) -> None:
    with Gatehouse(tmp_path, served("smtp://127.0.0.1:1")) as house:
        assert house.at_rcpt(address) == said


@pytest.mark.parametrize(
    "path",
    [
        b"<@evil.example:physics@lists.example>",
        b"<@a.example,@b.example:physics@lists.example>",
        b"<physics@lists.example@evil.example>",
        b"<evil.example:physics@lists.example>",
        b"<physics@lists.example",
        b"physics@lists.example",
        b"<>",
    ],
)
def test_what_could_be_read_as_another_address_is_none(path: bytes) -> None:
    assert str(forward_path(path)).startswith(("501 5.1.3", "553 5.1.3"))
