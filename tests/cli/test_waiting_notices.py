"""Where nothing sends notices, whoever runs a command is told how many wait and which key to set."""

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.given import MO, POST, House

GATEPOST = Path(sys.executable).with_name("gatepost")
HINT = '1 notice waits to be sent: set submission.url = "smtp://HOST:PORT" in '


def rejected(house: House) -> str:
    house.serves()
    which = house.holds(POST)
    house.gatepost("queue", "reject", which, "--as", MO, "--reason", "no")
    return which


def test_every_queue_command_says_so_in_the_same_line(house: House):
    which = rejected(house)
    for words in (("list",), ("show", which), ("history", which), ("note", which, "Sorry.", "--as", MO)):
        assert house.gatepost("queue", *words).err == f"{HINT}{house.folder}/gatepost.toml.\n"


def test_the_doctor_says_so_in_that_line_too(house: House):
    rejected(house)
    assert HINT in house.gatepost("admin", "doctor").out


def test_the_doctor_names_the_key_before_any_notice_waits(house: House):
    house.serves()
    assert 'nothing sends notices: set submission.url = "smtp://HOST:PORT"' in (
        house.gatepost("admin", "doctor").out
    )


def test_serve_says_so_before_its_ready_line(house: House):
    rejected(house)
    words = [GATEPOST, "--config", house.folder / "gatepost.toml", "serve"]
    environment = {**os.environ, "GATEPOST_SMTP__LISTEN": "127.0.0.1:0"}
    with subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stderr is not None
        said = [process.stderr.readline(), process.stderr.readline()]
        process.terminate()
    assert said[0].startswith(HINT)
    assert said[1].startswith("ready smtp=127.0.0.1:")
    assert process.returncode == 0
