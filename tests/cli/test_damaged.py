"""A message that is damaged in the store, or missing from it, goes nowhere, and whoever asks for it is told what to do."""

import json
import zlib
from collections.abc import Callable

import pytest

from tests.cli.given import MO, POST, House

OTHER = zlib.compress(POST.replace(b"Lumidose", b"Radiodose"))
DAMAGES = (
    ("no octets of ours", "x'00ff'"),
    ("cut off", "substr(body, 1, length(body) - 9)"),
    ("text", "'garbage'"),
    ("another message", f"x'{OTHER.hex()}'"),
)
SENTENCE = "The message is damaged in the store and is sent to nobody: restore a backup"


def damage(house: House, value: str = "x'00ff'") -> None:
    store = house.store()
    store.write(lambda connection: connection.exec_driver_sql(f"UPDATE octets SET body = {value}"))  # noqa: S608
    store.close()


@pytest.mark.parametrize("value", [value for _, value in DAMAGES], ids=[name for name, _ in DAMAGES])
def test_a_damaged_message_is_not_released(house: House, value: str):
    house.serves()
    which = house.holds(POST)
    damage(house, value)
    said = house.gatepost("queue", "release", which, "--as", MO)
    assert said.code == 1
    assert SENTENCE in " ".join(said.err.split())
    (row,) = map(json.loads, house.gatepost("queue", "list", "--json").out.splitlines())
    assert (row["id"], row["state"]) == (which, "held")


@pytest.mark.parametrize("value", [value for _, value in DAMAGES], ids=[name for name, _ in DAMAGES])
def test_of_a_damaged_message_is_shown_what_can_be_shown(house: House, value: str):
    house.serves()
    which = house.holds(POST)
    damage(house, value)
    said = house.gatepost("queue", "show", which)
    assert said.code == 1
    assert SENTENCE in " ".join(said.err.split())
    assert "Nobody makes better" in said.out, "the findings are in the hold's row"
    assert "The message itself is damaged in the store and cannot be shown." in " ".join(said.out.split())
    assert "From: " not in said.out
    said = house.gatepost("queue", "show", which, "--json")
    assert said.code == 1
    assert SENTENCE in " ".join(said.err.split())
    assert json.loads(said.out)["author"] == "ann@example.org"


def test_of_several_posts_those_that_are_whole_are_released(house: House):
    house.serves()
    broken = house.holds(POST)
    damage(house)
    whole = house.holds(POST + b"And so on.\r\n")
    said = house.gatepost("queue", "release", broken, whole, "--as", MO, "--yes")
    assert said.code == 1
    assert f"{broken}: {SENTENCE}" in " ".join(said.err.split())
    assert f"released {whole}" in said.out


@pytest.mark.parametrize("verb", [("reject", "--reason", "Please post it again."), ("discard", "--yes")])
def test_a_damaged_message_can_be_decided_otherwise(house: House, verb: tuple[str, ...]):
    house.serves()
    which = house.holds(POST)
    damage(house)
    assert house.gatepost("queue", verb[0], which, *verb[1:], "--as", MO).code == 0
    assert house.gatepost("queue", "history", which).code == 0


def lose(house: House) -> None:
    store = house.store()
    store.write(lambda connection: connection.exec_driver_sql("DELETE FROM octets"))
    store.close()


def test_a_message_that_nobody_purged_is_missing_and_goes_nowhere(house: House):
    house.serves()
    which = house.holds(POST)
    lose(house)
    shown = house.gatepost("queue", "show", which)
    assert "The message itself is missing from the store and cannot be shown." in shown.out
    refused = house.gatepost("queue", "release", which, "--as", MO)
    for said in (shown, refused):
        assert said.code == 1
        assert "is missing from the store and is sent to nobody: tell your administrator" in said.err
        assert "'gatepost admin verify'" in said.err
        assert "time of keeping" not in said.out + said.err
    assert which in house.gatepost("admin", "verify").out


@pytest.mark.parametrize("harm", [damage, lose])
def test_of_a_message_that_cannot_be_sent_no_release_is_offered(house: House, harm: Callable[[House], None]):
    house.serves()
    which = house.holds(POST)
    assert (
        f"Decide: gatepost queue release {which[:4]}  |  reject" in house.gatepost("queue", "show", which).out
    )
    harm(house)
    said = house.gatepost("queue", "show", which).out
    assert (
        f"Decide: gatepost queue reject {which[:4]} --clause C --reason TEXT  |  discard {which[:4]}" in said
    )
    assert "release" not in said


def test_verifying_says_whose_message_is_damaged(house: House):
    house.serves()
    which = house.holds(POST)
    damage(house)
    said = house.gatepost("admin", "verify")
    assert said.code == 1
    assert f"they are of hold {which} (to physics@lists.example.org, by ann@example.org)" in (
        " ".join(said.out.split())
    )
