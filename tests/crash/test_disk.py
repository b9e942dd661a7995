"""strace makes the disk fail, or kills the gateway, at the N-th system call of one message of each route."""

import time
from pathlib import Path

import pytest

from tests.crash.conftest import Place
from tests.given.ledger import ROUTES, Owed, insist, offer
from tests.given.strace import Strace, most_calls, traced

CALLS = ("fdatasync", "pwrite64", "sendto")
NO_SPACE, FAILED, KILLED = "error=ENOSPC", "error=EIO", "signal=KILL"


def watched(place: Place, owed: Owed, out: Path, *expressions: str) -> Strace:
    """Offer it once under strace, and follow it to the list server if it was stored."""
    with traced(place.gatepost.pid, out / "strace", *expressions) as strace:
        if offer(owed, place.gatepost.smtp) and owed.route == "stored":
            _delivered_or_not(place)
    return strace


def struck(place: Place, route: str, out: Path, call: str, fault: str) -> Owed | None:
    """What became of the first try of a message; None when so many calls were not made. Sent again until accepted."""
    owed = place.ledger.owe(route)
    strace = watched(place, owed, out, f"trace={','.join(CALLS)}", f"inject={call}:{fault}")
    first = Owed(owed.number, route, owed.octets, owed.to, owed.tries, owed.code, owed.text)
    if KILLED in fault and strace.struck:
        place.gatepost.wait_for_death()
    place.revive()
    if not owed.accepted:
        insist(owed, place.address)
    return first if strace.struck else None


@pytest.mark.parametrize(
    ("route", "call", "fault", "replied"),
    [
        ("held", "fdatasync", FAILED, 451),
        ("held", "pwrite64", NO_SPACE, 452),
        ("held", "fdatasync", KILLED, 0),
        ("relayed", "pwrite64", NO_SPACE, 452),
        ("relayed", "sendto", KILLED, 0),
        ("stored", "fdatasync", FAILED, 451),
        ("stored", "pwrite64", KILLED, 0),
    ],
)
def test_what_the_disk_did_not_take_is_the_clients_still(
    place: Place, tmp_path: Path, route: str, call: str, fault: str, replied: int
) -> None:
    place.accepted("held")  # a new log's header has a sync of its own
    # What waits from the message before is written along, and would take a single failure for itself.
    when = "1+" if fault == NO_SPACE else "1"
    first = struck(place, route, tmp_path, call, f"{fault}:when={when}")
    assert first is not None
    assert first.code == replied


def test_a_commit_that_failed_and_comes_back_after_a_kill_is_one_hold(place: Place, tmp_path: Path) -> None:
    # Its frames are in the log, and only their sync failed: whoever reads the log next may find them.
    place.accepted("held")
    owed = place.ledger.owe("held")
    assert watched(place, owed, tmp_path, "inject=fdatasync:error=EIO:when=1").struck
    assert owed.code == 451
    place.gatepost.kill()
    place.revive()
    insist(owed, lambda: place.gatepost.smtp)


@pytest.mark.siege
@pytest.mark.parametrize("fault", [NO_SPACE, FAILED, KILLED])
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("route", ROUTES)
def test_every_call_of_a_message_may_be_the_one(
    place: Place, tmp_path: Path, route: str, call: str, fault: str
) -> None:
    place.restart()
    first = place.ledger.owe(route)
    calls = most_calls(watched(place, first, tmp_path, f"trace={','.join(CALLS)}").text, call)
    assert calls or (route, call) == ("relayed", "fdatasync")
    nth, missed = 1, 0
    while missed < 3:  # not every message writes as many pages
        found = struck(place, route, tmp_path, call, f"{fault}:when={nth}")
        nth, missed = nth + 1, 0 if found else missed + 1
    assert nth > calls


def _delivered_or_not(place: Place) -> None:
    deadline = time.monotonic() + 1
    while place.ledger.owing() and not place.gatepost.died and time.monotonic() < deadline:
        time.sleep(0.02)
