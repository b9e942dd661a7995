"""The clock jumps by days, forward and back, under a serving gateway: nothing is lost, doubled, or expires for it.

libfaketime gives the gateway a clock that the test sets; it counts on from there.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.crash.conftest import SETTINGS
from tests.crash.test_clients import Line
from tests.given.behaviour import Behaviour
from tests.given.gatepost import HOUSE, MODERATOR, Gatepost
from tests.given.ledger import Ledger, Owed, insist, offer
from tests.given.near import Near
from tests.given.sink import Sink
from tests.given.tools import needed

_LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
_LIBRARY = _LIBRARIES[0] if _LIBRARIES else Path("/usr/lib/faketime/libfaketime.so.1")
DAY = 86_400


@dataclass
class Clock:
    """What the gateway takes for the time, as seconds beside ours."""

    file: Path

    def jump(self, seconds: int) -> None:
        self.file.write_text(f"{seconds:+d}")
        time.sleep(0.3)


class Displaced(Near):
    """As `Near`; but a decision is made by a process that has the gateway's clock."""

    def release(self, hold: str) -> None:
        done = Gatepost.attempt(self, "queue", "release", hold, "--as", MODERATOR, "--yes")
        assert done.returncode == 0, done.stderr


@dataclass
class Displacement:
    gatepost: Displaced
    sink: Sink
    ledger: Ledger
    clock: Clock

    def days_away(self) -> float:
        """How far the gateway's clock is from ours, by what it wrote last."""
        then = datetime.fromisoformat(self.gatepost.journal()[-1]["timestamp"])
        return (then - datetime.now(UTC)).total_seconds() / DAY

    def accepted(self, route: str) -> Owed:
        return insist(self.ledger.owe(route), lambda: self.gatepost.smtp)


@pytest.fixture
def displaced(tmp_path: Path) -> Iterator[Displacement]:
    needed(_LIBRARY, "apt install faketime")
    clock = Clock(tmp_path / "clock")
    clock.file.write_text("+0")
    with Sink("lmtp") as sink:
        gatepost = Displaced(tmp_path, sink.url, settings=SETTINGS, packs=HOUSE)
        gatepost.environment = {
            "LD_PRELOAD": str(_LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(clock.file),
            "FAKETIME_CACHE_DURATION": "0",
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        with gatepost:
            yield Displacement(gatepost, sink, Ledger(gatepost, sink), clock)


@pytest.mark.timeout(90)
@pytest.mark.parametrize("days", [3, pytest.param(-3, marks=pytest.mark.siege)])
def test_a_clock_that_jumps_loses_and_doubles_nothing(displaced: Displacement, days: int) -> None:
    ledger = displaced.ledger
    held = displaced.accepted("held")
    relayed = ledger.owe("relayed")
    left = Line(displaced, relayed)  # type: ignore[arg-type]
    left.socket.sendall(left.body)
    displaced.sink.wait(1)
    left.leave("reset")
    displaced.sink.behaviour = Behaviour(closes=frozenset({"DOT"}))
    unknown = ledger.owe("relayed")
    assert not offer(unknown, displaced.gatepost.smtp)
    displaced.sink.behaviour = Behaviour()

    displaced.clock.jump(days * DAY)
    insist(relayed, lambda: displaced.gatepost.smtp)
    assert ledger.copies(relayed).total() == 1, "a repeat is known across the jump"
    insist(unknown, lambda: displaced.gatepost.smtp)
    for route in ("relayed", "held", "stored"):
        displaced.accepted(route)
    assert abs(displaced.days_away() - days) < 0.1, "the gateway's clock did jump"
    displaced.gatepost.release(held.text.rpartition(" ")[2])
    deadline = time.monotonic() + 20
    while not ledger.copies(held) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ledger.copies(held).total() == 1, "what is released leaves once"

    displaced.clock.jump(0)
    displaced.accepted("relayed")
    assert ledger.settle().lost == 0


@pytest.mark.siege
@pytest.mark.timeout(90)
def test_a_jump_over_all_deadlines_expires_nothing(displaced: Displacement) -> None:
    held = displaced.accepted("held")
    displaced.clock.jump(60 * DAY)
    displaced.accepted("stored")
    time.sleep(2.5)  # longer than a round of the duties
    (hold,) = displaced.gatepost.lines("queue", "list", "--all")
    assert (hold["state"], hold["id"]) == ("held", held.text.rpartition(" ")[2])
    displaced.ledger.settle()
