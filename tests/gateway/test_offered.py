"""What the gate lets a session offer: what every next hop takes, as far as it is known."""

from pathlib import Path

import pytest

from tests.given.behaviour import EXTENSIONS
from tests.given.gate import CHEMISTRY, CLEAN, PHYSICS, Gatehouse, served
from tests.given.sink import Behaviour, Sink

ALL = frozenset({"8BITMIME", "SMTPUTF8", "DSN"})


def offering(*words: str) -> Behaviour:
    return Behaviour(("PIPELINING", *words))


def test_before_anybody_was_asked_dsn_alone_is_not_offered(tmp_path: Path) -> None:
    with (
        Sink(behaviour=Behaviour((*EXTENSIONS, "DSN"))) as sink,
        Gatehouse(tmp_path, served(sink.url)) as house,
    ):
        assert house.gate.extensions() == frozenset({"8BITMIME", "SMTPUTF8"})
        assert house.gate.most_octets() is None
        house.said(CLEAN)
        assert house.gate.extensions() == ALL
        assert house.gate.most_octets() == 52_428_800 - 4096


@pytest.mark.parametrize("lacking", sorted(ALL))
def test_what_one_of_two_next_hops_lacks_is_not_offered(tmp_path: Path, lacking: str) -> None:
    rest = sorted(ALL - {lacking})
    with (
        Sink(behaviour=offering(*ALL, "SIZE 9000000")) as one,
        Sink(behaviour=offering(*rest, "SIZE")) as two,
    ):
        lists = served(one.url), served(two.url, CHEMISTRY)
        with Gatehouse(tmp_path, *lists) as house:
            house.said(CLEAN, PHYSICS)
            assert house.gate.extensions() == ALL - {"DSN"}, "the other one was not asked yet"
            house.said(CLEAN, CHEMISTRY)
            assert house.gate.extensions() == frozenset(rest)
            assert house.gate.most_octets() == 9_000_000 - 4096


def test_a_size_that_is_no_number_or_no_room_at_all_limits_nothing(tmp_path: Path) -> None:
    for words in (("SIZE",), ("SIZE 0",), ("SIZE many",), ("SIZE 100",)):
        with Sink(behaviour=offering(*words)) as sink:
            folder = tmp_path / words[0].replace(" ", "-")
            folder.mkdir()
            with Gatehouse(folder, served(sink.url)) as house:
                house.said(CLEAN)
                assert house.gate.most_octets() is None


def test_a_hold_knows_what_was_asked(tmp_path: Path) -> None:
    asked = ((PHYSICS.encode(), (b"NOTIFY=NEVER",)),)
    with (
        Sink(behaviour=offering("DSN")) as sink,
        Gatehouse(tmp_path, served(sink.url, action="hold")) as house,
    ):
        house.admit(
            CLEAN.replace(b"Which", b"Please vote for the Blue Party. Which"), recipient_parameters=asked
        )
        (hold,) = house.holds
        assert hold.recipient_parameters == asked
