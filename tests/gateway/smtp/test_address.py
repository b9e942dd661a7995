"""Envelope addresses: what is accepted goes out as it came, and the rest is refused."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.reply import Reply
from gateway.smtp.address import SOURCE_ROUTE, Path, forward_path, reverse_path, without_smtputf8

ORDINARY = (
    b"ann@member.example",
    b'"ann smith"@member.example',
    b'"a\\"b"@member.example',
    b"a.b+c=d@member.example",
    b"ann@[192.0.2.1]",
    b"ann@[IPv6:2001:db8::1]",
    b"O'Hara_{x}@sub-domain.member.example",
    b"x" * 64 + b"@" + b".".join([b"y" * 63] * 3 + [b"z" * 63]),
    "jürgen@exämple.example".encode(),
)

# The twelve that aiosmtpd accepts and rewrites, and their like.
REWRITTEN_ELSEWHERE = (
    b"<=?utf-8?q?a=0d=0aRCPT_TO:x?=@example.com>",
    b"<a\rb@example.com>",
    b"<a\x00b@example.com>",
    b"<a@exa\rmple.com>",
    b"<user(comment)@example.com>",
    b"< user @ example.com >",
    b"<@a.com,@b.com:user@example.com>",
    b"<user>",
    b"user@example.com",
    b"<a@b@c.example>",
    b'<"a"b@c.example>',
    b"<a..b@c.example>",
    b"<.a@c.example>",
    b"<a@-c.example>",
    b"<a@xn--->",
    b"<a@c.example.>",
    b"<a@[192.0.2.999]>",
    b"<a@[IPv6:::g]>",
    b"<@>",
    b"<a@>",
    b"<@a>",
    b"<whatever:a@a>",
    b'<"a\x1b"@c.example>',
    b"<a\x7f@c.example>",
    b"<a@c.example",
    b"",
)


@pytest.mark.parametrize("address", ORDINARY)
@pytest.mark.parametrize("path", [reverse_path, forward_path])
def test_an_address_goes_out_as_it_came(path, address):
    assert path(b"<" + address + b"> SIZE=1") == Path(address, b" SIZE=1")


@pytest.mark.parametrize("text", REWRITTEN_ELSEWHERE)
@pytest.mark.parametrize("path", [reverse_path, forward_path])
def test_an_address_that_others_rewrite_is_refused(path, text):
    refusal = path(text)
    assert isinstance(refusal, Reply)
    assert refusal.permanent


def test_an_encoded_word_in_an_address_is_not_decoded():
    word = b"=?utf-8?q?a=40evil=2Ecom?=@example.com"
    assert reverse_path(b"<" + word + b">") == Path(word, b"")
    quoted = b'"=?utf-8?q?=0d=0aX?="@e.com'
    assert reverse_path(b"<" + quoted + b">") == Path(quoted, b"")


def test_a_source_route_has_a_reply_of_its_own():
    assert forward_path(b"<@a.example,@b.example:user@example.com>") == SOURCE_ROUTE


def test_the_null_path_is_for_mail_and_postmaster_for_rcpt():
    assert reverse_path(b"<>") == Path(b"", b"")
    assert forward_path(b"<PostMaster>") == Path(b"PostMaster", b"")
    assert isinstance(forward_path(b"<>"), Reply)
    assert isinstance(reverse_path(b"<postmaster>"), Reply)


@pytest.mark.parametrize(
    "address",
    [
        b"x" * 65 + b"@example.com",
        b'"' + b"x" * 63 + b'"@example.com',
        b"x@" + b".".join([b"y" * 63] * 4) + b".z",
        b"x@" + b"y" * 64,
    ],
)
def test_an_address_over_the_limits_is_refused(address):
    assert isinstance(reverse_path(b"<" + address + b">"), Reply)


@pytest.mark.parametrize("octets", [b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xc2\x9b", b"caf\xe9"])
def test_what_is_not_utf_8_is_refused_even_with_smtputf8(octets):
    assert isinstance(reverse_path(b"<" + octets + b"@example.com>"), Reply)


def test_utf_8_needs_smtputf8():
    assert without_smtputf8("jürgen@example.com".encode(), declared=False) is not None
    assert without_smtputf8("jürgen@example.com".encode(), declared=True) is None
    assert without_smtputf8(b"ann@example.com", declared=False) is None


@given(st.one_of(st.binary(max_size=80), st.from_regex(rb'<[a-c"\\ .@=?\x80-\xff-]{0,30}>', fullmatch=True)))
@example(b'<"a\\ b"@c>')
@example(b"<\xc3\xa4@b>")
def test_what_is_accepted_is_what_stood_between_the_brackets(text):
    for path in (reverse_path(text), forward_path(text)):
        if isinstance(path, Path):
            assert text == b"<" + path.address + b">" + path.rest
            assert not set(path.address) & {0, 10, 13}
