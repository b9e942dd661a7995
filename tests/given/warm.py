"""A running Gatepost that is forked from a process which has imported everything: serving in a twentieth of a second.

What is forked runs `gatepost serve` as it stands. One thing differs: the
fault points look whether they are armed, where production has nothing.
"""

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import types
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import IO, Any

from tests.given.near import Near

_PRELOADED = (
    "tests.given.warm",
    "cli.main",
    "cli.serve",
    "cli.output",
    "gateway.service",
    "gateway.inherited",
)
_PR_SET_PTRACER = 0x59616D61
_NEVER = "post.taken=raise@1000000000"  # armed at import, so that the points can be armed after a fork
_starting = threading.Lock()


class Forked:
    """A forked process, with the face of `subprocess.Popen`."""

    def __init__(self, process: ForkServerProcess, stderr: IO[str]) -> None:
        self._process, self.stderr = process, stderr

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, sig: int) -> None:
        if self._process.exitcode is None:
            os.kill(self.pid, sig)

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        assert self._process.exitcode is not None, "it has not ended"
        return self._process.exitcode


class Warm(Near):
    """As `Near`, started by a fork; ``environment`` is for the forked process alone."""

    def command(self, faults: str, *arguments: str) -> int:
        """The code with which one command leaves that is a process of its own, with these points armed."""
        with (self.folder / "command.log").open("a") as log:
            process = self._launch(("--config", str(self.config), *arguments), log, faults)
        with process.stderr:
            process.stderr.read()
        return process.wait(20)

    def _launch(self, arguments: tuple[str, ...], log: IO[str], faults: str) -> Forked:
        context = multiprocessing.get_context("forkserver")
        heard, told = context.Pipe(duplex=False)
        given = (arguments, self.environment, faults, Path(log.name), told)
        process = context.Process(target=_become, args=given, daemon=True)
        with _starting, _named_by_nobody(), _armed_for_ever(context):
            process.start()
        told.close()
        return Forked(process, os.fdopen(os.dup(heard.fileno()), encoding="utf-8"))


@contextlib.contextmanager
def _named_by_nobody() -> Iterator[None]:
    # multiprocessing would import whatever program runs the tests into each gateway.
    ours = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = ours


@contextlib.contextmanager
def _armed_for_ever(context: ForkServerContext) -> Iterator[None]:
    # The process to be forked is started with the first one, and keeps this environment.
    context.set_forkserver_preload(list(_PRELOADED))
    before = dict(os.environ)
    os.environ.update(GATEPOST_FAULTS=_NEVER, PYTHONPATH=str(Path(__file__).parents[2]))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _become(
    arguments: tuple[str, ...], environment: dict[str, str], faults: str, log: Path, told: Connection
) -> Any:
    """Be `gatepost serve`, with its output where a parent would have put it."""
    from cli.main import run
    from gateway import faults as points

    os.environ.update(environment)
    # strace is no parent of ours, and Yama lets only parents look unless they are let.
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_DFL)
    with log.open("ab") as journal:
        os.dup2(journal.fileno(), 1)
    os.dup2(told.fileno(), 2)
    told.close()
    points._left.clear()
    points._left.update(points.armed(faults))
    run(arguments)
