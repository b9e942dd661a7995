"""The small list behind the gateway in `gatepost demo`: three members, and mailboxes for notices."""

import asyncio
import threading
import time
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session

MEMBERS = ("ada.lorentz@hospital.example", "bruno.hale@hospital.example", "erin.moss@university.example")


@dataclass(frozen=True, slots=True)
class Mail:
    """A message in a mailbox."""

    mailbox: str
    octets: bytes


class DemoServer:
    """An SMTP server on a free loopback port, in a thread of its own. What it takes lies in ``mail``.

    With ``members`` it is a list: each message comes to every member. Without,
    it is a mail server that delivers to whom the envelope names.
    """

    def __init__(self, members: tuple[str, ...] = ()) -> None:
        self._members = members
        self._mail: list[Mail] = []
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = 0

    def start(self) -> None:
        """Listen; ``port`` is known afterwards."""
        self._thread.start()
        self._started.wait(10)

    def stop(self) -> None:
        """Close everything."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def mail(self) -> tuple[Mail, ...]:
        """All that was taken, in its order."""
        return tuple(self._mail)

    def wait(self, words: bytes, count: int, seconds: float = 8.0) -> tuple[Mail, ...]:
        """Return the mail that contains the words, once it is ``count`` messages or the seconds are over."""
        end = time.monotonic() + seconds
        while True:
            found = tuple(mail for mail in self.mail if words in mail.octets)
            if len(found) >= count or time.monotonic() > end:
                return found
            time.sleep(0.02)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Take a message."""
        del server, session
        octets = bytes(envelope.original_content or b"")
        self._mail.extend(Mail(mailbox, octets) for mailbox in self._members or envelope.rcpt_tos)
        return "250 2.0.0 Ok: delivered to the members" if self._members else "250 2.0.0 Ok: delivered"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        starting = self._loop.create_server(self._session, "127.0.0.1", 0)
        server = self._loop.run_until_complete(starting)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _session(self) -> SMTP:
        return SMTP(
            self, hostname="lists.example.org", enable_SMTPUTF8=True, decode_data=False, loop=self._loop
        )
