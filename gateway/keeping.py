"""Takes a message over: held for a moderator, or stored to be delivered; only then is it 250."""

import asyncio
from dataclasses import replace

from sqlalchemy import Connection

from gateway import queue
from gateway.doors import Doors
from gateway.faults import Point, fault
from gateway.holding import Prepared
from gateway.repeats import Replied, repeated, turned_away
from gateway.reply import kept
from gateway.route import Judged
from gateway.store import codec
from gateway.transactions import Arrival, Prior

COMPRESSED_ON_LOOP = 65_536  # octets


class Keeping:
    """The gate's way of holding and storing."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def keep(self, arrival: Arrival, waits: tuple[Judged, ...], passes: tuple[Judged, ...]) -> Replied:
        """Store a hold for each list that waits and a delivery for each that passes, in one transaction."""
        if waits and (answer := await self._too_much(arrival, waits)):
            return answer
        prepared = self._prepared(arrival, waits, passes)
        counted = waits, arrival.message.envelope, len(arrival.message.octets), arrival.received
        self._doors.floods.count(*counted)
        reply = kept(arrival.id, (hold.id for hold in prepared.holds))
        try:
            prior = await self._stored(replace(arrival, reply=str(reply)), prepared)
        except Exception:  # trouble; not a cancellation, after which the writer may still commit
            self._doors.floods.take_back(*counted)
            raise
        if answer := repeated(self._doors, arrival, prior):
            self._doors.floods.take_back(*counted)
            return answer
        self._doors.floods.held(waits, arrival.received)
        for hold in prepared.holds:
            self._doors.tell("held", arrival, reply, hold=hold.id, clauses=hold.verdict.clauses)
        if prepared.deliveries:
            self._doors.tell("queued", arrival, reply)
        self._doors.wake()
        return Replied(reply, arrival.id)

    async def _stored(self, arrival: Arrival, prepared: Prepared) -> Prior | None:
        stored = replace(arrival, body=await self._compressed(arrival.message.octets))

        def record(connection: Connection) -> Prior | None:
            prior = queue.hold(connection, stored, prepared.holds, prepared.deliveries, prepared.notices)
            fault(Point.HOLD_BEFORE_COMMIT)
            return prior

        prior = await self._doors.writer.write(record)
        fault(Point.HOLD_COMMITTED)
        return prior

    def _prepared(self, arrival: Arrival, waits: tuple[Judged, ...], passes: tuple[Judged, ...]) -> Prepared:
        lists = (judged.in_force.list for judged in waits)
        digests = {name: self._doors.floods.digest(name, arrival.received) for name in lists}
        return self._doors.holding.prepare(arrival, waits, passes, digests)

    async def _too_much(self, arrival: Arrival, waits: tuple[Judged, ...]) -> Replied | None:
        """The answer to a post of which too many are held; a repeat of what is held has its own."""
        refusal = self._doors.floods.refusal(waits, arrival.message.envelope, arrival.received)
        if refusal is None:
            return None
        return await turned_away(self._doors, "deferred", arrival, refusal, "quota")

    async def _compressed(self, octets: bytes) -> bytes:
        # Long ones are compressed off the loop and outside the store's write lock; short ones in the job.
        return await asyncio.to_thread(codec.compressed, octets) if len(octets) > COMPRESSED_ON_LOOP else b""
