"""A file that is no store: each command says what it is and what to do, in one sentence."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.given import POST, House


def empty(file: Path) -> None:
    file.write_bytes(b"")


def text(file: Path) -> None:
    file.write_text("Dear diary, today nobody wrote.\n" * 9, encoding="utf-8")


def noise(file: Path) -> None:
    file.write_bytes(random.Random(1).randbytes(70_000))


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def somebody_elses(file: Path) -> None:
    file.unlink()
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()


def damaged(file: Path) -> None:
    octets = bytearray(file.read_bytes())
    octets[100:] = random.Random(1).randbytes(len(octets) - 100)
    file.write_bytes(octets)


KINDS = (
    (empty, "the file is empty; if there was a store, restore a backup, else 'gatepost lists add FILE'"),
    (text, "this is no store of Gatepost's (file is not a database)"),
    (noise, "this is no store of Gatepost's (file is not a database)"),
    (folder, "this is no store of Gatepost's (it is a folder)"),
    (somebody_elses, "this is no store of Gatepost's (a database, but not one of Gatepost's)"),
    (damaged, "the store cannot be looked through (database disk image is malformed)"),
)


@pytest.mark.parametrize(("make", "says"), KINDS, ids=lambda value: getattr(value, "__name__", ""))
def test_verifying_what_is_no_store_does_not_lead_in_a_circle(
    house: House, make: Callable[[Path], None], says: str
):
    house.serves()
    house.holds(POST)
    make(house.folder / "gatepost.db")
    said = house.gatepost("admin", "verify")
    told = " ".join(said.err.split())
    assert said.code == 1
    assert f"gatepost.db: {says}" in told
    assert "backup" in told
    assert "admin verify" not in told


@pytest.mark.parametrize("make", [make for make, _ in KINDS], ids=lambda make: make.__name__)
def test_no_command_ends_in_a_traceback_for_want_of_a_store(house: House, make: Callable[[Path], None]):
    house.serves()
    make(house.folder / "gatepost.db")
    for words in (("queue", "list"), ("queue", "show", "abcd"), ("lists", "list"), ("admin", "purge", "-y")):
        said = house.gatepost(*words)
        assert said.code == 1
        assert said.err.count("gatepost.db: ") == 1
    assert house.gatepost("admin", "doctor").code == 1
