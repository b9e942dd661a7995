"""Receives one message, whole or not at all: from `intake`, through `data`, into `spool`."""

from dataclasses import dataclass

from gateway.journal import Journal
from gateway.reply import BARE_LINE_END, LINE_TOO_LONG, NO_SPACE, TOO_BIG, Reply
from gateway.smtp.data import DataReader, Fault
from gateway.smtp.intake import Intake
from gateway.smtp.spool import Spool

DRAINED = 1.25  # times the size limit: so much is read of what will be refused anyway

_REPLIES = {Fault.LONG_LINE: LINE_TOO_LONG, Fault.TOO_BIG: TOO_BIG, Fault.STRAY: BARE_LINE_END}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the octets were not taken, and whether nothing that follows can be trusted to be a command."""

    reply: Reply
    close: bool


async def receive(
    intake: Intake, size_limit: int, line_limit: int, journal: Journal
) -> bytes | Refused | None:
    """The octets of a message without their stuffing; None when the client left before the end.

    What is refused is read to its end first, so that no octet of it is taken for a command.
    """
    reader = DataReader(size_limit, line_limit)
    with Spool() as spool:
        while not reader.ended:
            if not await intake.more():
                return None
            spool.add(reader.feed(intake.take()))
            if reader.size > size_limit * DRAINED:
                return Refused(_REPLIES[reader.fault], close=True)
            if spool.full:
                await spool.ease()
        intake.put_back(reader.rest or b"")
        if reader.fault:
            return Refused(_REPLIES[reader.fault], close=reader.fault is Fault.STRAY)
        octets = await spool.octets()
        if spool.trouble is None:
            return octets
        journal.trouble("spool_failed", spool.trouble)
        return Refused(NO_SPACE, close=False)
