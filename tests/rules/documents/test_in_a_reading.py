"""What documents say becomes zones, links, facts, pictures and doubts of a reading."""

import base64
import pickle

import pytest

from rules.documents.document import Document, DocumentFact
from rules.reading import Picture, read
from rules.scan import scan
from tests.given.documents import (
    camera,
    compound,
    docx,
    locked_pdf,
    paragraph,
    patient,
    pdf,
    picture,
    post,
    zipped,
)


def shown(octets: bytes, zone: str = "attachment-1") -> str:
    found = read(octets).zone(zone)
    return found.text if found else ""


def test_the_text_and_the_properties_of_a_document_are_a_zone() -> None:
    octets = post(("rota.pdf", pdf("Jo is away.", extra=("<</Title(The rota)>>",), info="/Info 6 0 R")))
    assert shown(octets) == "Jo is away.\nTitle: The rota"
    assert shown(octets, "own") == "See below."
    assert not read(octets).doubts


@pytest.mark.parametrize("kind", ["text/plain", "text/csv", "image/jpeg", "application/zip"])
def test_a_document_is_read_as_what_it_is_whatever_it_is_called(kind: str) -> None:
    assert shown(post(("notes.txt", pdf("Jo is away.")), kind=kind)) == "Jo is away."


def test_a_document_that_stands_where_the_text_should_is_read() -> None:
    octets = (
        b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(pdf("Jo is away."))
    )
    assert shown(octets) == "Jo is away."


def test_links_of_a_document_are_the_posts() -> None:
    reading = read(post(("a.docx", docx(paragraph("See https://a.example/x")))))
    assert [link.target for link in reading.links] == ["https://a.example/x"]
    assert (
        shown(post(("a.docx", docx(paragraph("See https://a.example/x")))), "link-target")
        == "https://a.example/x"
    )


def test_files_in_an_archive_are_named_and_read() -> None:
    octets = post(("rota.zip", zipped({"a.txt": "Jo is away.", "run.exe": "MZ"})))
    assert shown(octets, "attachment-name-1") == "rota.zip\na.txt\nrun.exe"
    assert shown(octets) == "a.txt:\nJo is away."
    assert read(octets).attachments[0].members == ("a.txt", "run.exe")


def test_facts_are_the_attachments_own() -> None:
    reading = read(post(("a.dcm", patient("SMITH^JOHN")), ("b.dcm", patient("PHANTOM")), ("c.txt", b"words")))
    facts = [attachment.facts for attachment in reading.attachments]
    assert facts == [{DocumentFact.PATIENT}, {DocumentFact.PHANTOM}, frozenset()]


def test_a_picture_has_its_size() -> None:
    assert read(post(("a.png", picture(size=(64, 48))))).attachments[0].pixels == (64, 48)


@pytest.mark.parametrize(
    ("name", "octets", "doubt"),
    [
        ("a.pdf", locked_pdf(), "The attachment a.pdf is locked with a password."),
        ("a.docx", docx("x")[:200], "The attachment a.docx is damaged: "),
        (
            "a.zip",
            zipped({"b.pdf": locked_pdf()}),
            "The attachment a.zip holds b.pdf, which is locked with a password.",
        ),
        ("a.xls", compound({"EncryptedPackage": b"x"}), "The attachment a.xls is locked with a password."),
    ],
)
def test_what_could_not_be_read_is_a_doubt_that_names_the_file(name: str, octets: bytes, doubt: str) -> None:
    reading = read(post((name, octets)))
    assert len(reading.doubts) == 1
    assert reading.doubts[0].startswith(doubt)
    assert reading.zone("own") is not None, "the rest is read all the same"


@pytest.mark.parametrize("octets", [b"", b"\x01\0\x02\0" * 50, picture("JPEG", exif=camera())[:400]])
def test_what_no_family_reads_and_half_a_picture_are_no_doubt(octets: bytes) -> None:
    assert not read(post(("profile.mat", octets))).doubts


def test_a_text_that_nobody_calls_one_is_read() -> None:
    assert shown(post(("fit.m", b"dose = 3; % Gy\n"))) == "dose = 3; % Gy"
    assert not read(post(("table.dat", b"1.0 2.0\n" * 200_000))).doubts, "its beginning is enough"
    assert not shown(post(("a.sig", b"-----BEGIN PGP SIGNATURE-----"), kind="application/pgp-signature"))


def test_a_text_in_utf_16_is_read() -> None:
    assert shown(post(("a.csv", "name;dose\nJo;3".encode("utf-16")), kind="text/csv")) == "name;dose\nJo;3"


def test_a_drawing_is_read_as_its_reader_sees_it() -> None:
    logo = picture()
    svg = (
        "<svg xmlns:l='l'><path d='M0 0'/><a l:href='https://a.example/x'><text>Vote <tspan>blue</tspan></text></a>"
        f"<image l:href='data:image/png;base64,{base64.b64encode(logo).decode()}'/></svg>"
    )
    reading = read(post(("a.svg", svg.encode()), kind="image/svg+xml"))
    zone = reading.zone("attachment-1")
    assert zone is not None
    assert zone.text == "Vote blue"
    assert reading.pictures == (Picture(1, logo),)
    assert [link.target for link in reading.links] == ["https://a.example/x"]


# Pictures


def test_pictures_are_kept_with_the_number_of_their_attachment() -> None:
    logo, photo = picture(), picture("JPEG")
    reading = read(post(("a.txt", b"x"), ("b.png", logo), ("c.zip", zipped({"d.jpg": photo}))))
    assert reading.pictures == (Picture(2, logo), Picture(3, photo))


def test_pictures_in_the_html_itself_are_kept() -> None:
    logo = picture()
    octets = (
        b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<img src='data:image/png;base64,"
        + base64.b64encode(logo)
        + b"'>\r\n"
    )
    assert read(octets).pictures == (Picture(0, logo),)


def test_no_more_pictures_are_kept_than_their_cap() -> None:
    reading = read(post(*((f"{n}.png", picture(size=(40, 30 + n))) for n in range(25))))
    assert len(reading.pictures) == 20
    large = picture("BMP", (1000, 800))
    reading = read(post(("a.bmp", large), ("b.bmp", large + b"x"), ("c.png", picture())))
    assert [kept.attachment for kept in reading.pictures] == [1, 3], "4 MiB together"


def test_a_reading_with_documents_can_be_sent_to_another_process() -> None:
    reading = read(post(("a.dcm", patient("SMITH^JOHN")), ("b.png", picture())))
    assert pickle.loads(pickle.dumps(reading)) == reading  # noqa: S301  our own


# Where it is read


@pytest.mark.parametrize(
    "octets",
    [
        pdf("x"),
        docx("x"),
        picture(),
        picture("JPEG"),
        compound({"Book": b"x"}),
        b"{\\rtf1 x}",
        patient("A^B"),
    ],
)
@pytest.mark.parametrize("kind", ["application/octet-stream", "text/plain"])
def test_a_message_with_a_document_is_costly(octets: bytes, kind: str) -> None:
    assert scan(post(("file", octets), kind=kind)).costly


def test_a_message_with_text_alone_is_not() -> None:
    assert not scan(post(("a.csv", b"name,dose\n"), ("data.mat", b"\x01\0\x02\0"))).costly


def test_whoever_reads_says_who_opens() -> None:
    asked: list[tuple[str, str]] = []

    def opener(name: str, declared: str, octets: bytes) -> Document | None:
        asked.append((name, declared))
        return Document("pdf", text="In its stead.", doubts=("was not opened",))

    octets = post(("a.pdf", pdf("Jo is away.")))
    reading = read(octets, scan(octets), opener)
    zone = reading.zone("attachment-1")
    assert asked == [("a.pdf", "application/octet-stream")]
    assert zone is not None
    assert zone.text == "In its stead."
    assert reading.doubts == ("The attachment a.pdf was not opened.",)


# Beside what a document says


def test_a_signature_that_is_none_is_read() -> None:
    begin, end = b"-----BEGIN PGP SIGNATURE-----\n", b"-----END PGP SIGNATURE-----\n"
    signature = begin + b"\n" + b"iQEzBAEBCAAdFiEE" * 4 + b"\nBAEB=\n=Ab1+\n" + end
    assert not shown(post(("a.sig", signature), kind="application/pgp-signature"))
    assert "Vote blue" in shown(
        post(("a.sig", begin + b"Vote blue\n" + end), kind="application/pgp-signature")
    )


def test_what_a_document_hides_from_its_own_readers_is_read_too() -> None:
    assert shown(post(("a.rtf", b"{\\rtf1 Seen.\\par{\\*\\odd Vote blue.}}"))) == "Seen.\nVote blue."
    svg = b"<svg><text>Seen.</text><foreignObject><p>Vote blue.</p></foreignObject></svg>"
    assert "Vote blue." in shown(post(("a.svg", svg)), "hidden")


def test_messages_within_messages_cost_no_more_than_a_few_readings() -> None:
    inner = b"From: a@b.example\r\nSubject: x\r\n\r\n" + b"Words. " * 20_000
    for _ in range(20):
        head = (
            b"From: a@b.example\r\nSubject: x\r\nContent-Type: application/octet-stream; name=a.eml\r\n\r\n"
        )
        inner = head + inner
    assert "messages within messages" in read(inner).doubts[0]
    once = post(("a.eml", b"From: a@b.example\r\nSubject: Old\r\n\r\nVote blue.\r\n"))
    assert "Vote blue." in shown(once)
    assert shown(once, "quoted") == "Old\nVote blue."
