"""One commit for whatever waits, and a result only after it; each job's trouble is its own."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, func, select, text

from gateway.store.database import Store
from gateway.store.errors import StoreBroken, StoreLocked, StoreStopped
from gateway.store.tables import META
from gateway.store.writer import Job, Writer
from tests.given.store import new_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def put(key: str) -> Job:
    return lambda connection: connection.execute(META.insert(), {"key": key, "value": b"x"}) and key


def count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(META)) or 0


class Statements:
    """What the store was told, in order."""

    def __init__(self, store: Store) -> None:
        self.heard: list[str] = []
        event.listen(store._engine, "commit", lambda _: self.heard.append("COMMIT"))
        event.listen(store._engine, "rollback", lambda _: self.heard.append("ROLLBACK"))


def go(store: Store, *rounds: list[Job]) -> list[object]:
    """Give each round's jobs to a writer in one breath; what became of each job of all rounds."""

    async def main() -> list[object]:
        writer = Writer(store, asyncio.get_running_loop())
        writer.start()
        results: list[object] = []
        for jobs in rounds:
            results += await asyncio.gather(*map(writer.write, jobs), return_exceptions=True)
        await asyncio.to_thread(writer.stop)
        return results

    return asyncio.run(main())


def blocked(gate: threading.Event) -> Job:
    """A job during which the others pile up."""
    return lambda connection: gate.wait(5)


def test_jobs_that_wait_share_a_commit(store: Store) -> None:
    statements = Statements(store)
    gate = threading.Event()
    threading.Timer(0.2, gate.set).start()
    assert go(store, [blocked(gate), *(put(f"k{n}") for n in range(10))]) == [
        True,
        *(f"k{n}" for n in range(10)),
    ]
    assert statements.heard == ["COMMIT"] * 2
    assert store.read(count) == 12


def test_a_job_that_raises_fails_alone(store: Store) -> None:
    def bad(connection: Connection) -> None:
        put("bad")(connection)
        raise KeyError("mine")

    gate = threading.Event()
    threading.Timer(0.2, gate.set).start()
    results = go(store, [blocked(gate), put("a"), bad, put("secret"), put("b")])
    assert results[1] == "a"
    assert isinstance(results[2], KeyError)
    assert "UNIQUE" in str(results[3])
    assert results[4] == "b"
    assert store.read(count) == 4


def test_a_result_is_given_only_after_the_commit(store: Store) -> None:
    async def main() -> int:
        writer = Writer(store, asyncio.get_running_loop())
        writer.start()
        await writer.write(put("seen"))
        seen = store.read(count)  # another connection
        await asyncio.to_thread(writer.stop)
        return seen

    assert asyncio.run(main()) == 3


def test_only_what_must_be_on_the_disk_waits_for_it(store: Store) -> None:
    def synchronous(connection: Connection) -> object:
        return connection.scalar(text("PRAGMA synchronous"))

    async def main() -> list[object]:
        writer = Writer(store, asyncio.get_running_loop())
        writer.start()
        heard = [await writer.write(synchronous, durable=durable) for durable in (True, False, True)]
        await asyncio.to_thread(writer.stop)
        return heard

    assert asyncio.run(main()) == [2, 1, 2]


def test_what_can_wait_is_written_by_itself_in_the_end(store: Store) -> None:
    async def main() -> None:
        writer = Writer(store, asyncio.get_running_loop())
        writer.start()
        writer.later(put("later"))
        await asyncio.sleep(1)
        written.append(store.read(count))
        await asyncio.to_thread(writer.stop)

    written: list[int] = []
    asyncio.run(main())
    assert written == [3]


def test_what_can_wait_outlasts_another_process_that_keeps_the_lock(store: Store) -> None:
    async def main() -> int:
        writer = Writer(store, asyncio.get_running_loop())
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        writer.later(put("first"))
        writer.later(lambda connection: orders.append(count(connection)))
        writer.start()
        with pytest.raises(StoreLocked):
            await writer.write(put("kept by its caller"))
        other.execute("ROLLBACK")
        other.close()
        await writer.write(put("next"))
        await asyncio.to_thread(writer.stop)
        return writer.dropped

    orders: list[int] = []
    assert asyncio.run(main()) == 0
    assert store.read(count) == 4
    assert orders == [3]


def test_what_a_broken_store_keeps_refusing_is_given_up_and_counted(store: Store) -> None:
    def breaks(connection: Connection) -> None:
        raise StoreBroken("here", "it is broken")

    async def main() -> tuple[object, int]:
        writer = Writer(store, asyncio.get_running_loop())
        writer.later(breaks)
        writer.start()
        for _ in range(100):
            with pytest.raises(StoreBroken):
                await writer.write(put("goes down with it"))
        written = await writer.write(put("after"))
        await asyncio.to_thread(writer.stop)
        return written, writer.dropped

    assert asyncio.run(main()) == ("after", 1)


def test_no_more_is_put_back_than_there_is_room_for(store: Store) -> None:
    def locked(connection: Connection) -> None:
        raise StoreLocked("here")

    async def main() -> int:
        writer = Writer(store, asyncio.get_running_loop())
        writer.later(locked)
        for _ in range(10_002):
            writer.later(lambda _: None)
        writer.start()
        with pytest.raises(StoreLocked):
            await writer.write(count)
        await writer.write(count)
        await asyncio.to_thread(writer.stop)
        return writer.dropped

    assert asyncio.run(main()) == 3


def test_a_confirmation_is_written_before_what_came_after_it(store: Store) -> None:
    async def main() -> int:
        writer = Writer(store, asyncio.get_running_loop())
        writer.start()
        writer.later(put("later"))
        seen = await writer.write(count)
        await asyncio.to_thread(writer.stop)
        return seen

    assert asyncio.run(main()) == 3


def test_stopping_writes_what_was_given_and_takes_no_more(store: Store) -> None:
    async def main() -> list[object]:
        writer = Writer(store, asyncio.get_running_loop())
        futures = [writer.write(put(f"k{n}")) for n in range(5)]
        writer.later(put("later"))
        writer.start()
        await asyncio.to_thread(writer.stop)
        with pytest.raises(StoreStopped, match="stopping"):
            await writer.write(put("too late"))
        return list(await asyncio.gather(*futures))

    assert asyncio.run(main()) == [f"k{n}" for n in range(5)]
    assert store.read(count) == 8


def test_a_job_nobody_waits_for_any_more_is_written_all_the_same(store: Store) -> None:
    async def main() -> None:
        writer = Writer(store, asyncio.get_running_loop())
        future = writer.write(put("orphan"))
        future.cancel()
        writer.start()
        await asyncio.to_thread(writer.stop)
        await asyncio.sleep(0)

    asyncio.run(main())
    assert store.read(count) == 3


def test_a_connection_that_broke_is_replaced(store: Store) -> None:
    def breaks(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.close()
        connection.execute(text("SELECT 1"))

    results = go(store, [breaks], [put("after")])
    assert isinstance(results[0], Exception)
    assert results[1] == "after"
