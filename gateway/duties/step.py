"""What follows from an attempt to hand a message on, as a pure decision."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from gateway.duties.backoff import backoff
from gateway.outbox.delivery import Delivery
from gateway.relay import Outcome


class Next(Enum):
    """What becomes of the delivery."""

    DELIVERED = auto()
    AGAIN = auto()
    FAILED = auto()
    UNKNOWN = auto()
    LOST = auto()  # the message itself, so that nothing can be handed on


@dataclass(frozen=True, slots=True)
class Step:
    """What to record: ``owed`` are the recipients that do not have it, ``reply`` the next hop's words."""

    next: Next
    owed: tuple[bytes, ...]
    reply: str
    due: datetime


def step(delivery: Delivery, outcome: Outcome, now: datetime, give_up_after: timedelta) -> Step:
    """The step after an attempt: each recipient's reply counts for itself.

    A recipient whose fate is unknown makes the whole unknown, because another
    attempt could give it the message twice (RFC 1047). A refusal waits for
    those that may still take it, so that moderators are asked once.
    """
    answers = tuple(zip(delivery.recipients, outcome.replies, strict=True))
    left = tuple((recipient, reply) for recipient, reply in answers if not reply.accepted)
    owed = tuple(recipient for recipient, _ in left)
    due = now + backoff(delivery.attempts)
    words = _words(left, outcome)
    if not owed:
        return Step(Next.DELIVERED, (), outcome.upstream or str(outcome.replies[0]), due)
    if outcome.unknown:
        return Step(Next.UNKNOWN, owed, words, due)
    if all(reply.permanent for _, reply in left):
        return Step(Next.FAILED, owed, words, due)
    if now - delivery.since >= give_up_after:
        return Step(Next.FAILED, owed, f"Given up: {words}", due)
    return Step(Next.AGAIN, owed, words, due)


def _words(left: tuple[tuple[bytes, object], ...], outcome: Outcome) -> str:
    if len({str(reply) for _, reply in left}) == 1:
        words = str(left[0][1])
    else:
        words = "; ".join(f"{recipient.decode('ascii', 'replace')}: {reply}" for recipient, reply in left)
    upstream = outcome.upstream
    return words if not upstream or upstream in words else f"{words} ({upstream})"
