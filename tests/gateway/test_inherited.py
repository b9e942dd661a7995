"""Sockets from systemd: which are taken, which are refused, and that mail comes in through them."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gateway.inherited import SocketUnfit, inherited
from tests.given.client import post, submit
from tests.given.gatepost import COMMAND, LIST, Gatepost
from tests.given.sink import Sink

FIRST = 200  # descriptors that nothing here has


@pytest.fixture
def hand_over() -> Iterator["HandOver"]:
    with HandOver() as over:
        yield over


class HandOver(ExitStack):
    """Puts sockets where systemd would, and makes the environment that tells of them."""

    def __call__(self, *sockets: socket.socket, names: str, process: int | None = None) -> dict[str, str]:
        for place, one in enumerate(sockets):
            os.dup2(one.fileno(), FIRST + place, inheritable=True)
            self.enter_context(one)
        process = os.getpid() if process is None else process
        return {
            "LISTEN_PID": str(process),
            "LISTEN_FDS": str(len(sockets)),
            "LISTEN_FDNAMES": names,
            "HOME": "/",
        }


def listening() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_sockets_are_taken_by_their_names_and_no_child_takes_them_again(hand_over: HandOver) -> None:
    smtp, lmtp = listening(), listening()
    environment = hand_over(lmtp, smtp, names="lmtp:smtp")
    found = inherited(environment, FIRST)
    assert {name: one.getsockname() for name, one in found.items()} == {
        "lmtp": lmtp.getsockname(),
        "smtp": smtp.getsockname(),
    }
    assert environment == {"HOME": "/"}
    assert not any(one.get_inheritable() for one in found.values())
    for one in found.values():
        one.close()


@pytest.mark.parametrize("environment", [{}, {"LISTEN_FDS": "1"}, {"LISTEN_PID": "1", "LISTEN_FDS": "1"}])
def test_a_process_that_was_handed_nothing_takes_nothing(environment: dict[str, str]) -> None:
    assert inherited(environment, FIRST) == {}


def test_what_was_meant_for_another_process_is_left_alone(hand_over: HandOver) -> None:
    environment = hand_over(listening(), names="smtp", process=os.getpid() + 1)
    assert inherited(environment, FIRST) == {}
    os.close(FIRST)


def unix(folder: Path) -> socket.socket:
    one = socket.socket(socket.AF_UNIX)
    one.bind(str(folder / "door"))
    one.listen()
    return one


@pytest.mark.parametrize(
    ("kind", "names", "told"),
    [
        ("tcp", "http", "'http' .* has no name that is known here; give each"),
        ("tcp", "", "'unknown' .* has no name that is known here"),
        ("unix", "smtp", "'smtp' .* is not a TCP socket"),
        ("udp", "smtp", "is not a TCP socket"),
        ("idle", "smtp", "does not listen"),
        ("two", "smtp:smtp", "comes twice"),
    ],
)
def test_a_socket_that_is_unfit_is_refused_with_its_name(
    hand_over: HandOver, tmp_path: Path, kind: str, names: str, told: str
) -> None:
    made = {
        "tcp": lambda: [listening()],
        "unix": lambda: [unix(tmp_path)],
        "udp": lambda: [socket.socket(type=socket.SOCK_DGRAM)],
        "idle": lambda: [socket.socket()],
        "two": lambda: [listening(), listening()],
    }
    sockets = made[kind]()
    with pytest.raises(SocketUnfit, match=told):
        inherited(hand_over(*sockets, names=names), FIRST)
    for place in range(len(sockets)):
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(FIRST + place)


def test_a_descriptor_that_is_no_socket_is_refused(tmp_path: Path) -> None:
    environment = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "smtp"}
    with (tmp_path / "file").open("w") as file:
        os.dup2(file.fileno(), FIRST)
    with pytest.raises(SocketUnfit, match="is no socket"):
        inherited(environment, FIRST)
    os.close(FIRST)


def started(place: Gatepost, door: socket.socket, name: str) -> subprocess.Popen[str]:
    """`gatepost serve` as systemd starts it: the socket is descriptor 3, the process is named."""
    script = 'exec 3<&0 0</dev/null; LISTEN_PID=$$ exec "$@"'
    return subprocess.Popen(
        ["sh", "-c", script, "sh", *COMMAND, "--config", str(place.config), "serve"],
        stdin=door.fileno(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LISTEN_FDS": "1", "LISTEN_FDNAMES": name},
    )


def test_mail_that_came_before_the_gateway_was_up_is_taken_by_it(tmp_path: Path) -> None:
    with Sink("smtp") as sink, listening() as door:
        place = Gatepost(tmp_path, sink.url, packs="hygiene")
        with socket.create_connection(door.getsockname(), 30) as early, early.makefile("rb") as said:
            gateway = started(place, door, "smtp")
            assert said.readline().startswith(b"220 "), "the kernel kept it waiting"
        assert submit(door.getsockname(), post("Which build-up cap do you use?"), LIST)[0] == 250
        gateway.terminate()
        journal, told = gateway.communicate(timeout=30)
        assert gateway.returncode == 0
        assert f"ready smtp=127.0.0.1:{door.getsockname()[1]}" in told
        assert json.loads(journal.splitlines()[0])["event"] in ("started", "audit_head")
        # Whoever opened it still has it: the next gateway takes up what comes meanwhile.
        socket.create_connection(door.getsockname(), 5).close()


def test_a_socket_with_a_wrong_name_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    with listening() as door:
        place = Gatepost(tmp_path, "smtp://127.0.0.1:1", packs="hygiene")
        gateway = started(place, door, "web")
        _, told = gateway.communicate(timeout=30)
    assert gateway.returncode == 2
    assert "the socket 'web' that was handed over has no name that is known here" in told
