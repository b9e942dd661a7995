"""A front on a free port, an admission that keeps what it is given, and a client that says as it is told."""

import asyncio
import io
import socket
import ssl
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway.journal import Journal
from gateway.metrics import Metrics
from gateway.reply import NO_SUCH_ADDRESS, TOO_BIG, Reply
from gateway.settings import JournalSettings, Settings, SmtpSettings, TlsSettings
from gateway.smtp import Admitted, Front
from gateway.smtp.handshakes import Handshakes
from rules.message import Message

OK = Reply(250, 0, 0, "Ok: relayed")


class Keeper:
    """Admits everything to anybody but ``nobody@…``, and can be made slow, wrong or refusing.

    ``small@…`` takes 1,000 octets at most.
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.seen: list[str] = []
        self.offered = frozenset({"8BITMIME", "SMTPUTF8"})
        self.most: int | None = None
        self.replies: tuple[Reply, ...] | None = None
        self.at_mail: Reply | None = None
        self.raises: dict[str, Exception] = {}
        self.under_way = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.done = threading.Event()

    def sender(self) -> Reply | None:
        self._raise("sender")
        return self.at_mail

    def recipient(self, address: bytes, size: int) -> Reply | None:
        self._raise("recipient")
        if address.startswith(b"small@") and size > 1000:
            return TOO_BIG
        return NO_SUCH_ADDRESS if address.startswith(b"nobody@") else None

    def extensions(self) -> frozenset[str]:
        return self.offered

    async def admit(self, message: Message, *, lmtp: bool = False) -> Admitted:
        self.under_way.set()
        await asyncio.to_thread(self.go_on.wait)
        self._raise("admit")
        self.messages.append(message)
        self.done.set()
        replies = self.replies or (OK,) * len(message.envelope.recipients)
        return Admitted(replies, (f"t{len(self.messages)}",))

    def most_octets(self) -> int | None:
        return self.most

    def confirmed(self, transactions_seen: tuple[str, ...]) -> None:
        self.seen.extend(transactions_seen)

    def _raise(self, where: str) -> None:
        if where in self.raises:
            raise self.raises[where]


class Client:
    """A connection to a front, a blocking socket."""

    def __init__(self, address: tuple[str, int], *, greet: bool = True) -> None:
        self.socket = socket.create_connection(address, timeout=5)
        self._unread = b""
        if greet:
            assert self.reply().startswith("220 ")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def secure(self, context: ssl.SSLContext, name: str = "localhost") -> None:
        """Speak TLS from here on."""
        assert not self._unread
        self.socket = context.wrap_socket(self.socket, server_hostname=name)

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Say EHLO and STARTTLS, and speak TLS from here on."""
        assert self.say("EHLO client.example", "STARTTLS") == "220 2.0.0 Ready to start TLS"
        self.secure(context)

    def send(self, octets: bytes) -> None:
        """Send these octets as they are."""
        self.socket.sendall(octets)

    def line(self) -> str:
        """One line of a reply, "" when the server closed the connection."""
        while b"\r\n" not in self._unread:
            try:
                more = self.socket.recv(65536)
            except (ConnectionResetError, ssl.SSLEOFError):
                more = b""
            if not more:
                assert not self._unread, f"half a reply: {self._unread!r}"
                return ""
            self._unread += more
        line, self._unread = self._unread.split(b"\r\n", 1)
        text = line.decode("ascii")
        assert text.isprintable(), text
        return text

    def reply(self) -> str:
        """The last line of the next reply, "" when the server closed the connection."""
        line = self.line()
        while line[3:4] == "-":
            line = self.line()
        return line

    def say(self, *commands: str) -> str:
        """Send commands one after the other; the reply to the last."""
        reply = ""
        for command in commands:
            self.send(command.encode() + b"\r\n")
            reply = self.reply()
        return reply

    def begin(self, *recipients: str, hello: str = "EHLO client.example") -> None:
        """Go as far as the 354."""
        self.say(hello, "MAIL FROM:<ann@member.example>")
        for recipient in recipients or ("physics@lists.example",):
            assert self.say(f"RCPT TO:<{recipient}>").startswith("250")
        assert self.say("DATA").startswith("354")

    def post(self, content: bytes) -> str:
        """Send content, dots stuffed already, and its end; the reply."""
        self.send(content + b".\r\n")
        return self.reply()

    def rest(self) -> tuple[str, ...]:
        """All replies until the server closes."""
        return tuple(iter(self.reply, ""))


class RunningFront:
    """A front in a thread of its own, in a ``with``; with a certificate it offers TLS, or begins with it."""

    def __init__(
        self,
        protocol: str = "smtp",
        *,
        pair: tuple[Path, Path] | None = None,
        implicit: bool = False,
        tls: dict[str, int] | None = None,
        **settings: object,
    ) -> None:
        self._pair, self._implicit, self._tls = pair, implicit, tls or {}
        self.keeper = Keeper()
        self.log = io.StringIO()
        self._settings = SmtpSettings(hostname="gate.example", **settings)  # type: ignore[arg-type]
        self._protocol = protocol
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.drained: bool | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        journal = Journal(JournalSettings(), b"secret", self.log)
        handshakes = None
        if self._pair:
            certificate, key = map(str, self._pair)
            shown = TlsSettings(certificate=certificate, key=key, **self._tls)
            handshakes = Handshakes.of(Settings(tls=shown), journal)
        self.front = Front(
            self._settings,
            "127.0.0.1:0",
            self._protocol,
            self.keeper,
            journal,
            Metrics(),
            handshakes,
            self._implicit,
        )
        self.address = asyncio.run_coroutine_threadsafe(self.front.start(), self._loop).result(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.keeper.go_on.set()
        if self.drained is None:
            self.drain(0.5)
        self.run(asyncio.sleep(0.01))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def run(self, coroutine):  # type: ignore[no-untyped-def]
        """Run this on the front's loop; what it returns."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def drain(self, seconds: float) -> bool:
        """Drain the front."""
        self.drained = self.run(self.front.drain(seconds))
        return self.drained

    def seconds_pass(self, seconds: float) -> None:
        """Let every session look at a clock that is so much ahead."""

        async def look() -> None:
            for session in tuple(self.front._house.sessions):
                session.check(self._loop.time() + seconds)

        self.run(look())

    def client(self, *, greet: bool = True) -> Client:
        """A new connection."""
        return Client(self.address, greet=greet)

    @property
    def contents(self) -> tuple[bytes, ...]:
        """The octets of all messages admitted."""
        return tuple(message.octets for message in self.keeper.messages)

    def said(self, *events: str) -> Iterable[str]:
        """The journal's lines of these events."""
        return [line for line in self.log.getvalue().splitlines() if any(f'"{e}"' in line for e in events)]
