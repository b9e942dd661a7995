"""The one thread that writes for the event loop: whatever waits goes into one commit."""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from gateway.store.database import Store, set_durable
from gateway.store.errors import StoreBroken, StoreError, StoreFull, StoreLocked, StoreStopped

T = TypeVar("T")
Job = Callable[[Connection], Any]

_IDLE_SECONDS = 0.5  # how long a `later` job waits at most
_LONGEST_BATCH_SECONDS = 0.02  # others want the lock too; it is never kept for 50 ms
_MOST_LATER = 10_000  # jobs put back; a confirmation that is lost costs at most one repeat more
_SOON = 1.0  # a check of the store that takes no longer makes nobody wait in vain
_MOST_TRIES = 100  # of one that meets a broken store: it may be what breaks every batch that it is in


@dataclass(slots=True)
class _Queued:
    """A job, who waits for it (nobody, for `later`), and what became of it."""

    job: Job
    durable: bool
    future: "asyncio.Future[Any] | None"
    result: Any = None
    error: BaseException | None = None
    tries: int = 0


class Writer:
    """Runs jobs in the order they came, many to a commit; a result is given after COMMIT returned.

    A job may run twice (when another job of its batch raised, the batch is
    rolled back and its jobs run singly), so it must touch nothing but its
    connection. Its exception is its caller's alone.

    ``dropped`` counts the `later` jobs that were given up because the store stayed locked, full or broken.

    When the disk fails nothing is written until the store has been looked
    through: after a failed fsync nobody knows what is on the disk. If it is
    whole the writer goes on, with a new connection; if not it never writes
    again, and calls ``on_lost`` in the loop's thread.
    """

    def __init__(
        self,
        store: Store,
        loop: asyncio.AbstractEventLoop,
        on_lost: Callable[[StoreBroken], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._loop = loop
        self._on_lost = on_lost
        self._lost: StoreBroken | None = None
        self.checking = False
        self._jobs: queue.SimpleQueue[_Queued | None] = queue.SimpleQueue()
        self._later: deque[_Queued] = deque()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._connection: Connection | None = None
        self._durable: bool | None = None  # what the connection was told last; None: nothing yet
        self._stopped = False
        self.dropped = 0
        self._failed: StoreBroken | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the thread is there to write."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Take no more jobs, finish those given, end the thread; blocks until that is done."""
        if not self._stopped:
            self._stopped = True
            self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def write(self, job: Callable[[Connection], T], durable: bool = True) -> "asyncio.Future[T]":
        """Return, as a future, what ``job`` returns, once it is committed; call from the loop's thread.

        ``durable``: and once it is on the disk. The future raises what the job
        raised, StoreLocked, StoreFull, StoreBroken, or StoreStopped.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        if self._stopped:
            future.set_exception(StoreStopped(str(self._store.path)))
        else:
            self._jobs.put(_Queued(job, durable, future))
        return future

    def later(self, job: Job) -> None:
        """Run ``job`` with the next batch, at most half a second from now; what becomes of it is not told.

        While the store is locked, full or broken it is tried again, before what came after it.
        """
        self._later.append(_Queued(job, durable=False, future=None))

    def _run(self) -> None:
        running = True
        while running:
            batch: list[_Queued] = []
            # Waits outside the lock; then the first job brings along all that queued meanwhile.
            with suppress(queue.Empty):
                first = self._jobs.get(timeout=_IDLE_SECONDS)
                running = first is not None
                if first is not None:
                    batch.append(first)
            while running and batch and not self._jobs.empty():
                following = self._jobs.get()
                running = following is not None
                if following is not None:
                    batch.append(following)
            self._write_all(batch)
            if self._failed is not None:
                running = self._look_through(self._failed) and running
        self._disconnect()
        self.dropped += len(self._later)

    def _write_all(self, jobs: list[_Queued]) -> None:
        # Before the batch, not after: whoever confirms a reply and then sends the same octets
        # again in the same breath means a new post, and the confirmation must be seen first.
        jobs = [*self._postponed(), *jobs]
        again: list[_Queued] = []
        while jobs:
            done = self._write_batch(jobs)
            self._settle(jobs[:done])
            again += [queued for queued in jobs[:done] if self._may_help_to_wait(queued)]
            jobs = jobs[done:]
        self._put_back(again)

    def _look_through(self, failed: StoreBroken) -> bool:
        """Have the store checked, and turn away who comes meanwhile; False: we were told to stop."""
        self._failed, self.checking, running = None, True, True
        check = threading.Thread(target=self._check, name="store-check", daemon=True)
        check.start()
        check.join(_SOON)
        while check.is_alive():
            running = self._turn_away(failed) and running
            check.join(_IDLE_SECONDS / 5)
        self.checking = False
        return running

    def _turn_away(self, failed: StoreBroken) -> bool:
        turned: list[_Queued] = []
        with suppress(queue.Empty):
            while (queued := self._jobs.get_nowait()) is not None:
                queued.error = failed
                turned.append(queued)
            self._settle(turned)
            return False
        self._settle(turned)
        return True

    def _check(self) -> None:
        damage: str | None = None
        while damage is None and not self._stopped:
            try:
                damage = self._damage()
            except (StoreLocked, StoreFull):
                time.sleep(_IDLE_SECONDS)
            except StoreError as error:
                damage = str(error)
        if damage not in (None, "ok"):
            self._lost = StoreBroken(str(self._store.path), damage)
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._on_lost, self._lost)

    def _damage(self) -> str | None:
        """SQLite's word on the store; None while somebody's reading keeps us from having it."""
        # What was called written may be in memory alone: this has all of it written once more.
        # With the old log left in place, a power cut could take what is written behind its lost part.
        return self._store.integrity() if self._store.checkpoint() else None

    def _postponed(self) -> list[_Queued]:
        return [self._later.popleft() for _ in range(len(self._later))]

    def _may_help_to_wait(self, queued: _Queued) -> bool:
        """Whether nobody is told that this job failed, and not the job but the store is to blame."""
        if queued.future is not None:
            return False
        if isinstance(queued.error, StoreBroken):
            queued.tries += 1
            self.dropped += queued.tries >= _MOST_TRIES
            return queued.tries < _MOST_TRIES
        return isinstance(queued.error, StoreLocked | StoreFull)

    def _put_back(self, jobs: list[_Queued]) -> None:
        room = max(0, _MOST_LATER - len(self._later))
        kept = jobs[len(jobs) - min(room, len(jobs)) :]  # the oldest matter least
        self.dropped += len(jobs) - len(kept)
        for queued in kept:
            queued.error = None
        self._later.extendleft(reversed(kept))

    def _write_batch(self, jobs: list[_Queued]) -> int:
        """Return how many of ``jobs`` were dealt with; each of these has its result or error."""
        try:
            return self._commit(jobs)
        except (StoreLocked, StoreBroken) as error:
            # Each would wait five seconds more for the same lock, or trust a failed disk: all go back.
            self._disconnect()
            for queued in jobs:
                queued.error = error
            self._distrust(error)
        except BaseException as error:  # noqa: BLE001  trouble: each job fails for itself alone
            if len(jobs) == 1:
                jobs[0].error = error
            else:
                for queued in jobs:
                    self._write_singly(queued)
        return len(jobs)

    def _distrust(self, error: BaseException) -> None:
        if isinstance(error, StoreBroken) and self._lost is None:
            self._failed = error

    def _write_singly(self, queued: _Queued) -> None:
        try:
            self._commit([queued])
        except BaseException as error:  # noqa: BLE001  trouble: handed to the one who waits for this job
            queued.error = error
            self._distrust(error)

    def _commit(self, jobs: list[_Queued]) -> int:
        if self._lost is not None:
            raise self._lost
        with self._store.translating():
            connection = self._connection or self._connect()
            self._set_durable(connection, any(queued.durable for queued in jobs))
            started = time.monotonic()
            done = 0
            with connection.begin():
                for queued in jobs:
                    queued.result = queued.job(connection)
                    done += 1
                    if time.monotonic() - started > _LONGEST_BATCH_SECONDS:
                        break
            return done

    def _set_durable(self, connection: Connection, durable: bool) -> None:
        if durable is not self._durable:
            set_durable(connection, durable)
            self._durable = durable

    def _connect(self) -> Connection:
        self._durable = None
        self._connection = self._store.writing_connection()
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # The pool must not hand on a connection whose rollback failed with the disk.
            with suppress(Exception):
                connection.invalidate()
            with suppress(Exception):
                connection.close()

    def _settle(self, jobs: list[_Queued]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(_tell, jobs)


def _tell(jobs: list[_Queued]) -> None:
    for queued in jobs:
        if queued.future is None or queued.future.done():
            continue
        if queued.error is None:
            queued.future.set_result(queued.result)
        else:
            queued.future.set_exception(queued.error)
