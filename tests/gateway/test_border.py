"""A border is tried with a forged field: one that lets it through is not believed (faults.md, 5.2)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import border
from gateway.addresses import Directory
from gateway.follow import latest
from gateway.versions import generation, publish
from rules.profile import Border
from tests.given.gate import PHYSICS, Gatehouse, served
from tests.given.gatepost import Gatepost
from tests.given.signing import MESSAGE
from tests.given.sink import Sink
from tests.given.store import NOW

BORDER = "192.0.2.1"
PASSED = b"Authentication-Results: mx.lists.example; dmarc=pass header.from=member.example\r\n"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink("smtp") as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, sink: Sink) -> Iterator[Gatehouse]:
    """A list that believes a border, published as well as served."""
    named = Border(networks=("192.0.2.0/24",), authserv_id="mx.lists.example")
    physics = served(
        sink.url, packs=("hygiene",), border=named, members=("ann@member.example",), trusted_networks=()
    )
    with Gatehouse(tmp_path, physics) as made:
        made.store.write(lambda connection: publish(connection, physics.policy, "me", "", NOW))
        yield made


def probe(house: Gatehouse) -> bytes:
    token = house.store.write(lambda connection: border.begin(connection, PHYSICS))
    return border.message(house.lists[0].profile, token, house.trace.mark(PHYSICS))


def arrives(house: Gatehouse, octets: bytes, client: str = BORDER) -> None:
    assert house.said(octets, sender=b"", client=client).startswith("554 5.4.6")
    house.settled()
    house.gate.directory = latest(house.store, house.gate.directory).directory


def shown(house: Gatehouse) -> bool | None:
    return house.store.read(lambda connection: border.removes(connection, PHYSICS))


def held(house: Gatehouse) -> bool:
    return "held" in house.said(PASSED + MESSAGE, client=BORDER)


def cleaned(octets: bytes) -> bytes:
    """As a border hands it on that removes what strangers wrote in its name."""
    return octets.partition(b"\r\n")[2]


def test_a_border_that_lets_a_forged_field_through_is_not_believed_until_a_probe_shows_better(
    house: Gatehouse, sink: Sink
) -> None:
    assert shown(house) is None
    assert not held(house)
    arrives(house, probe(house))
    assert shown(house) is False
    house.said(PASSED + MESSAGE + b"Again?\r\n", client=BORDER)
    assert sorted("identity" in judged for judged in house.judgements) == [False, True]
    assert not house.gate.directory.lists[0].believed
    arrives(house, cleaned(probe(house)))
    assert shown(house) is True
    assert house.gate.directory.lists[0].believed
    assert not any(border.FIELD.encode() in received.octets for received in sink.received)


def test_only_the_probe_that_was_asked_for_counts_and_only_from_the_border(house: Gatehouse) -> None:
    asked = probe(house)
    token = asked.rpartition(border.FIELD.encode() + b": ")[2].partition(b"\r\n")[0]
    arrives(house, asked.replace(token, b"0" * 32))
    arrives(house, asked, client="198.51.100.7")
    assert shown(house) is None
    assert not house.store.read(lambda connection: border.arrived(connection, PHYSICS))
    arrives(house, asked)
    assert shown(house) is False
    # A second time it is nothing new: who saw it may send it again.
    before = house.store.read(generation)
    arrives(house, cleaned(asked))
    assert (shown(house), house.store.read(generation)) == (False, before)


def test_a_gateway_that_starts_remembers_which_border_is_not_believed(house: Gatehouse) -> None:
    arrives(house, probe(house))
    fresh: Directory = latest(house.store).directory
    assert [one.forgetful for one in fresh.lists] == [True]


@pytest.mark.siege
def test_the_doctor_sends_the_probe_and_says_what_came_of_it(tmp_path: Path, sink: Sink) -> None:
    more = "border: {networks: [127.0.0.0/8], authserv_id: mx.lists.example}\n"
    with Gatepost(tmp_path, sink.url, more=more, packs="hygiene") as running:
        # Straight to the gateway: a border that removes nothing.
        host, port = running.smtp
        said = running.attempt("admin", "doctor", "--border", "physics", "--through", f"{host}:{port}")
        assert (said.returncode, sink.received) == (1, ())
        assert "lets forged Authentication-Results through" in said.stdout
