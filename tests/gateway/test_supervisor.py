"""What systemd is told: that the gateway is ready, turns and stops; nothing where nobody listens."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.supervisor import Supervisor
from tests.given.gatepost import COMMAND, Gatepost


class Systemd:
    """Its side of the socket."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address.replace("@", "\0", 1) if address.startswith("@") else address)
        self.socket.settimeout(30)

    def heard(self) -> str:
        return self.socket.recv(100).decode()


@pytest.fixture(params=["path", "abstract"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "notify") if request.param == "path" else f"@gatepost-{os.getpid()}@x"


@pytest.fixture
def systemd(address: str) -> Iterator[Systemd]:
    one = Systemd(address)
    with one.socket:
        yield one


def test_it_is_told_at_its_socket_and_no_child_learns_of_that(systemd: Systemd, address: str) -> None:
    environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1", "HOME": "/"}
    Supervisor(environment).tell("READY=1")
    assert systemd.heard() == "READY=1"
    assert environment == {"HOME": "/"}


def test_it_is_told_that_the_loop_turns_while_it_does(systemd: Systemd, address: str) -> None:
    supervisor = Supervisor({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "100000"})

    async def turn() -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(supervisor.reassure(), 0.5)

    asyncio.run(turn())
    assert [systemd.heard() for _ in range(3)] == ["WATCHDOG=1"] * 3


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"NOTIFY_SOCKET": "relative"},
        {"NOTIFY_SOCKET": "/nobody/listens", "WATCHDOG_USEC": "nonsense"},
        {"NOTIFY_SOCKET": "/nobody/listens", "WATCHDOG_USEC": "5", "WATCHDOG_PID": "1"},
    ],
)
def test_where_nobody_waits_nothing_is_told_and_nothing_breaks(environment: dict[str, str]) -> None:
    supervisor = Supervisor(environment)
    supervisor.tell("READY=1")
    asyncio.run(asyncio.wait_for(supervisor.reassure(), 5))


def test_the_gateway_says_that_it_is_ready_turns_and_stops(tmp_path: Path) -> None:
    place = Gatepost(tmp_path, "smtp://127.0.0.1:1", packs="hygiene")
    systemd = Systemd(str(tmp_path / "notify"))
    environment = {
        **os.environ,
        "NOTIFY_SOCKET": str(tmp_path / "notify"),
        "WATCHDOG_USEC": "120000000",
    }
    with (
        systemd.socket,
        subprocess.Popen(
            [*COMMAND, "--config", str(place.config), "serve"], stdout=subprocess.DEVNULL, env=environment
        ) as gateway,
    ):
        assert [systemd.heard(), systemd.heard()] == ["READY=1", "WATCHDOG=1"]
        gateway.send_signal(signal.SIGTERM)
        assert systemd.heard() == "STOPPING=1"
        assert gateway.wait(30) == 0
