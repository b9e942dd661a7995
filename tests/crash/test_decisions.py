"""Kill -9 where somebody decides, takes back or refuses, where time does, and where an outcome is written down."""

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gateway.faults import Point
from tests.crash.conftest import SETTINGS, Place
from tests.crash.test_clients import Line
from tests.given.gatepost import MODERATOR
from tests.given.ledger import FLAGGED, Ledger, Owed, insist, offer
from tests.given.sink import Sink
from tests.given.warm import Warm

DECIDED = (Point.DECISION_BEFORE_COMMIT, Point.DECISION_COMMITTED)
EXPIRED = (Point.DECISION_BEFORE_COMMIT, Point.EXPIRY_COMMITTED)
PASSED = {
    *DECIDED,
    *EXPIRED,
    Point.UNDO_BEFORE_COMMIT,
    Point.PURGE_COMMITTED,
    Point.REFUSAL_COMMITTED,
    Point.RELAY_BEFORE_COMMIT,
}
BY = ("--as", MODERATOR)
DAY = 86_400_000_000  # microseconds
SECRET = b"Quokka convention"


def hold_of(owed: Owed) -> str:
    return owed.text.rpartition(" ")[2]


def state(gatepost: Warm, hold: str) -> str:
    return str(gatepost.lines("queue", "show", hold)[0]["state"])


def ask(folder: Path, query: str, *values: object) -> int:
    """Run it on the store; the number that it found, 0 for none."""
    with closing(sqlite3.connect(folder / "gatepost.db", timeout=10)) as store, store:
        row = store.execute(query, values).fetchone()
        return int(row[0]) if row else 0


def decisions(gatepost: Warm, hold: str) -> int:
    return ask(gatepost.folder, "SELECT count(*) FROM decision WHERE hold_id = ?", hold)


@pytest.mark.parametrize("point", DECIDED)
def test_a_decision_is_taken_whole_or_not_at_all(place: Place, point: Point) -> None:
    owed = place.accepted("held")
    hold, release = hold_of(owed), ("queue", "release", hold_of(owed), *BY, "--yes")
    assert place.gatepost.command(f"{point}=kill", *release) == -signal.SIGKILL
    committed = point is Point.DECISION_COMMITTED
    assert (state(place.gatepost, hold) != "held", decisions(place.gatepost, hold)) == (committed, committed)
    again = place.gatepost.attempt(*release)
    assert ("already released" in again.stdout + again.stderr, again.returncode != 0) == (
        committed,
        committed,
    )
    place.gatepost.wait_for(hold, "released")
    assert (decisions(place.gatepost, hold), place.ledger.copies(owed).total()) == (1, 1)


def test_an_undo_is_done_whole_or_not_at_all(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEPOST_UNDO_SECONDS", "600")
    owed = place.accepted("held")
    hold = hold_of(owed)
    place.gatepost.run("queue", "release", hold, *BY, "--yes")
    undo = ("queue", "undo", hold, *BY)
    assert place.gatepost.command(f"{Point.UNDO_BEFORE_COMMIT}=kill", *undo) == -signal.SIGKILL
    assert state(place.gatepost, hold) == "releasing"
    place.gatepost.run(*undo)
    assert state(place.gatepost, hold) == "held"
    assert place.ledger.copies(owed).total() == 0


@pytest.mark.parametrize("point", EXPIRED)
def test_what_expires_does_so_once(place: Place, point: Point) -> None:
    owed = place.accepted("held")
    hold = hold_of(owed)
    place.gatepost.stop()
    ask(place.gatepost.folder, "UPDATE hold SET received = received - ? WHERE id = ?", 20 * DAY, hold)
    place.gatepost.serve(f"{point}=kill")
    place.gatepost.wait_for_death()
    committed = point is Point.EXPIRY_COMMITTED
    assert state(place.gatepost, hold) == ("expired" if committed else "held")
    place.restart()
    place.gatepost.wait_for(hold, "expired")
    assert (decisions(place.gatepost, hold), place.ledger.copies(owed).total()) == (1, 0)


def test_an_outcome_that_was_not_written_is_unknown_and_the_repeat_is_counted(place: Place) -> None:
    place.restart(f"{Point.RELAY_BEFORE_COMMIT}=kill")
    armed, owed = place.gatepost.pid, place.ledger.owe("relayed")
    insist(owed, place.address)
    if place.gatepost.pid == armed:  # our reply was quicker than the record of it
        place.gatepost.wait_for_death()
    place.revive()
    assert 1 <= place.ledger.copies(owed).total() <= owed.tries


def test_an_outcome_that_was_written_answers_the_repeat_after_a_kill(place: Place) -> None:
    relayed = "SELECT count(*) FROM \"transaction\" WHERE state = 'relayed'"
    before, owed = ask(place.gatepost.folder, relayed), place.ledger.owe("relayed")
    line = Line(place, owed)
    line.socket.sendall(line.body)
    line.leave("reset")
    deadline = time.monotonic() + 10
    while ask(place.gatepost.folder, relayed) == before and time.monotonic() < deadline:
        time.sleep(0.02)
    place.gatepost.kill()
    place.restart()
    insist(owed, place.address)
    assert place.ledger.copies(owed).total() == 1


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Place]:
    """A gateway that does not serve yet, of a test's own."""
    with Sink("lmtp") as sink:
        gatepost = Warm(tmp_path, sink.url, settings=SETTINGS)
        yield Place(gatepost, sink, Ledger(gatepost, sink))
        if gatepost.serving:
            gatepost.stop()
        assert gatepost.run("admin", "verify")


def test_a_refusal_that_nobody_heard_is_said_again(alone: Place) -> None:
    alone.gatepost.run("rules", "set", "physics", "party.action", "reject", *BY)
    alone.gatepost.serve(f"{Point.REFUSAL_COMMITTED}=kill")
    owed = alone.ledger.owe("held")
    assert not offer(owed, alone.gatepost.smtp)
    alone.gatepost.wait_for_death()
    alone.gatepost.serve()
    assert not offer(owed, alone.gatepost.smtp)
    assert (owed.code, owed.text.startswith("5.7.1 Refused under clause party")) == (550, True)
    assert (alone.sink.received, alone.gatepost.lines("queue", "list", "--all")) == ((), [])


def test_what_was_purged_is_out_of_the_file_though_the_purge_was_killed(alone: Place) -> None:
    gatepost = alone.gatepost
    gatepost.serve()
    owed = alone.ledger.owe("held")
    owed.octets = owed.octets.replace(b"Subject: Post", b"Subject: " + SECRET + b" Post")
    insist(owed, lambda: gatepost.smtp)
    gatepost.run("queue", "discard", hold_of(owed), *BY, "--yes")
    gatepost.stop()
    assert SECRET in written(gatepost.folder)
    ask(gatepost.folder, "UPDATE decision SET effective = effective - ?", 60 * DAY)
    gatepost.serve(f"{Point.PURGE_COMMITTED}=kill")
    gatepost.wait_for_death()
    assert SECRET in written(gatepost.folder), "what it committed is in the log, beside what was there before"
    rounds = len(gatepost.events("audit_head"))
    gatepost.serve()
    deadline = time.monotonic() + 10
    while len(gatepost.events("audit_head")) == rounds and time.monotonic() < deadline:
        time.sleep(0.05)
    assert SECRET not in written(gatepost.folder)
    assert FLAGGED.encode() not in written(gatepost.folder)


def written(folder: Path) -> bytes:
    """The store's files, as they are on the disk."""
    return b"".join(file.read_bytes() for file in sorted(folder.glob("gatepost.db*")))
