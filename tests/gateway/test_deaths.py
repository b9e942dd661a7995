"""A message that crashes gateways is parsed apart, then not at all; others never notice."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.deaths import MOST, Deaths, MarksUnwritable, wary
from rules.scan import scan
from tests.given.client import post
from tests.given.gate import Gatehouse, served
from tests.given.sink import Sink

POISON, HARMLESS = "Crashes.", "Harms nobody."

# Judges the messages that are named, and gets a signal; one named twice was judged in another copy meanwhile.
PROGRAM = """
import os, sys
from pathlib import Path
from gateway.deaths import Deaths

deaths = Deaths.beside(Path(sys.argv[2]))
deaths.watch()
for done in sys.argv[3].split():
    with deaths.while_judging(done.encode()):
        pass
marks = [deaths.while_judging(each.encode()) for each in sys.argv[4:]]
for mark in marks:
    mark.__enter__()
for each in {each for each in sys.argv[4:] if sys.argv.count(each) > 1}:
    marks.pop(sys.argv[4:].index(each)).__exit__(None, None, None)
os.kill(os.getpid(), int(sys.argv[1]))
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "gatepost.db"


def dies(store: Path, *messages: str, done: str = "", of: signal.Signals = signal.SIGSEGV) -> None:
    """A gateway that dies while it judges messages, and after it has judged ``done``."""
    command = [sys.executable, "-c", PROGRAM, str(int(of)), str(store), done, *messages]
    assert subprocess.run(command, check=False).returncode == -of


def seen(store: Path, message: str) -> int:
    deaths = Deaths.beside(store)
    try:
        with deaths.while_judging(message.encode()) as number:
            return number
    finally:
        deaths.close()


def test_deaths_are_counted_for_what_was_being_judged_and_no_further_than_needed(store: Path) -> None:
    for count in range(MOST + 2):
        assert seen(store, POISON) == min(count, MOST)
        assert seen(store, HARMLESS) == 0
        dies(store, POISON, done=HARMLESS)


def test_a_crash_leaves_its_trace_once(store: Path) -> None:
    dies(store, POISON)
    for trace in ("Segmentation fault", ""):
        deaths = Deaths.beside(store)
        deaths.close()
        assert trace in deaths.trace
        assert bool(trace) == bool(deaths.trace)


def test_kill_9_is_no_messages_fault_and_forgets_no_crash(store: Path) -> None:
    dies(store, POISON, of=signal.SIGKILL)
    assert seen(store, POISON) == 0
    dies(store, POISON)
    dies(store, POISON, HARMLESS, of=signal.SIGKILL)
    assert (seen(store, POISON), seen(store, HARMLESS)) == (1, 0)


def test_what_was_judged_to_its_end_or_failed_leaves_no_mark(store: Path) -> None:
    deaths = Deaths.beside(store)
    with pytest.raises(ZeroDivisionError), deaths.while_judging(b"fails"):
        1 / 0  # noqa: B018
    with deaths.while_judging(b"twice"), deaths.while_judging(b"twice"):
        pass
    deaths.close()
    assert (seen(store, "fails"), seen(store, "twice")) == (0, 0)


def test_a_copy_that_is_still_judged_keeps_the_mark(store: Path) -> None:
    dies(store, POISON, POISON)
    assert seen(store, POISON) == 1


def test_each_process_has_marks_of_its_own(store: Path) -> None:
    first, second = Deaths.beside(store), Deaths.beside(store)
    first.close()
    second.close()
    assert sorted(path.name for path in store.parent.iterdir()) == [
        "gatepost.db.judging",
        "gatepost.db.judging-2",
    ]


def test_more_messages_than_marks_are_judged_all_the_same_and_leave_room(store: Path) -> None:
    dies(store, *map(str, range(1500)))
    assert sum(seen(store, str(number)) for number in range(0, 1500, 10)) > 0
    dies(store, POISON)
    assert seen(store, POISON) == 1


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(MarksUnwritable, match="it belongs beside the store"):
        Deaths.beside(tmp_path / "file" / "gatepost.db")


@pytest.mark.parametrize(("deaths", "costly", "parsed"), [(0, False, True), (1, True, True), (2, True, True)])
def test_after_a_death_it_is_read_apart(deaths: int, costly: bool, parsed: bool) -> None:
    scanned = wary(scan(post(POISON)), deaths)
    assert (scanned.costly, not scanned.excess) == (costly, parsed)


def test_after_three_deaths_it_is_held_unparsed_and_another_is_relayed(tmp_path: Path) -> None:
    poison = post(POISON)
    for _ in range(MOST):
        dies(tmp_path / "gatepost.db", poison.decode())
    with Sink("smtp") as sink, Gatehouse(tmp_path, served(sink.url)) as house:
        assert "held for moderation" in house.said(poison)
        assert "relayed" in house.said(post(HARMLESS, ident="2"))
        (hold,) = house.holds
    assert "crashed 3 times" in str(hold.findings)
