"""Killed at any write while a store is made or brought up: the next start finds the old one, the new one, or none."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.store.database import Store
from gateway.verify import verify
from tests.given.store import NOW, url
from tests.given.tools import needed

ROOT = Path(__file__).parents[2]
OPEN = "import sys; from gateway.store.database import Store; Store.open(sys.argv[1], create=True).close()"


def killed_at(folder: Path, nth: int) -> bool:
    """Make a store, killed at the N-th write of a thread; whether it was."""
    needed("strace", "apt install strace")
    fault = f"inject=pwrite64:signal=KILL:when={nth}"
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", fault, sys.executable, "-c", OPEN, url(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60).returncode != 0


def survives(folder: Path, nth: int) -> bool:
    killed = killed_at(folder, nth)
    store = Store.open(url(folder), create=True)
    assert verify(store, lambda: NOW) == ()
    assert len(store.secret()) == 32
    store.close()
    return killed


@pytest.mark.parametrize("nth", [1, 12])
def test_a_kill_while_the_store_is_made_leaves_nothing_half(tmp_path: Path, nth: int) -> None:
    assert survives(tmp_path, nth)


@pytest.mark.siege
@pytest.mark.timeout(1000)
def test_a_kill_at_any_write_leaves_nothing_half(tmp_path: Path) -> None:
    folders = ((nth, tmp_path / str(nth)) for nth in itertools.count(1))
    killed = 0
    for nth, folder in folders:
        folder.mkdir()
        if not survives(folder, nth):
            break
        killed += 1
    assert killed > 20
