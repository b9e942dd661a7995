"""One connection to the sink: commands in, the behaviour's replies out."""

import asyncio
import socket
import ssl
import struct
from typing import Protocol

from tests.given.behaviour import USUAL, Behaviour, Received


class Keeper(Protocol):
    """What a session tells its server."""

    protocol: str

    def manners(self) -> Behaviour: ...
    def opened(self, session: "Session") -> None: ...
    def closed(self, session: "Session") -> None: ...
    def heard(self, line: bytes) -> None: ...
    def left_unfinished(self, octets: bytes) -> None: ...
    def keep(self, message: Received) -> None: ...


class Session(asyncio.Protocol):
    def __init__(self, sink: Keeper) -> None:
        self.sink = sink
        self.transport: asyncio.Transport | None = None
        self.behaviour = sink.manners()  # fixed for each step: it may be replaced in the middle of one
        self.buffer = bytearray()
        self.scanned = 0  # octets of the buffer known to hold no final dot
        self.body = False  # between 354 and the final dot
        self.begun = False  # a first octet of the body came
        self.busy = False  # a delayed reply or a TLS handshake is under way
        self.clear()

    def clear(self) -> None:
        self.reverse_path = b""
        self.parameters: tuple[bytes, ...] = ()
        self.recipients: tuple[bytes, ...] = ()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.sink.opened(self)
        self.answer("GREETING")

    def connection_lost(self, exc: Exception | None) -> None:
        if self.body:
            self.sink.left_unfinished(bytes(self.buffer))
        self.sink.closed(self)

    def end(self) -> None:
        if self.transport:
            self.transport.abort()

    def say(self, octets: bytes) -> None:
        if self.transport:
            self.transport.write(octets)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.work()

    def work(self) -> None:
        going = True
        while going and not self.busy and self.buffer:
            self.behaviour = self.sink.manners()
            going = self.data() if self.body else self.command()

    def data(self) -> bool:
        if not self.begun:
            self.begun = True
            if self.behaviour.ends_at("BODY"):
                self.answer("BODY")
        found = self.buffer.find(b"\r\n.\r\n", max(0, self.scanned - 4))
        end = 0 if self.buffer.startswith(b".\r\n") else found + 2
        if end == 1:
            self.scanned = len(self.buffer)
            return False
        octets = bytes(self.buffer[:end])
        octets = octets[1:] if octets.startswith(b".") else octets
        del self.buffer[: end + 3]
        self.body, self.scanned = False, 0
        self.finish(octets.replace(b"\r\n.", b"\r\n"))
        return True

    def finish(self, octets: bytes) -> None:
        behaviour = self.behaviour
        reply = behaviour.replies.get("DOT", b"" if behaviour.ends_at("DOT") else USUAL["DOT"])
        taken = self.recipients if reply[:1] in (b"2", b"") else ()
        if self.sink.protocol == "lmtp" and "DOT" not in behaviour.replies and reply:
            verdicts = tuple(behaviour.verdicts.get(address, reply) for address in self.recipients)
            each = zip(self.recipients, verdicts, strict=True)
            taken = tuple(address for address, verdict in each if verdict.startswith(b"2"))
            reply = b"".join(verdicts)
        if taken:
            self.sink.keep(Received(self.reverse_path, taken, self.parameters, octets))
        self.clear()
        self.answer("DOT", reply)

    def command(self) -> bool:
        line, found, _ = self.buffer.partition(b"\r\n")
        if not found:
            return False
        del self.buffer[: len(line) + 2]
        self.sink.heard(bytes(line))
        verb = bytes(line[:4]).upper()
        argument = bytes(line).partition(b":")[2]
        self.obey(verb, argument)
        return True

    def obey(self, verb: bytes, argument: bytes) -> None:
        match verb:
            case b"EHLO" | b"LHLO" | b"HELO":
                self.answer("EHLO", self.hello())
            case b"MAIL":
                self.reverse_path, self.parameters = _path(argument)
                self.answer("MAIL")
            case b"RCPT":
                address = _path(argument)[0]
                if self.answer("RCPT", self.behaviour.recipients.get(address)).startswith(b"2"):
                    self.recipients += (address,)
            case b"DATA":
                self.start_data()
            case b"STAR":
                self.start_tls()
            case b"QUIT":
                self.answer("QUIT")
                if self.transport:
                    self.transport.close()
            case b"RSET":
                self.clear()
                self.answer("RSET")
            case b"NOOP":
                self.answer("NOOP")
            case _:
                self.answer("?")

    def hello(self) -> bytes:
        lines = ("sink.example", *self.behaviour.extensions)
        if isinstance(self.transport, asyncio.Transport) and self.transport.get_extra_info("ssl_object"):
            lines = tuple(line for line in lines if line != "STARTTLS")
        last = len(lines) - 1
        return b"".join(f"250{' ' if n == last else '-'}{line}\r\n".encode() for n, line in enumerate(lines))

    def start_data(self) -> None:
        if not self.recipients:
            self.answer("DATA", b"554 5.5.1 No valid recipients\r\n")
        elif self.answer("DATA").startswith(b"3"):
            self.body, self.begun = True, False

    def start_tls(self) -> None:
        context = self.behaviour.tls
        if self.answer("STARTTLS").startswith(b"220") and context:
            self.busy = True
            self.handshaking = asyncio.get_running_loop().create_task(self.handshake(context))

    async def handshake(self, context: ssl.SSLContext) -> None:
        assert self.transport is not None
        try:
            transport = await asyncio.get_running_loop().start_tls(
                self.transport, self, context, server_side=True
            )
        except (OSError, ssl.SSLError):
            self.end()
            return
        self.transport, self.busy = transport, False
        self.work()

    def answer(self, stage: str, usual: bytes | None = None) -> bytes:
        """Send what the behaviour says for the stage, and return it; nothing if it only closes there."""
        behaviour = self.behaviour
        default = usual if usual is not None else USUAL.get(stage, b"")
        reply = behaviour.replies.get(stage, b"" if behaviour.ends_at(stage) else default)
        if seconds := behaviour.delays.get(stage):
            self.busy = True
            asyncio.get_running_loop().call_later(seconds, self.late, stage, reply)
        else:
            self.send(stage, reply)
        return reply

    def late(self, stage: str, reply: bytes) -> None:
        self.send(stage, reply)
        self.busy = False
        self.work()

    def send(self, stage: str, reply: bytes) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        self.transport.write(reply)
        if stage in self.behaviour.resets:
            peer: socket.socket = self.transport.get_extra_info("socket")
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
        elif stage in self.behaviour.closes:
            self.transport.close()


def _path(argument: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    address, _, parameters = argument.strip().removeprefix(b"<").rpartition(b">")
    return address, tuple(parameters.split())
