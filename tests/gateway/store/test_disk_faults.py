"""When the disk fails, nothing is called kept that is not, and what was kept stays. strace injects the faults."""

import subprocess
import sys
from pathlib import Path

from gateway import queue
from gateway.store.database import Store
from gateway.verify import verify
from tests.given.store import NOW, new_store, url
from tests.given.tools import needed

ROOT = Path(__file__).parents[3]

KEEP_TEN = """
import sys
from gateway.store.database import Store
from gateway.store.errors import StoreError
from tests.given.store import keep
store = Store.open(sys.argv[1])
for number in range(10):
    try:
        print("kept", keep(store, octets=b"%d\\r\\n" % number), flush=True)
    except StoreError as error:
        print(type(error).__name__, flush=True)
"""


def keep_ten(folder: Path, fault: str) -> list[str]:
    """Keep ten posts on a failing disk: what was said of each, once the store has proved whole."""
    needed("strace", "apt install strace")
    new_store(folder).close()
    program = [sys.executable, "-c", KEEP_TEN, url(folder)]
    # A fault is counted per thread and system call; the program's own writes to the pipe are "write".
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={fault}", *program]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    said = done.stdout.splitlines()
    store = Store.open(url(folder))
    waiting = {one.id for one in store.read(lambda c: queue.waiting(c, queue.Filter()))}
    assert {line.split()[1] for line in said if line.startswith("kept ")} <= waiting
    assert verify(store, lambda: NOW) == ()
    store.close()
    return [line.split()[0] for line in said]


def test_a_commit_that_the_disk_did_not_take_is_not_called_kept(tmp_path: Path) -> None:
    said = keep_ten(tmp_path, "fdatasync:error=EIO:when=4..5")
    assert said.count("StoreBroken") == 2
    assert said.count("kept") == 8


def test_a_full_disk_takes_up_again_when_there_is_room(tmp_path: Path) -> None:
    said = keep_ten(tmp_path, "pwrite64:error=ENOSPC:when=30..33")
    assert 0 < said.count("StoreFull") < 5
    assert said[-1] == "kept"


def test_what_was_called_kept_survives_a_kill_in_the_middle_of_a_commit(tmp_path: Path) -> None:
    said = keep_ten(tmp_path, "fdatasync:signal=KILL:when=5")
    assert 0 < said.count("kept") < 10
