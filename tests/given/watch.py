"""What a gateway process takes while it is under siege: how long its loop stands still, and how much memory it has."""

import json
import os
import select
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

MIB = 1024 * 1024
_ROOT = Path(__file__).parents[2]


def memory(pid: int) -> int:
    """Octets that the process has in memory now."""
    return _status(pid, "VmRSS")


def most_memory(pid: int) -> int:
    """Octets that it had in memory at most since `forget_most_memory`."""
    return _status(pid, "VmHWM")


def forget_most_memory(pid: int) -> None:
    """Begin anew with the greatest size."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def _status(pid: int, key: str) -> int:
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(text.split(f"{key}:")[1].split()[0]) * 1024


def delayed(pid: int) -> float:
    """Seconds for which its first thread, in which the loop turns, could have run while others had the cores.

    Of that thread alone: that others had to wait excuses no loop that stood still.
    """
    told = Path(f"/proc/{pid}/task/{pid}/schedstat").read_text(encoding="ascii")
    return int(told.split()[1]) / 1e9


class LoopWatch:
    """A second client, a process of its own, that says NOOP all the time, in a ``with``.

    ``blocked`` is its longest wait for the answer afterwards, in seconds: what the
    gateway and it waited for a core, which other processes had, is taken off.
    """

    def __init__(self, address: tuple[str, int], pid: int) -> None:
        self._command = [sys.executable, "-m", "tests.given.watch", *map(str, (*address, pid))]
        self.blocked = self.longest = 0.0
        self.answers = 0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "watching\n"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        told, _ = self._process.communicate(timeout=60)
        if kind is None:
            assert self._process.returncode == 0, "the watching client was not served"
            self.blocked, self.longest, self.answers = json.loads(told)


class _Watcher:
    def __init__(self, host: str, port: int, pid: int) -> None:
        self._address, self._pid = (host, port), pid
        self.blocked = self.longest = 0.0
        self.answers = 0

    def run(self) -> None:
        """Ask until standard input is closed."""
        sys.stdout.write("watching\n")
        sys.stdout.flush()
        while not self._told_to_stop():
            self._converse()
        sys.stdout.write(json.dumps((self.blocked, self.longest, self.answers)))

    def _told_to_stop(self) -> bool:
        return bool(select.select([sys.stdin], [], [], 0.005)[0])

    def _converse(self) -> None:
        # A hundred commands that do nothing are the most that a session may say.
        with socket.create_connection(self._address, timeout=30) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._hear(client, b"220")
            for _ in range(90):
                if self._told_to_stop():
                    return
                self._ask(client)

    def _ask(self, client: socket.socket) -> None:
        before, began = delayed(self._pid) + delayed(os.getpid()), time.monotonic()
        client.sendall(b"NOOP\r\n")
        self._hear(client, b"250")
        took = time.monotonic() - began
        self.longest = max(self.longest, took)
        self.blocked = max(self.blocked, took - (delayed(self._pid) + delayed(os.getpid()) - before))
        self.answers += 1

    def _hear(self, client: socket.socket, code: bytes) -> None:
        reply = client.recv(512)
        if not reply.startswith(code):
            sys.exit(f"expected {code!r}, heard {reply!r}")


if __name__ == "__main__":
    _Watcher(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])).run()
