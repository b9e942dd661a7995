"""What a message says to its reader, whatever its form; and that nothing can make reading fail."""

import base64
import pickle
import time
from dataclasses import FrozenInstanceError

import mailparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.parsing.content import TEXT_CAP
from rules.parsing.hypertext import hypertext
from rules.parsing.joints import across
from rules.reading import Reading, read, unread
from rules.scan import scan
from tests.rules.test_scan import HEADER, MESSAGES

ALTERNATIVE = HEADER + b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
MIXED = HEADER + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'


def text(octets: bytes, zone: str = "own") -> str:
    found = read(octets).zone(zone)
    return found.text if found else ""


def page(html: str) -> Reading:
    return read(HEADER + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode())


def shown(reading: Reading, zone: str = "own") -> str:
    found = reading.zone(zone)
    return found.text if found else ""


def part(kind: bytes, content: bytes, *fields: bytes) -> bytes:
    lines = b"".join(field + b"\r\n" for field in fields)
    return b"--b\r\nContent-Type: " + kind + b"\r\n" + lines + b"\r\n" + content + b"\r\n"


# --- headers ---


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?q?caf=C3=A9?=", "café"),
        (b"=?iso-8859-1?Q?caf=E9?= =?utf-8?b?w6k=?=", "caféé"),
        (b"=?utf-8?b?w6k=?=\r\n =?utf-8?q?_so?=", "é so"),
        (b"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        (b"caf\xc3\xa9", "café"),
        (b"caf\xe9", "café"),
        (b"=?utf-8?q?a=0d=0aBcc:_x?=", "a Bcc: x"),
        (b"a \x1b[2Jb", "a [2Jb"),
        (b"=?utf-8?q?a=E2=80=AEb?=", "ab"),
        (b"=?nonsense?q?caf=C3=A9?=", "café"),
        (b"=?utf-8?b?!!!?=", ""),
        (b"=?utf-8?x?broken?=", "=?utf-8?x?broken?="),
        (b"one\r\n two", "one two"),
    ],
)
def test_a_subject_is_one_line_of_words(raw: bytes, subject: str) -> None:
    assert read(b"From: a@b.example\r\nSubject: " + raw + b"\r\n\r\nhi\r\n").subject == subject


def test_all_subjects_are_seen() -> None:
    reading = read(b"Subject: one\r\n" + HEADER + b"\r\nhi\r\n")
    assert reading.field("SUBJECT") == ("one", "s")
    assert shown(reading, "subject") == "one\ns"


@pytest.mark.parametrize(
    ("field", "authors"),
    [
        (b"a@b.example", [("", "a@b.example")]),
        (b"Ann <a@b.example>", [("Ann", "a@b.example")]),
        (b'"Marsh, Ann" <a@b.example>', [("Marsh, Ann", "a@b.example")]),
        (b"a@b.example (Ann)", [("Ann", "a@b.example")]),
        (b"=?utf-8?q?Zo=C3=AB?= <a@b.example>", [("Zoë", "a@b.example")]),
        (b"Ann <a@b.example>, Bo <c@d.example>", [("Ann", "a@b.example"), ("Bo", "c@d.example")]),
        (b"Team: a@b.example, c@d.example;", [("", "a@b.example"), ("", "c@d.example")]),
        (b'"ceo@bank.example" <a@b.example>', [("ceo@bank.example", "a@b.example")]),
        (b"<a@b.example> <c@d.example>", [("", "a@b.example"), ("", "c@d.example")]),
        (b"Nobody", [("Nobody", "")]),
        (b"", []),
    ],
)
def test_every_mailbox_of_a_from_field_is_an_author(field: bytes, authors: list[tuple[str, str]]) -> None:
    reading = read(b"From: " + field + b"\r\n\r\nhi\r\n")
    assert [(author.display, author.address) for author in reading.authors] == authors


def test_the_authors_of_all_from_fields_are_seen_and_none_is_the_author() -> None:
    reading = read(b"From: good@a.example\r\nfrom: evil@b.example\r\n\r\nhi\r\n")
    assert [author.address for author in reading.authors] == ["good@a.example", "evil@b.example"]
    assert reading.author is None


def test_an_encoded_word_cannot_become_an_address() -> None:
    reading = read(b"From: =?utf-8?q?ceo=40bank.example?= <a@b.example>\r\n\r\nhi\r\n")
    assert reading.author is not None
    assert reading.author.address == "a@b.example"


@pytest.mark.parametrize(
    "field",
    [
        b"Auto-Submitted: auto-replied",
        b"auto-submitted: AUTO-GENERATED (rule)",
        b"Precedence: BULK",
        b"Precedence: auto_reply",
        b"X-Autoreply: yes",
        b"X-AutoRespond: 1",
        b"Content-Type: multipart/report; boundary=b",
        b"From: MAILER-DAEMON@x.example",
    ],
)
def test_automatic_mail_is_known(field: bytes) -> None:
    assert read(field + b"\r\n" + HEADER + b"\r\nhi\r\n").automatic


@pytest.mark.parametrize(
    "field", [b"Auto-Submitted: no", b"Precedence: list", b"X-Auto-Response-Suppress: All"]
)
def test_a_persons_mail_is_not_automatic(field: bytes) -> None:
    assert not read(field + b"\r\n" + HEADER + b"\r\nhi\r\n").automatic


# --- texts and their encodings ---


@pytest.mark.parametrize(
    ("fields", "content"),
    [
        (b"Content-Type: text/plain; charset=utf-8", "naïve".encode()),
        (b"Content-Type: text/plain; charset=iso-8859-1", b"na\xefve"),
        (
            b"Content-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64",
            base64.b64encode("naïve".encode("utf-16")),
        ),
        (b"Content-Type: text/plain; charset=undefined", "naïve".encode()),
        (b"Content-Type: text/plain; charset=unicode_escape", "naïve".encode()),
        (b"Content-Type: text/plain; charset=utf-8", b"na\xefve"),
        (b"Content-Type: text/plain; charset=us-ascii", "naïve".encode()),
        (b"X: no type", "naïve".encode()),
        (
            b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable",
            b"na=C3=\r\n=AFve",
        ),
        (
            b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: BASE64",
            base64.b64encode("naïve".encode()),
        ),
        (
            b"Content-Type: text/plain\r\nContent-Transfer-Encoding: x-uuencode",
            b"begin 644 a\r\n&;F'#KW9E\r\nend",
        ),
    ],
)
def test_text_is_read_whatever_its_encoding(fields: bytes, content: bytes) -> None:
    assert text(HEADER + fields + b"\r\n\r\n" + content + b"\r\n") == "naïve"


def test_what_stands_behind_the_end_of_base64_is_read_too() -> None:
    octets = HEADER + b"Content-Transfer-Encoding: base64\r\n\r\nb25lIA==\r\ndHdv\r\n"
    assert text(octets) == "one two"


def test_a_text_is_divided_into_zones() -> None:
    octets = HEADER + b"\r\nYes.\r\n-- \r\nAnn\r\n\r\nOn 3 May 2025, Bo wrote:\r\n> Well?\r\n"
    assert [zone.name for zone in read(octets).zones] == ["subject", "own", "quoted", "signature"]


def test_all_texts_are_own_words() -> None:
    octets = MIXED + part(b"text/plain", b"one") + part(b"text/plain", b"two") + b"--b--\r\n"
    assert text(octets) == "one\ntwo"


def test_text_beside_the_parts_is_hidden() -> None:
    octets = MIXED + b"buy this\r\n" + part(b"text/plain", b"one") + b"--b--\r\nand that\r\n"
    assert (text(octets), text(octets, "hidden")) == ("one", "buy this\nand that")


def test_the_stock_sentence_above_the_parts_says_nothing() -> None:
    octets = (
        MIXED + b"This is a multi-part message in MIME format.\r\n" + part(b"text/plain", b"one") + b"--b--"
    )
    assert text(octets, "hidden") == ""


def test_a_forwarded_message_is_quoted() -> None:
    inner = b"From: c@d.example\r\nSubject: inner\r\n\r\nsecret words\r\n"
    octets = MIXED + part(b"text/plain", b"see below") + part(b"message/rfc822", inner) + b"--b--\r\n"
    assert (text(octets), text(octets, "quoted")) == ("see below", "inner\nsecret words")


def test_a_forwarded_message_is_read_though_it_is_encoded_as_a_whole() -> None:
    inner = base64.b64encode(b"From: c@d.example\r\nSubject: inner\r\n\r\nsecret words\r\n")
    fields = (b"Content-Transfer-Encoding: base64",)
    octets = MIXED + part(b"message/rfc822", inner, *fields) + b"--b--\r\n"
    assert text(octets, "quoted") == "inner\nsecret words"


# --- HTML ---


def test_an_alternative_that_says_the_same_adds_nothing() -> None:
    octets = (
        ALTERNATIVE
        + part(b"text/plain", b"Hello *all*,\r\nthe link <https://x.example/> is\r\nhere.")
        + part(
            b"text/html", b"<p>Hello <b>all</b>,</p><p>the <a href='https://x.example/'>link</a> is here.</p>"
        )
        + b"--b--\r\n"
    )
    reading = read(octets)
    assert reading.zone("html") is None
    assert shown(reading, "link-text") == "link"


def test_another_text_in_the_alternative_is_seen() -> None:
    octets = (
        ALTERNATIVE
        + part(b"text/plain", b"Hello all.")
        + part(b"text/html", b"<p>Hello all.</p><p>Buy our chambers.</p>")
        + b"--b--\r\n"
    )
    assert (text(octets), text(octets, "html")) == ("Hello all.", "Buy our chambers.")


def test_an_alternative_beside_an_empty_text_is_own_words() -> None:
    octets = ALTERNATIVE + part(b"text/plain", b" ") + part(b"text/html", b"<p>Hello.</p>") + b"--b--\r\n"
    assert text(octets) == "Hello."


def test_html_alone_is_divided_like_plain_text() -> None:
    reading = page(
        "<p>Yes.</p><div>On 3 May 2025, Ann &lt;a@b.example&gt; wrote:</div>"
        "<blockquote><p>Agreed?</p></blockquote><p>More below.</p>"
    )
    assert "Yes." in shown(reading)
    assert "More below." in shown(reading)
    assert "Agreed?" in shown(reading, "quoted")
    assert "Agreed?" not in shown(reading)


def test_a_word_in_pieces_is_one_word() -> None:
    assert shown(page("<p>go <i>d</i><i>own</i></p>")) == "go down"


@pytest.mark.parametrize(
    "html",
    [
        "<p>seen</p><p style='display:none'>unseen</p>",
        "<p>seen</p><p style='VISIBILITY : hidden'>unseen</p>",
        "<p>seen</p><p style='font-size:0'>unseen</p>",
        "<p>seen</p><p style='font-size: 1px;'>unseen</p>",
        "<p>seen</p><p style='color:#fff'>unseen</p>",
        "<p>seen</p><font color=white>unseen</font>",
        "<p>seen</p><p hidden>unseen</p>",
        "<p>seen</p><!-- unseen -->",
        "<p>seen</p><!--[if mso]><p>unseen</p><![endif]-->",
        "<p>seen</p><img alt=unseen>",
        "<p title=unseen>seen</p>",
        "<head><title>unseen</title></head><p>seen</p>",
    ],
)
def test_hidden_text_is_kept_apart(html: str) -> None:
    reading = page(html)
    assert (shown(reading), shown(reading, "hidden")) == ("seen", "unseen")


def test_text_that_only_some_screens_hide_is_in_both() -> None:
    reading = page("<style>@media print {.x {display:none}}</style><p class=x>maybe</p>")
    assert (shown(reading), shown(reading, "hidden")) == ("maybe", "maybe")


def test_white_on_a_dark_ground_is_seen() -> None:
    reading = page("<table bgcolor='#003366'><tr><td style='color:white'>Programme</td></tr></table>")
    assert (shown(reading), shown(reading, "hidden")) == ("Programme", "")


def test_a_style_sheet_is_no_hidden_text() -> None:
    reading = page(
        "<style><!-- p {margin:0} --></style><style style='display:none'>P {margin:0}</style><p>seen</p>"
    )
    assert (shown(reading), shown(reading, "hidden")) == ("seen", "")


def test_a_forged_mark_does_not_turn_own_words_into_quoted_ones() -> None:
    reading = page("<p>\ue000</p><p>&#xE001;own&#57346;</p><blockquote>theirs</blockquote><p>mine</p>")
    assert "own" in shown(reading)
    assert "mine" in shown(reading)
    assert shown(reading, "quoted") == "> theirs"


# --- links ---


def test_links_of_both_kinds_are_found() -> None:
    octets = (
        ALTERNATIVE
        + part(b"text/plain", b"see https://a.example/x_(y), www.b.example. or file.py")
        + part(b"text/html", b"<a href='https://evil.example/'>https://bank.example/</a>")
        + b"--b--\r\n"
    )
    reading = read(octets)
    assert [(link.text, link.target) for link in reading.links] == [
        ("https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("www.b.example", "http://www.b.example"),
        ("https://bank.example/", "https://evil.example/"),
    ]
    assert shown(reading, "link-target").splitlines()[-1] == "https://evil.example/"


# --- attachments ---


def attached(*fields: bytes, kind: bytes = b"application/octet-stream", content: bytes = b"x") -> Reading:
    return read(MIXED + part(b"text/plain", b"see") + part(kind, content, *fields) + b"--b--\r\n")


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b'Content-Disposition: attachment; filename="a.pdf"', "a.pdf"),
        (b"Content-Disposition: attachment; filename=a.pdf", "a.pdf"),
        (b"Content-Disposition: attachment; filename==?utf-8?q?caf=C3=A9.pdf?=", "café.pdf"),
        (b"Content-Disposition: attachment; filename*=utf-8''caf%C3%A9.pdf", "café.pdf"),
        (b'Content-Disposition: attachment; filename*0="a."; filename*1=exe', "a.exe"),
        (b"Content-Disposition: attachment; filename*1=exe;\r\n filename*0*=utf-8''%61.", "a.exe"),
        (b'Content-Disposition: attachment; filename="..\xe2\x80\xaegpj.exe"', "..gpj.exe"),
        ('Content-Disposition: attachment; filename="a.ｅxe"'.encode(), "a.exe"),
        (b'Content-Disposition: attachment; filename="x\\"y.exe"', 'x"y.exe'),
    ],
)
def test_a_file_name_is_read_as_any_reader_would(field: bytes, name: str) -> None:
    reading = attached(field)
    assert reading.attachments[0].name == name
    assert shown(reading, "attachment-name-1").split("\n")[0] == name


def test_a_file_name_that_is_turned_round_is_read_as_it_is_displayed_too() -> None:
    reading = attached(b'Content-Disposition: attachment; filename="a\xe2\x80\xaegpj.exe"')
    assert reading.attachments[0].names == ("agpj.exe", "aexe.jpg")


def test_all_names_of_an_attachment_are_kept() -> None:
    reading = attached(
        b'Content-Disposition: attachment; filename="a.pdf"; filename="b.exe"; filename*=\'\'c.exe',
        kind=b'application/pdf; name="d.exe"',
    )
    assert set(reading.attachments[0].names) == {"a.pdf", "b.exe", "c.exe", "d.exe"}


def test_an_attachment_is_described() -> None:
    reading = attached(
        b"Content-Disposition: attachment; filename=a.txt",
        b"Content-Transfer-Encoding: base64",
        kind=b"text/plain",
        content=base64.b64encode(b"%PDF-1.7 and so on"),
    )
    found = reading.attachments[0]
    assert (found.number, found.declared, found.detected, found.size) == (
        1,
        "text/plain",
        "application/pdf",
        18,
    )
    assert not found.inline
    assert len(found.digest) == 64


def test_the_text_of_an_attached_file_is_a_zone() -> None:
    reading = attached(b"Content-Disposition: attachment; filename=a.csv", content=b"name,dose\r\nAnn,3")
    assert shown(reading, "attachment-1") == "name,dose\nAnn,3"
    assert shown(reading) == "see"


def test_a_text_that_is_shown_is_read_though_it_has_a_name() -> None:
    octets = MIXED + part(b"text/plain; name=a.txt", b"words", b"Content-Disposition: inline") + b"--b--\r\n"
    assert text(octets) == "words"


def test_the_end_of_a_long_attached_text_is_read() -> None:
    content = b"a " * 100_000 + b"the end"
    reading = attached(b"Content-Disposition: attachment; filename=a.txt", content=content)
    assert shown(reading, "attachment-1").endswith("the end")
    assert not reading.doubts


@pytest.mark.parametrize("kind", [b"text/plain", b"text/html", b"text/calendar", b"text/vcard"])
def test_an_attached_text_that_is_cut_is_a_doubt_with_its_name(kind: bytes) -> None:
    field = b"Content-Disposition: attachment; filename=rota.txt"
    reading = attached(field, kind=kind, content=b"words " * 200_000)
    assert len(reading.doubts) == 1
    assert "rota.txt" in reading.doubts[0]


def searched(reading: Reading) -> int:
    return sum(len(zone.text) for zone in reading.zones)


@pytest.mark.parametrize("kind", [b"text/plain", b"text/html"])
def test_no_more_of_a_body_is_searched_than_the_cap(kind: bytes) -> None:
    reading = read(HEADER + b"Content-Type: " + kind + b"\r\n\r\n" + b"words and words\r\n" * 100_000)
    assert searched(reading) <= TEXT_CAP + 100
    assert len(reading.doubts) == 1


def test_the_cap_is_for_all_texts_of_a_message_together() -> None:
    third = b"words and words\r\n" * 25_000
    parts = [part(b"text/plain", third) for _ in range(3)]
    assert not read(MIXED + b"".join(parts[:2]) + b"--b--\r\n").doubts
    reading = read(MIXED + b"".join(parts) + b"--b--\r\n")
    assert len(reading.doubts) == 1
    assert searched(reading) <= TEXT_CAP + 100


def test_text_above_the_parts_has_no_more_room_than_the_others() -> None:
    reading = read(MIXED + b"words and words\r\n" * 100_000 + part(b"text/plain", b"hi") + b"--b--\r\n")
    assert searched(reading) <= TEXT_CAP + 100
    assert reading.doubts


def test_a_text_is_cut_between_characters() -> None:
    content = ("a" + "é" * (TEXT_CAP + 10)).encode()
    reading = read(HEADER + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + content)
    assert set(shown(reading)) == {"a", "é"}


def test_calendars_and_contacts_have_their_zones() -> None:
    octets = (
        MIXED
        + part(b"text/calendar", b"BEGIN:VCALENDAR\r\nDESCRIPTION:buy\r\n  now\\, please\r\nEND:VCALENDAR")
        + part(b"text/vcard", b"BEGIN:VCARD\r\nFN:Ann\r\nEND:VCARD")
        + b"--b--\r\n"
    )
    assert "buy now, please" in text(octets, "calendar")
    assert "FN:Ann" in text(octets, "contact")


# --- promises ---


@pytest.mark.parametrize(
    "octets",
    [
        MIXED + b"--b\r\nContent-Type: multipart/mixed; boundary=missing\r\n\r\nx\r\n",
        HEADER + b"Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=zz\r\n\r\nx",
        HEADER
        + b'Content-Type: text/plain; charset="x\0y"\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n',
    ],
)
def test_what_the_parser_trips_over_is_a_doubt(octets: bytes) -> None:
    with pytest.raises(Exception):  # noqa: B017  whatever it is: this shows that the trap is still there
        mailparser.parse_from_bytes(octets)
    reading = read(octets)
    assert reading.doubts
    assert reading.subject == "s"


def test_what_is_in_excess_is_never_given_to_the_parser() -> None:
    reading = read(HEADER + b"Content-Type: text/plain" + b";" * 300_000 + b"\r\n\r\nhi\r\n")
    assert reading.scan.excess
    assert [zone.name for zone in reading.zones] == ["subject"]


def test_a_message_that_nobody_could_read_has_its_header() -> None:
    reading = unread(HEADER + b"\r\nhi\r\n", "The reader died.")
    assert (reading.subject, reading.doubts) == ("s", ("The reader died.",))
    assert [author.address for author in reading.authors] == ["a@b.example"]


def test_a_reading_can_be_sent_to_another_process_and_not_changed() -> None:
    reading = attached(b"Content-Disposition: attachment; filename=a.txt")
    assert pickle.loads(pickle.dumps(reading)) == reading  # noqa: S301  our own
    with pytest.raises(FrozenInstanceError):
        reading.subject = "other"  # type: ignore[misc]


@given(st.binary(max_size=300))
def test_any_octets_have_a_reading(octets: bytes) -> None:
    assert read(octets) == read(octets, scan(octets))


@given(MESSAGES)
def test_any_pieces_of_mail_have_a_reading(octets: bytes) -> None:
    reading = read(octets)
    for field in reading.fields:
        assert field.value.isprintable() or not set(field.value) & set("\r\n\0\x1b\u202e")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (b"text/plain", b"http://" * 20_000),
        (b"text/plain", b"www." * 30_000),
        (b"text/plain", b"http://a.b/" + b"(" * 50_000),
        (b"text/html", b"<div>" * 100_000 + b"x"),
        (b"text/html", b"<blockquote>" * 10_000 + b"x"),
        (b"text/html", b"<div style='display:none'>x" * 10_000),
        (b"text/html", b"<style>" + b".a{display:none}" * 5_000 + b"</style>" + b"<p class=a>x" * 10_000),
        (b"text/html", b"<!--" * 50_000),
        (b"text/html", b"<p " + b"a=b " * 50_000 + b">"),
        (b"text/html", b"&" * 100_000),
        (b"text/html", b"<a href=http://x>y</a>" * 10_000),
    ],
    ids=lambda value: repr(value[:14]),
)
def test_hostile_content_is_read_in_linear_time(kind: bytes, content: bytes) -> None:
    octets = ALTERNATIVE + part(b"text/plain", b"hello") + part(kind, content) + b"--b--\r\n"
    begun = time.process_time()
    read(octets)
    assert time.process_time() - begun < 3


_WHOLE = 1024 * 1024
_JOINED = "<div>spe</div><div>cial</div>"
_RULES = "<style>" + "".join(f"p:not(.x{n}){{display:none}}" for n in range(200)) + "</style>"


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (_JOINED, "<!--"),
        (_JOINED, "<style "),
        (_JOINED, "<div>"),
        (_RULES, "<p>a</p>"),
        ("<style>:nth-child(3n+3){display:none}</style>", "<b>a</b>"),
        ("<style>.x~b{display:none}</style>", "<b>a</b>"),
        ("<style>body:has(i) b{display:none}</style>", "<b>a</b>"),
        ("<b hidden>" * 20_000, "a<i>"),
        ("<div style='" + "a:b;" * 20_000 + "'>", "<font color=white>a</font>"),
        ("", "<style>p{color:white}</style>"),
        ("", "<a href=http://a>a"),
        ("", "<blockquote>a"),
        ("", "<a href=http://a>a<table><td>"),
    ],
    ids=lambda value: repr(value[:30]),
)
def test_no_page_of_a_mebibyte_takes_much_longer_than_to_parse(start: str, piece: str) -> None:
    html = start + piece * ((_WHOLE - len(start)) // len(piece))
    begun = time.process_time()
    hypertext(html)
    # A second, and as much again for a machine that does other things.
    assert time.process_time() - begun < 2


def test_what_a_page_hides_beyond_what_is_looked_at_is_a_doubt() -> None:
    assert hypertext(_RULES + "<p>a</p>" * 100_000).cut
    assert hypertext("<b hidden>" * 3000 + "vote<i>" * 90_000).cut
    assert hypertext("<p hidden>" + "the same words again </p><p hidden>" * 15_000).cut


def test_an_ordinary_long_page_is_no_doubt() -> None:
    sheet = "".join(f"td .x{n} b{{display:none}} .m{n}{{color:#fff}}" for n in range(60))
    rows = "<tr><td style='color:#333'><p class=x1><b>a</b> <a href=http://a.example>b</a></p></td></tr>"
    page = hypertext(f"<style>{sheet}</style><table>{rows * 1000}</table>" + "<blockquote>a" * 150)
    assert not page.cut
    assert "a" in page.hidden


def test_rules_that_are_asked_together_hide_no_less() -> None:
    sheet = '<style>.a{display:none} .b\\{display:none} [title="c{display:none} .d{opacity:0}</style>'
    page = hypertext(sheet + "<p class=a>one</p><p class=d>two</p><p>three")
    assert {"one", "two"} <= set(page.hidden.split("\n"))


@pytest.mark.parametrize("opening", ["<!-->", "<!--->", "<!--", "<p title='<!--'>", "<!-- a --!>"])
def test_words_behind_a_comment_that_is_none_are_joined(opening: str) -> None:
    assert "special" in across(opening + "<div>spe</div><div>cial</div>", "")


def test_reading_costs_little_more_than_parsing() -> None:
    octets = HEADER + b"\r\n" + b"The output of the chamber was measured in water at 10 cm.\r\n" * 65

    def cost(job: object) -> float:
        begun = time.process_time()
        for _ in range(200):
            job(octets)  # type: ignore[operator]
        return time.process_time() - begun

    parsing = min(cost(mailparser.parse_from_bytes) for _ in range(3))
    assert min(cost(read) for _ in range(3)) < 5 * parsing


def test_many_links_with_elements_in_them_are_no_doubt() -> None:
    row = "<tr><td><a href=http://a.example/{}><span><b>a</b></span></a></td></tr>"
    page = hypertext("<table>" + "".join(row.format(n) for n in range(2500)) + "</table>")
    assert len(page.links) == 2500
    assert not page.cut
