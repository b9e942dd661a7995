"""Who wrote a post decides what becomes of it, where something can say who did; real gate, real DNS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import transactions
from gateway.addresses import Served
from gateway.authentication.examined import NOTHING, Examined, Signed, State
from rules.facts import Result
from rules.profile import Border, Person
from tests.given.gate import CHEMISTRY, PHYSICS, Gatehouse, served
from tests.given.nameserver import SERVFAIL, Nameserver, Zone, nameserver
from tests.given.signing import MESSAGE, key, signed
from tests.given.sink import Sink

BORDER, AUTHORS_OWN, FRONT = "192.0.2.1", "198.51.100.7", "127.0.0.1"
MODERATOR, OFFICE = b"mod@lists.example", b"office@ipem.example"
ZONE: Zone = {
    "s1._domainkey.member.example": [key()],
    "_dmarc.member.example": [("TXT", "v=DMARC1; p=reject")],
    "member.example": [("TXT", f"v=spf1 ip4:{AUTHORS_OWN} -all")],
}
OTHER = Border(networks=("192.0.2.0/24",), authserv_id="mx.lists.example")


def results(text: str) -> bytes:
    return f"Authentication-Results: mx.lists.example; {text}\r\n".encode()


def by(author: bytes, message: bytes = MESSAGE) -> bytes:
    return message.replace(b"ann@member.example", author)


PASSED = results("dmarc=pass header.from=member.example")


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink("smtp") as running:
        yield running


@pytest.fixture
def dns() -> Iterator[Nameserver]:
    with nameserver(ZONE) as server:
        yield server


def physics(
    sink: Sink, *, border: Border = OTHER, members: tuple[str, ...] | None = ("ann@member.example",)
) -> Served:
    return served(
        sink.url,
        packs=("hygiene",),
        border=border,
        members=members,
        trusted_networks=("203.0.113.0/24",),
        owners=(Person(address="owner@member.example"),),
    )


@pytest.fixture
def bordered(tmp_path: Path, sink: Sink) -> Iterator[Gatehouse]:
    """A list whose border says who wrote a post; the DNS is asked nothing."""
    with Gatehouse(tmp_path, physics(sink)) as made:
        yield made


@pytest.fixture
def asking(tmp_path: Path, sink: Sink, dns: Nameserver) -> Iterator[Gatehouse]:
    """A list without a border; the DNS is asked."""
    with Gatehouse(tmp_path, physics(sink, border=Border()), resolver=dns.address) as made:
        yield made


def clauses(house: Gatehouse, octets: bytes, client: str, **more: bytes) -> tuple[str, ...]:
    """The clauses under which a post is held; () for one that is relayed."""
    said = house.said(octets, client=client, **more)
    if "held" not in said:
        assert "relayed" in said
        return ()
    return house.holds[-1].clauses


# What the border says


def test_a_member_whom_the_border_vouches_for_is_relayed(bordered: Gatehouse) -> None:
    assert clauses(bordered, PASSED + MESSAGE, BORDER) == ()
    (judged,) = bordered.judgements
    assert judged["identity"]["dmarc"] == "pass"
    assert judged["identity"]["source"] == "border:mx.lists.example"


@pytest.mark.parametrize(
    ("said", "client"),
    [
        (b"", BORDER),
        (results("dmarc=fail header.from=member.example"), BORDER),
        (results("dmarc=temperror header.from=member.example"), BORDER),
        (results("dmarc=pass header.from=elsewhere.example"), BORDER),
        (results("x-mood=good"), BORDER),
        (PASSED, AUTHORS_OWN),
        (PASSED, FRONT),
        (b"Received: from x by mail.elsewhere.example; 4 May\r\n" + PASSED, BORDER),
        (PASSED.replace(b"mx.lists", b"mx.lists.example.evil"), BORDER),
        (PASSED + results("dmarc=fail header.from=member.example"), BORDER),
    ],
    ids=[
        *("no-field", "fail", "temperror", "another-domain", "no-method", "not-the-border", "front"),
        *("below-another-host", "another-id", "contradicted"),
    ],
)
def test_a_members_address_without_a_pass_is_held(said: bytes, client: str, bordered: Gatehouse) -> None:
    assert clauses(bordered, said + MESSAGE, client) == ("unverified-member",)


def test_a_trusted_network_vouches_for_its_users(bordered: Gatehouse) -> None:
    assert clauses(bordered, MESSAGE, "203.0.113.9") == ()


def test_nobody_elses_post_is_held_for_it(bordered: Gatehouse) -> None:
    assert clauses(bordered, by(b"stranger@elsewhere.example"), BORDER) == ()


@pytest.mark.parametrize("author", [MODERATOR, b"owner@member.example"])
def test_a_moderators_address_without_a_pass_is_held_whoever_is_a_member(
    author: bytes, tmp_path: Path, sink: Sink
) -> None:
    with Gatehouse(tmp_path, physics(sink, members=None)) as house:
        assert clauses(house, by(author), BORDER) == ("unverified-office",)
        assert clauses(house, MESSAGE, BORDER) == ()


def test_the_lists_own_address_is_held_even_with_a_pass(bordered: Gatehouse) -> None:
    passed = results("dmarc=pass header.from=lists.example")
    assert clauses(bordered, passed + by(PHYSICS.encode()), BORDER) == ("list-address",)


def test_without_a_source_a_members_post_is_relayed_and_it_is_recorded_what_would_have_been(
    tmp_path: Path, sink: Sink
) -> None:
    with Gatehouse(tmp_path, physics(sink, border=Border())) as house:
        assert clauses(house, MESSAGE, AUTHORS_OWN) == ()
        assert clauses(house, by(MODERATOR), AUTHORS_OWN) == ()
        found = [row[:4] for judged in house.judgements for row in judged["findings"]]
    assert sorted(found) == [
        ["hygiene", "unverified-member", "hold", "shadow"],
        ["hygiene", "unverified-office", "hold", "shadow"],
    ]


# What the DNS says


def test_a_member_whose_signature_holds_is_relayed(asking: Gatehouse, sink: Sink) -> None:
    octets = signed()
    assert clauses(asking, octets, "198.51.100.99") == ()
    (judged,) = asking.judgements
    found = judged["identity"]
    assert (found["dmarc"], found["dkim"], found["spf"]) == ("pass", "pass", "fail")
    assert (found["source"], found["policy"]) == ("local", "reject")
    assert sink.received[0].octets.endswith(octets)
    assert b"Authentication-Results" not in sink.received[0].octets


def test_a_member_whose_own_server_sends_is_relayed(asking: Gatehouse) -> None:
    assert clauses(asking, MESSAGE, AUTHORS_OWN) == ()
    assert asking.judgements[0]["identity"]["spf"] == "pass"


@pytest.mark.parametrize("client", ["198.51.100.99", FRONT, "203.0.113.9"])
def test_spf_is_asked_only_where_the_client_is_the_authors_own(client: str, asking: Gatehouse) -> None:
    asking.said(MESSAGE, client=client)
    known = client == "198.51.100.99"
    assert asking.judgements[0]["identity"]["spf"] == ("fail" if known else "unknown")


def test_a_member_for_whom_nothing_speaks_is_held(asking: Gatehouse) -> None:
    assert clauses(asking, MESSAGE, FRONT) == ("unverified-member",)
    assert clauses(asking, signed() + b"P.S.\r\n", FRONT) == ("unverified-member",)
    assert clauses(asking, PASSED + MESSAGE, FRONT) == ("unverified-member",)


def test_a_dns_that_is_ill_holds_a_member_and_never_refuses_one(asking: Gatehouse, dns: Nameserver) -> None:
    dns.zone = dict.fromkeys(ZONE, SERVFAIL)
    assert clauses(asking, signed(), AUTHORS_OWN) == ("unverified-member",)
    assert asking.judgements[0]["identity"]["dmarc"] == "temperror"


def test_two_from_fields_are_no_authentication_whoever_signed(asking: Gatehouse) -> None:
    held = clauses(asking, b"From: Eve <eve@evil.example>\r\n" + signed(), AUTHORS_OWN)
    assert "several-authors" in held
    assert asking.judgements[0]["identity"]["dmarc"] == "unknown"


def test_the_dns_is_asked_where_the_border_says_nothing_but_not_about_its_client(
    tmp_path: Path, sink: Sink, dns: Nameserver
) -> None:
    with Gatehouse(tmp_path, physics(sink), resolver=dns.address) as house:
        assert clauses(house, signed(), BORDER) == ()
        assert house.judgements[0]["identity"]["spf"] == "unknown"
        asked = len(dns.asked)
        assert clauses(house, PASSED + MESSAGE, BORDER) == ()
        assert len(dns.asked) == asked


def test_two_lists_ask_once(tmp_path: Path, sink: Sink, dns: Nameserver) -> None:
    lists = (physics(sink, border=Border()), served(sink.url, CHEMISTRY, ("hygiene",)))
    with Gatehouse(tmp_path, *lists, resolver=dns.address) as house:
        house.said(signed(), PHYSICS, CHEMISTRY, client=AUTHORS_OWN)
        assert sorted(dns.asked) == sorted(set(dns.asked))
        assert [judged["identity"]["dmarc"] for judged in house.judgements] == ["pass", "pass"]


def test_how_its_signatures_stood_is_kept_with_what_is_held(asking: Gatehouse) -> None:
    asking.said(signed(by(PHYSICS.encode())), client=FRONT)
    (hold,) = asking.holds
    found = asking.store.read(lambda c: transactions.identity(c, hold.transaction_id, hold.list))
    assert found.signed == (Signed("member.example", "s1", State.HOLDS),)
    nobody: Examined = asking.store.read(lambda c: transactions.identity(c, "none", hold.list))
    assert nobody is NOTHING


def test_a_border_that_says_all_does_not_keep_signatures_from_being_looked_at_in_what_is_held(
    tmp_path: Path, sink: Sink, dns: Nameserver
) -> None:
    failed = results("dmarc=fail header.from=member.example")
    with Gatehouse(tmp_path, physics(sink), resolver=dns.address) as house:
        assert clauses(house, failed + signed(), BORDER) == ("unverified-member",)
        (judged,) = house.judgements
    assert judged["identity"]["signed"] == [["member.example", "s1", "holds", None]]
    assert judged["identity"]["dmarc"] == Result.FAIL
    assert judged["identity"]["policy"] == "reject", "others may heed it when the post goes on"
