"""`admin verify` says what does not hold and what to do, and repairs only when it is told to."""

import json

import pytest

from gateway.store import disk
from gateway.store.tables import DELIVERY
from tests.cli.given import MO, POST, House, login


def test_what_is_sound_verifies(house: House):
    house.serves()
    house.gatepost("queue", "release", house.holds(POST), "--as", MO)
    said = house.gatepost("admin", "verify")
    assert said.code == 0
    assert said.out.startswith("The store is sound.\n")


def test_verifying_prints_the_head_of_the_audit(house: House):
    house.serves()
    entries = [json.loads(line) for line in house.gatepost("admin", "audit", "--json").out.splitlines()]
    number, digest = entries[-1]["number"], entries[-1]["digest"]
    said = house.gatepost("admin", "verify").out
    assert f"number {number}, digest\n{digest}" in said or f"number {number}, digest {digest}" in said
    head = json.loads(house.gatepost("admin", "verify", "--json").out)["head"]
    assert head == {"number": number, "digest": digest}


def _forget_a_delivery(house: House) -> str:
    which = house.holds(POST)
    house.gatepost("queue", "release", which, "--as", MO)
    store = house.store()
    store.write(lambda connection: connection.execute(DELIVERY.delete()))
    store.close()
    return which


def test_what_does_not_hold_is_named_with_what_to_do(house: House):
    house.serves()
    which = _forget_a_delivery(house)
    said = house.gatepost("admin", "verify")
    assert said.code == 1
    assert f"hold {which}: it is releasing and has no delivery" in said.out
    assert (
        "1 thing does not hold. 'gatepost admin verify --repair' repairs it, and loses nothing"
        in " ".join(said.out.split())
    )
    (problem,) = json.loads(house.gatepost("admin", "verify", "--json").out)["problems"]
    assert problem["invariant"] == "I1"
    assert problem["repairable"]


def test_a_repair_is_asked_for_done_and_recorded(house: House):
    house.serves()
    which = _forget_a_delivery(house)
    said = house.gatepost("admin", "verify", "--repair", "--as", MO)
    assert said.code == 2, "without a terminal nobody could say yes"
    assert house.gatepost("admin", "verify").code == 1, "nothing was done"
    said = house.gatepost("admin", "verify", "--repair", "--as", MO, "--yes")
    assert said.code == 0
    assert f"repaired hold {which} has a delivery again" in said.out
    assert "The store is sound." in said.out
    last = json.loads(house.gatepost("admin", "audit", "--json").out.splitlines()[-1])
    assert last["act"] == "repair"
    assert last["by"].startswith(MO)


def test_a_repair_that_can_repair_nothing_says_so(house: House):
    house.serves()
    house.holds(POST)
    store = house.store()
    store.write(lambda connection: connection.exec_driver_sql("UPDATE octets SET body = x'00ff'"))
    store.close()
    told = "Nothing was repaired, because nothing of it can be without a loss: do what is advised above."
    said = house.gatepost("admin", "verify", "--repair", "--as", MO, "--yes")
    assert said.code == 1
    assert said.out.count(told) == 1
    assert told not in house.gatepost("admin", "verify").out, "no repair was asked for"


def test_a_repair_of_what_is_sound_does_nothing(house: House):
    house.serves()
    said = json.loads(house.gatepost("admin", "verify", "--repair", "--as", MO, "--json").out)
    assert said["sound"]
    assert said["repaired"] == []


@pytest.mark.parametrize("given", [("--as", "nobody@example.org"), ()], ids=["another", "the login"])
@pytest.mark.parametrize("act", [("verify", "--repair"), ("purge",)], ids=lambda act: act[0])
def test_a_stranger_neither_repairs_nor_deletes(house: House, act: tuple[str, ...], given: tuple[str, ...]):
    house.serves()
    which = _forget_a_delivery(house)
    acts = house.gatepost("admin", "audit", "--json").out
    said = house.gatepost("admin", *act, *given, "--yes")
    assert said.code == 1
    assert "may not act on the whole installation; these may: owner@example.org, mo@example.org." in (
        " ".join(said.err.split())
    )
    assert house.gatepost("admin", "audit", "--json").out == acts
    assert f"hold {which}" in house.gatepost("admin", "verify").out, "who only looks needs no name"


@pytest.mark.parametrize("act", [("verify", "--repair"), ("purge",)], ids=lambda act: act[0])
def test_whose_login_it_is_repairs_and_deletes_under_their_address(house: House, act: tuple[str, ...]):
    house.serves()
    owners = f"[{{address: pat@example.org, user: {login()}}}]"
    assert house.gatepost("lists", "set", "physics", "owners", owners).code == 0
    _forget_a_delivery(house)
    assert house.gatepost("admin", *act, "--yes").code == 0
    assert json.loads(house.gatepost("admin", "audit", "--json").out.splitlines()[-1])["by"] == (
        "pat@example.org"
    )


@pytest.mark.parametrize("act", [("verify", "--repair"), ("purge",)], ids=lambda act: act[0])
def test_where_nobody_may_act_it_says_where_to_name_them(house: House, act: tuple[str, ...]):
    house.store().close()
    said = house.gatepost("admin", *act, "--yes")
    assert said.code == 1
    assert "nobody may: name 'admins' in gatepost.toml." in " ".join(said.err.split())


def _verified(house: House, *lines: tuple[str, str], got: str = "") -> tuple[int, str]:
    rows = [json.dumps({"message_id": name, "reply": reply}) for name, reply in lines]
    log = house.write("client.log", "\n".join(rows))
    sink = house.write("sink.mbox", got)
    said = house.gatepost("admin", "verify", "--client-log", str(log), "--sink", str(sink), "--json")
    problems = json.loads(said.out)["problems"]
    return said.code, "\n".join(f"{one['invariant']} {one['says']}" for one in problems)


def test_what_clients_were_told_is_held_against_what_is_there(house: House):
    house.serves()
    held = ("<1@a>", f"250 2.0.0 Ok: held for moderation as {house.holds(POST)}")
    relayed = ("<2@a>", "250 2.0.0 Ok: relayed 250 2.0.0 taken")
    put_off = ("<3@a>", "451 4.4.1 The list server cannot be reached, try again")
    got = "From x\nMessage-ID: <2@a>\n\nHello\n"
    assert _verified(house, held, relayed, put_off, got=got) == (0, "")
    assert _verified(house, put_off, ("<3@a>", relayed[1]), got=got.replace("2", "3")) == (0, "")


def test_what_clients_were_told_and_is_not_so_is_named(house: House):
    house.serves()
    told = (
        ("<1@a>", "250 2.0.0 Ok: held for moderation as abcdefgh2345"),
        ("<2@a>", "250 2.0.0 Ok: relayed 250 2.0.0 taken"),
        ("<3@a>", "451 4.4.1 try again"),
        ("<4@a>", "250 2.0.0 Ok: queued as abcdefgh2345"),
    )
    code, said = _verified(house, *told, got="Message-Id: <3@a>\n\n")
    assert code == 1
    for words in (
        "I1 post <1@a>: there is no hold abcdefgh2345",
        "I1 post <2@a>: was answered",
        "I2 post <3@a>: was never answered 250, and the list server has got it",
        "I1 post <4@a>: there is no transaction abcdefgh2345",
    ):
        assert words in said


def test_a_log_that_is_none_is_told_so(house: House):
    house.serves()
    for text in ("not json", "[1]", '{"reply": "250"}'):
        said = house.gatepost("admin", "verify", "--client-log", str(house.write("client.log", text)))
        assert said.code == 2
        assert "client.log" in said.err


def test_the_doctor_names_a_network_file_system(house: House, monkeypatch: pytest.MonkeyPatch):
    house.serves()
    mounts = house.write("mountinfo", f"40 27 0:40 / {house.folder.resolve()} rw - nfs4 server:/export rw\n")
    monkeypatch.setattr(disk, "MOUNTS", mounts)
    said = house.gatepost("admin", "doctor", "--json")
    assert said.code == 1
    assert any("network file system (nfs4)" in json.loads(line)["says"] for line in said.out.splitlines())


@pytest.mark.parametrize(
    ("words", "missing"),
    [(("verify", "--sink", "got"), "--client-log"), (("doctor", "--through", "127.0.0.1:25"), "--border")],
    ids=["sink", "through"],
)
def test_an_option_that_says_nothing_alone_asks_for_the_other(
    house: House, words: tuple[str, ...], missing: str
):
    house.serves()
    said = house.gatepost("admin", *words)
    assert said.code == 2
    assert f"{words[1]} needs {missing} " in said.err
    assert said.out == ""
