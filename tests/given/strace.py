"""strace on a gateway that serves: its system calls written down, or made to fail at the N-th."""

import signal
import subprocess
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.given.tools import SYS_PTRACE, barred, needed

_HOW = "apt install strace"


class Strace:
    """Attached to a process and its threads while in a ``with``; counts begin there, one for each thread and call."""

    def __init__(self, pid: int, out: Path, *expressions: str) -> None:
        self._out = out
        wanted = [part for each in expressions for part in ("-e", each)]
        self._command = ["strace", "-f", "-yy", "-s", "600", "-o", str(out), *wanted, "-p", str(pid)]

    @property
    def text(self) -> str:
        """What was written down, once it is detached."""
        return self._out.read_text(encoding="utf-8", errors="replace")

    @property
    def struck(self) -> bool:
        """Whether a call was made to fail, or killed its process."""
        return "(INJECTED)" in self.text or "killed by SIGKILL" in self.text

    def __enter__(self) -> Self:
        self._strace = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True)
        assert self._strace.stderr is not None
        said = self._strace.stderr.readline()
        if "attached" not in said:
            self._strace.wait()
            barred(f"strace cannot attach here: {said.strip()}", SYS_PTRACE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._strace.send_signal(signal.SIGINT)
        try:
            self._strace.wait(2)
        except subprocess.TimeoutExpired:
            # strace 6.1 may wait for ever for the threads of a process that it killed.
            self._strace.kill()
            self._strace.wait()
        assert self._strace.stderr is not None
        self._strace.stderr.close()


def traced(pid: int, out: Path, *expressions: str) -> Strace:
    """A `Strace` that is skipped where strace is missing or may not attach."""
    needed("strace", _HOW)
    return Strace(pid, out, *expressions)


def most_calls(text: str, name: str) -> int:
    """How often the thread that made a call most often made it."""
    calls = (line.split(maxsplit=1) for line in text.splitlines())
    return max(Counter(thread for thread, call in calls if call.startswith(f"{name}(")).values(), default=0)
