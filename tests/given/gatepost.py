"""A running Gatepost, as an administrator would run it: `init`, `lists add`, `serve`, and the commands beside it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

LIST = "physics@lists.example"
MODERATOR = "mod@lists.example"
COMMAND = (sys.executable, "-P", "-c", "import cli.main; cli.main.run()")

LIST_FILE = """\
list: {list}
purpose: Discussion of medical physics and clinical engineering.
packs: [{packs}]
organisation:
  names: [IPEM, Institute of Physics and Engineering in Medicine]
  domain: ipem.example
  official_senders: [office@ipem.example]
  staff: [Eleanor Marsh]
  partners: [MHRA]
company_members: [Lumidose Ltd]
next_hop: {hop}
moderators: [{moderator}, second@lists.example]
trusted_networks: [127.0.0.0/8]
mode: enforce
"""


UNLIMITED = (
    "quotas = {author = 0, list = 0, total = 0, author_octets = 0, total_octets = 0, digest_after = 0}\n"
)
"""Tests send more than any author would."""

HOUSE = str(Path(__file__).parent / "packs" / "house")


class Serving(Protocol):
    """What is asked of a process that serves, as `subprocess.Popen` has it."""

    @property
    def pid(self) -> int: ...
    @property
    def stderr(self) -> IO[str] | None: ...
    def kill(self) -> None: ...
    def poll(self) -> int | None: ...
    def send_signal(self, sig: int) -> None: ...
    def wait(self, timeout: float | None = None) -> int: ...


class Gatepost:
    """A gateway process with a store in ``folder``; in a ``with``, it serves."""

    def __init__(
        self, folder: Path, hop: str, *, more: str = "", settings: str = "", packs: str = "hygiene, ipem"
    ) -> None:
        self.folder = folder
        self.config = folder / "gatepost.toml"
        self.log = folder / "journal.log"
        self.ports: dict[str, tuple[str, int]] = {}
        self._process: Serving | None = None
        self._reading: threading.Thread | None = None
        self.remarks = ""  # what it said on standard error before it was ready
        self.environment: dict[str, str] = {}  # for its processes, beside ours
        self.run("init", str(folder))
        self.config.write_text(
            f'undo_seconds = 0\n{UNLIMITED}[smtp]\nlisten = "127.0.0.1:0"\n{settings}', encoding="utf-8"
        )
        list_file = folder / "physics.yaml"
        text = LIST_FILE.format(list=LIST, hop=hop, moderator=MODERATOR, packs=packs)
        list_file.write_text(text + more, encoding="utf-8")
        self.run("lists", "add", str(list_file))

    @property
    def smtp(self) -> tuple[str, int]:
        """Where SMTP is spoken."""
        return self.ports["smtp"]

    @property
    def pid(self) -> int:
        """The gateway's process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def serving(self) -> bool:
        """Whether it was started and has not ended, as far as anybody has looked."""
        return self._process is not None

    @property
    def died(self) -> bool:
        """Whether it has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    @property
    def halted(self) -> bool:
        """Whether SIGSTOP has it; Linux only."""
        return Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(") ")[2][0] == "T"

    def run(self, *arguments: str, code: int = 0) -> str:
        """One command; returns standard output. Fails unless it leaves with ``code``."""
        done = self.attempt(*arguments)
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command, whatever comes of it."""
        environment = {**os.environ, **self.environment, "GATEPOST_CONFIG": str(self.config)}
        return subprocess.run(
            [*COMMAND, *arguments], capture_output=True, text=True, timeout=60, env=environment, check=False
        )

    def lines(self, *arguments: str) -> list[Any]:
        """The objects that a reading command prints with `--json`."""
        return [json.loads(line) for line in self.run(*arguments, "--json").splitlines()]

    def journal(self) -> list[Any]:
        """The journal so far."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines() if line]

    def serve(self, faults: str = "") -> None:
        """Start serving, and return when it is ready; ``faults`` as `gateway.faults` has them."""
        with self.log.open("a") as log:
            self._process = self._launch(("--config", str(self.config), "serve"), log, faults)
        assert self._process.stderr is not None
        said = []
        for line in self._process.stderr:
            said.append(line)
            if line.startswith("ready"):
                self.remarks = "".join(said[:-1])
                pairs = (word.split("=") for word in line.split()[1:])
                self.ports = {name: (at.rpartition(":")[0], int(at.rpartition(":")[2])) for name, at in pairs}
                # Somebody reads on: a gateway whose complaints nobody takes would stand still.
                self._reading = threading.Thread(target=self._process.stderr.read, daemon=True)
                self._reading.start()
                return
        raise AssertionError("".join(said))

    def kill(self) -> None:
        """Kill -9, as the kernel does when memory runs out."""
        assert self._process is not None
        self._process.kill()
        self._forget()

    def signal(self, number: int) -> None:
        """Send it a signal, if it lives."""
        assert self._process is not None
        self._process.send_signal(number)

    def wait_for_death(self, seconds: float = 20) -> None:
        """Return when the gateway was killed by itself."""
        assert self._process is not None
        assert self._process.wait(seconds) == -signal.SIGKILL
        self._forget()

    def wait_for_exit(self, seconds: float = 20) -> int:
        """The code with which the gateway left by itself."""
        assert self._process is not None
        code = self._process.wait(seconds)
        self._forget()
        return code

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(40)
        self._forget()
        return code

    def wait_for(self, hold: str, state: str, seconds: float = 10) -> None:
        """Return when a hold is in ``state``."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.lines("queue", "show", hold)[0]["state"] == state:
                return
            time.sleep(0.1)
        raise AssertionError(self.lines("queue", "show", hold))

    def _launch(self, arguments: tuple[str, ...], log: IO[str], faults: str) -> Serving:
        environment = {**os.environ, **self.environment, "GATEPOST_FAULTS": faults}
        command = [*COMMAND, *arguments]
        return subprocess.Popen(command, stdout=log, stderr=subprocess.PIPE, text=True, env=environment)

    def _forget(self) -> None:
        assert self._process is not None
        self._process.wait()
        if self._reading is not None:
            self._reading.join(10)
            self._reading = None
        if self._process.stderr is not None:
            self._process.stderr.close()
        self._process = None

    def __enter__(self) -> Self:
        self.serve()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.stop()
