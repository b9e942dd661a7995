"""What the gate answers, and what it answers a repeat of a message whose first answer was never seen."""

from dataclasses import dataclass

from gateway import transactions
from gateway.doors import Doors
from gateway.reply import NEXT_HOP_LOST, PROCESSING, Reply
from gateway.transactions import Arrival, Prior, TransactionState


@dataclass(frozen=True, slots=True)
class Replied:
    """The reply to one share of a message, and the transaction that it belongs to ("" for none)."""

    reply: Reply
    transaction: str = ""


def repeated(doors: Doors, arrival: Arrival, prior: Prior | None) -> Replied | None:
    """The first outcome's answer for a repeat of what the client never saw answered; None to go on."""
    if prior is None:
        return None
    if prior.state is TransactionState.UNKNOWN:
        doors.metrics.possible_duplicates.inc()
        doors.tell("possible_duplicate", arrival, NEXT_HOP_LOST, of=prior.id)
        return None
    if prior.state is TransactionState.IN_FLIGHT:
        return Replied(PROCESSING)
    reply = Reply.from_line(prior.reply)
    doors.tell("repeated", arrival, reply, of=prior.id)
    return Replied(reply, prior.id)


async def turned_away(doors: Doors, event: str, arrival: Arrival, reply: Reply, why: str) -> Replied:
    """The reply to what is not taken; a repeat of what came through already has its own answer."""
    prior = await doors.writer.write(lambda c: transactions.known(c, arrival), durable=False)
    if prior is not None and prior.state is not TransactionState.UNKNOWN:
        return repeated(doors, arrival, prior) or Replied(reply)
    doors.tell(event, arrival, reply, why=why)
    return Replied(reply)
