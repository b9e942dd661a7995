"""Has a message scanned, read and judged for each list addressed; off the loop what would take long."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from gateway.addresses import Directory, Kind, Served
from gateway.authentication.examined import Examined
from gateway.authentication.inquiry import Inquiry
from gateway.facts import Sources, by_border, identify, is_direct, is_telling, questions
from gateway.ours import Ours
from gateway.readers import Readers
from gateway.route import Judged
from gateway.said import Memory
from gateway.scanners import ScannerAnswers, Scanning
from gateway.trace import Trace
from gateway.unjudged import LATE, unjudged
from rules.evaluate import evaluate
from rules.facts import Facts
from rules.message import Envelope, Message
from rules.reading import Reading, unread
from rules.scan import Scan, scan
from rules.verdict import Action

MOST_ON_LOOP = 65_536
"""Octets, or characters; scanning or judging more in one go would keep other sessions waiting."""

_THREADS = 4  # more would only wait for one another: what judging computes is Python

T = TypeVar("T")

if TYPE_CHECKING:
    from gateway.authentication.authenticator import Authenticator


@dataclass
class ListGone(LookupError):
    """The list was removed between RCPT and DATA: the client keeps the message and asks again."""

    address: bytes


@dataclass(frozen=True, slots=True)
class Judging:
    """Judges messages by the policies of a directory; ``authenticator`` None: the DNS is asked nothing.

    ``threads`` are its own: what is given up as late computes on in them,
    and must not keep waiting what keeps the message then.
    """

    readers: Readers
    trace: Trace
    memory: Memory
    scanning: Scanning
    ours: Ours
    authenticator: "Authenticator | None" = None
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_THREADS, "judging"), init=False, repr=False
    )

    async def close(self) -> None:
        """Return when no thread computes any more; nothing can be judged then."""
        await asyncio.to_thread(self.threads.shutdown, cancel_futures=True)

    async def scan(self, message: Message) -> Scan:
        """What the octets show before any parser sees them."""
        if len(message.octets) <= MOST_ON_LOOP:
            return scan(message.octets)
        return await self._in_thread(lambda: scan(message.octets))

    def scan_beginning(self, message: Message) -> Scan:
        """What the first octets show, here and now: the header, or most of it."""
        return scan(message.octets[:MOST_ON_LOOP])

    async def judge(self, message: Message, scanned: Scan, directory: Directory) -> tuple[Judged, ...]:
        """Each list's share of a message, posting addresses judged, others not. Raises ListGone."""
        shares = _shares(message, directory)
        lists = {name: _served(directory, name) for name, _ in shares}
        posted = tuple(lists[name] for name, posting in shares if posting)
        if not posted:
            return tuple(Judged(lists[name], recipients) for (name, _), recipients in shares.items())
        inquiry = self._inquiry(message, scanned, posted)
        try:
            reading = await self.readers.read(message.octets, scanned)
            answers = await self._asked(message, reading, posted)
            judged = []
            for (name, posting), recipients in shares.items():
                share = Judged(lists[name], recipients)
                judged.append(await self._judged(share, reading, inquiry, answers) if posting else share)
            return tuple(judged)
        finally:
            inquiry.close()

    def unjudged(self, message: Message, scanned: Scan, directory: Directory) -> tuple[Judged, ...]:
        """Each list's share of a message that was not judged in time: posts are in doubt. Raises ListGone."""
        reading, envelope = unread(message.octets, LATE, scanned), message.envelope
        sources = Sources(self.trace, self.memory, self.threads)
        found = []
        for (name, posting), recipients in _shares(message, directory).items():
            in_force = _served(directory, name)
            share = Judged(in_force, recipients)
            if posting:
                by = by_border(in_force, scanned, envelope)
                facts = sources.at_hand(in_force, reading, envelope, by)
                verdict = unjudged(in_force.policy)
                share = replace(share, verdict=verdict, reading=reading, facts=facts, identity=Examined(by))
            found.append(share)
        return tuple(found)

    async def _asked(self, message: Message, reading: Reading, posted: tuple[Served, ...]) -> ScannerAnswers:
        """What the scanners say of a message, each asked once for all its lists."""
        wanted = [question for one in posted for question in questions(one, reading)]
        return await self.scanning.scan(message.octets, wanted) if wanted else {}

    def _inquiry(self, message: Message, scanned: Scan, posted: tuple[Served, ...]) -> Inquiry:
        """The inquiry about the author, begun where some list's border does not say all."""
        if self.authenticator is None:
            return Inquiry(None, message, scanned, direct=False)
        direct = is_direct(message.envelope.client, posted, self.ours)
        inquiry = Inquiry(self.authenticator, message, scanned, direct)
        if not all(is_telling(by_border(one, scanned, message.envelope)) for one in posted):
            inquiry.begin()
        return inquiry

    async def _judged(
        self, share: Judged, reading: Reading, inquiry: Inquiry, answers: ScannerAnswers
    ) -> Judged:
        envelope = inquiry.message.envelope
        found = await identify(share.in_force, inquiry.scanned, envelope, inquiry)
        sources = Sources(self.trace, self.memory, self.threads, resolver=self.authenticator is not None)
        facts = await sources.gather(share.in_force, reading, envelope, found.authentication, answers)
        judged = await self._evaluated(share, reading, facts, envelope)
        if judged.action >= Action.HOLD:
            # What is kept may go on days later: how its signatures stood, and what the author's domain
            # asks others to do without them, is known then. A border says neither.
            inquired = await inquiry.examined()
            found = Examined(found.authentication, inquired.signed, inquired.policy)
        return replace(judged, identity=found)

    async def _evaluated(self, share: Judged, reading: Reading, facts: Facts, envelope: Envelope) -> Judged:
        def judged() -> Judged:
            verdict = evaluate(share.in_force.policy, reading, facts, envelope)
            sentences = self.memory.sentences(share.in_force.list, reading)
            return replace(share, verdict=verdict, reading=reading, facts=facts, sentences=sentences)

        # A file of a few octets may say a great deal, and it is words that are judged; pictures are searched.
        shown = any(picture.sketch for picture in reading.pictures)
        if not shown and sum(len(zone.text) for zone in reading.zones) <= MOST_ON_LOOP:
            return judged()
        return await self._in_thread(judged)

    async def _in_thread(self, job: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.threads, job)


def _shares(message: Message, directory: Directory) -> dict[tuple[str, bool], tuple[bytes, ...]]:
    """Recipients by list, and by whether it is posted to."""
    shares: dict[tuple[str, bool], tuple[bytes, ...]] = {}
    for recipient in dict.fromkeys(message.envelope.recipients):
        target = directory.find(recipient)
        if target.in_force is None:
            raise ListGone(recipient)
        share = (target.in_force.list, target.kind is Kind.POSTING)
        shares[share] = (*shares.get(share, ()), recipient)
    return shares


def _served(directory: Directory, name: str) -> Served:
    in_force = directory.named(name)
    if in_force is None:
        raise ListGone(name.encode())
    return in_force
