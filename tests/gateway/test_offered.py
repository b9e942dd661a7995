"""What the gate lets a session offer, as far as next hops have said what they take."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.reply import TOO_BIG
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
            assert house.gate.most_octets() is None, "the other one names no limit"


def filled(octets: int) -> bytes:
    """A post of so many octets, nothing in which is to be held."""
    return CLEAN + b"x\r\n" * ((octets - len(CLEAN)) // 3)


@pytest.fixture
def sizes(tmp_path: Path) -> Iterator[Gatehouse]:
    """One list whose next hop takes 20,000 octets and one whose next hop takes 50,000; both have said so."""
    with (
        Sink(behaviour=offering("SIZE 20000")) as small,
        Sink(behaviour=offering("SIZE 50000")) as large,
        Gatehouse(tmp_path, served(small.url), served(large.url, CHEMISTRY)) as house,
    ):
        house.said(CLEAN, PHYSICS)
        house.said(CLEAN, CHEMISTRY)
        yield house


def test_one_lists_small_next_hop_does_not_keep_out_anothers_posts(sizes: Gatehouse) -> None:
    assert sizes.gate.most_octets() == 50_000 - 4096
    assert sizes.at_rcpt(CHEMISTRY, 40_000) == ""
    assert sizes.said(filled(40_000), CHEMISTRY).startswith("250 2.0.0 Ok: relayed")
    assert sizes.at_rcpt(PHYSICS, 15_904) == ""
    assert sizes.said(filled(15_904), PHYSICS).startswith("250 2.0.0 Ok: relayed")


def test_what_a_lists_next_hop_will_not_take_is_refused_at_rcpt_or_after_the_dot(sizes: Gatehouse) -> None:
    assert sizes.at_rcpt(PHYSICS, 15_905) == str(TOO_BIG)
    assert sizes.at_rcpt(PHYSICS.replace("@", "-request@"), 15_905) == str(TOO_BIG)
    assert sizes.at_rcpt(PHYSICS) == ""
    for recipients in ((PHYSICS,), (PHYSICS, CHEMISTRY)):
        assert sizes.said(filled(40_000), *recipients) == str(TOO_BIG)
    assert [event["why"] for event in sizes.events("refused")] == ["size", "size"]
    each = sizes.admit(filled(40_000), PHYSICS, CHEMISTRY, lmtp=True).replies
    assert [str(reply)[:9] for reply in each] == ["552 5.3.4", "250 2.0.0"]


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
