"""Has an arriving message scanned, read and judged, then relays, holds or refuses it. Nowhere else does.

A reply is a promise: 2yz means that the next hop has the message or that it
is on disk. Whatever is raised here reaches the client as 451, so that the
message stays the client's.
"""

import asyncio
from dataclasses import dataclass, replace
from typing import assert_never

from sqlalchemy import Connection

from gateway import queue, transactions
from gateway.addresses import Directory, Kind
from gateway.doors import Doors
from gateway.relay import NextHop, Outcome, Parcel
from gateway.reply import (
    LOOP,
    NEXT_HOP_LOST,
    NO_SPACE,
    NO_SUCH_ADDRESS,
    PROCESSING,
    RELAYING_DENIED,
    Reply,
)
from gateway.route import Judged, Keep, Refuse, RelayInline, answered_together, route
from gateway.smtp.admission import Admitted
from gateway.store import codec
from gateway.store.errors import StoreFull
from gateway.store.ids import new_id
from gateway.trace import MOST_HOPS
from gateway.transactions import Arrival, Judgement, Prior, TransactionState
from rules.message import Message
from rules.scan import Scan

LONG = 65_536  # octets


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to one share of a message, and the transaction that it belongs to ("" for none)."""

    reply: Reply
    transaction: str = ""


class Gate:
    """Admits messages. ``directory`` is swapped whole when a policy is published."""

    def __init__(self, doors: Doors, directory: Directory) -> None:
        self._doors = doors
        self.directory = directory

    def sender(self) -> Reply | None:
        """Why no message can be taken at present, asked at MAIL; None to go on."""
        return self._doors.room.refusal()

    def recipient(self, address: bytes) -> Reply | None:
        """Why a recipient is refused at RCPT; None to accept it."""
        kind = self.directory.find(address).kind
        if kind is Kind.ELSEWHERE:
            return RELAYING_DENIED
        if kind in (Kind.UNKNOWN, Kind.OURS):
            return NO_SUCH_ADDRESS
        return None

    def extensions(self) -> frozenset[str]:
        """What every next hop takes; one that nobody has asked yet limits nothing."""
        offered = frozenset({"8BITMIME", "SMTPUTF8"})
        for hop in {one.hop for one in self.directory.lists}:
            known = self._doors.relay.extensions(hop)
            if known is not None:
                offered &= known
        return offered

    def confirmed(self, transactions_seen: tuple[str, ...]) -> None:
        """The client has seen our reply: a repeat of the message would be a new one."""
        self._doors.writer.later(lambda connection: transactions.confirm(connection, transactions_seen))

    async def admit(self, message: Message, *, lmtp: bool = False) -> Admitted:
        """Take, hand on or refuse a message: one true reply per recipient, in RCPT order."""
        scanned = await self._doors.judging.scan(message)
        judged = await self._doors.judging.judge(message, scanned, self.directory)
        answers: dict[bytes, Answer] = {}
        for group in answered_together(lmtp, judged):
            recipients = tuple(recipient for one in group for recipient in one.recipients)
            share = _share(message, recipients)
            answer = await self._answer(self._arrival(share, group), group, scanned)
            answers.update(dict.fromkeys(recipients, answer))
        in_order = [answers[recipient] for recipient in message.envelope.recipients]
        return Admitted(
            tuple(answer.reply for answer in in_order),
            tuple(dict.fromkeys(answer.transaction for answer in in_order if answer.transaction)),
        )

    def _arrival(self, share: Message, group: tuple[Judged, ...]) -> Arrival:
        return Arrival(
            id=new_id(),
            key=transactions.dedupe_key(share.envelope, share.octets, self._doors.front_networks),
            message=share,
            received=self._doors.clock(),
            judgements=tuple(
                Judgement(one.in_force.list, one.recipients, one.in_force.number, one.verdict, one.mode)
                for one in group
            ),
        )

    async def _answer(self, arrival: Arrival, group: tuple[Judged, ...], scanned: Scan) -> Answer:
        if self._loops(scanned, group):
            self._doors.tell("refused", arrival, LOOP, why="loop")
            return Answer(LOOP)
        try:
            match route(group):
                case RelayInline(hop):
                    return await self._relay(arrival, hop, group)
                case Keep(waits, passes):
                    return await self._keep(arrival, waits, passes)
                case Refuse(judged):
                    return await self._refuse(arrival, judged)
                case never:
                    assert_never(never)
        except StoreFull as error:
            self._doors.journal.trouble("store_full", error, id=arrival.id)
            return Answer(NO_SPACE)

    def _loops(self, scanned: Scan, group: tuple[Judged, ...]) -> bool:
        if scanned.count("Received") >= MOST_HOPS:
            return True
        return any(one.facts.looped for one in group)

    async def _relay(self, arrival: Arrival, hop: NextHop, group: tuple[Judged, ...]) -> Answer:
        # The in-flight row is in the store before the first octet leaves, so that a crash in the
        # gap after the final dot is known at the next start (RFC 1047).
        prior = await self._doors.writer.write(
            lambda connection: transactions.begin(connection, arrival), durable=False
        )
        if answer := self._repeated(arrival, prior):
            return answer
        outcome = await self._delivered(arrival, hop, self._parcel(arrival, group))
        if outcome.called_off:
            # The list server took some recipients and refused others; one reply could not say so.
            self._finish(arrival, TransactionState.DEFERRED, outcome.replies[0])
            return await self._keep(replace(arrival, id=new_id()), (), group)
        return self._relayed(arrival, outcome)

    async def _delivered(self, arrival: Arrival, hop: NextHop, parcel: Parcel) -> Outcome:
        state = TransactionState.DEFERRED

        async def before_dot() -> None:
            nonlocal state
            state = TransactionState.UNKNOWN

        try:
            return await self._doors.relay.deliver(hop, parcel, before_dot, all_or_nothing=True)
        except BaseException:
            self._finish(arrival, state, NEXT_HOP_LOST)
            raise

    def _relayed(self, arrival: Arrival, outcome: Outcome) -> Answer:
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
        return Answer(reply, arrival.id)

    async def _keep(self, arrival: Arrival, waits: tuple[Judged, ...], passes: tuple[Judged, ...]) -> Answer:
        prepared = self._doors.holding.prepare(arrival, waits, passes)
        names = ", ".join(hold.id for hold in prepared.holds)
        text = f"Ok: held for moderation as {names}" if names else f"Ok: queued as {arrival.id}"
        reply = Reply(250, 0, 0, text)
        stored = replace(arrival, reply=str(reply), body=await self._compressed(arrival.message.octets))
        prior = await self._doors.writer.write(
            lambda connection: queue.hold(
                connection, stored, prepared.holds, prepared.deliveries, prepared.notices
            )
        )
        if answer := self._repeated(arrival, prior):
            return answer
        for hold in prepared.holds:
            self._doors.tell("held", arrival, reply, hold=hold.id, clauses=hold.verdict.clauses)
        if prepared.deliveries:
            self._doors.tell("queued", arrival, reply)
        self._doors.wake()
        return Answer(reply, arrival.id)

    async def _compressed(self, octets: bytes) -> bytes:
        # Long ones are compressed off the loop and outside the store's write lock; short ones in the job.
        return await asyncio.to_thread(codec.compressed, octets) if len(octets) > LONG else b""

    async def _refuse(self, arrival: Arrival, judged: Judged) -> Answer:
        clauses = judged.verdict.clauses if judged.verdict else ()
        clause = clauses[0] if clauses else "policy"
        whom = f"{judged.in_force.profile.name}-owner@{judged.in_force.list.rpartition('@')[2]}"
        reply = Reply(550, 7, 1, f"Refused under clause {clause}; ask {whom} and quote {arrival.id}")

        def record(connection: Connection) -> Prior | None:
            prior = transactions.begin(connection, arrival)
            if prior is None or prior.state is TransactionState.UNKNOWN:
                transactions.finish(connection, arrival.id, TransactionState.REFUSED, str(reply))
            return prior

        prior = await self._doors.writer.write(record)
        if answer := self._repeated(arrival, prior):
            return answer
        self._doors.tell("refused", arrival, reply, clauses=clauses)
        return Answer(reply, arrival.id)

    def _repeated(self, arrival: Arrival, prior: Prior | None) -> Answer | None:
        """The first outcome's answer for a repeat of what the client never saw answered; None to go on."""
        if prior is None:
            return None
        if prior.state is TransactionState.UNKNOWN:
            self._doors.metrics.possible_duplicates.inc()
            self._doors.tell("possible_duplicate", arrival, NEXT_HOP_LOST, of=prior.id)
            return None
        if prior.state is TransactionState.IN_FLIGHT:
            return Answer(PROCESSING)
        reply = Reply.from_line(prior.reply)
        self._doors.tell("repeated", arrival, reply, of=prior.id)
        return Answer(reply, prior.id)

    def _parcel(self, arrival: Arrival, group: tuple[Judged, ...]) -> Parcel:
        envelope = arrival.message.envelope
        posted = tuple(one.in_force.list for one in group if one.verdict is not None)
        return Parcel(
            reverse_path=envelope.reverse_path,
            recipients=envelope.recipients,
            parameters=envelope.parameters,
            prepended=self._doors.trace.lines(arrival.id, envelope, arrival.received, *posted),
            octets=arrival.message.octets,
        )

    def _finish(self, arrival: Arrival, state: TransactionState, reply: Reply) -> None:
        # Not awaited: the reply is true already, and a repeat asks after this in the same queue.
        self._doors.writer.later(
            lambda connection: transactions.finish(connection, arrival.id, state, str(reply))
        )


def _share(message: Message, recipients: tuple[bytes, ...]) -> Message:
    """The message as far as it goes to these recipients."""
    if recipients == message.envelope.recipients:
        return message
    return replace(message, envelope=replace(message.envelope, recipients=recipients))
