"""What a session asks of the gate, as a protocol; `gateway.gate.Gate` is what answers."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from gateway.journal import Journal
from gateway.reply import INTERNAL, NO_SPACE, Reply
from rules.message import Message


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of a message.

    ``replies`` has one per recipient, in RCPT order; SMTP gives the first.
    ``transactions`` are the ids under which the outcome is recorded.
    """

    replies: tuple[Reply, ...]
    transactions: tuple[str, ...] = ()


class Admission(Protocol):
    """The gate, as a session sees it."""

    def sender(self) -> Reply | None:
        """Why no message can be taken at present, asked at MAIL; None to go on."""

    def recipient(self, address: bytes, size: int) -> Reply | None:
        """Why a recipient is refused at RCPT, where MAIL declared ``size`` (0: none); None to accept it."""

    def extensions(self) -> frozenset[str]:
        """Those of 8BITMIME, SMTPUTF8 and DSN that can be offered."""

    def most_octets(self) -> int | None:
        """The largest message that any next hop takes; None where one of them has named no limit."""

    async def admit(self, message: Message, *, lmtp: bool = False) -> Admitted:
        """Take, hand on or refuse a message."""

    def confirmed(self, transactions_seen: tuple[str, ...]) -> None:
        """Note that the client has seen the reply that these transactions led to."""


MOST_OCTETS = 268_435_456
"""Of all messages being judged and handed on at one time; what would go beyond is 452."""


class Admissions:
    """The admissions under way, each a task that no client can cancel by leaving (RFC 1047)."""

    def __init__(self, admission: Admission, journal: Journal) -> None:
        self._admission = admission
        self._journal = journal
        self._under_way: set[asyncio.Task[Admitted]] = set()
        self._octets = 0

    async def admit(self, message: Message, lmtp: bool) -> Admitted:
        """What became of the message; trouble is 451 for each recipient. Never raises but when cancelled."""
        size = len(message.octets)
        if self._octets and self._octets + size > MOST_OCTETS:
            return Admitted((NO_SPACE,) * len(message.envelope.recipients))
        self._octets += size
        task = asyncio.create_task(self._admit(message, lmtp))
        self._under_way.add(task)
        task.add_done_callback(lambda done: self._ended(done, size))
        return await asyncio.shield(task)

    def _ended(self, task: "asyncio.Task[Admitted]", size: int) -> None:
        self._under_way.discard(task)
        self._octets -= size

    async def _admit(self, message: Message, lmtp: bool) -> Admitted:
        wanted = len(message.envelope.recipients)
        try:
            admitted = await self._admission.admit(message, lmtp=lmtp)
        except Exception as error:  # noqa: BLE001  the promise: our trouble is 451, and its text is ours alone
            self._journal.trouble("admission_failed", error, client=message.envelope.client)
            return Admitted((INTERNAL,) * wanted)
        if len(admitted.replies) == wanted:
            return admitted
        # A reply too few would leave an LMTP client waiting, one too many would answer its next command.
        replies = (admitted.replies + (INTERNAL,) * wanted)[:wanted]
        return Admitted(replies, admitted.transactions)

    async def finished(self, seconds: float) -> bool:
        """Whether all came to an end within ``seconds``; those that did not are cancelled."""
        if not self._under_way:
            return True
        _, pending = await asyncio.wait(self._under_way, timeout=seconds)
        for task in pending:
            # What it acts through is about to close; the record says that the outcome is unknown.
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        return not pending
