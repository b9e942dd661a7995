"""OpenDocument: texts, spreadsheets and presentations, with their comments, notes and hidden parts."""

import pytest

from rules.documents.document import DocumentFact
from tests.given.documents import cut, opendocument, opened, picture, zipped

LOCKED = '<m:manifest xmlns:m="m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'


def test_a_text_says_what_its_reader_sees() -> None:
    found = opened(
        opendocument(
            "text",
            "<text:h>Heading</text:h><text:p>Two<text:s/>words<text:line-break/>and"
            "<text:tab/>more <text:span>bold</text:span></text:p>",
        )
    )
    assert found.kind == "odt"
    assert found.text == "Heading\nTwo words\nand more bold"


@pytest.mark.parametrize(
    "content",
    [
        "<office:annotation><dc:creator>Jo</dc:creator><text:p>Smith</text:p></office:annotation>",
        "<text:note><text:note-body><text:p>Smith</text:p></text:note-body></text:note>",
        "<presentation:notes><text:p>Smith</text:p></presentation:notes>",
        '<table:table table:name="Smith"/>',
        '<table:table table:display="false"><table:table-row><table:table-cell><text:p>Smith</text:p></table:table-cell></table:table-row></table:table>',
    ],
    ids=["comment", "footnote", "notes of a slide", "name of a sheet", "hidden sheet"],
)
def test_what_stands_beside_the_text_is_read_too(content: str) -> None:
    assert "Smith" in opened(opendocument("text", content)).text


def test_headers_and_properties_are_read() -> None:
    header = (
        "<s><style:header xmlns:style='s'><text:p xmlns:text='t'>On every page</text:p></style:header></s>"
    )
    meta = (
        '<m xmlns:dc="d" xmlns:meta="m"><dc:title>Rota</dc:title><meta:initial-creator>Jo</meta:initial-creator>'
        '<meta:user-defined meta:name="Client">Northmoor</meta:user-defined></m>'
    )
    found = opened(opendocument("text", "", styles=header, meta=meta))
    assert found.text == "On every page"
    assert found.properties == ("Title: Rota", "Author: Jo", "Client: Northmoor")


def test_a_row_of_a_sheet_is_one_line() -> None:
    row = "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in ("Jo", "3 mGy"))
    found = opened(
        opendocument("spreadsheet", f"<table:table><table:table-row>{row}</table:table-row></table:table>")
    )
    assert found.kind == "ods"
    assert found.text.split("\t")[1].strip() == "3 mGy"
    assert "\n" not in found.text


def test_links_and_pictures_are_found() -> None:
    logo = picture()
    octets = zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.presentation",
            "META-INF/manifest.xml": "<m/>",
            "content.xml": '<c xmlns:text="t" xmlns:xlink="x"><text:a xlink:href="https://a.example/"/></c>',
            "Pictures/1.png": logo,
        }
    )
    found = opened(octets)
    assert found.kind == "odp"
    assert [link.target for link in found.links] == ["https://a.example/"]
    assert found.pictures == (logo,)


def test_macros_are_a_fact() -> None:
    octets = zipped(
        {
            "mimetype": b"",
            "content.xml": "<c/>",
            "META-INF/manifest.xml": "<m/>",
            "Basic/Standard/Module1.xml": "<x/>",
        }
    )
    assert DocumentFact.MACROS in opened(octets).facts
    assert not opened(opendocument("text", "")).facts


def test_what_is_locked_is_said_to_be() -> None:
    found = opened(opendocument("text", "<text:p>x</text:p>", manifest=LOCKED), "a.odt")
    assert found.doubts == ("is locked with a password",)
    assert found.facts == {DocumentFact.ENCRYPTED}


def test_any_beginning_of_a_text_is_opened_without_an_exception() -> None:
    for octets in cut(opendocument("text", "<text:p>Dear all</text:p>")):
        if octets:
            assert opened(octets, "a.odt").doubts
