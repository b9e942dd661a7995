"""Messages attached as files: their fields, texts and own files."""

from rules.documents.kinds import Kind, kind_of
from rules.documents.opening import document
from tests.given.documents import cut, opened, zipped

LETTER = (
    b"From: Jo Tern <jo@other.example>\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
    b"<p>Dear <b>all</b>, see <a href='https://a.example/x'>this</a>.</p>\r\n"
    b"--b\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\n\r\nname,dose\r\n--b--\r\n"
)


def test_a_letter_is_read_with_its_files() -> None:
    found = opened(LETTER, "old.eml")
    assert "From: Jo Tern <jo@other.example>\nSubject: café\nDear all, see this." in found.text
    assert "a.csv:\nname,dose" in found.text
    assert found.names == ("a.csv",)
    assert "https://a.example/x" in [link.target for link in found.links]


def test_a_letter_in_an_archive_is_read() -> None:
    assert "Dear all" in opened(zipped({"old.eml": LETTER})).text


def test_text_that_is_only_called_a_letter_is_text() -> None:
    assert kind_of("a.eml", "", b"no fields here\n") is None
    assert kind_of("a.eml", "", LETTER) is Kind.LETTER


def test_a_letter_over_the_limits_is_a_doubt() -> None:
    deep = b"From: a@b.example\r\nSubject: x\r\nContent-Type: message/rfc822\r\n\r\n" * 40
    assert "over the limits" in opened(deep, "a.eml").doubts[0]


def test_any_beginning_of_a_letter_is_opened_without_an_exception() -> None:
    for octets in cut(LETTER)[8:]:
        document("a.eml", "", octets)
