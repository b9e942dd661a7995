"""Recording is cheap enough for a budget of microseconds a post; measured in CPU time, with slack."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway import queue, said, transactions
from gateway.said import Memory
from gateway.store.database import Store
from gateway.store.writer import Writer
from gateway.transactions import Arrival, TransactionState
from rules.reading import read
from tests.given.store import NOW, arrival, decide, keep, new_store

SLACK = 5
BODY = b"Subject: Hello\r\n\r\n" + b"It is plain information about a seminar.\r\n" * 100


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    before = time.process_time()
    work()
    return time.process_time() - before


def hold_many(store: Store, number: int) -> list[str]:
    return [keep(store, octets=BODY + b"%d\r\n" % n) for n in range(number)]


def test_a_relayed_post_is_recorded_in_a_tenth_of_a_millisecond(store: Store) -> None:
    posts = [arrival(BODY) for _ in range(1000)]

    async def record(writer: Writer, post: Arrival) -> None:
        await writer.write(lambda c: transactions.begin(c, post), durable=False)
        done = TransactionState.RELAYED
        await writer.write(lambda c: transactions.finish(c, post.id, done, "250 2.0.0 Ok"), durable=False)
        writer.later(lambda c: transactions.confirm(c, (post.id,)))

    async def main() -> None:
        writer = Writer(store, asyncio.get_running_loop())
        writer.start()
        for start in range(0, len(posts), 50):
            await asyncio.gather(*(record(writer, post) for post in posts[start : start + 50]))
        await asyncio.to_thread(writer.stop)

    assert timed(lambda: asyncio.run(main())) / len(posts) < SLACK * 0.0001


def test_what_a_post_says_is_hashed_and_kept_in_a_fraction_of_a_millisecond(store: Store) -> None:
    lines = [
        b"The committee has met for the %d. time and agreed on all the points of it.\r\n" % n
        for n in range(50)
    ]
    reading, memory = read(b"Subject: Hello\r\n\r\n" + b"".join(lines)), Memory(store, b"secret")
    assert len(memory.sentences("physics@lists.example", reading)) == 51
    assert (
        timed(lambda: [memory.sentences("physics@lists.example", reading) for _ in range(200)]) / 200
        < SLACK * 0.0003
    )
    posts = [range(30 * n, 30 * n + 30) for n in range(200)]
    assert (
        timed(lambda: store.write(lambda c: [said.keep(c, post, NOW) for post in posts])) / 200
        < SLACK * 0.0001
    )


def test_a_thousand_holds_are_listed_and_accepted_quickly(store: Store) -> None:
    names = hold_many(store, 200)
    assert timed(lambda: store.read(lambda c: queue.waiting(c, queue.Filter()))) < SLACK * 0.2 / 5
    assert timed(lambda: [decide(store, name) for name in names]) < SLACK * 5 / 5
