"""What a session asks of the gate: its four questions and the one act, as a protocol."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from gateway.journal import Journal
from gateway.reply import INTERNAL, Reply
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

    def recipient(self, address: bytes) -> Reply | None:
        """Why a recipient is refused at RCPT; None to accept it."""

    def extensions(self) -> frozenset[str]:
        """Those of 8BITMIME and SMTPUTF8 that can be offered."""

    async def admit(self, message: Message, *, lmtp: bool = False) -> Admitted:
        """Take, hand on or refuse a message."""

    def confirmed(self, transactions_seen: tuple[str, ...]) -> None:
        """Note that the client has seen the reply that these transactions led to."""


class Admissions:
    """The admissions under way, each a task that no client can cancel by leaving (RFC 1047)."""

    def __init__(self, admission: Admission, journal: Journal) -> None:
        self._admission = admission
        self._journal = journal
        self._under_way: set[asyncio.Task[Admitted]] = set()

    async def admit(self, message: Message, lmtp: bool) -> Admitted:
        """What became of the message; trouble is 451 for each recipient. Never raises but when cancelled."""
        task = asyncio.create_task(self._admit(message, lmtp))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

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
        """Whether all came to an end within ``seconds``."""
        if not self._under_way:
            return True
        _, pending = await asyncio.wait(self._under_way, timeout=seconds)
        return not pending
