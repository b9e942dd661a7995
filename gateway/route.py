"""What becomes of a judged post, as a pure decision: relay it inline, store it, or refuse it."""

from dataclasses import dataclass, replace

from gateway.addresses import Served
from gateway.authentication.examined import NOTHING, Examined
from gateway.relay import NextHop
from rules.evaluate import absences
from rules.facts import Facts
from rules.reading import Reading
from rules.scanners import Absent
from rules.verdict import Action, Verdict

NOTHING_KNOWN = Facts()


@dataclass(frozen=True, slots=True)
class Judged:
    """One list's share of a post: its recipients, and how it was judged.

    ``verdict`` and ``reading`` are None where the address passes through.
    ``sentences``: what the list has said once this has reached it.
    """

    in_force: Served
    recipients: tuple[bytes, ...]
    verdict: Verdict | None = None
    reading: Reading | None = None
    facts: Facts = NOTHING_KNOWN
    sentences: tuple[int, ...] = ()
    identity: Examined = NOTHING

    @property
    def unscanned(self) -> bool:
        """A scanner said nothing without which the list, where verdicts act, takes no post."""
        return self.in_force.enforced and bool(absences(self.in_force.policy, self.facts, Absent.TEMPFAIL))

    @property
    def mode(self) -> str:
        """The word under which this judgement is recorded."""
        if self.verdict is None:
            return "pass-through"
        return "enforce" if self.in_force.enforced else "shadow"

    @property
    def action(self) -> Action:
        """What is really done: in shadow only doubt acts, and a rule alone discards nothing."""
        if self.verdict is None:
            return Action.PASS
        if not self.in_force.enforced:
            return Action.HOLD if self.verdict.doubt else Action.PASS
        return self.verdict.action


@dataclass(frozen=True, slots=True)
class RelayInline:
    """Hand it on inside the client's own DATA; the next hop's reply is ours."""

    hop: NextHop


@dataclass(frozen=True, slots=True)
class Keep:
    """Take it over: a hold for each list that waits, a delivery for each that passes."""

    waits: tuple[Judged, ...]
    passes: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Refuse:
    """Say no in the dialogue, under the first finding that rejects."""

    judged: Judged


@dataclass(frozen=True, slots=True)
class Defer:
    """Leave it with the client until the scanners are there."""


Route = RelayInline | Keep | Refuse | Defer


def route(judged: tuple[Judged, ...]) -> Route:
    """The one thing that happens to a message whose recipients all get one answer.

    A rejection acts only alone: in a mixture one reply could not tell the
    client who took the message, so a REJECT becomes a hold.
    """
    if all(one.action is Action.REJECT for one in judged):
        return Refuse(judged[0])
    if any(one.unscanned for one in judged):
        return Defer()
    waits = tuple(one for one in judged if one.action > Action.NOTE)
    passes = tuple(one for one in judged if one.action <= Action.NOTE)
    recipients = tuple(recipient for one in judged for recipient in one.recipients)
    hops = {one.in_force.hop for one in judged}
    one_answer = len(hops) == 1 and (
        len(recipients) == 1 or all(one.protocol == "smtp" for hop in hops for one in hop.choices)
    )
    if not waits and one_answer:
        return RelayInline(hops.pop())
    return Keep(waits, passes)


def answered_together(lmtp: bool, judged: tuple[Judged, ...]) -> tuple[tuple[Judged, ...], ...]:
    """The judgements in groups that each get one reply: all together in SMTP, each recipient in LMTP."""
    if not lmtp:
        return (judged,)
    return tuple((replace(one, recipients=(recipient,)),) for one in judged for recipient in one.recipients)
