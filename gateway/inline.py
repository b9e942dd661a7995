"""Hands a passing message on inside its client's own DATA; the next hop's reply becomes ours."""

import asyncio

from sqlalchemy import Connection

from gateway import said, transactions
from gateway.doors import Doors
from gateway.faults import Point, fault
from gateway.relay import NextHop, Outcome, Parcel
from gateway.repeats import Replied, repeated
from gateway.reply import NEXT_HOP_LOST, NO_TIME_LEFT, Reply
from gateway.route import Judged
from gateway.transactions import Arrival, TransactionState

_LEAST = 0.05  # of the client's patience, without which the next hop is not worth asking


class Inline:
    """The gate's way of relaying."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def relay(
        self, arrival: Arrival, hop: NextHop, group: tuple[Judged, ...], by: float
    ) -> Replied | None:
        """Hand a message on while its client waits; None where the next hop took not all, and so has none.

        ``by``: when the client must have all its answers, on the loop's clock.
        """
        if self._is_late(by):
            return self._put_off(arrival)
        # The in-flight row is in the store before the first octet leaves, so that a crash in the
        # gap after the final dot is known at the next start (RFC 1047).
        prior = await self._doors.writer.write(
            lambda connection: transactions.begin(connection, arrival), durable=False
        )
        fault(Point.RELAY_RECORDED)
        if answer := repeated(self._doors, arrival, prior):
            return answer
        if self._is_late(by):  # by now: the store may have kept it waiting
            self._finish(arrival, TransactionState.DEFERRED, NO_TIME_LEFT)
            return self._put_off(arrival)
        outcome = await self._delivered(arrival, hop, self._parcel(arrival, group), by)
        if outcome.called_off:
            self._finish(arrival, TransactionState.DEFERRED, outcome.replies[0])
            return None
        return self._relayed(arrival, outcome)

    def _is_late(self, by: float) -> bool:
        return _left(by) < self._doors.relay.deadline * _LEAST

    def _put_off(self, arrival: Arrival) -> Replied:
        # Asking now would only count against a next hop that is well.
        self._doors.tell("deferred", arrival, NO_TIME_LEFT, why="time")
        return Replied(NO_TIME_LEFT)

    async def _delivered(self, arrival: Arrival, hop: NextHop, parcel: Parcel, by: float) -> Outcome:
        state = TransactionState.DEFERRED

        async def before_dot() -> None:
            nonlocal state
            state = TransactionState.UNKNOWN
            fault(Point.RELAY_BEFORE_DOT)

        try:
            outcome = await self._doors.relay.deliver(
                hop, parcel, before_dot, all_or_nothing=True, seconds=_left(by)
            )
        except BaseException:
            self._finish(arrival, state, NEXT_HOP_LOST)
            raise
        fault(Point.RELAY_ANSWERED)
        return outcome

    def _relayed(self, arrival: Arrival, outcome: Outcome) -> Replied:
        # Where some are refused for now and others for good, the client must keep the message.
        reply = next((each for each in outcome.replies if each.transient), outcome.replies[0])
        if reply.accepted:
            reply = Reply(250, 0, 0, f"Ok: relayed {outcome.upstream}".strip())
            state, event = TransactionState.RELAYED, "relayed"
        elif outcome.unknown:
            state, event = TransactionState.UNKNOWN, "unknown"
        elif reply.transient:
            state, event = TransactionState.DEFERRED, "deferred"
        else:
            state, event = TransactionState.REFUSED, "refused"
        self._finish(arrival, state, reply)
        self._doors.tell(event, arrival, reply)
        return Replied(reply, arrival.id)

    def _parcel(self, arrival: Arrival, group: tuple[Judged, ...]) -> Parcel:
        envelope = arrival.message.envelope
        posted = tuple(one.in_force.list for one in group if one.verdict is not None)
        return Parcel(
            reverse_path=envelope.reverse_path,
            recipients=envelope.recipients,
            parameters=envelope.parameters,
            prepended=self._doors.trace.lines(arrival.id, envelope, arrival.received, *posted),
            octets=arrival.message.octets,
            recipient_parameters=envelope.recipient_parameters,
        )

    def _finish(self, arrival: Arrival, state: TransactionState, reply: Reply) -> None:
        def record(connection: Connection) -> None:
            transactions.finish(connection, arrival.id, state, str(reply))
            fault(Point.RELAY_BEFORE_COMMIT)
            if state is TransactionState.RELAYED:
                for judgement in arrival.judgements:
                    said.keep(connection, judgement.sentences, arrival.received)

        # Not awaited: the reply is true already, and a repeat asks after this in the same queue.
        self._doors.writer.later(record)


def _left(by: float) -> float:
    """Seconds from now until then."""
    return by - asyncio.get_running_loop().time()
