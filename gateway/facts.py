"""Gathers the facts about one post for one list; the store is asked only about posts that quote."""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from gateway.addresses import Served
from gateway.authentication.examined import NOTHING, Examined
from gateway.authentication.inquiry import Inquiry
from gateway.networks import within
from gateway.ours import Ours
from gateway.said import Memory
from gateway.scanners import Question, ScannerAnswers
from gateway.trace import Trace
from rules.evaluate import needs
from rules.facts import NOTHING_SAID, Authentication, Facts, Need, Result, scanners_among
from rules.message import Envelope
from rules.reading import Reading
from rules.scan import Scan
from rules.standing import border_results, standing

_TELLING = (Result.PASS, Result.FAIL, Result.NONE)


def questions(in_force: Served, reading: Reading) -> tuple[Question, ...]:
    """The scanners whose answers a list's policy asks for, as far as the list has them."""
    if in_force.profile.scanners is None:
        return ()
    has = in_force.profile.scanners.asked
    wanted = scanners_among(needs(in_force.policy, reading))
    return tuple(Question.of(scanner, has[scanner]) for scanner in wanted if scanner in has)


@dataclass(frozen=True, slots=True)
class Sources:
    """What facts are gathered from, beside the post; the store is asked in one of ``threads``.

    ``resolver``: the DNS can be asked about authors.
    """

    trace: Trace
    memory: Memory
    threads: Executor
    resolver: bool = False

    async def gather(
        self,
        in_force: Served,
        reading: Reading,
        envelope: Envelope,
        authentication: Authentication,
        answers: ScannerAnswers,
    ) -> Facts:
        """The facts about a post; ``answers`` has those to the list's questions."""
        heard = NOTHING_SAID
        if Need.SAID in needs(in_force.policy, reading):
            loop = asyncio.get_running_loop()
            heard = await loop.run_in_executor(self.threads, self.memory.said, in_force.list, reading)
        return replace(
            self.at_hand(in_force, reading, envelope, authentication),
            said=heard,
            scanners={question.scanner: answers[question] for question in questions(in_force, reading)},
            sourced=bool(in_force.believed) or self.resolver,
        )

    def at_hand(
        self, in_force: Served, reading: Reading, envelope: Envelope, authentication: Authentication
    ) -> Facts:
        """The facts for which nobody need be asked."""
        return Facts(
            standing=standing(in_force.profile, reading),
            authentication=authentication,
            trusted=within(envelope.client, in_force.trusted),
            looped=self.trace.looped(reading.scan, in_force.list),
        )


async def identify(in_force: Served, scanned: Scan, envelope: Envelope, inquiry: Inquiry) -> Examined:
    """Who wrote a post: as the list's border says where it is the border that sends, else as the DNS does."""
    believed = by_border(in_force, scanned, envelope)
    if is_telling(believed):
        return Examined(believed)
    found = await inquiry.examined()
    return found if found is not NOTHING else Examined(believed)


def by_border(in_force: Served, scanned: Scan, envelope: Envelope) -> Authentication:
    """Authentication-Results count only where the list's border itself sends."""
    from_border = within(envelope.hop, in_force.believed)
    return border_results(in_force.profile, scanned) if from_border else Authentication()


def is_telling(found: Authentication) -> bool:
    """Whether any method came to a result; the DNS need not be asked then."""
    return any(result in _TELLING for result in (found.dmarc, found.dkim, found.spf))


def is_direct(client: str, lists: tuple[Served, ...], ours: Ours) -> bool:
    """Whether the client is the author's own server: no host of ours has handed the message on."""
    return bool(client) and not ours.has(client, lists)
