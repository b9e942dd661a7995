"""A confined process cannot weigh on, signal or keep up another process of its user, on any kernel with filters."""

import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.confined import calls

_TRY = """
import ctypes, fcntl, os, pathlib, platform, resource, signal, socket, struct, sys
from gateway.confined import calls
from gateway.confined.child import confine
file, other = pathlib.Path(sys.argv[2]), int(sys.argv[3])

def call(x86_64, aarch64, *given):
    number = {"x86_64": x86_64, "aarch64": aarch64}[platform.machine()]
    words = [one if isinstance(one, bytes) else ctypes.c_long(one) for one in given]
    if ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *words) < 0:
        raise OSError(ctypes.get_errno(), "refused")

exec(sys.argv[1])
for attempt in sys.argv[4:]:
    try:
        exec(attempt)
    except OSError as error:
        print(type(error).__name__)
    else:
        print("done")
"""

WITHOUT = "pass"
WITHIN = "confine(300 * 1024 * 1024, starting=False)"
FOR_OCR = "confine(300 * 1024 * 1024, starting=True)"
# What a kernel before Landlock has.
FILTERED = "calls.control(38, 1); calls.forbid((*calls.OUTWARD, *calls.PROGRAMS))"

WEIGHING = (
    "resource.prlimit(other, resource.RLIMIT_CPU, (1, 1))",
    "resource.prlimit(other, resource.RLIMIT_FSIZE, (0, 0))",
    "resource.prlimit(other, resource.RLIMIT_NOFILE, (0, 0))",
    "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)",
    "call(302, 261, 1 << 32 | other, resource.RLIMIT_CPU, 0, 0)",
    "os.setpriority(os.PRIO_PROCESS, other, 19)",
    "os.sched_setaffinity(other, [min(os.sched_getaffinity(0))])",
    "os.sched_setscheduler(other, os.SCHED_BATCH, os.sched_param(0))",
    "os.sched_setparam(other, os.sched_param(0))",
    "call(314, 274, other, struct.pack('IIQiIQQQ', 48, 0, 0, 0, 0, 0, 0, 0), 0)",  # sched_setattr
    "call(251, 30, 1, other, 3 << 13)",  # ioprio_set
)
SIGNALLING = (
    "os.kill(other, 0)",
    "os.kill(0, 0)",  # all of its group, in which the gateway is
    "call(200, 130, other, 0)",  # tkill
    "call(234, 131, other, other, 0)",  # tgkill
    "call(129, 138, other, signal.SIGCONT, struct.pack('iii116x', signal.SIGCONT, 0, -1))",  # rt_sigqueueinfo
    "call(297, 240, other, other, signal.SIGCONT, struct.pack('iii116x', signal.SIGCONT, 0, -1))",
    "signal.pidfd_send_signal(os.pidfd_open(other), 0)",
    "fcntl.fcntl(0, fcntl.F_SETOWN, other)",  # who owns a file is signalled when it has something
    "fcntl.fcntl(0, 15, struct.pack('ii', 1, other))",  # F_SETOWN_EX
    "fcntl.ioctl(0, 0x8901, struct.pack('i', other))",  # FIOSETOWN
    "fcntl.ioctl(0, 0x8902, struct.pack('i', other))",  # SIOCSPGRP
)
KEEPING_UP = (
    "fcntl.flock(file.open(), fcntl.LOCK_EX)",
    "fcntl.lockf(file.open(), fcntl.LOCK_SH)",
    "fcntl.fcntl(file.open(), 37, struct.pack('hhqqi', fcntl.F_RDLCK, 0, 0, 0, 0))",  # F_OFD_SETLK
    "fcntl.fcntl(file.open(), fcntl.F_SETLEASE, fcntl.F_RDLCK)",
)
SHARED = (
    "fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK)",
    "os.set_blocking(0, False)",
    "fcntl.ioctl(0, 0x5452, struct.pack('i', 0))",  # FIOASYNC
    "socket.socket(fileno=0).shutdown(socket.SHUT_RDWR)",
)


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the same user, of which nothing is wanted."""
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        try:
            yield process
        finally:
            process.kill()


def each(walls: str, attempts: tuple[str, ...], file: Path, other: subprocess.Popen[bytes]) -> dict[str, str]:
    """What became of each attempt from within these walls; a socket stands for what is shared with the gateway."""
    if not (calls.known() and Path("/proc/sys/kernel/seccomp/actions_avail").exists()):
        pytest.skip("this kernel filters no system calls, or calls.py does not know this machine's numbers")
    file.write_text("as it was")
    command = [sys.executable, "-c", _TRY, walls, file, str(other.pid), *attempts]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        done = subprocess.run(
            command, stdin=theirs, stdout=subprocess.PIPE, text=True, timeout=60, check=True
        )
    return dict(zip(attempts, done.stdout.split(), strict=True))


@pytest.mark.parametrize("attempts", [WEIGHING, SIGNALLING, KEEPING_UP, SHARED])
def test_it_can_do_nothing_to_another_process(
    attempts: tuple[str, ...], tmp_path: Path, other: subprocess.Popen[bytes]
) -> None:
    limits = resource.prlimit(other.pid, resource.RLIMIT_CPU), os.sched_getaffinity(other.pid)
    for walls in (WITHIN, FILTERED):
        found = each(walls, attempts, tmp_path / "file", other)
        assert found == dict.fromkeys(attempts, "PermissionError")
    assert (resource.prlimit(other.pid, resource.RLIMIT_CPU), os.sched_getaffinity(other.pid)) == limits
    assert other.poll() is None
    # Each of them is one that the walls alone refuse.
    assert each(WITHOUT, attempts, tmp_path / "file", other) == dict.fromkeys(attempts, "done")


@pytest.mark.parametrize("attempts", [WEIGHING, KEEPING_UP, SHARED])
def test_nor_can_one_that_starts_programs(
    attempts: tuple[str, ...], tmp_path: Path, other: subprocess.Popen[bytes]
) -> None:
    found = each(FOR_OCR, attempts, tmp_path / "file", other)
    assert found == dict.fromkeys(attempts, "PermissionError")


@pytest.mark.parametrize("own", ["os.abort()", "os.kill(os.getpid(), signal.SIGABRT)"])
def test_it_can_end_itself_as_libraries_do(own: str, tmp_path: Path, other: subprocess.Popen[bytes]) -> None:
    with pytest.raises(subprocess.CalledProcessError) as ended:
        each(WITHIN, (own,), tmp_path / "file", other)
    assert ended.value.returncode == -signal.SIGABRT
