"""A confined process cannot write, reach anything or start programs; it can still read and load."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.confined import calls
from gateway.confined.frames import ANSWER, question, reading_of
from gateway.confined.limits import Limits
from gateway.confined.walls import landlock
from tests.given.documents import pdf, post

_TRY = """
import os, pathlib, signal, socket, subprocess, sys
from gateway.confined.child import confine
file, other = pathlib.Path(sys.argv[1]), int(sys.argv[2])
confine(300 * 1024 * 1024, starting={starting})
try:
    {attempt}
except OSError as error:
    print(type(error).__name__)
else:
    print("done")
"""

WRITING = (
    "file.open('w')",
    "file.open('r+b')",
    "file.with_name('new').open('x')",
    "os.truncate(file, 0)",
    "file.unlink()",
    "file.rename(file.with_name('new'))",
    "file.with_name('new').hardlink_to(file)",
    "file.with_name('new').symlink_to(file)",
    "file.with_name('new').mkdir()",
    "os.mkfifo(file.with_name('new'))",
)
MARKING = (
    "file.chmod(0o777)",
    "os.chown(file, -1, -1)",
    "os.utime(file)",
    "os.setxattr(file, 'user.a', b'')",
    "os.removexattr(file, 'user.a')",
)
REACHING = (
    "socket.socket(socket.AF_INET)",
    "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
    "socket.socket(socket.AF_UNIX)",
    "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "socket.socketpair()",
)


def tried(attempt: str, file: Path, *, starting: bool = False) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _TRY.format(attempt=attempt, starting=starting), file, str(os.getpid())],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_text("as it was")
    return path


def since(version: int) -> None:
    if landlock() < version:
        pytest.skip(f"this kernel has version {landlock()} of Landlock; it takes {version}")


FILTERS = calls.known() and Path("/proc/sys/kernel/seccomp/actions_avail").exists()


def filtered() -> None:
    if not FILTERS:
        pytest.skip("this kernel filters no system calls, or calls.py does not know this machine's numbers")


@pytest.mark.parametrize("attempt", WRITING)
def test_it_cannot_change_a_file(attempt: str, file: Path) -> None:
    since(3)  # truncating
    assert tried(attempt, file) == "PermissionError"
    assert file.read_text() == "as it was"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("attempt", MARKING)
def test_it_cannot_change_what_is_noted_of_a_file(attempt: str, file: Path) -> None:
    filtered()
    assert tried(attempt, file) == "PermissionError"


@pytest.mark.parametrize("attempt", REACHING)
def test_it_cannot_open_a_socket(attempt: str, file: Path) -> None:
    filtered()
    assert tried(attempt, file) == "PermissionError"
    assert tried(attempt, file, starting=True) == "PermissionError"


def test_it_cannot_signal_another_process(file: Path) -> None:
    since(6)
    assert tried("os.kill(other, 0)", file) == "PermissionError"
    assert tried("os.kill(os.getpid(), 0)", file) == "done"


def test_only_for_text_in_pictures_may_it_start_programs(file: Path) -> None:
    filtered()
    assert tried("subprocess.run(['/bin/true'])", file) == "PermissionError"
    assert tried("subprocess.run(['/bin/true'], check=True)", file, starting=True) == "done"


@pytest.mark.parametrize("attempt", WRITING)
def test_a_program_that_it_starts_is_walled_in_too(attempt: str, file: Path) -> None:
    since(3)
    program = f"import os, pathlib; file = pathlib.Path({str(file)!r}); {attempt}"
    started = f"subprocess.run([sys.executable, '-c', {program!r}], check=True, stderr=subprocess.PIPE)"
    assert "CalledProcessError" in failed(started, file)
    assert file.read_text() == "as it was"


def test_a_program_that_takes_too_long_can_still_be_ended(file: Path) -> None:
    filtered()
    assert failed("subprocess.run(['sleep', '60'], timeout=0.1)", file).strip() == "TimeoutExpired"


def failed(attempt: str, file: Path) -> str:
    text = _TRY.format(attempt=attempt, starting=True).replace("except OSError", "except Exception")
    done = subprocess.run(
        [sys.executable, "-c", text, file, "0"], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout


def test_it_can_still_read_files_and_load_libraries(file: Path) -> None:
    assert tried("file.read_text(); import sqlite3, xml.dom.minidom, PIL.Image, numpy", file) == "done"


def test_the_process_that_reads_messages_is_walled_in() -> None:
    if sys.platform != "linux":
        pytest.skip("walls are Linux's")
    with subprocess.Popen(Limits().command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.writelines(question(post(("a.pdf", pdf("Jo is away."))), opening=True))
        child.stdin.flush()
        length, _ = ANSWER.unpack(child.stdout.read(ANSWER.size))
        found = reading_of(child.stdout.read(length)).zone("attachment-1")
        status = dict(
            line.split(":\t", 1) for line in Path(f"/proc/{child.pid}/status").read_text().splitlines()
        )
        core = Path(f"/proc/{child.pid}/limits").read_text()
        first_to_go = Path(f"/proc/{child.pid}/oom_score_adj").read_text().strip()
        child.stdin.close()
    assert found is not None
    assert found.text == "Jo is away."
    assert first_to_go == "1000"
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == ("2" if FILTERS else "0")
    assert any(line.split()[4:6] == ["0", "0"] for line in core.splitlines() if "core file" in line)
