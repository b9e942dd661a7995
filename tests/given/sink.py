"""A small real SMTP and LMTP server that keeps what it takes and misbehaves when told to.

In a test: ``with Sink("lmtp") as sink: ... sink.wait(1)``. As a program:
``python -m tests.given.sink --port 0 --protocol lmtp --out FILE`` prints its port.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.given.behaviour import EXTENSIONS, Behaviour, Received
from tests.given.session import Session

__all__ = ["EXTENSIONS", "Behaviour", "Received", "Sink"]


class Sink:
    """A sink in a thread of its own; ``behaviour`` may be replaced while it runs."""

    def __init__(
        self,
        protocol: str = "smtp",
        behaviour: Behaviour | None = None,
        port: int = 0,
        out: Path | None = None,
    ) -> None:
        self.protocol = protocol
        self.behaviour = behaviour or Behaviour()
        self.once: Behaviour | None = None  # how it behaves until it has ended one connection
        self.host, self.port = "127.0.0.1", port
        self.connections = 0
        self._kept: list[Received] = []
        self._commands: list[bytes] = []
        self._unfinished: list[bytes] = []
        self._news = threading.Condition()
        self._sessions: set[Session] = set()
        self._out: IO[str] | None = out.open("a", encoding="ascii") if out else None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._started = threading.Event()

    @property
    def received(self) -> tuple[Received, ...]:
        """The messages taken, in their order."""
        return tuple(self._kept)

    @property
    def commands(self) -> tuple[bytes, ...]:
        """Every command line that came, without its CRLF."""
        return tuple(self._commands)

    @property
    def unfinished(self) -> tuple[bytes, ...]:
        """What came after a 354 on connections that ended before the final dot."""
        return tuple(self._unfinished)

    @property
    def url(self) -> str:
        """Its address as a list file's ``next_hop``."""
        return f"{self.protocol}://{self.host}:{self.port}"

    @property
    def open(self) -> int:
        """How many connections are open now."""
        return len(self._sessions)

    def wait_for_connections(self, number: int, seconds: float = 10) -> None:
        """Return once so many connections came; AssertionError after ``seconds``."""
        with self._news:
            assert self._news.wait_for(lambda: self.connections >= number, seconds), "too few connections"

    def whisper(self, octets: bytes) -> None:
        """Say something that nobody asked for, on every connection."""
        for session in tuple(self._sessions):
            self._loop.call_soon_threadsafe(session.say, octets)

    def wait(self, messages: int, seconds: float = 10) -> tuple[Received, ...]:
        """Return what was received once it is at least ``messages``; AssertionError after ``seconds``."""
        with self._news:
            assert self._news.wait_for(lambda: len(self._kept) >= messages, seconds), (
                f"the sink has {len(self._kept)} of {messages} messages"
            )
        return self.received

    def drop_connections(self) -> None:
        """Close every connection, as a restarted server does, and return when it is done."""
        asyncio.run_coroutine_threadsafe(self._drop(), self._loop).result(5)

    def manners(self) -> Behaviour:
        """How to behave now."""
        return self.once or self.behaviour

    def opened(self, session: Session) -> None:
        """Count a connection."""
        with self._news:
            self.connections += 1
            self._sessions.add(session)
            self._news.notify_all()

    def closed(self, session: Session) -> None:
        """Forget a connection."""
        self._sessions.discard(session)
        self.once = None

    def heard(self, line: bytes) -> None:
        """Note a command."""
        self._commands.append(line)

    def left_unfinished(self, octets: bytes) -> None:
        """Note a body whose final dot never came."""
        self._unfinished.append(octets)

    def keep(self, message: Received) -> None:
        """Take a message; it is in the file before the reply goes out."""
        if self._out:
            line = {
                "data_b64": base64.b64encode(message.octets).decode("ascii"),
                "from": message.reverse_path.decode("utf-8", "replace"),
                "to": [address.decode("utf-8", "replace") for address in message.recipients],
            }
            self._out.write(json.dumps(line) + "\n")
            self._out.flush()
        with self._news:
            self._kept.append(message)
            self._news.notify_all()

    def start(self) -> Self:
        """Listen; ``port`` is the real one from here on."""
        self._thread.start()
        assert self._started.wait(10), "the sink did not start"
        return self

    def stop(self) -> None:
        """Close everything."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
        if self._out:
            self._out.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(lambda: Session(self), self.host, self.port, backlog=200)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._drop())
        self._loop.close()

    async def _drop(self) -> None:
        for session in tuple(self._sessions):
            session.end()
        async with asyncio.timeout(5):
            while self._sessions:  # noqa: ASYNC110  connection_lost has no event of its own
                await asyncio.sleep(0)


def main() -> None:
    """Run a sink until it is stopped; its port is the first line of standard output."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--protocol", choices=("smtp", "lmtp"), default="smtp")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    with Sink(chosen.protocol, port=chosen.port, out=chosen.out) as sink:
        sys.stdout.write(f"{sink.port}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
