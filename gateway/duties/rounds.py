"""Goes its rounds: asks each duty what is due and has it done, again and again, until it is cancelled."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway.duties.deliver import Deliver
from gateway.duties.expire import Expire
from gateway.duties.means import Duty, Means
from gateway.duties.notify import Notify
from gateway.duties.purge import Purge
from gateway.store.errors import StoreError
from gateway.store.shift import Shift

Item = TypeVar("Item")

_PAUSE = 1.0  # seconds between rounds when nobody wakes us
_LEAST = 0.1  # seconds between rounds however often somebody does
_AFTER_TROUBLE = 5.0
_AT_ONCE = 10  # items of one duty under way at the same time
_FINISH = 25.0  # seconds for what is under way when we are told to stop


@dataclass(kw_only=True)
class Duties(Means):
    """All duties of one process. Others may run elsewhere on the same store: leases keep them apart."""

    def __post_init__(self) -> None:
        self._deliver, self._notify = Deliver(self), Notify(self)
        self._rounds = (
            Round(self._deliver, self),
            Round(self._notify, self),
            Round(Expire(self), self),
            Round(Purge(self), self),
        )

    def wake(self) -> None:
        """Look soon: something was decided or stored. Call from the loop's thread."""
        for each in self._rounds:
            each.wake()

    async def run(self) -> None:
        """Do what is due until cancelled; what is under way then is finished first."""
        shift = Shift(self.store.path)
        try:
            if await asyncio.to_thread(shift.begin):
                await self._take_up()
            shift.settle()
            async with asyncio.TaskGroup() as group:
                for each in self._rounds:
                    group.create_task(each.run())
        finally:
            shift.end()

    async def _take_up(self) -> None:
        """Take up what the dead had in hand, minutes before their leases end."""
        now = self.clock()
        try:
            await self._deliver.look_back(now, alone=True)
            await self._notify.look_back(now, alone=True)
        except StoreError as error:
            # Their leases end by themselves.
            self.journal.trouble("duty_failed", error, duty="take up")


class Round(Generic[Item]):
    """One duty's rounds."""

    def __init__(self, duty: Duty[Item], means: Means) -> None:
        self._duty, self._journal = duty, means.journal
        self._awake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Look soon."""
        self._awake.set()

    async def run(self) -> None:
        """Look, begin what is due, wait; when cancelled, finish what was begun."""
        try:
            while True:
                self._awake.clear()
                pause = await self.look()
                await asyncio.sleep(_LEAST)
                # Not wait_for: before Python 3.12 it loses a cancellation that comes with the wake.
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._awake.wait()
        finally:
            await self.finish()

    async def look(self) -> float:
        """Begin what is due; returns how many seconds to wait before looking again."""
        room = _AT_ONCE - len(self._running)
        if not room:
            return _PAUSE
        try:
            items = await self._duty.due(room)
        except Exception as error:  # noqa: BLE001  trouble: a duty that fails is tried again (README, promises)
            self._journal.trouble("duty_failed", error, duty=self._duty.name)
            return _AFTER_TROUBLE
        for item in items:
            task = asyncio.create_task(self._carry_out(item))
            self._running.add(task)
            task.add_done_callback(self._ended)
        return _PAUSE

    async def _carry_out(self, item: Item) -> None:
        try:
            await self._duty.do(item)
        except Exception as error:  # noqa: BLE001  trouble: the row stays, and its lease ends (README, promises)
            self._journal.trouble("duty_failed", error, duty=self._duty.name)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._awake.set()

    async def finish(self) -> None:
        """Wait for what was begun, at most for `_FINISH` seconds; the rest is left to the next start."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=_FINISH)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
