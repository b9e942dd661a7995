"""What the octets show before any parser: caps, counts, and where two readers would differ."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.scan import Scan, scan

HEADER = b"From: a@b.example\r\nTo: l@x.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
MIXED = HEADER + b'Content-Type: multipart/mixed; boundary="b1"\r\n\r\n'


def kinds(octets: bytes) -> set[str]:
    return {ambiguity.kind for ambiguity in scan(octets).ambiguities}


def test_an_ordinary_message_is_not_ambiguous() -> None:
    octets = MIXED + (
        b'--b1\r\nContent-Type: multipart/alternative; boundary="b2"\r\n\r\n'
        b"--b2\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHi\r\n"
        b"--b2\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hi</p>\r\n--b2--\r\n"
        b"--b1\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n--b1--\r\n"
    )
    seen = scan(octets)
    assert (seen.ambiguities, seen.excess) == ((), ())
    assert (seen.parts, seen.depth) == (5, 2)
    assert not seen.costly


def test_sizes_are_those_of_the_octets() -> None:
    octets = HEADER + b"\r\nshort\r\n" + b"x" * 200 + b"\xff\r\n"
    seen = scan(octets)
    assert (seen.size, seen.header_size) == (len(octets), len(HEADER) + 2)
    assert seen.eight_bit


def test_fields_are_kept_as_they_came() -> None:
    seen = scan(b"SUBJECT: one\r\n two\r\nx-a:b\r\n\r\n")
    assert [(field.name, field.value) for field in seen.fields] == [
        (b"SUBJECT", b" one\r\n two"),
        (b"x-a", b"b"),
    ]
    assert seen.values("subject") == (b" one\r\n two",)
    assert seen.count("X-A") == 1


@pytest.mark.parametrize(
    "name",
    [b"From", b"Subject", b"Date", b"Message-ID", b"To", b"Cc", b"Reply-To", b"Sender", b"MIME-Version"],
)
def test_a_field_that_stands_twice_is_named_whatever_its_case(name: bytes) -> None:
    octets = name + b": a@b.example\r\n" + name.upper() + b":\r\n c@d.example\r\n" + HEADER + b"\r\n"
    assert f"two-{name.decode().lower()}" in kinds(octets)


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"From : evil@x.example\r\n" + HEADER + b"\r\n", "space-before-colon"),
        (b"\r\n" + HEADER + b"\r\n", "leading-blank-line"),
        (b"junk\r\n" + HEADER + b"\r\n", "malformed-header"),
        (b" folded\r\n" + HEADER + b"\r\n", "malformed-header"),
        (b"From a@b Mon Jan  1\r\n" + HEADER + b"\r\n", "mbox-line"),
        (HEADER + b"X: a\r\n \r\n b\r\n\r\n", "blank-folding"),
        (HEADER + b"X: a\0b\r\n\r\n", "nul"),
        (b"From: a@b.example\rX: 1\r\n\r\n", "bare-line-end"),
        (HEADER + b"\r\na\nb\r\n", "bare-line-end"),
        (b"To: a@b.example\r\n\r\nhi\r\n", "no-from"),
        (b"From: \r\n\r\nhi\r\n", "no-from"),
        (b"From: a@b.example, c@d.example\r\n\r\n", "several-authors"),
        (b"From: <a@b.example> <c@d.example>\r\n\r\n", "several-authors"),
        (HEADER + b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n", "two-content-type"),
        (HEADER + b"Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--a\r\n", "two-boundaries"),
        (HEADER + b"Content-Type: multipart/mixed; boundary*=a\r\n\r\n--a\r\n", "encoded-boundary"),
        (HEADER + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n', "no-boundary"),
        (HEADER + b"Content-Type: multipart/mixed\r\n\r\n--a\r\n", "no-boundary"),
        (HEADER + b"Content-Type: multipart/mixed; boundary=q\r\n\r\n--b1\r\n\r\nx", "boundary-absent"),
        (MIXED + b'--b1\r\nContent-Type: multipart/mixed; boundary="b1"\r\n\r\n--b1\r\n', "boundary-twice"),
        (
            MIXED + b'--b1\r\nContent-Type: multipart/mixed; boundary="b11"\r\n\r\n--b11\r\n',
            "boundary-prefix",
        ),
        (MIXED + b"--b1\r\n\r\nx\r\n--b1--\r\n--b1\r\n\r\ny\r\n", "parts-after-end"),
        (HEADER + b"Content-Type: text/plain (evil)\r\n\r\n", "commented-type"),
        (HEADER + b"Content-Type: text\r\n\r\n", "malformed-type"),
        (HEADER + b"Content-Type: text/plain; charset=utf-7\r\n\r\n", "unknown-charset"),
        (HEADER + b"Content-Transfer-Encoding: base65\r\n\r\n", "unknown-encoding"),
        (MIXED.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"), "encoded-multipart"),
        (HEADER + b"Content-Transfer-Encoding: base64\r\n\r\naGk=aGk=\r\n", "base64-junk"),
        (HEADER + b"Content-Transfer-Encoding: base64\r\n\r\naGk=\r\nfooter!\r\n", "base64-junk"),
        (HEADER + b"Content-Type: message/partial; id=a; number=1\r\n\r\n", "uninspectable"),
        (HEADER + b"Content-Type: message/external-body; access-type=URL\r\n\r\n", "uninspectable"),
        (HEADER + b"Content-Type: application/pkcs7-mime\r\n\r\n", "encrypted"),
        (HEADER + b"Content-Type: application/ms-tnef\r\n\r\n", "tnef"),
        (HEADER + b"\r\nbegin 644 a.exe\r\nM" + b"A" * 60 + b"\r\nend\r\n", "uuencode"),
        (
            MIXED + b"--b1\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\nx\r\n--b1--\r\n",
            "two-content-type",
        ),
        (MIXED + b"--b1\r\njunk\r\n\r\nx\r\n--b1--\r\n", "malformed-part-header"),
    ],
)
def test_two_readers_of_mail_would_differ(octets: bytes, kind: str) -> None:
    assert kind in kinds(octets)


@pytest.mark.parametrize(
    "octets",
    [
        MIXED + b"--b1\r\n\r\nthe end is missing\r\n",
        HEADER + b"\r\nwrite begin 644 file.txt in your shell\r\n",
        HEADER + b"\r\nbegin 644 file\r\nand then nothing\r\n",
        HEADER + b"Received: a\r\nReceived: b\r\nDKIM-Signature: c\r\nDKIM-Signature: d\r\n\r\nhi\r\n",
        HEADER + b"X-Empty: \r\n\r\nhi\r\n",
        HEADER + b'Content-Type: text/plain; name="a (b).txt"\r\n\r\nhi\r\n',
        b'From: "Marsh, Eleanor (Physics)" <e@x.example>\r\n\r\nhi\r\n',
        b"From: undisclosed: ;, a@b.example\r\n\r\nhi\r\n",
    ],
)
def test_ordinary_oddities_are_not_ambiguous(octets: bytes) -> None:
    assert kinds(octets) == set()


def nested(depth: int) -> bytes:
    levels = [
        b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (level, level + 1)
        for level in range(1, depth)
    ]
    return MIXED + b"".join(levels) + b"--b%d\r\n\r\nx\r\n" % depth


@pytest.mark.parametrize(
    "octets",
    [
        HEADER + b"X: " + b"a" * 300_000 + b"\r\n\r\n",
        HEADER + b"X: a\r\n" * 1001 + b"\r\n",
        HEADER + b"Content-Type: text/plain" + b";" * 9_000 + b"\r\n\r\n",
        HEADER + b"Content-Type: text/plain" + b";" * 300_000 + b"\r\n\r\n",
        b"From: " + b"a@b.example," * 1_000 + b"\r\n\r\n",
        nested(40),
        HEADER + b"Content-Type: message/rfc822\r\n\r\n" * 40,
        MIXED + b"--b1\r\n\r\nx\r\n" * 600,
        MIXED + b"--b1\r\nX: " + b"a" * 300_000,
        MIXED + b"--b1\r\nContent-Type: text/plain" + b";" * 9_000 + b"\r\n\r\nx",
        HEADER + b'Content-Type: multipart/mixed; boundary="-"\r\n\r\n' + b"-" * 300_000,
    ],
)
def test_what_would_drown_a_parser_is_in_excess(octets: bytes) -> None:
    assert scan(octets).excess


def test_what_is_just_within_the_caps_is_not_in_excess() -> None:
    assert scan(nested(32)).excess == ()
    assert scan(MIXED + b"--b1\r\n\r\nx\r\n" * 499).excess == ()
    assert scan(HEADER + b"X: a\r\n" * 996 + b"\r\n").excess == ()


def test_a_large_or_intricate_message_is_costly() -> None:
    assert scan(HEADER + b"\r\n" + b"words words words\r\n" * 10_000).costly
    assert scan(MIXED + b"--b1\r\n\r\nx\r\n" * 100).costly
    assert not scan(HEADER + b"\r\n" + b"words words words\r\n" * 200).costly


@given(st.binary(max_size=300))
def test_any_octets_can_be_scanned(octets: bytes) -> None:
    assert isinstance(scan(octets), Scan)


PIECES = [
    *(
        b"From: a@b\r\n",
        b"From : x\r\n",
        b"\r\n",
        b"\r",
        b"\n",
        b"\0",
        b" ",
        b"--b1\r\n",
        b"--b1--\r\n",
        b"--b2\r\n",
    ),
    *(
        b"Content-Type: multipart/mixed; boundary=b1\r\n",
        b"Content-Type: multipart/alternative; boundary=b2\r\n",
    ),
    *(
        b"Content-Type: message/rfc822\r\n",
        b"Content-Type: text/html; charset=x\r\n",
        b"<b>x</b>",
        b"Subject: s\r\n",
    ),
    *(
        b"Content-Transfer-Encoding: base64\r\n",
        b"aGk=\r\n",
        b"text\r\n",
        b'"',
        b";",
        b"=?utf-8?q?a?=",
        b"\xe9",
    ),
]
MESSAGES = st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join)


@given(MESSAGES)
def test_any_pieces_of_mail_can_be_scanned(octets: bytes) -> None:
    seen = scan(octets)
    assert seen.parts >= 1
    assert seen.header_size <= seen.size


@pytest.mark.parametrize(
    "octets",
    [
        HEADER * 30_000,
        b"\r" * 1_000_000,
        HEADER + b'Content-Type: text/plain; a="' + b'"\\' * 4_000 + b"\r\n\r\n",
        HEADER + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a --a\r\n" * 300_000,
        HEADER + b"\r\n" + b"begin 644 a\r\n" * 50_000,
        HEADER + b"\r\n" + b"\r\n" * 1_000_000,
        nested(2_000),
        MIXED + b"--b1\r\n\r\nx\r\n" * 50_000,
    ],
    ids=lambda octets: repr(octets[-12:]),
)
def test_hostile_octets_are_scanned_in_linear_time(octets: bytes) -> None:
    begun = time.process_time()
    scan(octets)
    assert time.process_time() - begun < 2.5
