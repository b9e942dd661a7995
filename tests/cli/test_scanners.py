"""What commands say of a list's scanners: where they are not asked, cannot be asked, or do not answer."""

import json
import sys
from pathlib import Path

import pytest

from tests.cli.given import LIST, LIST_FILE, POST, House
from tests.given.scanners import CLEAN, StandIn, nobody

HYGIENE = LIST_FILE.replace("packs: [./house]", "packs: [hygiene]")


def scanned(house: House, scanners: str, text: str = HYGIENE) -> Path:
    return house.write("physics.yaml", f"{text}scanners: {scanners}\n")


@pytest.fixture
def silent():
    with StandIn("clamd", CLEAN) as standing:
        standing.behaviour = standing.is_silent
        yield standing


def test_checking_files_asks_no_scanner_and_says_so(house: House, silent: StandIn):
    post = house.folder / "a.eml"
    post.write_bytes(POST)
    file = str(scanned(house, f"{{clamd: '{silent.at}', spamd: '{silent.at}'}}"))
    for said in (
        house.gatepost("rules", "check", str(post), "--list-file", file, "--json"),
        house.gatepost("rules", "explain", str(post), "--list-file", file, "--json"),
    ):
        assert json.loads(said.out)["action"] == "pass"
        assert said.err == (
            "Not asked here: clamd and spamd. What clauses ask of them is taken for unknown, and holds nothing.\n"
        )
    assert silent.calls == 0


def test_nothing_is_said_of_scanners_that_no_clause_asks(house: House):
    post = house.folder / "a.eml"
    post.write_bytes(POST)
    house.pack()
    file = str(scanned(house, f"{{clamd: '{nobody()}'}}", LIST_FILE))
    assert house.gatepost("rules", "check", str(post), "--list-file", file).err == ""


def test_a_scanner_whose_extra_is_not_installed_is_an_error_that_says_what_to_install(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("gateway.scanners.rspamd.find_spec", lambda name: None)
    file = scanned(house, "\n  rspamd: http://127.0.0.1:11333")
    said = house.gatepost("lists", "add", str(file))
    line = len(file.read_text().splitlines())
    assert said.code == 2
    # The file that would be in force, where 'mode' has been added.
    assert (
        f"physics.yaml:{line}: 'rspamd' needs the extra 'scanners': {sys.executable} -m pip install 'gatepost[scanners]'"
        in said.err
    )
    assert not (house.folder / "lists" / "physics.yaml").exists()


def test_in_an_environment_of_pipx_the_extra_comes_by_pipx(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gateway.scanners.rspamd.find_spec", lambda name: None)
    # What pipx leaves in each environment that it makes.
    (house.folder / "pipx_metadata.json").write_text("{}")
    monkeypatch.setattr("sys.prefix", str(house.folder))
    said = house.gatepost("lists", "add", str(scanned(house, "\n  rspamd: http://127.0.0.1:11333")))
    assert "'scanners': pipx runpip mail install 'gatepost[scanners]'" in said.err


def test_a_list_that_is_served_gets_and_shows_its_scanners(house: House, monkeypatch: pytest.MonkeyPatch):
    house.serves()
    assert house.gatepost("lists", "set", "physics", "scanners.clamd", "127.0.0.1:3310").code == 0
    assert house.gatepost("lists", "set", "physics", "scanners.rspamd", "http://127.0.0.1:11333").code == 0
    assert json.loads(house.gatepost("lists", "show", "physics", "--json").out)["scanners"] == [
        "clamd",
        "rspamd",
    ]
    assert "scanners    clamd, rspamd" in house.gatepost("lists", "show", "physics").out
    monkeypatch.setattr("gateway.scanners.rspamd.find_spec", lambda name: None)
    assert house.gatepost("lists", "set", "physics", "purpose", "Physics").code == 2


def test_the_doctor_asks_scanners_about_a_message_of_its_own(house: House):
    with StandIn("clamd", CLEAN) as clamd:
        house.serves(f"scanners: {{clamd: '{clamd.at}', spamd: {{at: '{nobody()}', absent: ignore}}}}\n")
        said = house.gatepost("admin", "doctor").out
        assert clamd.heard[0].startswith(b"From: postmaster@localhost\r\n")
        assert f"well  {LIST}: clamd at {clamd.at} says clean of a test message." in said
        assert "says nothing (it cannot be reached); absent: ignore." in said
