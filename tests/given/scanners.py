"""Scanners' ends of the wire, which say what a test wants, and the real programs on free ports."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

CLEAN, FOUND = b"stream: OK\0", b"stream: Test.Signature FOUND\0"
HAM, SPAM = (
    f"SPAMD/1.1 0 EX_OK\r\nSpam: {said} / 5.0\r\n\r\n".encode() for said in ("False ; 1.2", "True ; 9.5")
)
SIGNATURE = "X-GATEPOST-TEST-VIRUS"


def http(body: bytes, status: str = "200 OK") -> bytes:
    """What a web server says."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


NO_ACTION = http(b'{"score": 0.3, "required_score": 15, "action": "no action", "symbols": {}}')
REJECT = http(b'{"score": 17.5, "required_score": 15, "action": "reject", "symbols": {}}')

Behaviour = Callable[["Call"], None]


class Call:
    """One connection to a stand-in."""

    def __init__(self, connection: socket.socket, over: threading.Event) -> None:
        self._connection, self._file, self._over = connection, connection.makefile("rb"), over

    def clamd(self) -> bytes:
        """The message in an INSTREAM command."""
        self._begins(self._file.read(10), b"zINSTREAM\0")
        pieces = []
        while size := int.from_bytes(self._file.read(4), "big"):
            pieces.append(self._file.read(size))
        return b"".join(pieces)

    def spamd(self) -> bytes:
        """The message in a CHECK command."""
        self._begins(self._file.readline(), b"CHECK SPAMC/1.5\r\n")
        return self._after_header()

    def rspamd(self) -> bytes:
        """The message in a POST to /checkv2."""
        self._begins(self._file.readline(), b"POST /checkv2 HTTP/1.1\r\n")
        return self._after_header()

    def _begins(self, heard: bytes, protocol: bytes) -> None:
        if not heard:
            raise ConnectionError("whoever called has left")
        assert heard == protocol

    def _after_header(self) -> bytes:
        size = 0
        while (line := self._file.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            size = int(value) if name.lower() == b"content-length" else size
        return self._file.read(size)

    def say(self, octets: bytes) -> None:
        """Send, if anybody is still there."""
        with contextlib.suppress(OSError):
            self._connection.sendall(octets)

    def wait(self) -> None:
        """Say nothing until the test is over."""
        self._over.wait(30)


class StandIn:
    """Something that listens where a scanner would; ``behaviour`` may change, ``heard`` are the messages."""

    def __init__(self, protocol: str, answer: bytes) -> None:
        self.protocol, self.answer = protocol, answer
        self.behaviour: Behaviour = self.answers
        self.heard: list[bytes] = []
        self.calls = 0
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._socket.close()

    @property
    def at(self) -> str:
        """As a list file writes it."""
        host, port = self._socket.getsockname()
        return f"{'http://' if self.protocol == 'rspamd' else ''}{host}:{port}"

    def answers(self, call: Call) -> None:
        """Hear the message and say what there is to say."""
        self.heard.append(getattr(call, self.protocol)())
        call.say(self.answer)

    def is_silent(self, call: Call) -> None:
        """Read nothing, say nothing."""
        call.wait()

    def hears_and_is_silent(self, call: Call) -> None:
        """Read the message, say nothing."""
        self.heard.append(getattr(call, self.protocol)())
        call.wait()

    def hangs_up(self, call: Call) -> None:
        """Close at once."""

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.calls += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            self.behaviour(Call(connection, self._over))


def nobody() -> str:
    """A HOST:PORT where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"127.0.0.1:{taken.getsockname()[1]}"


@contextlib.contextmanager
def real(protocol: str) -> Iterator[str]:
    """The program itself with no rules but a test's and no network; gives its place once it listens."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # started by root, spamd reads its rules as nobody
        yield from _running(folder, protocol)


def _running(folder: Path, protocol: str) -> Iterator[str]:
    at = nobody()
    command = {"clamd": _clamd, "spamd": _spamd, "rspamd": _rspamd}[protocol](folder, at)
    with (folder / f"{protocol}.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True)
    try:
        _until_it_listens(at, process)
        yield f"http://{at}" if protocol == "rspamd" else at
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def program(name: str) -> str:
    """Where the program is, also where only root looks for it; "" if nowhere."""
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin") or ""


def _clamd(folder: Path, at: str) -> list[str]:
    database = folder / "signatures"
    database.mkdir()
    (database / "test.ndb").write_text(f"Test.Signature:0:*:{SIGNATURE.encode().hex()}\n")
    host, _, port = at.partition(":")
    (folder / "clamd.conf").write_text(
        f"Foreground yes\nTCPSocket {port}\nTCPAddr {host}\nDatabaseDirectory {database}\n"
        f"TemporaryDirectory {folder}\nStreamMaxLength 1M\n"
    )
    return [program("clamd"), "-c", str(folder / "clamd.conf")]


def _spamd(folder: Path, at: str) -> list[str]:
    (folder / "rules").mkdir()
    (folder / "rules" / "test.pre").write_text("loadplugin Mail::SpamAssassin::Plugin::Check\n")
    (folder / "rules" / "test.cf").write_text("body BUY_NOW /buy it now/i\nscore BUY_NOW 7.5\nuse_bayes 0\n")
    host, _, port = at.partition(":")
    rules = [f"--configpath={folder / 'rules'}", f"--siteconfigpath={folder / 'rules'}"]
    return [program("spamd"), "-L", "-i", host, "-p", port, "-m", "1", "-x", *rules, "-H", str(folder)]


def _rspamd(folder: Path, at: str) -> list[str]:
    (folder / "tlds").write_text("com\norg\n")
    (folder / "rspamd.conf").write_text(
        f'options {{ filters = ""; dns {{ nameserver = ["127.0.0.1"]; timeout = 0.1s; retransmits = 1; }} '
        f'tempdir = "{folder}"; url_tld = "{folder}/tlds"; pidfile = "{folder}/rspamd.pid"; }}\n'
        f'logging {{ type = "console"; level = "info"; }}\n'
        f'worker "normal" {{ bind_socket = "{at}"; count = 1; }}\n'
        "actions { reject = 15; greylist = 4; }\n"
    )
    places = [f"--var={name}={folder}" for name in ("DBDIR", "RUNDIR")]
    return [program("rspamd"), "-f", "-i", "-c", str(folder / "rspamd.conf"), *places]


def _until_it_listens(at: str, process: "subprocess.Popen[bytes]") -> None:
    host, _, port = at.partition(":")
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"it does not listen at {at}")
