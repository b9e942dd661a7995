"""A real Postfix of its own: config, queue and data in a temporary folder, set up as deploy/postfix.md says."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import textwrap
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.given.tools import needed

PAGE = Path(__file__).parents[2] / "deploy" / "postfix.md"

# What a private instance needs; everything else is as Postfix ships it.
_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = postfix.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
relayhost = [127.0.0.1]:{sink}
# The tests' client stands for the Internet, where nobody is exempt.
smtpd_forbid_bare_newline_exclusions =
# Two seconds of waiting for an address to be verified become one.
address_verify_poll_delay = 1s
"""
_MASTER = """\
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
smtp      unix  -       -       n       -       -       smtp
lmtp      unix  -       -       n       -       -       lmtp
relay     unix  -       -       n       -       -       smtp
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
"""


def possible() -> None:
    """Go on where a Postfix can be started; else skip, or fail in CI, saying what is missing."""
    needed("postfix", "apt install postfix")
    if os.geteuid() != 0:
        pytest.skip("only root can start a Postfix")


def shown(way: int, having: str) -> str:
    """The block of deploy/postfix.md, under the heading of that number, that contains ``having``."""
    page = PAGE.read_text(encoding="utf-8")
    section = page.split(f"\n## {way}. ")[1].split("\n## ")[0]
    blocks = re.findall(r"(?:^    .*\n)+", section, re.MULTILINE)
    (block,) = (block for block in blocks if having in block)
    return textwrap.dedent(block)


class Postfix:
    """An instance in a ``with``. ``main`` and ``master`` are added to its files, ``maps`` are further ones.

    What deploy/postfix.md shows may be given as it stands there: its ports become those of ``ports``.
    """

    def __init__(self, main: str, master: str, ports: dict[str, int], sink: int, **maps: str) -> None:
        # Its daemons are other users, who cannot enter pytest's folders.
        self.folder = Path(tempfile.mkdtemp(prefix="postfix-"))
        self.folder.chmod(0o755)
        self.config = self.folder / "etc"
        self._ports = ports
        for name in ("etc", "queue", "data"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        own = _MAIN.format(folder=self.folder, sink=sink)
        self._write("main.cf", own + self._here(main))
        self._write("master.cf", _MASTER + self._here(master))
        for name, text in maps.items():
            self._write(name, self._here(text))
            self.run("postmap", str(self.config / name))

    @property
    def log(self) -> str:
        """What it has logged so far."""
        log = self.folder / "maillog"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def run(self, program: str, *arguments: str) -> None:
        """One of Postfix's own programs, for this instance."""
        done = subprocess.run(
            [program, "-c", self.config, *arguments], capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr + self.log

    def start(self) -> Self:
        """Start it, and return when it listens."""
        self.run("postfix", "start")
        for port in re.findall(r"^127\.0\.0\.1:(\d+) +inet", self._text("master.cf"), re.MULTILINE):
            _wait_for(int(port))
        return self

    def stop(self) -> None:
        """Stop it and forget all it had."""
        subprocess.run(["postfix", "-c", self.config, "stop"], capture_output=True, timeout=30, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _here(self, text: str) -> str:
        text = text.replace("lists.example.org", "lists.example").replace("/etc/postfix", str(self.config))
        text = re.sub(r"^smtp( +inet)", r"127.0.0.1:25\1", text, flags=re.MULTILINE)
        return re.sub(r":(25|8024|8025|10026)\b", lambda found: f":{self._ports[found[1]]}", text)

    def _write(self, name: str, text: str) -> None:
        (self.config / name).write_text(text, encoding="utf-8")

    def _text(self, name: str) -> str:
        return (self.config / name).read_text(encoding="utf-8")


def _wait_for(port: int, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nobody listens on port {port}")
