"""A gateway before a list server: forked from a warm process, and asked after each test where every message is."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.crash.edges import unforeseen, watch
from tests.given.behaviour import Behaviour
from tests.given.ledger import Ledger, Owed, insist
from tests.given.sink import Sink
from tests.given.warm import Warm


@dataclass
class Place:
    """What a fault is tried on."""

    gatepost: Warm
    sink: Sink
    ledger: Ledger

    def accepted(self, route: str, more: str = "") -> Owed:
        """A message that was sent until it was accepted."""
        return insist(self.ledger.owe(route, more), lambda: self.gatepost.smtp)

    def restart(self, faults: str = "") -> None:
        """As a supervisor would, some hours later; no operator has a hand in it."""
        if self.gatepost.serving:
            self.gatepost.stop()
        self.ledger.hours_pass()
        self.gatepost.serve(faults)

    def revive(self) -> None:
        """Start it again if it died, or left because it no longer trusts its store."""
        if self.gatepost.died:
            self.gatepost.wait_for_exit()
        if not self.gatepost.serving:
            self.restart()

    def address(self) -> tuple[str, int]:
        """Where it is to be reached, by somebody who asks until it is there again."""
        self.revive()
        return self.gatepost.smtp

    def drained(self, seconds: float = 15) -> None:
        """Return when no delivery is owed any more."""
        deadline = time.monotonic() + seconds
        while self.ledger.owing():
            assert time.monotonic() < deadline, "deliveries are still owed"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Sink("lmtp") as sink:
        gatepost = Warm(tmp_path_factory.mktemp("crash"), sink.url, settings=SETTINGS)
        watch(gatepost.folder)
        with gatepost:
            yield Place(gatepost, sink, Ledger(gatepost, sink))
        assert unforeseen(gatepost.folder) == set()


@pytest.fixture
def place(standing: Place) -> Iterator[Place]:
    """After each test it serves again by itself, the store proves itself, and every message is where it was said to be."""
    standing.revive()
    yield standing
    standing.sink.behaviour = Behaviour()
    standing.restart()
    standing.drained()
    standing.ledger.settle()


SETTINGS = """\
[store]
min_free = 0
[relay]
connect_timeout = 1
command_timeout = 1
data_timeout = 1
deadline = 4
"""
