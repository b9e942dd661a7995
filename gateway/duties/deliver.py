"""Hands released posts, and passing ones that could not be relayed inline, to the next hop: each once.

Before the final dot an attempt is repeated as often as need be. The state
*dotted* is on the disk before the dot goes out, so that whatever happens
afterwards without a reply is *unknown* and a person is asked.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from gateway import queue, said, transactions
from gateway.addresses import Served
from gateway.authentication.ageing import aged, concerns
from gateway.duties.means import Means
from gateway.duties.packing import Packer
from gateway.duties.reports import Reporter
from gateway.duties.step import Next, Step, step
from gateway.faults import Point, fault
from gateway.holds import OctetsLost
from gateway.outbox import deliveries
from gateway.outbox.delivery import Delivery
from gateway.relay import Outcome, Parcel, Stage
from gateway.reply import NEXT_HOP_LOST, Reply

_LEASE = timedelta(minutes=5)  # for all that happens before the final dot
_LOOK = 2.0  # seconds for what only tells something
_DOTTED = timedelta(minutes=5)  # beyond relay.data_timeout
_LOOK_BACK = timedelta(seconds=30)  # between looks for what a crash left
_NO_LIST = Reply(451, 3, 0, "The list is not served any more")


@dataclass
class LeaseLost(Exception):
    """Someone else has the delivery in hand, so no dot is sent here."""

    delivery_id: int

    def __str__(self) -> str:
        return f"delivery {self.delivery_id} is in other hands"


class Deliver:
    """The duty of handing on."""

    name = "deliver"

    def __init__(self, means: Means) -> None:
        self._means = means
        self._packer = Packer(means.trace.lines)
        self._recorder = Reporter(means.directory, means.journal)
        self._give_up_after = timedelta(seconds=means.settings.relay.give_up_after)
        self._looked_back: datetime | None = None

    async def due(self, room: int) -> Sequence[Delivery]:
        """Lease what is due; what a crash left in hand is put right first."""
        now = self._means.clock()
        if self._looked_back is None or abs(now - self._looked_back) >= _LOOK_BACK:
            await self.look_back(now)
        store, writer = self._means.store, self._means.writer
        found = await asyncio.to_thread(store.read, lambda c: deliveries.due(c, now, room))
        if not found:
            return ()
        until = now + _LEASE
        leased = await writer.write(lambda c: [deliveries.lease(c, each.id, now, until) for each in found])
        return tuple(each for each in leased if each is not None)

    async def do(self, delivery: Delivery) -> None:
        """Make one attempt and record what came of it, with the notices that it calls for."""
        fault(Point.DELIVERY_LEASED)
        try:
            following = await self._followed(delivery)
        except LeaseLost:
            return
        now = self._means.clock()
        await self._means.writer.write(lambda c: self._record(c, delivery, following, now))
        fault(Point.DELIVERY_RECORDED)
        self._recorder.journal(delivery, following)

    async def _followed(self, delivery: Delivery) -> Step:
        """What follows from one attempt. Raises LeaseLost."""
        in_force = self._means.directory().named(delivery.list)
        if in_force is None:
            outcome = _everyone(delivery, _NO_LIST, Stage.CONNECT)
        else:
            try:
                outcome = await self._attempt(delivery, in_force)
            except OctetsLost as lost:
                reply = str(Reply(554, 3, 0, str(lost)))
                return Step(Next.LOST, delivery.recipients, reply, self._means.clock())
        fault(Point.DELIVERY_ANSWERED)
        return step(delivery, outcome, self._means.clock(), self._give_up_after)

    async def _attempt(self, delivery: Delivery, in_force: Served) -> Outcome:
        """Raises OctetsLost or LeaseLost."""
        profile = in_force.profile
        parcel = await asyncio.to_thread(
            self._means.store.read, lambda c: self._packer.pack(c, delivery, profile)
        )
        if delivery.hold_id is not None and delivery.attempts <= 1:
            try:
                async with asyncio.timeout(_LOOK):
                    await self._look_at_signatures(delivery, parcel.octets)
            except Exception as error:  # noqa: BLE001  trouble: what it might have told keeps no post back
                self._means.journal.trouble("signature_unseen", error, id=delivery.hold_id)
        try:
            return await self._hand_over(delivery, in_force, parcel)
        except TimeoutError:
            return _everyone(delivery, NEXT_HOP_LOST, Stage.DATA)
        except ValueError as error:
            # Octets that no server may be given; trying again would not change them.
            return _everyone(delivery, Reply(554, 6, 0, str(error)), Stage.CONNECT)

    async def _look_at_signatures(self, delivery: Delivery, octets: bytes) -> None:
        """Leave a line in the journal where others may refuse the author's signature; the post goes out."""
        store, list_ = self._means.store, delivery.list
        found = await asyncio.to_thread(
            store.read, lambda c: transactions.identity(c, delivery.transaction_id, list_)
        )
        signatures = await aged(octets, found, self._means.authenticator)
        if concerns(signatures, self._means.clock(), policy=found.policy):
            domains = sorted({one.domain for one in signatures})
            self._means.journal.event("signature_stale", id=delivery.hold_id, domains=domains)

    async def _hand_over(self, delivery: Delivery, in_force: Served, parcel: Parcel) -> Outcome:
        # Ends well before the lease does: two holders of one delivery would both think it theirs.
        async with asyncio.timeout(_LEASE.total_seconds() - 30) as limit:

            async def before_dot() -> None:
                limit.reschedule(None)
                patience = timedelta(seconds=self._means.settings.relay.data_timeout)
                until = self._means.clock() + patience + _DOTTED
                mine = await self._means.writer.write(lambda c: deliveries.dotted(c, delivery.id, until))
                if not mine:
                    raise LeaseLost(delivery.id)
                fault(Point.DELIVERY_DOTTED)

            # Nobody waits for the answer, so the lease bounds it: a long post may take its time.
            seconds = 2 * _LEASE.total_seconds()
            return await self._means.relay.deliver(in_force.hop, parcel, before_dot, seconds=seconds)

    def _record(self, connection: Connection, delivery: Delivery, following: Step, now: datetime) -> None:
        if following.owed and following.owed != delivery.recipients:
            deliveries.narrow(connection, delivery.id, following.owed)
        match following.next:
            case Next.AGAIN:
                deliveries.retry(connection, delivery.id, following.reply, following.due)
            case Next.DELIVERED:
                deliveries.delivered(connection, delivery.id, following.reply)
                self._recorder.released(connection, delivery, now)
                if delivery.hold_id is not None:
                    said.keep_released(connection, delivery.hold_id, now)
            case Next.FAILED:
                hold_id = deliveries.failed(connection, delivery.id, following.reply)
                self._recorder.refused(connection, hold_id, following, now)
            case Next.LOST:
                hold_id = deliveries.failed(connection, delivery.id, following.reply)
                self._recorder.lost(connection, hold_id, following, now)
            case Next.UNKNOWN:
                hold_id = deliveries.unknown(connection, delivery.id, following.reply)
                self._recorder.unknown(connection, hold_id, following, now)

    async def look_back(self, now: datetime, *, alone: bool = False) -> None:
        """Put right what a crash left: where a lease has ended, or anywhere, if nobody else is at work."""
        recovered = await self._means.writer.write(lambda c: self._recover(c, now, alone=alone))
        self._looked_back = now
        for hold_id in recovered.unknown:
            self._recorder.alarm(hold_id)
        if recovered.again:
            self._means.journal.event("deliveries_taken_up", count=recovered.again)

    def _recover(self, connection: Connection, now: datetime, *, alone: bool) -> deliveries.Recovered:
        recovered = deliveries.recover(connection, now, alone=alone)
        for hold_id in recovered.unknown:
            hold = queue.get(connection, hold_id)
            self._recorder.unknown(
                connection, hold_id, Step(Next.UNKNOWN, hold.recipients, hold.reply, now), now
            )
        return recovered


def _everyone(delivery: Delivery, reply: Reply, stage: Stage) -> Outcome:
    return Outcome((reply,) * len(delivery.recipients), stage, "")
