"""The header lines that we put above a message, and by which we know it again."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.trace import MARK, Trace
from rules.message import Envelope
from rules.scan import scan

LIST, OTHER = "physics@lists.example", "chemistry@lists.example"
NOW = datetime(2026, 7, 3, 9, 5, tzinfo=UTC)
TRACE = Trace("gate.example", b"secret")


def lines(*lists: str, helo: str = "mx.example", client: str = "192.0.2.7", **more: tuple[bytes, ...]) -> str:
    envelope = Envelope(
        b"ann@member.example",
        more.get("recipients", (LIST.encode(),)),
        more.get("parameters", ()),
        client,
        helo,
    )
    return TRACE.lines("t2345", envelope, NOW, *lists).decode("ascii")


def test_the_trace_is_as_rfc_5321_asks() -> None:
    assert lines() == (
        "Received: from mx.example ([192.0.2.7])\r\n"
        "\tby gate.example (Gatepost) with ESMTP id t2345\r\n"
        f"\tfor <{LIST}>;\r\n"
        "\tFri, 03 Jul 2026 09:05:00 +0000\r\n"
    )


def test_several_recipients_are_not_told_of_each_other() -> None:
    assert "for <" not in lines(recipients=(LIST.encode(), OTHER.encode()))


def test_an_international_post_says_so() -> None:
    assert "with UTF8SMTP id" in lines(parameters=(b"SMTPUTF8",))
    assert "for <" not in lines(recipients=("physik@büro.example".encode(),))


@pytest.mark.parametrize(
    ("protocol", "international"),
    [("ESMTP", "UTF8SMTP"), ("ESMTPS", "UTF8SMTPS"), ("LMTP", "UTF8LMTP"), ("LMTPS", "UTF8LMTPS")],
)
def test_how_it_came_is_named_as_rfc_3848_and_rfc_6531_do(protocol: str, international: str) -> None:
    for parameters, said in (((), protocol), ((b"smtputf8",), international)):
        envelope = Envelope(b"", (LIST.encode(),), parameters, "192.0.2.7", "x", protocol=protocol)
        assert f"with {said} id".encode() in TRACE.lines("t", envelope, NOW)


@pytest.mark.parametrize(
    ("client", "shown"),
    [("2001:db8::1", "[IPv6:2001:db8::1]"), ("", "(unknown)"), ("10.0.0.1", "[10.0.0.1]")],
)
def test_the_client_is_an_address_literal(client: str, shown: str) -> None:
    assert shown in lines(client=client)


@given(st.text(max_size=80), st.lists(st.binary(max_size=30), max_size=3))
def test_whatever_a_client_says_it_adds_no_line_of_its_own(helo: str, recipients: list[bytes]) -> None:
    said = lines(LIST, helo=helo, recipients=tuple(recipients))
    assert said.endswith("\r\n")
    starts = [line[:1] for line in said.split("\r\n")[:-1]]
    assert starts in (["X", "R", "\t", "\t"], ["X", "R", "\t", "\t", "\t"])
    assert all(sign.isprintable() for sign in said.replace("\r\n", "").replace("\t", ""))


def test_each_list_posted_to_has_its_mark() -> None:
    above = lines(LIST, OTHER).encode()
    found = scan(above + b"\r\n")
    assert TRACE.looped(found, LIST)
    assert TRACE.looped(found, OTHER)
    assert not TRACE.looped(scan(lines(LIST).encode() + b"\r\n"), OTHER)
    assert not TRACE.looped(scan(lines().encode() + b"\r\n"), LIST)


def test_another_installations_mark_is_not_ours() -> None:
    theirs = Trace("gate.example", b"other secret").mark(LIST)
    assert not TRACE.looped(scan(f"{MARK}: {theirs}\r\n\r\n".encode()), LIST)


def test_a_mark_is_known_whatever_its_case_and_folding() -> None:
    mark = f"{MARK.lower()}:\r\n {TRACE.mark(LIST)} \r\n\r\n".encode()
    assert TRACE.looped(scan(mark), LIST)
    assert TRACE.mark(LIST) == TRACE.mark(LIST.upper())
