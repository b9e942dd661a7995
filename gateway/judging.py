"""Has a message scanned, read and judged for each list addressed; off the loop what would take long."""

import asyncio
from dataclasses import dataclass

from gateway.addresses import Directory, Kind, Served
from gateway.facts import gather
from gateway.readers import Readers
from gateway.route import Judged
from gateway.trace import Trace
from rules.evaluate import evaluate
from rules.facts import Facts
from rules.message import Message
from rules.reading import Reading
from rules.scan import Scan, scan
from rules.verdict import Verdict

LONG = 65_536  # octets; judging more in one go would keep other sessions waiting


@dataclass
class ListGone(LookupError):
    """The list was removed between RCPT and DATA: the client keeps the message and asks again."""

    address: bytes


@dataclass(frozen=True, slots=True)
class Judging:
    """Judges messages by the policies of a directory."""

    readers: Readers
    trace: Trace

    async def scan(self, message: Message) -> Scan:
        """What the octets show before any parser sees them."""
        if len(message.octets) <= LONG:
            return scan(message.octets)
        return await asyncio.to_thread(scan, message.octets)

    async def judge(self, message: Message, scanned: Scan, directory: Directory) -> tuple[Judged, ...]:
        """Each list's share of a message, posting addresses judged, others not. Raises ListGone."""
        shares = _shares(message, directory)
        posted = any(posting for _, posting in shares)
        reading = await self.readers.read(message.octets, scanned) if posted else None
        judged = []
        for (name, posting), recipients in shares.items():
            in_force = _served(directory, name)
            if posting and reading is not None:
                facts = gather(in_force, reading, message.envelope, self.trace)
                verdict = await self._verdict(in_force, reading, facts, message)
                judged.append(Judged(in_force, recipients, verdict, reading, facts))
            else:
                judged.append(Judged(in_force, recipients))
        return tuple(judged)

    async def _verdict(self, in_force: Served, reading: Reading, facts: Facts, message: Message) -> Verdict:
        if len(message.octets) <= LONG:
            return evaluate(in_force.policy, reading, facts, message.envelope)
        return await asyncio.to_thread(evaluate, in_force.policy, reading, facts, message.envelope)


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
