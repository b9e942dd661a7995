"""Which Authentication-Results are believed: the border's own, on top, about the one author."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.authentication import believed
from rules.facts import Authentication, Result
from rules.scan import scan

OURS = "lists.example.ac.uk"
RECEIVED = b"Received: from mail.a.example (mail.a.example [192.0.2.1]) by lists.example.ac.uk with ESMTPS id 1;\r\n 2 May\r\n"
PASSED = (
    b"Authentication-Results: lists.example.ac.uk; spf=pass\r\n smtp.mailfrom=a.example;"
    b" dkim=pass header.d=a.example; dmarc=pass header.from=a.example\r\n"
)
FROM = b"From: Ann <ann@a.example>\r\n"
UNKNOWN = Authentication()


def results(*lines: bytes) -> Authentication:
    return believed(scan(b"".join(lines) + b"\r\nhi\r\n"), OURS, (OURS,))


def test_the_borders_own_field_is_believed() -> None:
    found = results(b"Return-Path: <x@a.example>\r\n", RECEIVED, PASSED, FROM)
    assert found == Authentication(Result.PASS, Result.PASS, Result.PASS, f"border:{OURS}")


def test_the_id_is_compared_without_case_and_exactly() -> None:
    assert results(PASSED.replace(b"lists.", b"LISTS."), FROM).dkim is Result.PASS
    for other in (b"lists.example.ac.uk.evil.example", b"evil.example", b'"lists.example.ac.uk', b""):
        assert results(PASSED.replace(b"lists.example.ac.uk", other), FROM) == UNKNOWN


@pytest.mark.parametrize(
    "above",
    [
        b"Received: from lists.example.ac.uk by evil.example; 2 May\r\n",
        b"Received: from x (by lists.example.ac.uk) by evil.example; 2 May\r\n",
        b"Received: from by lists.example.ac.uk\r\n",
        b"Subject: hi\r\n",
        b"X-Any: 1\r\n",
        b"Authentication-Results: evil.example; dkim=fail header.d=a.example\r\n",
    ],
)
def test_a_field_below_others_is_not_believed(above: bytes) -> None:
    assert results(above, PASSED, FROM) == UNKNOWN


DENIED = b"Authentication-Results: lists.example.ac.uk; dkim=none; spf=fail smtp.mailfrom=b.example\r\n"


def test_a_second_field_below_a_hop_of_the_border_is_not_read() -> None:
    found = results(DENIED, RECEIVED, PASSED, FROM)
    assert (found.dmarc, found.dkim, found.spf) == (Result.UNKNOWN, Result.NONE, Result.FAIL)


def test_two_fields_that_contradict_each_other_say_nothing() -> None:
    assert results(DENIED, PASSED, FROM) == UNKNOWN
    apart = PASSED.replace(b"; dmarc=pass header.from=a.example", b"")
    policy = b"Authentication-Results: lists.example.ac.uk; dmarc=pass header.from=a.example\r\n"
    assert results(apart, policy, FROM).dmarc is Result.PASS


@pytest.mark.parametrize(
    "authors",
    [
        b"",
        FROM + FROM,
        FROM + b"FROM: Eve <eve@evil.example>\r\n",
        FROM + b"From : Eve <eve@evil.example>\r\n",
        b"From: ann@a.example, bo@b.example\r\n",
        b"From: Ann\r\n",
        b"From: Friends: ann@a.example;\r\n",
        b"From: <ann@a.example> <eve@evil.example>\r\n",
        b"From: eve@evil.example <ann@a.example>\r\n",
        b"From: <ann@a.example> eve@evil.example\r\n",
        b"From: =?utf-8?q?ann=40a=2Eexample?=\r\n",
        b"From: Ann <ann@a.example@evil.example>\r\n",
        b"From: Ann <ann@a.example\r\n",
        FROM + b"no field at all\r\n",
        FROM + b"X-Any: 1\n",
    ],
)
def test_an_ambiguous_author_has_no_authentication(authors: bytes) -> None:
    assert results(PASSED, authors) == UNKNOWN


@pytest.mark.parametrize(
    "author",
    [
        b"From: ann@a.example\r\n",
        b'From: "eve@evil.example" <ann@a.example>\r\n',
        b"From: ann@a.example <ann@A.example>\r\n",
        b"From: ann@a.example (eve@evil.example)\r\n",
        b"From: =?utf-8?q?eve=40evil=2Eexample?= <ann@a.example>\r\n",
        b"From: Ann\r\n <ann@a.example>\r\n",
    ],
)
def test_a_name_that_deceives_a_reader_does_not_change_who_is_vouched_for(author: bytes) -> None:
    assert results(PASSED, author).dmarc is Result.PASS


def test_a_domain_is_compared_as_the_dns_writes_it() -> None:
    passed = PASSED.replace(b"a.example", b"xn--bcher-kva.example")
    assert results(passed, "From: ann@BÜCHER.example\r\n".encode()).dmarc is Result.PASS


@pytest.mark.parametrize(("version", "wanted"), [(b" 1", Result.PASS), (b" 2", Result.UNKNOWN)])
def test_the_version_is_absent_or_one(version: bytes, wanted: Result) -> None:
    assert results(PASSED.replace(b"ac.uk;", b"ac.uk" + version + b";"), FROM).dmarc is wanted


def test_a_pass_for_another_domain_is_no_pass() -> None:
    found = results(PASSED, b"From: ceo@bank.example\r\n")
    assert Result.PASS not in (found.dmarc, found.dkim, found.spf)


def test_a_subdomain_is_aligned_for_dkim_and_spf_but_not_for_dmarc() -> None:
    found = results(PASSED, b"From: ann@mail.a.example\r\n")
    assert (found.dmarc, found.dkim, found.spf) == (Result.NONE, Result.PASS, Result.PASS)


def test_results_that_contradict_each_other_are_unknown() -> None:
    second = PASSED.replace(b"dmarc=pass", b"dmarc=fail").replace(b"spf=pass", b"spf=softfail")
    found = results(PASSED, second, FROM)
    assert (found.dmarc, found.spf) == (Result.UNKNOWN, Result.UNKNOWN)
    assert results(PASSED, PASSED, FROM).dmarc is Result.PASS


def test_one_good_signature_of_several_is_enough() -> None:
    both = PASSED.replace(b"dkim=pass", b"dkim=fail header.d=a.example; dkim=pass")
    assert results(both, FROM).dkim is Result.PASS


def test_text_in_comments_is_not_evaluated() -> None:
    field = b"Authentication-Results: lists.example.ac.uk; dkim=fail (dkim=pass header.d=a.example)\r\n"
    assert results(field, FROM).dkim is Result.FAIL


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b";",
        b"lists.example.ac.uk; foo",
        b"lists.example.ac.uk; dkim",
        b"(" * 3_000,
        b"\xff",
        b"x" * 9_000,
    ],
)
def test_a_field_that_cannot_be_read_is_no_authentication(value: bytes) -> None:
    found = results(b"Authentication-Results: " + value + b"\r\n", FROM)
    assert Result.PASS not in (found.dmarc, found.dkim, found.spf)


def test_no_authserv_id_believes_nothing() -> None:
    assert believed(scan(PASSED + FROM + b"\r\n"), "", (OURS,)) == UNKNOWN


@given(st.binary(max_size=200))
def test_any_field_gives_an_answer(value: bytes) -> None:
    assert isinstance(results(b"Authentication-Results: " + value + b"\r\n", FROM), Authentication)
