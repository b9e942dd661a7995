"""A host that is ours is ours in every room, whichever setting names it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.facts import is_direct
from gateway.ours import Ours
from gateway.settings import QuotaSettings, SmtpSettings
from gateway.smtp.limits import Connections
from rules.profile import Border
from tests.given.gate import FLAGGED, Gatehouse, served
from tests.given.sink import Sink

HOST, NETWORK, STRANGER = "192.0.2.7", ("192.0.2.0/24",), "198.51.100.9"
BY_SETTINGS = ["front_networks", "proxy_networks", "xclient_networks", "xforward_networks"]
BY_LIST_FILE = ["border", "trusted_networks"]


def smtp(named_in: str) -> SmtpSettings:
    """Settings in which no other key names a host."""
    named = {named_in: NETWORK} if named_in in BY_SETTINGS else {}
    return SmtpSettings(**{"front_networks": (), "per_client": 1} | named)  # type: ignore[arg-type]


@pytest.fixture(params=BY_SETTINGS + BY_LIST_FILE)
def named_in(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def house(named_in: str, tmp_path: Path) -> Iterator[Gatehouse]:
    named: dict[str, object] = {
        "border": {"border": Border(networks=NETWORK)},
        "trusted_networks": {"trusted_networks": NETWORK},
    }.get(named_in, {})
    with Sink("smtp") as sink:
        made = Gatehouse(tmp_path, served(sink.url, **{"trusted_networks": ()} | named))
        made.ours = Ours.of(smtp(named_in))
        made.quotas = QuotaSettings(author=1)
        with made:
            yield made


def by(author: bytes) -> bytes:
    return FLAGGED.replace(b"ann@member.example", author)


def through(host: str, try_: str) -> bytes:
    field = f"Received: from far (far [203.0.113.5])\r\n\tby {host} with ESMTP id {try_}\r\n"
    return field.encode() + FLAGGED


@pytest.mark.parametrize("named_in", BY_SETTINGS, indirect=True)
def test_it_may_open_more_connections_than_one_client(named_in: str) -> None:
    connections = Connections(smtp(named_in))
    assert connections.enter(HOST)
    assert connections.enter(HOST)
    assert connections.enter(STRANGER)
    assert not connections.enter(STRANGER)


@pytest.mark.parametrize("named_in", BY_LIST_FILE, indirect=True)
def test_a_list_file_lets_nobody_open_more(named_in: str) -> None:
    connections = Connections(smtp(named_in))
    assert connections.enter(HOST)
    assert not connections.enter(HOST), "no list is known when a connection comes"


def test_it_is_not_the_authors_own_server(house: Gatehouse) -> None:
    assert not is_direct(HOST, house.lists, house.ours)
    assert is_direct(STRANGER, house.lists, house.ours)


def test_its_authors_count_one_by_one(house: Gatehouse) -> None:
    for number, author in enumerate((b"a@member.example", b"b@member.example")):
        assert "held" in house.said(by(author), client=HOST)
        told = house.said(by(author), client=STRANGER, sender=author)
        assert told.startswith("452" if number else "250")


def test_what_it_adds_at_each_try_does_not_count(house: Gatehouse) -> None:
    first = house.said(through("host", "A1"), client=HOST)
    assert "held" in first
    assert house.said(through("host", "A2"), client=HOST) == first
    assert house.said(through("host", "A3"), client=STRANGER) != first
