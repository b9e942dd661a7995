"""Whoever adds a list, or asks the doctor, learns what only records because nothing says who wrote a post."""

import pytest

from tests.cli.given import LIST_FILE, House
from tests.given.nameserver import SERVFAIL, nameserver

RECORDS = "unverified-member and unverified-office only record"
HYGIENE = LIST_FILE.replace("[./house]", "[hygiene]")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", "Nothing can say who wrote a post"),
        ("border: {authserv_id: mx.example.org}\n", "border.authserv_id stands without networks"),
        ("border: {networks: [192.0.2.1]}\n", ""),
        ("clauses: {unverified-member: {status: off}, unverified-office: {status: off}}\n", ""),
    ],
)
def test_without_a_source_it_is_said_when_the_list_is_added_and_by_the_doctor(
    more: str, told: str, house: House
) -> None:
    added = house.gatepost("lists", "add", str(house.write("physics.yaml", HYGIENE + more)))
    examined = house.gatepost("admin", "doctor").out
    assert added.code == 0
    for words in (added.err, examined):
        assert (RECORDS in words) is bool(told)
        assert told in words


def test_with_a_resolver_nothing_is_to_be_said(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with nameserver({}) as dns:
        monkeypatch.setenv("GATEPOST_AUTHENTICATION__RESOLVER", dns.address)
        added = house.gatepost("lists", "add", str(house.write("physics.yaml", HYGIENE)))
        examined = house.gatepost("admin", "doctor").out
        assert f"authentication: the resolver {dns.address} answers." in examined
    assert RECORDS not in added.err + examined


def test_the_doctor_finds_a_resolver_that_is_ill(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with nameserver({"_dmarc.example.org": SERVFAIL}) as dns:
        monkeypatch.setenv("GATEPOST_AUTHENTICATION__RESOLVER", dns.address)
        said = house.gatepost("admin", "doctor")
    assert said.code == 1
    assert "does not answer" in said.out


@pytest.mark.parametrize(
    ("more", "whose"),
    [
        ("", "moderators', owners' and official addresses"),
        (
            "members: [ann@member.example]\n",
            "members' addresses and moderators', owners' and official addresses",
        ),
        (
            "members: [ann@member.example]\nclauses: {unverified-office: {status: off}}\n",
            "members' addresses",
        ),
        (
            "border: {networks: [192.0.2.1]}\n",
            "moderators', owners' and official addresses, but not through its border,",
        ),
        ("clauses: {unverified-office: {status: off}}\n", ""),
    ],
)
def test_the_doctor_says_for_each_list_whose_posts_wait_for_an_ill_resolver(
    more: str, whose: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert house.gatepost("lists", "add", str(house.write("physics.yaml", HYGIENE + more))).code == 0
    with nameserver({"_dmarc.example.org": SERVFAIL}) as dns:
        monkeypatch.setenv("GATEPOST_AUTHENTICATION__RESOLVER", dns.address)
        said = house.gatepost("admin", "doctor").out
    told = f"what comes from {whose} is held while the resolver does not answer."
    assert (told in said) is bool(whose)
    assert ("is held" in said) is bool(whose)


@pytest.mark.parametrize("given", ["on", "dns.example:53", "127.0.0.1", "127.0.0.1:0", "10.0.0.0/8:53", ""])
def test_a_resolver_that_is_none_is_refused_with_its_key(
    given: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEPOST_AUTHENTICATION__RESOLVER", given)
    said = house.gatepost("admin", "doctor")
    assert said.code == 2
    assert "GATEPOST_AUTHENTICATION__RESOLVER" in said.err


def test_a_probe_that_reaches_nobody_shows_nothing_and_one_without_a_border_is_refused(house: House) -> None:
    more = "border: {networks: [192.0.2.1]}\n"
    house.serves(more)
    said = house.gatepost("admin", "doctor", "--border", "physics", "--through", "127.0.0.1:9")
    assert (said.code, "showed nothing" in said.out) == (0, True)
    assert house.gatepost("admin", "doctor", "--border", "physics").code == 2
