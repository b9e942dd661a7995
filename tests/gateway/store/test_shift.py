"""Who comes alone knows it; a process that dies leaves, however it dies."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.store.errors import StoreBroken
from gateway.store.shift import Shift

STAND = """
import sys
from pathlib import Path
from gateway.store.shift import Shift
shift = Shift(Path(sys.argv[1]))
print(shift.begin(), flush=True)
shift.settle()
sys.stdin.read()
"""


def test_the_first_is_alone_and_the_second_is_not(tmp_path: Path) -> None:
    first, second, third = (Shift(tmp_path / "store") for _ in range(3))
    assert first.begin()
    first.settle()
    assert not second.begin()
    first.end()
    assert not third.begin(), "the second is there still"
    second.end()
    third.end()
    assert first.begin()
    first.end()


def test_who_is_killed_leaves(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STAND, str(tmp_path / "store")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        second = Shift(tmp_path / "store")
        assert not second.begin()
        second.end()
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        assert second.begin()
        second.end()


def test_where_no_file_can_be_written_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreBroken, match="cannot be locked"):
        Shift(tmp_path / "nowhere" / "store").begin()
