"""SPF: what records mean, and what they may cost."""

import asyncio
from collections.abc import Mapping
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.authentication.resolver import Kind, Lookups, Records, Resolver
from gateway.authentication.spf import Spf, check_host
from gateway.authentication.spf_macros import Speaker, expanded
from gateway.authentication.spf_record import BadRecord, record_of
from rules.facts import Result
from tests.gateway.authentication.conftest import Examine
from tests.given.nameserver import SERVFAIL, SILENCE, Zone, nameserver
from tests.given.signing import MESSAGE

CLIENT = "192.0.2.7"
OTHERS = {
    "mail.example": [("A", CLIENT), ("AAAA", "2001:db8::7")],
    "exchange.example": [("MX", "10 nowhere.example."), ("MX", "20 mail.example.")],
    "passes.example": [("TXT", f"v=spf1 ip4:{CLIENT} -all")],
    "fails.example": [("TXT", "v=spf1 -all")],
    "broken.example": [("TXT", "v=spf1 nonsense")],
    "twice.example": [("TXT", "v=spf1 +all"), ("TXT", "v=spf1 -all")],
    "round.example": [("TXT", "v=spf1 include:round.example -all")],
    "7.2.0.192.in-addr.arpa": [("PTR", "mail.example.")],
    "7.192.0.2.ann.user.example": [("A", "127.0.0.2")],
    "ill.example": SERVFAIL,
    "silent.example": SILENCE,
    "many.example": [("MX", f"10 m{number}.example.") for number in range(11)],
}


def result(
    record: str, client: str = CLIENT, sender: str = "ann@a.example", zone: Zone = OTHERS, **budget: float
) -> Spf:
    async def run() -> Spf:
        lookups = Lookups(Resolver(server.address), budget.get("seconds", 5), int(budget.get("queries", 20)))
        return await check_host(lookups, client, sender, "mx.a.example")

    with nameserver({"a.example": [("TXT", record)], **zone}) as server:
        return asyncio.run(run())


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", Spf.PASS),
        ("v=spf1 ip4:198.51.100.0/24 ip6:2001:db8::/32 -all", Spf.FAIL),
        ("v=spf1 ~all", Spf.SOFTFAIL),
        ("v=spf1 ?all", Spf.NEUTRAL),
        ("v=spf1", Spf.NEUTRAL),
        ("V=SPF1 A:mail.example -all", Spf.PASS),
        ("v=spf1 a:mail.example/24 -all", Spf.PASS),
        ("v=spf1 mx:exchange.example -all", Spf.PASS),
        ("v=spf1 mx:many.example -all", Spf.PERMERROR),
        ("v=spf1 ptr:mail.example -all", Spf.PASS),
        ("v=spf1 include:passes.example -all", Spf.PASS),
        ("v=spf1 include:fails.example ~all", Spf.SOFTFAIL),
        ("v=spf1 include:nowhere.example +all", Spf.PERMERROR),
        ("v=spf1 include:broken.example +all", Spf.PERMERROR),
        ("v=spf1 redirect=passes.example", Spf.PASS),
        ("v=spf1 redirect=nowhere.example", Spf.PERMERROR),
        ("v=spf1 exists:7.192.0.2.%{l}.user.example -all", Spf.PASS),
        ("v=spf1 a:one.example a:two.example a:three.example +all", Spf.PERMERROR),
        ("v=spf1 include:round.example +all", Spf.PERMERROR),
        ("v=spf1 redirect=twice.example", Spf.PERMERROR),
        ("v=spf1 include:ill.example +all", Spf.TEMPERROR),
        ("v=spf10 +all", Spf.NONE),
        ("no record of this sort", Spf.NONE),
        ("v=spf1 +all é", Spf.PERMERROR),
    ],
)
def test_a_record_gives_its_result(record: str, wanted: Spf) -> None:
    assert result(record) is wanted


def test_the_client_may_have_an_ipv6_address_or_an_ipv4_address_in_one() -> None:
    assert result("v=spf1 a:mail.example -all", "2001:db8::7") is Spf.PASS
    assert result("v=spf1 ip6:2001:db8::/64 -all", "2001:db8::99") is Spf.PASS
    assert result("v=spf1 ip4:192.0.2.0/24 -all", "::ffff:192.0.2.9") is Spf.PASS
    assert result("v=spf1 +all", "no address") is Spf.NONE


def test_the_null_sender_is_asked_about_by_its_helo() -> None:
    zone = {"mx.a.example": [("TXT", f"v=spf1 ip4:{CLIENT} -all")]}
    assert result("v=spf1 -all", sender="", zone=zone) is Spf.PASS


def test_a_tree_of_includes_ends_at_ten_terms() -> None:
    zone: dict[str, object] = {}
    for number in range(40):
        children = " ".join(f"include:t{2 * number + at}.example" for at in (1, 2))
        zone[f"t{number}.example"] = [("TXT", f"v=spf1 {children} -all")]
    with nameserver({"a.example": [("TXT", "v=spf1 include:t0.example +all")], **zone}) as server:

        async def run() -> Spf:
            return await check_host(Lookups(Resolver(server.address)), CLIENT, "ann@a.example", "mx")

        assert asyncio.run(run()) is Spf.PERMERROR
        assert len(server.asked) <= 11


def test_twenty_queries_and_the_time_end_what_the_limits_of_spf_allow() -> None:
    exchanges = {f"x{n}.example": [("MX", f"10 h{n}-{m}.example.") for m in range(10)] for n in range(5)}
    hosts = {f"h{n}-{m}.example": [("A", "198.51.100.1")] for n in range(5) for m in range(10)}
    bomb = "v=spf1 " + " ".join(f"mx:x{n}.example" for n in range(5)) + " +all"
    with nameserver({"a.example": [("TXT", bomb)], **exchanges, **hosts}) as server:

        async def run() -> Spf:
            return await check_host(Lookups(Resolver(server.address)), CLIENT, "ann@a.example", "mx")

        assert asyncio.run(run()) is Spf.TEMPERROR
        assert len(server.asked) == 20
    assert result("v=spf1 a:silent.example +all", seconds=0.2) is Spf.TEMPERROR


@pytest.mark.parametrize(
    ("macro", "wanted"),
    [
        ("%{s}", "strong-bad@email.example.com"),
        ("%{d3}", "email.example.com"),
        ("%{d1r}", "email"),
        ("%{lr-}", "bad.strong"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%%%_%-", "% %20"),
        ("%{S}", "strong-bad%40email.example.com"),
        ("%{p}", "unknown"),
    ],
)
def test_macros_stand_for_the_sender_and_the_client(macro: str, wanted: str) -> None:
    speaker = Speaker(ip_address("192.0.2.3"), "strong-bad", "email.example.com", "mx.example.org")
    assert expanded(macro, speaker, speaker.domain) == wanted


def test_spf_passes_for_the_author_only_where_it_speaks_of_them(examine: Examine) -> None:
    zone = {
        "_dmarc.member.example": [("TXT", "v=DMARC1; p=none")],
        "member.example": [("TXT", f"v=spf1 ip4:{CLIENT} -all")],
        "evil.example": [("TXT", "v=spf1 +all")],
    }
    found = examine(MESSAGE, zone).authentication
    assert (found.spf, found.dmarc) == (Result.PASS, Result.PASS)
    found = examine(MESSAGE, zone, sender=b"x@evil.example").authentication
    assert (found.spf, found.dmarc) == (Result.NONE, Result.FAIL)
    found = examine(MESSAGE, zone, client="198.51.100.1").authentication
    assert (found.spf, found.dmarc) == (Result.FAIL, Result.FAIL)


def test_spf_is_unknown_where_somebody_handed_the_message_on(examine: Examine) -> None:
    zone = {"member.example": [("TXT", "v=spf1 +all")], "_dmarc.member.example": [("TXT", "v=DMARC1")]}
    found = examine(MESSAGE, zone, direct=False).authentication
    assert (found.spf, found.dmarc) == (Result.UNKNOWN, Result.UNKNOWN)


TERMS = st.lists(
    st.one_of(
        st.sampled_from(
            ["+all", "-all", "a", "mx", "ptr", "include:%{d}", "redirect=%{o}", "exists:%{ir}.%{v}.x"]
        ),
        st.from_regex(
            r"[+?~-]?(ip4|ip6|a|mx|exists|include|exp)[:=]?[!-~]{0,12}(/[0-9]{0,3}){0,2}", fullmatch=True
        ),
        st.text(max_size=12),
    ),
    max_size=6,
)


class Anything:
    """A DNS that has the same record under each name, and an address or two."""

    def __init__(self, text: str) -> None:
        self._known: Mapping[Kind, tuple[str, ...]] = {Kind.TXT: (text,), Kind.A: ("192.0.2.1", "no address")}

    async def ask(self, name: str, kind: Kind) -> Records:
        return Records(self._known.get(kind, ("x.example", "", "..")))

    async def texts(self, name: str) -> tuple[str, ...]:
        return (await self.ask(name, Kind.TXT)).values


@given(
    terms=TERMS,
    sender=st.text(max_size=40),
    client=st.one_of(st.ip_addresses().map(str), st.text(max_size=9)),
)
def test_any_record_and_any_sender_give_a_result(terms: list[str], sender: str, client: str) -> None:
    text = "v=spf1 " + " ".join(terms)
    found = asyncio.run(check_host(Anything(text), client, sender, "mx"))  # type: ignore[arg-type]
    assert isinstance(found, Spf)
    try:
        record_of(text)
    except BadRecord:
        assert found in (Spf.PERMERROR, Spf.NONE)
