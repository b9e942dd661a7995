"""One client's conversation: whose it is, its commands, its messages, and our answers to them."""

import asyncio

from gateway.reply import BARE_LINE_END, INTERNAL, LINE_TOO_LONG, NOT_SYNCHRONISED, SHUTTING_DOWN, Reply
from gateway.smtp.connection import Connection
from gateway.smtp.dialogue import Dialogue
from gateway.smtp.house import House, Phase
from gateway.smtp.intake import Oddity
from gateway.smtp.lmtp import Protocol
from gateway.smtp.proxied import HeaderWrong, proxied
from gateway.smtp.receive import Refused, receive
from gateway.smtp.responses import NOT_SMTP, Response, Then, wire
from rules.message import Message

MOST_TOGETHER = 64  # replies before others get their turn

_ODD = {
    Oddity.STRAY: wire(BARE_LINE_END),
    Oddity.ENDLESS: wire(LINE_TOO_LONG),
    Oddity.FOREIGN: NOT_SMTP.octets,
}


class Session(Connection):
    """Reads commands, sends replies, receives messages and has them admitted."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._unseen: tuple[str, ...] = ()  # transactions whose reply the client may not have seen

    async def _handle_client(self) -> None:
        try:
            if await self._open():
                await self._converse()
        except ConnectionError:
            pass  # The client left, or made no sense before the greeting.
        except Exception as error:  # noqa: BLE001  the promise: our trouble is 451 and never its text
            self._house.journal.trouble("session_failed", error, client=self._client)
            self._part(wire(INTERNAL))
        finally:
            if self._phase is Phase.OPENING:
                self.abort()
                self._leave()
            elif self._phase is not Phase.CLOSING and self.transport is not None:
                self._flush()
                self._phase = Phase.CLOSING
                self.transport.close()

    async def _open(self) -> bool:
        """What comes before the greeting: whose connection it is, and TLS. False when it was ended here."""
        # One turn of the loop, so that what an early talker sent is here to be seen.
        await asyncio.sleep(0)
        if self._house.behind_a_proxy(self._client) and not self._recount(await self._passed_on()):
            return False
        if self._house.implicit:
            await self._shake()
        self._dialogue = Dialogue(self._house.terms, self._client, secure=self._secure)
        self._enter(Phase.COMMAND)
        return True

    async def _passed_on(self) -> str:
        try:
            return await proxied(self._intake, self._client)
        except HeaderWrong as wrong:
            # A load balancer that only looks whether we are here says nothing, and is not worth a line.
            if self._intake.received:
                self._house.journal.event("proxy_refused", client=self._client, why=str(wrong))
            raise

    async def _converse(self) -> None:
        if self._intake.pending:
            return self._part(wire(NOT_SYNCHRONISED))
        self._out.append(self._house.terms.greeting)
        while self._phase is not Phase.CLOSING:
            line = self._intake.line()
            if line is None:
                if not await self._wait():
                    return None
            elif isinstance(line, Oddity):
                self._part(_ODD[line])
            else:
                await self._act(line)
        return None

    async def _wait(self) -> bool:
        """Send what is to be sent; whether there is more to read afterwards."""
        await self._send()
        return await self._intake.more()

    async def _act(self, line: bytes) -> None:
        self._since = self.loop.time()
        # Only a command that was not on its way already shows that our reply was read.
        if self._unseen and self._intake.used > self._mark:
            self._house.terms.admission.confirmed(self._unseen)
            self._unseen = ()
        answer = self._answer(line)
        if answer.then is Then.CLOSE:
            return self._part(answer.octets)
        if answer.then is Then.GREET:
            return self._greet_another()
        if answer.then is not Then.GO_ON and self._intake.pending:
            return self._part(wire(NOT_SYNCHRONISED))
        self._out.append(answer.octets)
        if answer.then is Then.DATA:
            await self._data()
        elif answer.then is Then.SECURE:
            self._flush()
            await self._shake()
            self._dialogue.secured()
        elif len(self._out) >= MOST_TOGETHER:
            await self._send()
            await asyncio.sleep(0)
        return None

    def _greet_another(self) -> None:
        if self._recount(self._dialogue.client):
            self._out.append(self._house.terms.greeting)

    def _answer(self, line: bytes) -> Response:
        try:
            return self._dialogue.answer(line)
        except Exception as error:  # noqa: BLE001  the promise: our trouble is 451 and never its text
            self._house.journal.trouble("command_failed", error, client=self._client)
            self._dialogue.reset()
            return Response(wire(INTERNAL))

    async def _data(self) -> None:
        envelope = self._dialogue.agreed()
        self._enter(Phase.DATA)
        await self._send()
        received = await receive(
            self._intake,
            self._dialogue.size_limit,
            self._house.terms.settings.line_limit,
            self._house.journal,
        )
        if self._phase is Phase.CLOSING or received is None:
            return None
        many = len(envelope.recipients)
        if isinstance(received, Refused):
            self._house.journal.event("data_refused", client=self._client, reply=str(received.reply))
            return self._conclude((received.reply,) * many, received.close)
        self._enter(Phase.ADMISSION)
        lmtp = self._house.terms.protocol is Protocol.LMTP
        admitted = await self._house.admissions.admit(Message(envelope, received), lmtp)
        self._unseen = admitted.transactions
        return self._conclude(admitted.replies, close=False)

    def _conclude(self, replies: tuple[Reply, ...], close: bool) -> None:
        for reply in self._house.terms.protocol.after_data(replies):
            self._out.append(wire(reply))
            close = close or reply.code == SHUTTING_DOWN.code
        if close:
            return self._part(b"")
        self._flush()
        self._enter(Phase.COMMAND)
        return self._part(wire(SHUTTING_DOWN)) if self._house.closing else None
