"""Has an arriving message scanned, read and judged, then relays, holds or refuses it. Nowhere else does.

A reply is a promise: 2yz means that the next hop has the message or that it
is on disk. Whatever is raised here reaches the client as 451, so that the
message stays the client's.
"""

import asyncio
from dataclasses import replace
from functools import partial
from typing import assert_never

from sqlalchemy import Connection

from gateway import border, transactions
from gateway.addresses import Directory, Kind
from gateway.deaths import wary
from gateway.doors import Doors
from gateway.faults import Point, fault
from gateway.inline import Inline
from gateway.keeping import Keeping
from gateway.networks import within
from gateway.relay import NextHop
from gateway.repeats import Replied, repeated, turned_away
from gateway.reply import (
    LOOP,
    NO_SPACE,
    NO_SUCH_ADDRESS,
    RELAYING_DENIED,
    STORE_CHECKED,
    TOO_BIG,
    UNSCANNED,
    Reply,
)
from gateway.route import Defer, Judged, Keep, Refuse, RelayInline, answered_together, route
from gateway.smtp.admission import Admitted
from gateway.store.errors import StoreFull
from gateway.store.ids import new_id
from gateway.trace import MOST_HOPS
from gateway.transactions import Arrival, Judgement, Prior, TransactionState
from rules.message import Message
from rules.scan import Scan

ROOM_ABOVE = 4096  # octets for the lines that we put above a message
_UNTIL_ASKED = frozenset({"8BITMIME", "SMTPUTF8"})
_FOR_JUDGING = 0.6
"""Of the client's patience; the rest is for the list server, or for keeping what was not judged in time."""


class Gate:
    """Admits messages. ``directory`` is swapped whole when a policy is published."""

    def __init__(self, doors: Doors, directory: Directory) -> None:
        self._doors = doors
        self._inline, self._keeping = Inline(doors), Keeping(doors)
        self.directory = directory

    def sender(self) -> Reply | None:
        """Why no message can be taken at present, asked at MAIL; None to go on."""
        return STORE_CHECKED if self._doors.writer.checking else self._doors.room.refusal()

    def recipient(self, address: bytes, size: int) -> Reply | None:
        """Why a recipient is refused at RCPT, where MAIL declared ``size`` (0: none); None to accept it."""
        found = self.directory.find(address)
        if found.kind is Kind.ELSEWHERE:
            return RELAYING_DENIED
        if found.in_force is None or found.kind is Kind.OURS:
            return NO_SUCH_ADDRESS
        return TOO_BIG if self._is_too_big(size, found.in_force.hop) else None

    def extensions(self) -> frozenset[str]:
        """What every next hop takes. One that nobody has asked yet limits nothing but DSN.

        DSN is only ever asked for where it is offered, and a post that asks
        for it must find a next hop that has it; the others are asked of any.
        """
        offered = frozenset({"8BITMIME", "SMTPUTF8", "DSN"})
        for hop in self.directory.hops:
            known = self._doors.relay.extensions(hop)
            offered &= _UNTIL_ASKED if known is None else known
        return offered

    def most_octets(self) -> int | None:
        """The largest message that any next hop takes; None where one of them has named no limit.

        EHLO has one figure for all lists (RFC 1870). With the smallest, the
        small next hop of one list would keep another list's posts out; so
        each list's own counts at RCPT, or once the message is there. A message
        for several lists, whose size MAIL did not declare, must be small
        enough for each of them: in SMTP they have one reply.
        """
        limits = [self._limit(hop) for hop in self.directory.hops]
        return max((limit for limit in limits if limit), default=None) if all(limits) else None

    def _limit(self, hop: NextHop) -> int:
        """The largest message that a next hop takes with our lines above it; 0 where it has not said."""
        said = self._doors.relay.most_octets(hop)
        return said - ROOM_ABOVE if said > ROOM_ABOVE else 0

    def _is_too_big(self, size: int, hop: NextHop) -> bool:
        return bool(limit := self._limit(hop)) and size > limit

    def confirmed(self, transactions_seen: tuple[str, ...]) -> None:
        """The client has seen our reply: a repeat of the message would be a new one."""
        self._doors.writer.later(lambda connection: transactions.confirm(connection, transactions_seen))

    async def admit(self, message: Message, *, lmtp: bool = False) -> Admitted:
        """Take, hand on or refuse a message: one true reply per recipient, in RCPT order."""
        fault(Point.TAKEN)
        # The client has one patience: for readers, scanners and DNS, and in LMTP for all its recipients.
        by = asyncio.get_running_loop().time() + self._doors.relay.deadline
        with self._doors.deaths.while_judging(message.octets) as deaths:
            scanned, judged = await self._judged(message, deaths)
        fault(Point.JUDGED)
        answers: dict[bytes, Replied] = {}
        for group in answered_together(lmtp, judged):
            recipients = tuple(recipient for one in group for recipient in one.recipients)
            share = _share(message, recipients)
            answer = await self._answer(self._arrival(share, group), group, scanned, by)
            answers.update(dict.fromkeys(recipients, answer))
        in_order = [answers[recipient] for recipient in message.envelope.recipients]
        return Admitted(
            tuple(answer.reply for answer in in_order),
            tuple(dict.fromkeys(answer.transaction for answer in in_order if answer.transaction)),
        )

    async def _judged(self, message: Message, deaths: int) -> tuple[Scan, tuple[Judged, ...]]:
        """The scan, and how each list's share was judged; what is not judged in time is in doubt."""
        judging, directory, scanned = self._doors.judging, self.directory, None
        seconds = self._doors.relay.deadline * _FOR_JUDGING
        try:
            async with asyncio.timeout(seconds) as limit:
                scanned = wary(await judging.scan(message), deaths)
                fault(Point.JUDGING)
                return scanned, await judging.judge(message, scanned, directory)
        except TimeoutError:
            if not limit.expired():  # a disk's or a socket's own, which says nothing of the client's patience
                raise
            self._doors.journal.event("judging_late", seconds=round(seconds, 1), size=len(message.octets))
        scanned = scanned or judging.scan_beginning(message)
        return scanned, judging.unjudged(message, scanned, directory)

    def _arrival(self, share: Message, group: tuple[Judged, ...]) -> Arrival:
        our_networks = self._doors.ours.networks(one.in_force for one in group)
        return Arrival(
            id=new_id(),
            key=transactions.dedupe_key(share.envelope, share.octets, our_networks),
            message=share,
            received=self._doors.clock(),
            judgements=tuple(
                Judgement(
                    one.in_force.list,
                    one.recipients,
                    one.in_force.number,
                    one.verdict,
                    one.mode,
                    one.sentences,
                    one.identity,
                )
                for one in group
            ),
        )

    async def _answer(self, arrival: Arrival, group: tuple[Judged, ...], scanned: Scan, by: float) -> Replied:
        if self._loops(scanned, group):
            self._note_probe(arrival.message.envelope.hop, scanned, group)
            self._doors.tell("refused", arrival, LOOP, why="loop")
            return Replied(LOOP)
        size = len(arrival.message.octets)
        if any(self._is_too_big(size, one.in_force.hop) for one in group):
            return await turned_away(self._doors, "refused", arrival, TOO_BIG, "size")
        self._doors.tell_silence(arrival, group)
        try:
            match route(group):
                case RelayInline(hop):
                    relayed = await self._inline.relay(arrival, hop, group, by)
                    if relayed is not None:
                        return relayed
                    # The list server took some recipients and refused others; one reply could not say so.
                    return await self._keeping.keep(replace(arrival, id=new_id()), (), group)
                case Keep(waits, passes):
                    return await self._keeping.keep(arrival, waits, passes)
                case Refuse(judged):
                    return await self._refuse(arrival, judged)
                case Defer():
                    return await turned_away(self._doors, "deferred", arrival, UNSCANNED, "scanner")
                case never:
                    assert_never(never)
        except StoreFull as error:
            self._doors.journal.trouble("store_full", error, id=arrival.id)
            return Replied(NO_SPACE)

    def _loops(self, scanned: Scan, group: tuple[Judged, ...]) -> bool:
        if scanned.count("Received") >= MOST_HOPS:
            return True
        return any(one.facts.looped for one in group)

    def _note_probe(self, client: str, scanned: Scan, group: tuple[Judged, ...]) -> None:
        for one in group:
            if border.is_probe(scanned) and within(client, one.in_force.border):
                job = partial(border.note, list_address=one.in_force.list, scan=scanned)
                self._doors.writer.later(job)

    async def _refuse(self, arrival: Arrival, judged: Judged) -> Replied:
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
        fault(Point.REFUSAL_COMMITTED)
        if answer := repeated(self._doors, arrival, prior):
            return answer
        self._doors.tell("refused", arrival, reply, clauses=clauses)
        return Replied(reply, arrival.id)


def _share(message: Message, recipients: tuple[bytes, ...]) -> Message:
    """The message as far as it goes to these recipients."""
    if recipients == message.envelope.recipients:
        return message
    asked = message.envelope.asked_for(recipients)
    envelope = replace(message.envelope, recipients=recipients, recipient_parameters=asked)
    return replace(message, envelope=envelope)
