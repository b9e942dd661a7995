"""Another process keeps the store locked: 451 within the deadline, nothing kept, and all well once it lets go."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.crash.conftest import Place
from tests.given.ledger import ROUTES, insist, offer

KEEP = """
import sqlite3, sys
store = sqlite3.connect(sys.argv[1], isolation_level=None)
store.execute(f"BEGIN {sys.argv[2]}")
print("kept", flush=True)
sys.stdin.read()
"""


@contextmanager
def kept_by_another(folder: Path, how: str) -> Iterator[None]:
    command = [sys.executable, "-c", KEEP, str(folder / "gatepost.db"), how]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"kept\n"
        yield


def test_a_locked_store_is_451_within_the_deadline(place: Place) -> None:
    owed = place.ledger.owe("held")
    with kept_by_another(place.gatepost.folder, "IMMEDIATE"):
        started = time.monotonic()
        assert not offer(owed, place.gatepost.smtp)
        assert 4 < time.monotonic() - started < 15
    assert owed.code == 451
    assert place.gatepost.lines("queue", "list", "--all") == []
    insist(owed, lambda: place.gatepost.smtp)


@pytest.mark.siege
@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
@pytest.mark.parametrize("route", ROUTES)
def test_any_lock_on_any_route(place: Place, route: str, how: str) -> None:
    owed = place.ledger.owe(route)
    with kept_by_another(place.gatepost.folder, how):
        assert not offer(owed, place.gatepost.smtp)
    assert owed.code == 451
    assert place.ledger.copies(owed).total() == 0
    insist(owed, lambda: place.gatepost.smtp)
