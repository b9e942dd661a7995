"""What the gate acts through, and how it tells what it did."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.deaths import Deaths
from gateway.floods import Floods
from gateway.holding import Holding
from gateway.journal import Journal
from gateway.judging import Judging
from gateway.metrics import Metrics
from gateway.ours import Ours
from gateway.relay import Relay
from gateway.reply import Reply
from gateway.route import Judged
from gateway.store.writer import Writer
from gateway.trace import Trace
from gateway.transactions import Arrival, Judgement
from rules.facts import Absence


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
    deaths: Deaths
    holding: Holding
    trace: Trace
    room: Room
    floods: Floods
    journal: Journal
    metrics: Metrics
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    ours: Ours

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
            **({"peer": envelope.peer} if envelope.peer else {}),
            size=len(arrival.message.octets),
            reply=f"{reply.code} {reply.enhanced}",
            lists={
                judgement.list: f"{judgement.mode} {_word(judgement)}" for judgement in arrival.judgements
            },
            **_identities(arrival),
            **more,
        )

    def tell_silence(self, arrival: Arrival, group: Iterable[Judged]) -> None:
        """One line for each scanner that was asked for a list and said nothing, and what that means there."""
        for one in group:
            has = one.in_force.profile.scanners
            for scanner, said in one.facts.scanners.items():
                if has is not None and isinstance(said, Absence):
                    self.journal.event(
                        "scanner_silent",
                        id=arrival.id,
                        list=one.in_force.list,
                        scanner=scanner.value,
                        why=said.why,
                        since=said.since.isoformat() if said.since else None,
                        absent=has.asked[scanner].absent.value,
                    )


def _identities(arrival: Arrival) -> dict[str, dict[str, str]]:
    """What was found of the author, for lists where anything was; it names nobody but the border."""
    found = {
        one.list: f"dmarc={identity.dmarc} dkim={identity.dkim} spf={identity.spf} {identity.source}"
        for one in arrival.judgements
        if (identity := one.identity.authentication).source != "none"
    }
    return {"authentication": found} if found else {}


def _word(judgement: Judgement) -> str:
    return judgement.verdict.action.word if judgement.verdict else "pass"
