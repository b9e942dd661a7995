"""Mail that we generate carries what we say and nothing else, whatever the values are."""

from datetime import UTC, datetime
from email import message_from_bytes

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.notices.letter import Letter, message_id, octets

NAMES = [
    "Date",
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
]


def letter(
    subject: str = "Held: k2",
    body: str = "Words.\n",
    name: str = "physics list",
    answers: str = "<a@b.example>",
) -> Letter:
    return Letter(
        sender="physics-owner@lists.example",
        sender_name=name,
        recipient="ada@example.org",
        subject=subject,
        body=body,
        date=datetime(2026, 7, 3, 9, 5, tzinfo=UTC),
        message_id=message_id("k2.held", "ada@example.org", "lists.example"),
        answers=answers,
        automatic="auto-replied",
    )


def test_an_author_notice_has_the_fields_of_rfc_3834() -> None:
    read = message_from_bytes(octets(letter()))
    assert read.keys() == NAMES
    assert read["Auto-Submitted"] == "auto-replied"
    assert read["X-Auto-Response-Suppress"] == "All"
    assert read["From"] == '"physics list" <physics-owner@lists.example>'
    assert read["Reply-To"] == "<physics-owner@lists.example>"
    assert read["To"] == "<ada@example.org>"
    assert read["In-Reply-To"] == read["References"] == "<a@b.example>"
    assert read["Date"] == "Fri, 03 Jul 2026 09:05:00 +0000"
    assert read["Message-ID"].endswith("@gatepost.lists.example>")


def test_what_is_no_message_id_is_not_answered() -> None:
    for answers in ("", "no", "<a b@c>", "<a@b>\r\nBcc: <x@y>", "<a@b> <c@d>", f"<{'a' * 900}@b>"):
        read = message_from_bytes(octets(letter(answers=answers)))
        assert read["In-Reply-To"] is None
        assert read["References"] is None


def test_words_beyond_ascii_travel_without_8bitmime() -> None:
    made = octets(letter(body="Größe: 5 µm\n.\n\n" + "long " * 400 + "\n"))
    assert made.isascii()
    assert max(map(len, made.split(b"\r\n"))) <= 998
    read = message_from_bytes(made)
    assert read["Content-Transfer-Encoding"] == "quoted-printable"
    payload = read.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode("utf-8").replace("\r\n", "\n") == "Größe: 5 µm\n.\n\n" + "long " * 400 + "\n"


def test_the_same_notice_has_the_same_message_id_and_another_persons_another() -> None:
    assert message_id("k2.held", "Ada@x.example", "l.example") == message_id(
        "k2.held", "ada@x.example", "l.example"
    )
    assert message_id("k2.held", "ada@x.example", "l.example") != message_id(
        "k2.held", "bob@x.example", "l.example"
    )


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=120), st.text(max_size=120), st.text(max_size=120), st.text(max_size=300))
def test_no_value_adds_a_field_or_a_bare_line_end(subject: str, name: str, answers: str, body: str) -> None:
    made = octets(letter(subject, body.replace("\r", "") + "\n", name, answers))
    header, _, rest = made.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode() for line in header.split(b"\r\n")]
    assert [n for n in names if n not in NAMES] == []
    assert len(names) == len(set(names))
    assert made.isascii()
    for part in (header, rest):
        assert b"\n" not in part.replace(b"\r\n", b"")
        assert b"\r" not in part.replace(b"\r\n", b"")
