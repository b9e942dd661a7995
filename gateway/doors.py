"""What the gate acts through, and how it tells what it did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.holding import Holding
from gateway.journal import Journal
from gateway.judging import Judging
from gateway.metrics import Metrics
from gateway.relay import Relay
from gateway.reply import Reply
from gateway.store.writer import Writer
from gateway.trace import Trace
from gateway.transactions import Arrival, Judgement


class Room(Protocol):
    """Whether there is space to keep another message."""

    def refusal(self) -> Reply | None:
        """The reply to MAIL when there is not."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What the gate acts through."""

    writer: Writer
    relay: Relay
    judging: Judging
    holding: Holding
    trace: Trace
    room: Room
    journal: Journal
    metrics: Metrics
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    front_networks: tuple[str, ...] = ()

    def tell(self, event: str, arrival: Arrival, reply: Reply, **more: object) -> None:
        """One line in the journal, and one more in the figures, for what became of an arrival."""
        envelope = arrival.message.envelope
        self.metrics.posts.labels(event).inc()
        self.journal.event(
            event,
            id=arrival.id,
            sender=self.journal.address(envelope.reverse_path),
            recipients=[self.journal.address(recipient) for recipient in envelope.recipients],
            client=envelope.client,
            size=len(arrival.message.octets),
            reply=f"{reply.code} {reply.enhanced}",
            lists={
                judgement.list: f"{judgement.mode} {_word(judgement)}" for judgement in arrival.judgements
            },
            **more,
        )


def _word(judgement: Judgement) -> str:
    return judgement.verdict.action.word if judgement.verdict else "pass"
