"""What is taken off a loop's waits is what its own thread waited for a core, and nothing else."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.given.watch import delayed

_TWO_WANT_ONE_CORE = """
import os, sys, threading, time, zlib

os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
octets = os.urandom(1 << 20)

def work():
    while True:
        zlib.compress(octets)  # without Python's lock, so that both threads want the core

for _ in range(2 - (sys.argv[1] == "first")):
    threading.Thread(target=work, daemon=True).start()
if sys.argv[1] == "first":
    work()
time.sleep(60)
"""


@pytest.mark.parametrize(("who", "waits"), [("first", True), ("others", False)])
def test_only_what_the_first_thread_waits_for_a_core_is_taken_off(who: str, waits: bool) -> None:
    with subprocess.Popen([sys.executable, "-c", _TWO_WANT_ONE_CORE, who]) as process:
        try:
            time.sleep(0.5)  # to start
            before, all_before = delayed(process.pid), waited_by_all(process.pid)
            time.sleep(1.5)
            one, all_of_them = delayed(process.pid) - before, waited_by_all(process.pid) - all_before
        finally:
            process.kill()
    assert all_of_them > 0.3, "they did want the same core"
    assert (one > 0.1) is waits


def waited_by_all(pid: int) -> float:
    """Seconds that all threads of the process waited for a core, added up."""
    told = (path.read_text(encoding="ascii") for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(each.split()[1]) for each in told) / 1e9
