"""The systemd units: systemd understands them, they leave little open, and they agree with the program."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cli import main
from gateway.inherited import NAMES
from gateway.service import Service
from gateway.settings import Settings

ROOT = Path(__file__).parents[1]
UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
SOCKETS = sorted(UNITS.glob("*.socket"))


def name_of(unit: Path) -> str:
    return unit.name


def values(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


def asked(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:  # also in CI: a machine without systemd has no use for it
        pytest.skip("missing system tool systemd-analyze: apt install systemd")
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("unit", SERVICES, ids=name_of)
def test_the_units_leave_little_open(unit: Path) -> None:
    # An exposure of at most 2.0, of 10.
    done = asked("security", "--offline=true", "--threshold=20", "--no-pager", unit)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("unit", SERVICES, ids=name_of)
def test_a_child_that_takes_too_much_memory_is_ended_alone(unit: Path) -> None:
    assert values(unit, "OOMPolicy") == ["continue"]


@pytest.mark.parametrize("apart", [False, True], ids=["together", "duties apart"])
def test_the_units_are_ones_that_systemd_understands(apart: bool, tmp_path: Path) -> None:
    shutil.copytree(UNITS, tmp_path, dirs_exist_ok=True)
    for file in tmp_path.rglob("*.*"):
        if file.is_file():
            # It wants to see the program.
            text = file.read_text(encoding="utf-8").replace(
                "/opt/gatepost/bin/gatepost", shutil.which("true")
            )
            file.write_text(text, encoding="utf-8")
    if not apart:
        shutil.rmtree(tmp_path / "gatepost.service.d")
        (tmp_path / "gatepost-duties.service").unlink()
    done = asked("verify", "--man=no", *sorted(file for file in tmp_path.iterdir() if file.is_file()))
    ours = [line for line in done.stderr.splitlines() if "gatepost" in line]
    assert (ours, done.returncode) == ([], 0)


@pytest.mark.parametrize("unit", [*SERVICES, *UNITS.glob("*.d/*.conf")], ids=name_of)
def test_what_a_unit_starts_is_a_command(unit: Path) -> None:
    program, command, *_ = values(unit, "ExecStart")[-1].split()
    assert program == "/opt/gatepost/bin/gatepost"
    assert command in main._COMMANDS


@pytest.mark.parametrize("unit", SERVICES, ids=name_of)
def test_a_unit_waits_longer_than_the_gateway_does_and_tries_again_unless_that_is_useless(unit: Path) -> None:
    drain = Service.stop.__defaults__
    assert drain is not None
    assert int(*values(unit, "TimeoutStopSec")) > 2 * drain[0]
    assert values(unit, "Restart") == ["on-failure"]
    assert values(unit, "RestartPreventExitStatus") == [str(main.WRONG)]


def test_each_socket_has_a_name_that_is_known_and_the_rules_of_its_service() -> None:
    assert sorted(*zip(*(values(unit, "FileDescriptorName") for unit in SOCKETS), strict=True)) == sorted(
        NAMES
    )
    (service,) = (unit for unit in SERVICES if unit.name == "gatepost.service")
    for unit in SOCKETS:
        assert values(unit, "Service") == [service.name]
        assert values(unit, "IPAddressAllow") == values(service, "IPAddressAllow")
        assert values(unit, "IPAddressDeny") == values(service, "IPAddressDeny")
    assert values(UNITS / "gatepost.socket", "ListenStream") == [Settings().smtp.listen]
