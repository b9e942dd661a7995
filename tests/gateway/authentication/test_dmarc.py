"""DMARC by RFC 9989: the walk up the DNS, alignment, and what a domain asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.authentication.dmarc import Found, Record, record_of, steps
from rules.facts import Result
from tests.gateway.authentication.conftest import Examine
from tests.given.nameserver import SERVFAIL, SILENCE, Zone
from tests.given.signing import MESSAGE, key, signed

NONE = "v=DMARC1; p=none"


def dmarc(**by_domain: str) -> dict[str, object]:
    return {f"_dmarc.{domain.replace('_', '.')}": [("TXT", text)] for domain, text in by_domain.items()}


def zone(domain: str = "member.example", **records: str) -> Zone:
    return {f"s1._domainkey.{domain}": [key()], **dmarc(**records)}  # type: ignore[dict-item]


def by(author: str) -> bytes:
    return MESSAGE.replace(b"ann@member.example", f"ann@{author}".encode())


@pytest.mark.parametrize(
    ("author", "signer", "records", "wanted"),
    [
        ("member.example", "member.example", {"member_example": NONE}, Result.PASS),
        ("news.member.example", "member.example", {"member_example": NONE}, Result.PASS),
        ("member.example", "mail.member.example", {"member_example": NONE}, Result.PASS),
        ("a.member.example", "b.member.example", {"member_example": NONE}, Result.PASS),
        ("member.example", "mail.member.example", {"member_example": "v=DMARC1; adkim=s"}, Result.FAIL),
        ("member.example", "member.example", {"member_example": "v=DMARC1; adkim=s"}, Result.PASS),
        ("member.example", "other.example", {"member_example": NONE}, Result.FAIL),
        # A public suffix that says so: what stands below it is each an organisation of its own.
        ("a.suffix.example", "b.suffix.example", {"suffix_example": "v=DMARC1; psd=y"}, Result.FAIL),
        ("www.a.suffix.example", "a.suffix.example", {"suffix_example": "v=DMARC1; psd=y"}, Result.PASS),
        # A part of an organisation that stands for itself.
        ("own.member.example", "member.example", {"own_member_example": "v=DMARC1; psd=n", "member_example": NONE}, Result.FAIL),
        # Nobody has a record: DMARC does not apply, and only the very same domain speaks for the author.
        ("member.example", "member.example", {}, Result.NONE),
    ],
)  # fmt: skip
def test_alignment_is_by_organisation_as_the_walk_finds_it(
    author: str, signer: str, records: dict[str, str], wanted: Result, examine: Examine
) -> None:
    octets = signed(by(author), domain=signer)
    assert examine(octets, zone(signer, **records)).authentication.dmarc is wanted


def test_without_a_record_a_subdomain_does_not_speak_for_its_parent(examine: Examine) -> None:
    octets = signed(domain="evil.member.example")
    assert examine(octets, zone("evil.member.example"), direct=False).authentication.dkim is Result.NONE


def test_strict_spf_alignment_wants_the_very_same_domain(examine: Examine) -> None:
    records = {"bounces.member.example": [("TXT", "v=spf1 +all")]}
    for text, wanted in ((NONE, Result.PASS), ("v=DMARC1; aspf=s", Result.FAIL)):
        found = examine(
            MESSAGE, {**dmarc(member_example=text), **records}, sender=b"b@bounces.member.example"
        )  # type: ignore[arg-type]
        assert found.authentication.dmarc is wanted


@pytest.mark.parametrize(
    ("records", "exists", "policy"),
    [
        ({"news_member_example": "v=DMARC1; p=quarantine", "member_example": "v=DMARC1; p=reject"}, True, "quarantine"),
        ({"member_example": "v=DMARC1; p=reject"}, True, "reject"),
        ({"member_example": "v=DMARC1; p=reject; sp=none"}, True, "none"),
        ({"member_example": "v=DMARC1; p=none; sp=none; np=reject"}, True, "none"),
        ({"member_example": "v=DMARC1; p=none; sp=none; np=reject"}, False, "reject"),
        ({"example": "v=DMARC1; psd=y; p=none; np=reject"}, False, "reject"),
        ({"example": "v=DMARC1; p=reject; psd=y", "member_example": "v=DMARC1"}, True, "none"),
        ({}, True, ""),
    ],
)  # fmt: skip
def test_what_the_domain_asks_for_mail_that_fails(
    records: dict[str, str], exists: bool, policy: str, examine: Examine
) -> None:
    there = {"news.member.example": [("A", "192.0.2.1")]} if exists else {}
    found = examine(by("news.member.example"), {**dmarc(**records), **there}, direct=False)  # type: ignore[arg-type]
    assert found.policy == policy


def test_a_dns_that_does_not_answer_is_temperror_and_never_a_pass(examine: Examine) -> None:
    for word in (SERVFAIL, SILENCE):
        found = examine(signed(), {**zone(), "_dmarc.member.example": word}, direct=False, seconds=0.3)
        assert found.authentication.dmarc is Result.TEMPERROR
        assert found.authentication.dkim is not Result.PASS or not found.authentication.vouches


def test_a_walk_asks_about_eight_names_at_most() -> None:
    deep = "a.b.c.d.e.f.g.h.i.mail.example.com"
    found = list(steps(deep))
    assert len(found) == 8
    assert found[:2] == [deep, "f.g.h.i.mail.example.com"]
    assert found[-1] == "com"
    assert list(steps("com")) == ["com"]


@pytest.mark.parametrize(
    ("start", "records", "organisation"),
    [
        ("a.mail.example.com", {"mail.example.com": "u", "example.com": "u"}, "example.com"),
        ("a.mail.example.com", {"com": "y"}, "example.com"),
        ("a.mail.example.com", {"a.mail.example.com": "u", "com": "y"}, "example.com"),
        ("a.mail.example.com", {"mail.example.com": "n"}, "mail.example.com"),
        ("co.example", {"co.example": "y"}, "co.example"),
        ("a.example", {}, "a.example"),
    ],
)
def test_the_organisation_is_found_by_what_records_say(
    start: str, records: dict[str, str], organisation: str
) -> None:
    found = Found(start, tuple((domain, Record(psd=psd)) for domain, psd in records.items()))
    assert found.organisation == organisation


@pytest.mark.parametrize(
    "texts",
    [
        (),
        ("v=DMARC1; p=none", "v=DMARC1; p=reject"),
        ("v=dmarc1; p=none",),
        ("p=none; v=DMARC1",),
        ("v=DMARC12",),
    ],
)
def test_no_record_or_more_than_one_is_none(texts: tuple[str, ...]) -> None:
    assert record_of(texts) is None


def test_what_is_malformed_in_a_record_counts_for_nothing() -> None:
    assert record_of(("v=DMARC1; p=perhaps; adkim; psd=x; nonsense=1; p=reject;;=",)) == Record()


@given(st.lists(st.binary(max_size=80).map(lambda octets: octets.decode("latin-1")), max_size=3))
def test_any_texts_are_a_record_or_none(texts: list[str]) -> None:
    for prefix in ("", "v=DMARC1;"):
        found = record_of(tuple(prefix + text for text in texts))
        assert found is None or isinstance(found, Record)
