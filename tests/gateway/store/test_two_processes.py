"""A gateway and a command line write at once: that is the normal case, and neither loses a thing."""

import asyncio
import subprocess
import sys
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from gateway import queue
from gateway.holds import HoldState
from gateway.store.database import Store
from gateway.store.writer import Writer
from gateway.verify import verify
from tests.given.store import NOW, arrival, keep, new_hold, new_store, url

ROOT = Path(__file__).parents[3]
DECIDED = 60

DECIDE_ALL = """
import sys
from gateway import queue
from gateway.store.database import Store
from tests.given.store import decide
store = Store.open(sys.argv[1])
waiting = store.read(lambda c: queue.waiting(c, queue.Filter(most=int(sys.argv[2]))))
for one in waiting:
    decide(store, one.id)
store.close()
"""


def hold_one(connection: Connection, number: int) -> None:
    assert queue.hold(connection, arrival(b"Hello %d\r\n" % number), (new_hold(),)) is None


async def hold_posts_until_it_ends(store: Store, process: subprocess.Popen[bytes]) -> int:
    """Hold posts from twenty clients at once while ``process`` runs; returns how many."""
    writer = Writer(store, asyncio.get_running_loop())
    writer.start()
    held = 0

    async def client() -> None:
        nonlocal held
        while process.poll() is None:
            await writer.write(partial(hold_one, number=held))
            held += 1

    await asyncio.gather(*(client() for _ in range(20)))
    await asyncio.to_thread(writer.stop)
    return held


def test_posts_are_held_while_another_process_decides(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    for _ in range(DECIDED):
        keep(store)
    command = [sys.executable, "-c", DECIDE_ALL, url(tmp_path), str(DECIDED)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as process:
        held = asyncio.run(hold_posts_until_it_ends(store, process))
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0
    assert held > 0
    assert len(store.read(lambda c: queue.waiting(c, queue.Filter(most=100_000)))) == held
    releasing = queue.Filter(states=(HoldState.RELEASING,))
    assert len(store.read(lambda c: queue.waiting(c, releasing))) == DECIDED
    assert verify(store, lambda: NOW) == ()
    store.close()


KILLED_IN_COMMIT = """
import os, sys
from sqlalchemy import event
from gateway.store.database import Store
from tests.given.store import keep
store = Store.open(sys.argv[1])
keep(store)
event.listen(store._engine, "commit", lambda connection: os.kill(os.getpid(), 9))
keep(store)
"""


def test_a_process_killed_before_its_commit_leaves_the_store_whole(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    command = [sys.executable, "-c", KILLED_IN_COMMIT, url(tmp_path)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -9
    assert len(store.read(lambda c: queue.waiting(c, queue.Filter()))) == 1
    keep(store)
    assert verify(store, lambda: NOW) == ()
    store.close()
