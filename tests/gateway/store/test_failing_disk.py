"""After a failure of the disk the writer trusts nothing until the store was looked through."""

import asyncio
import smtplib
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from gateway import queue
from gateway.store.database import Store
from gateway.store.errors import StoreBroken
from gateway.store.writer import Writer
from gateway.verify import verify
from tests.given.client import submit
from tests.given.gate import CLEAN, FLAGGED, Gatehouse, served
from tests.given.gatepost import HOUSE, LIST, Gatepost
from tests.given.sink import Sink
from tests.given.store import NOW, arrival, keep, new_hold, new_store, url
from tests.given.tools import needed

ROOT = Path(__file__).parents[3]

WRITE_TEN = """
import asyncio, sys
from gateway import queue
from gateway.store.database import Store
from gateway.store.errors import StoreError
from gateway.store.writer import Writer
from tests.given.store import arrival, new_hold

async def main():
    writer = Writer(Store.open(sys.argv[1]), asyncio.get_running_loop())
    writer.start()
    for number in range(10):
        hold, post = new_hold(), arrival(b"%d\\r\\n" % number)
        try:
            await writer.write(lambda c: queue.hold(c, post, (hold,)))
            print("kept", hold.id, flush=True)
        except StoreError as error:
            print(type(error).__name__, flush=True)
    writer.stop()

asyncio.run(main())
"""


def test_after_a_failed_fsync_the_writer_goes_on_when_the_store_is_whole(tmp_path: Path) -> None:
    needed("strace", "apt install strace")
    new_store(tmp_path).close()
    program = [sys.executable, "-c", WRITE_TEN, url(tmp_path)]
    fault = "inject=fdatasync:error=EIO:when=4"
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", fault, *program]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    said = [line.split() for line in done.stdout.splitlines()]
    assert [words[0] for words in said].count("StoreBroken") == 1
    store = Store.open(url(tmp_path))
    waiting = {one.id for one in store.read(lambda c: queue.waiting(c, queue.Filter()))}
    assert {words[1] for words in said if words[0] == "kept"} == waiting
    assert len(waiting) == 9
    assert verify(store, lambda: NOW) == ()
    store.close()


def damaged(folder: Path) -> None:
    """Overwrite all pages but the first, as a dying disk might."""
    file = folder / "gatepost.db"
    with file.open("r+b") as octets:
        octets.seek(4096)
        octets.write(b"\xff" * (file.stat().st_size - 4096))


def test_a_store_that_is_not_whole_is_never_written_again(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    keep(store)
    store.checkpoint()

    async def main() -> None:
        lost: asyncio.Future[StoreBroken] = asyncio.get_running_loop().create_future()
        writer = Writer(store, asyncio.get_running_loop(), lost.set_result)
        writer.start()
        damaged(tmp_path)
        for _ in range(2):
            with pytest.raises(StoreBroken):
                await writer.write(lambda c: queue.hold(c, arrival(), (new_hold(),)))
            async with asyncio.timeout(5):
                await lost
        assert not writer.checking
        await asyncio.to_thread(writer.stop)

    asyncio.run(main())
    store.close()


class Slow(Store):
    """A store so large, or a disk so slow, that to look through it takes long."""

    looked = threading.Event()

    def integrity(self) -> str:
        self.looked.wait(10)
        return super().integrity()


def test_who_comes_while_the_store_is_looked_through_is_sent_away_at_once(tmp_path: Path) -> None:
    with Sink("smtp") as sink, Gatehouse(tmp_path, served(sink.url)) as house:
        house.store.__class__ = Slow

        async def fails() -> None:
            def broken(_: object) -> None:
                raise StoreBroken("here", "disk I/O error")

            with pytest.raises(StoreBroken):
                await house.writer.write(broken)

        house.run(fails())
        with pytest.raises(StoreBroken):
            house.admit(CLEAN)
        with pytest.raises(StoreBroken):
            house.admit(FLAGGED)
        assert str(house.gate.sender()).startswith("451 4.3.0 The store is being checked")
        Slow.looked.set()
        house.run(until_checked(house.writer))
        assert house.gate.sender() is None
        assert "held for moderation" in house.said(FLAGGED)


class BeingRead(Store):
    """A store whose log somebody's long reading keeps from being written over."""

    read_on = True

    def checkpoint(self) -> bool:
        return not self.read_on and super().checkpoint()


def test_while_somebody_reads_the_old_log_nothing_is_written_behind_it(tmp_path: Path) -> None:
    with Sink("smtp") as sink, Gatehouse(tmp_path, served(sink.url)) as house:
        house.store.__class__ = BeingRead

        async def fails() -> None:
            def broken(_: object) -> None:
                raise StoreBroken("here", "disk I/O error")

            with pytest.raises(StoreBroken):
                await house.writer.write(broken)
            await asyncio.sleep(1.2)

        house.run(fails())
        assert house.writer.checking
        BeingRead.read_on = False
        house.run(until_checked(house.writer))
        assert "held for moderation" in house.said(FLAGGED)


async def until_checked(writer: Writer) -> None:
    async with asyncio.timeout(5):
        while writer.checking:  # noqa: ASYNC110  another thread's state has no event
            await asyncio.sleep(0.02)


def test_a_gateway_that_lost_its_store_leaves_for_its_supervisor_to_start_it_again(tmp_path: Path) -> None:
    with Sink("smtp") as sink, Gatepost(tmp_path, sink.url, packs=HOUSE) as gatepost:
        store = Store.open(url(tmp_path))
        assert store.checkpoint()
        store.close()
        damaged(tmp_path)
        # A duty may have met the damage first, and then it stops already: 421, or nobody there.
        with suppress(smtplib.SMTPException, OSError):
            assert submit(gatepost.smtp, FLAGGED, LIST)[0] in (421, 451)
        assert gatepost.wait_for_exit() == 1
        assert [line["event"] for line in gatepost.journal()].count("store_lost") == 1
