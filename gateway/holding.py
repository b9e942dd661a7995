"""Prepares what is written down when a post must wait; `queue.hold` writes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.holds import PASSED_ON
from gateway.notices.compose import held_notices
from gateway.notices.deadline import days_to_decide
from gateway.notices.digest import digest_notices
from gateway.notices.kinds import Kind
from gateway.notices.telling import may_tell
from gateway.queue import NewDelivery, NewHold, NewNotice
from gateway.route import Judged
from gateway.store.ids import new_id
from gateway.transactions import Arrival
from rules.reading import Reading

Span = tuple[datetime, datetime]
Digests = Mapping[str, Span | None]
NO_DIGESTS: Digests = {}


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows to be: committed together or not at all."""

    holds: tuple[NewHold, ...] = ()
    deliveries: tuple[NewDelivery, ...] = ()
    notices: tuple[NewNotice, ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """Prepares holds; ``days`` is how long one may wait whose clauses say nothing of it."""

    days: int
    name: Callable[[], str] = new_id

    def prepare(
        self,
        arrival: Arrival,
        waits: tuple[Judged, ...],
        passes: tuple[Judged, ...] = (),
        digests: Digests = NO_DIGESTS,
    ) -> Prepared:
        """A hold with its notices for each list that waits; a delivery for each that passes.

        Moderators of a list in ``digests`` are told at the end of that span, of all that was held in it.
        """
        holds = tuple(self._hold(arrival, judged) for judged in waits)
        notices = tuple(
            notice
            for judged, hold in zip(waits, holds, strict=True)
            for notice in _notices(judged, arrival, hold, digests.get(judged.in_force.list))
        )
        return Prepared(holds, tuple(_delivery(arrival, judged) for judged in passes), notices)

    def _hold(self, arrival: Arrival, judged: Judged) -> NewHold:
        reading, verdict = judged.reading, judged.verdict
        if reading is None or verdict is None:
            raise ValueError("mail that passes through is never held")
        profile, envelope = judged.in_force.profile, arrival.message.envelope
        return NewHold(
            id=self.name(),
            list=judged.in_force.list,
            version=judged.in_force.number,
            recipients=judged.recipients,
            author=_author(reading, envelope.reverse_path),
            subject=reading.subject,
            message_id=reading.message_id,
            verdict=verdict,
            told=may_tell(profile, envelope, reading, judged.facts),
            days=days_to_decide(judged.in_force.policy, verdict.findings, self.days),
            sentences=judged.sentences,
        )


def _notices(judged: Judged, arrival: Arrival, hold: NewHold, digest: Span | None) -> tuple[NewNotice, ...]:
    profile = judged.in_force.profile
    single = held_notices(profile, arrival, hold, arrival.received + timedelta(days=hold.days))
    if digest is None:
        return single
    authors = tuple(notice for notice in single if Kind(notice.kind).to_author)
    return (*authors, *digest_notices(profile, *digest))


def _delivery(arrival: Arrival, judged: Judged) -> NewDelivery:
    reading, verdict, envelope = judged.reading, judged.verdict, arrival.message.envelope
    return NewDelivery(
        list=judged.in_force.list,
        recipients=judged.recipients,
        version=judged.in_force.number,
        author=_author(reading, envelope.reverse_path),
        subject=reading.subject if reading else "",
        message_id=reading.message_id if reading else "",
        findings=verdict.findings if verdict else (),
        told=may_tell(judged.in_force.profile, envelope, reading, judged.facts) if reading else PASSED_ON,
        sentences=judged.sentences,
    )


def _author(reading: Reading | None, reverse_path: bytes) -> str:
    """Who wrote it, as listings show it: the From mailboxes, else the reverse-path."""
    named = ", ".join(author.address for author in reading.authors[:3]) if reading else ""
    return named or reverse_path.decode("utf-8", "replace") or "<>"
