"""Sends the notices that wait, through ``submission.url``, with the null reverse-path (RFC 3834).

At least once: a notice whose reply was lost is sent again under the same
Message-ID. Without a submission server they wait.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from gateway.duties.backoff import backoff
from gateway.duties.means import Means
from gateway.faults import Point, fault
from gateway.notices.digest import digest_letter
from gateway.notices.kinds import Kind
from gateway.outbox import notices
from gateway.outbox.notices import Notice
from gateway.relay import NextHop, Outcome, Parcel
from gateway.store import codec
from gateway.store.tables import NOTICE

MOST_A_DAY = 10
"""To one author, as in Mailman: a forged flood of posts must not become a flood of ours."""

_LEASE = timedelta(minutes=10)
_LOOK_BACK = timedelta(seconds=30)
_DAY = timedelta(days=1)
_LATER = timedelta(hours=1)


class Notify:
    """The duty of telling people."""

    name = "notify"

    def __init__(self, means: Means) -> None:
        self._means = means
        url = means.settings.submission.url
        self._hop = NextHop.parse(url) if url else None
        self._give_up_after = timedelta(seconds=means.settings.relay.give_up_after)
        self._looked_back: datetime | None = None

    async def due(self, room: int) -> Sequence[Notice]:
        """Lease what is due; nothing where there is no submission server."""
        if self._hop is None:
            return ()
        now = self._means.clock()
        store, writer = self._means.store, self._means.writer
        if self._looked_back is None or abs(now - self._looked_back) >= _LOOK_BACK:
            await self.look_back(now)
        found = await asyncio.to_thread(store.read, lambda c: notices.due(c, now, room))
        if not found:
            return ()
        until = now + _LEASE
        leased = await writer.write(
            lambda c: [notices.lease(c, each.id, now, until) for each in found], durable=False
        )
        return tuple(each for each in leased if each is not None)

    async def look_back(self, now: datetime, *, alone: bool = False) -> None:
        """Let wait again what a crash left: where a lease has ended, or all, if nobody else is at work."""
        await self._means.writer.write(lambda c: notices.recover(c, now, alone=alone), durable=False)
        self._looked_back = now

    async def do(self, notice: Notice) -> None:
        """Send one notice and record what came of it."""
        fault(Point.NOTICE_LEASED)
        now = self._means.clock()
        if Kind(notice.kind).to_author and await self._too_many(notice, now):
            return
        octets = await self._written(notice)
        if self._hop is None or not octets:
            return
        parcel = Parcel(b"", (notice.recipient.encode("ascii", "replace"),), (), b"", octets)
        try:
            async with asyncio.timeout(_LEASE.total_seconds() - 60):
                outcome = await self._means.relay.deliver(self._hop, parcel, None)
        except TimeoutError:
            await self._means.writer.write(
                lambda c: notices.retry(c, notice.id, "no reply in time", now + backoff(notice.attempts))
            )
            return
        fault(Point.NOTICE_ANSWERED)
        await self._record(notice, outcome, self._means.clock())

    async def _written(self, notice: Notice) -> bytes:
        """What is sent; given up, as b"", when there is nothing to tell or the letter is damaged."""
        written_now = notice.kind == Kind.MODERATOR_DIGEST
        if written_now:
            octets, why = await self._digest(notice), "nothing of it waits any more"
        else:
            octets, why = notice.octets or b"", "its letter is damaged in the store"
        if not octets:
            await self._means.writer.write(lambda c: notices.failed(c, notice.id, why))
            if not written_now:
                self._journal("notice_failed", notice, "")
        return octets

    async def _digest(self, notice: Notice) -> bytes:
        """A digest is written only now; b"" when nothing of it waits any more."""
        in_force = self._means.directory().named(notice.list)
        if in_force is None:
            return b""
        profile = in_force.profile
        return await asyncio.to_thread(self._means.store.read, lambda c: digest_letter(c, profile, notice))

    async def _record(self, notice: Notice, outcome: Outcome, now: datetime) -> None:
        reply = outcome.replies[0]
        words = f"{reply} {outcome.upstream}".strip()
        tired = now - notice.since >= self._give_up_after

        def record(connection: Connection) -> str:
            if reply.accepted:
                notices.sent(connection, notice.id, words)
                return "notice_sent"
            if reply.permanent or tired:
                notices.failed(connection, notice.id, words)
                return "notice_failed"
            notices.retry(connection, notice.id, words, now + backoff(notice.attempts))
            return "notice_deferred"

        self._journal(await self._means.writer.write(record), notice, f"{reply.code} {reply.enhanced}")

    async def _too_many(self, notice: Notice, now: datetime) -> bool:
        """Hold back what would be one too many: a "held" notice for good, any other until later."""

        def put_off(connection: Connection) -> bool:
            if sent_lately(connection, notice, now) < MOST_A_DAY:
                return False
            words = f"more than {MOST_A_DAY} notices a day"
            if notice.kind == Kind.AUTHOR_HELD:
                notices.failed(connection, notice.id, words)
            else:
                notices.retry(connection, notice.id, words, now + _LATER)
            return True

        late = await self._means.writer.write(put_off)
        if late:
            self._journal("notice_withheld", notice, "")
        return late

    def _journal(self, event: str, notice: Notice, reply: str) -> None:
        self._means.journal.event(
            event,
            id=notice.hold_id,
            list=notice.list,
            kind=notice.kind,
            to=self._means.journal.address(notice.recipient.encode("utf-8", "replace")),
            attempt=notice.attempts,
            reply=reply,
        )


def sent_lately(connection: Connection, notice: Notice, now: datetime) -> int:
    """How many other author notices went, or are just going, to the same address within 24 hours."""
    query = select(func.count()).where(
        NOTICE.c.state.in_(("sent", "sending")),
        NOTICE.c.due >= codec.microseconds(now - _DAY),
        NOTICE.c.kind.like("author-%"),
        func.lower(NOTICE.c.recipient) == notice.recipient.lower(),
        NOTICE.c.id != notice.id,
    )
    return connection.scalar(query) or 0
