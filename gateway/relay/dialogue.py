"""One transaction over an open connection: MAIL, RCPT, DATA, the octets, the final dot."""

import asyncio
from itertools import takewhile

from gateway.relay.connection import Connection
from gateway.relay.errand import Errand
from gateway.relay.errors import Broken, Stale
from gateway.relay.parcel import Outcome, Protocol, Stage
from gateway.relay.patience import Patience
from gateway.relay.replies import Heard
from gateway.relay.wire import END_OF_DATA
from gateway.reply import NEXT_HOP_LOST, Reply
from gateway.settings import RelaySettings

_LONG = 65_536  # octets; a longer body goes out while the final dot still waits for `before_dot`
_RESET_SECONDS = 5  # a connection that needs longer for RSET is not worth keeping
_DATA = b"DATA\r\n"

NOT_SENT = Reply(451, 3, 0, "Not sent on, because another recipient was refused")


class Dialogue:
    """Says one errand's transaction; afterwards the connection tells whether it can be used again."""

    def __init__(
        self, connection: Connection, protocol: Protocol, settings: RelaySettings, patience: Patience
    ) -> None:
        connection.deadline = patience.before_dot
        self._patience = patience
        self._connection = connection
        self._protocol = protocol
        self._settings = settings
        self._stage = Stage.MAIL

    async def run(self, errand: Errand) -> Outcome:
        """Return what became of the errand. Raises Stale, and what ``before_dot`` raises."""
        if reply := errand.lacking(self._connection.extensions):
            return errand.everyone(reply, Stage.MAIL, f"not asked: {reply.text}")
        try:
            return await self._converse(errand)
        except Stale:
            raise
        except Broken as broken:
            self._connection.abort()
            return errand.everyone(NEXT_HOP_LOST, self._stage, str(broken))

    async def _converse(self, errand: Errand) -> Outcome:
        count = len(errand.parcel.recipients)
        heard = await self._say_envelope(errand)
        if heard[0].kind != 2 or len(heard) <= count:
            culprit = heard[0] if heard[0].kind != 2 else heard[-1]
            return await self._give_up(heard, (_refusal(culprit),) * count)
        self._stage = Stage.RCPT
        refusals = tuple(None if each.kind == 2 else _refusal(each) for each in heard[1 : count + 1])
        if all(refusals) or (errand.all_or_nothing and any(refusals)):
            return await self._give_up(heard, refusals)
        self._stage = Stage.DATA
        if len(heard) == count + 1:
            heard += await self._connection.ask(_DATA, 1, self._settings.command_timeout)
        if heard[-1].code != 354:
            data = _refusal(heard[-1])
            return await self._give_up(heard[-1:], tuple(each or data for each in refusals))
        return await self._send(errand, refusals)

    async def _say_envelope(self, errand: Errand) -> tuple[Heard, ...]:
        """Return the replies to MAIL, each RCPT and perhaps DATA.

        They are fewer when MAIL was refused or the next hop took its leave.
        """
        connection = self._connection
        commands = errand.commands(connection.extensions)
        piped = "PIPELINING" in connection.extensions
        if piped and (not errand.all_or_nothing or len(commands) == 2):
            # DATA goes along unless a refused recipient would call it off: then
            # a 354 could only be left by closing the connection.
            commands += (_DATA,)
        try:
            heard = await (self._say_at_once(commands) if piped else self._say_in_turn(commands))
        except Broken as broken:
            heard = broken.heard
            if connection.used and not heard and not connection.silent:
                raise Stale(broken.problem) from broken
            if not heard or not (heard[0].kind > 3 or heard[-1].closing):
                raise
        if connection.used and heard[0].closing:
            connection.abort()
            raise Stale(str(heard[0]))
        return heard

    async def _say_at_once(self, commands: tuple[bytes, ...]) -> tuple[Heard, ...]:
        return await self._connection.ask(b"".join(commands), len(commands), self._settings.command_timeout)

    async def _say_in_turn(self, commands: tuple[bytes, ...]) -> tuple[Heard, ...]:
        heard: tuple[Heard, ...] = ()
        for command in commands:
            try:
                heard += await self._connection.ask(command, 1, self._settings.command_timeout)
            except Broken as broken:
                raise Broken(broken.problem, heard + broken.heard) from broken
            if heard[0].kind != 2 or heard[-1].closing:
                break
        return heard

    async def _send(self, errand: Errand, refusals: tuple[Reply | None, ...]) -> Outcome:
        """Send the octets and the final dot, which goes out after `before_dot` and never before."""
        wire, seconds = errand.wire, self._settings.data_timeout
        if len(wire) > _LONG:
            await self._connection.send_long(wire, self._settings.command_timeout)
            wire = b""
            # A hang-up during the body is heard here, while it still is certain.
            await asyncio.sleep(0)
        if errand.before_dot:
            await errand.before_dot()
        if not self._connection.usable:
            raise Broken("the connection to the next hop was lost before the final dot")
        if self._patience.spent:
            # Most of the client's patience is gone: a reply to the dot could come too late to be passed on.
            raise Broken("the next hop was too slow for the final dot to go out")
        self._connection.deadline = self._patience.end
        self._stage = Stage.DOT
        due = refusals.count(None) if self._protocol is Protocol.LMTP else 1
        problem = ""
        try:
            heard = await self._connection.ask(wire + END_OF_DATA, due, seconds)
        except Broken as broken:
            heard, problem = broken.heard, broken.problem
        return self._outcome(refusals, heard, problem)

    def _outcome(self, refusals: tuple[Reply | None, ...], heard: tuple[Heard, ...], problem: str) -> Outcome:
        """Match the replies after the dot with the recipients that were accepted."""
        good = tuple(takewhile(lambda each: each.kind != 3, heard))
        if len(good) < len(heard) or any(each.closing for each in good):
            self._connection.abort()
        elif any(each.kind != 2 for each in good):
            # Postfix may refuse at the end of DATA and still have this sender and these recipients: it would
            # answer the next MAIL with 503, and add its recipients to these.
            self._connection.quit()
        each_own = self._protocol is Protocol.LMTP
        answers = iter(good if each_own else good * refusals.count(None))
        replies: list[Reply] = []
        unanswered: list[int] = []
        for index, refusal in enumerate(refusals):
            answer = None if refusal else next(answers, None)
            if not refusal and not answer:
                unanswered.append(index)
            replies.append(refusal or (answer.reply if answer else NEXT_HOP_LOST))
        upstream = problem or str(heard[-1])
        stage = Stage.DOT if unanswered else Stage.DONE
        return Outcome(tuple(replies), stage, upstream, tuple(unanswered))

    async def _give_up(self, heard: tuple[Heard, ...], replies: tuple[Reply | None, ...]) -> Outcome:
        """End the transaction without a final dot, so that nothing is delivered."""
        if heard[-1].code == 354 or any(each.closing for each in heard):
            self._connection.abort()
        else:
            await self._reset()
        culprit = next(each for each in heard if each.kind > 3)
        given = tuple(reply or NOT_SENT for reply in replies)
        return Outcome(given, self._stage, str(culprit), called_off=not all(replies))

    async def _reset(self) -> None:
        try:
            (heard,) = await self._connection.ask(b"RSET\r\n", 1, _RESET_SECONDS)
        except Broken:
            return
        if heard.kind != 2:
            self._connection.abort()


def _refusal(heard: Heard) -> Reply:
    """Return the refusal. Raises Broken when it is none, as 250 is where 354 is due."""
    if heard.kind not in (4, 5):
        raise Broken(f"the next hop answered out of order: {heard}")
    return heard.reply
