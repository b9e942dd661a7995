"""What `gatepost demo` is played on: a gateway in a process of its own, a small list, mailboxes, a folder."""

import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli import session
from cli.demonstration.mailing_list import MEMBERS, DemoServer
from cli.demonstration.posts import LIST, LIST_FILE, DemoPost
from cli.output import Ink, Piece, say
from gateway.errors import CouldNotBeDone
from gateway.settings import load

_SETTINGS = """\
undo_seconds = 0

[smtp]
listen = "127.0.0.1:0"
hostname = "gatepost.example.org"

[submission]
url = "smtp://127.0.0.1:{port}"
"""
_PATIENCE = 20.0  # seconds for the gateway to say that it is ready
_OURS = "GATEPOST_"


@dataclass
class DemoFailed(CouldNotBeDone):
    """The demo could not be played."""

    problem: str

    def __str__(self) -> str:
        return f"the demo stopped: {self.problem}; 'gatepost demo --keep' leaves its journal to look at"


@dataclass(frozen=True, slots=True)
class Stage:
    """What the demo is played on: the folder, the list, the mailboxes, and the gateway's address."""

    folder: Path
    members: DemoServer
    mailboxes: DemoServer
    smtp: str

    def post(self, post: DemoPost) -> str:
        """Post over SMTP and return the gateway's reply. Raises DemoFailed."""
        host, _, port = self.smtp.rpartition(":")
        try:
            with smtplib.SMTP(host, int(port), "demo.example", timeout=10) as client:
                client.ehlo_or_helo_if_needed()
                for code, words in (client.mail(post.author, ["BODY=8BITMIME"]), client.rcpt(LIST)):
                    if code >= 400:
                        raise DemoFailed(words.decode("ascii", "replace"))
                code, words = client.data(post.octets)
        except (OSError, smtplib.SMTPException) as error:
            raise DemoFailed(str(error)) from error
        return f"{code} {words.decode('ascii', 'replace')}"

    def wait_for_list(self) -> None:
        """Return when the gateway serves the list. Raises DemoFailed."""
        end = time.monotonic() + _PATIENCE
        host, _, port = self.smtp.rpartition(":")
        while time.monotonic() < end:
            with smtplib.SMTP(host, int(port), "demo.example", timeout=10) as client:
                client.ehlo()
                client.mail("demo@demo.example")
                if client.rcpt(LIST)[0] == 250:
                    return
            time.sleep(0.05)
        raise DemoFailed("the gateway did not take up the list in time")


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """The gateway serving, the list behind it, and the mailboxes; all ended afterwards."""
    from cli.listfiles.serving import add_list

    for name in [name for name in os.environ if name.startswith(_OURS)]:
        del os.environ[name]  # settings of another installation have no say here
    with _running(DemoServer(MEMBERS)) as members, _running(DemoServer()) as mailboxes:
        config = folder / "gatepost.toml"
        config.write_text(_SETTINGS.format(port=mailboxes.port), encoding="utf-8")
        file = folder / "physics.yaml"
        file.write_text(LIST_FILE.format(next_hop=f"smtp://127.0.0.1:{members.port}"), encoding="utf-8")
        session.use(load(config))
        say(Piece("\n  $ gatepost lists add physics.yaml && gatepost serve", Ink.QUIET))
        with session.store(create=True), _gateway(config) as starting:
            # The gateway starts while the list is proved, and takes it up when it is published.
            add_list(file, None)
            stage = Stage(folder, members, mailboxes, starting.ready())
            stage.wait_for_list()
            yield stage


@contextmanager
def _running(server: DemoServer) -> Iterator[DemoServer]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def _gateway(config: Path) -> Iterator["_Starting"]:
    """Run `gatepost serve` as long as the block lasts."""
    folder = config.parent
    command = [
        sys.executable,
        "-P",
        "-c",
        "from cli.main import run; run()",
        "--config",
        str(config),
        "serve",
    ]
    with (folder / "journal.log").open("wb") as journal, (folder / "ready.log").open("wb") as ready:
        process = subprocess.Popen(command, stdout=journal, stderr=ready)  # noqa: S603  our own command
    try:
        yield _Starting(process, folder)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass(frozen=True, slots=True)
class _Starting:
    process: subprocess.Popen[bytes]
    folder: Path

    def ready(self) -> str:
        """The address it takes SMTP on, once it does. Raises DemoFailed."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            said = (self.folder / "ready.log").read_text(encoding="utf-8", errors="replace")
            for line in said.splitlines():
                if line.startswith("ready "):
                    return next(word[5:] for word in line.split() if word.startswith("smtp="))
            if self.process.poll() is not None:
                raise DemoFailed(f"the gateway did not start ({said.strip() or self.process.returncode})")
            time.sleep(0.02)
        raise DemoFailed("the gateway was not ready in time")
