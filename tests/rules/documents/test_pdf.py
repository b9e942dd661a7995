"""PDF: pages, notes, forms, properties, links, pictures and attached files; locked, damaged and endless ones."""

import pytest

from rules.documents.document import DocumentFact
from tests.given.documents import cut, locked_pdf, opened, pdf, picture


def test_the_text_of_every_page_is_read() -> None:
    found = opened(pdf("The first page.", "The second page."))
    assert found.kind == "pdf"
    assert found.text == "The first page.\nThe second page."
    assert not found.doubts


def test_properties_are_lines() -> None:
    found = opened(pdf("x", extra=("<</Title(Rota)/Author(Jo Tern)/Keywords(leave)>>",), info="/Info 6 0 R"))
    assert found.properties == ("Title: Rota", "Author: Jo Tern", "Keywords: leave")


def test_notes_and_form_fields_are_read_and_links_found() -> None:
    notes = (
        "<</Type/Annot/Subtype/Text/Rect[10 10 20 20]/Contents(A sticky note)>>",
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(Filled in)/Rect[10 30 90 40]>>",
        "<</Type/Annot/Subtype/Link/Rect[10 50 90 60]/A<</S/URI/URI(https://a.example/x)>>>>",
    )
    found = opened(pdf("Text.", extra=notes, page_extra="/Annots[6 0 R 7 0 R 8 0 R]"))
    assert "A sticky note" in found.text
    assert "Filled in" in found.text
    assert [link.target for link in found.links] == ["https://a.example/x"]


def test_a_picture_is_taken_out_as_it_was_put_in() -> None:
    photo = picture("JPEG")
    image = (
        f"<</Type/XObject/Subtype/Image/Width 40/Height 30/ColorSpace/DeviceRGB/BitsPerComponent 8"
        f"/Filter/DCTDecode/Length {len(photo)}>>stream\n{photo.decode('latin-1')}\nendstream"
    )
    stream = "q 40 0 0 30 0 0 cm /I Do Q"
    objects = (image, f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
    octets = pdf("x", extra=objects).replace(b"/Contents 5 0 R", b"/Contents 7 0 R")
    octets = octets.replace(b"<</Font<</F1 3 0 R>>>>", b"<</XObject<</I 6 0 R>>>>")
    assert opened(octets).pictures == (photo,)


def test_an_attached_file_is_read() -> None:
    inner = b"Smith\n"
    files = (
        f"<</Type/EmbeddedFile/Length {len(inner)}>>stream\n{inner.decode()}\nendstream",
        "<</Type/Filespec/F(names.txt)/UF(names.txt)/EF<</F 6 0 R>>>>",
    )
    found = opened(pdf("x", extra=files, trailer="/Names<</EmbeddedFiles<</Names[(names.txt) 7 0 R]>>>>"))
    assert found.names == ("names.txt",)
    assert "names.txt:\nSmith" in found.text


def test_a_script_is_a_fact() -> None:
    script = "/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert)>>]>>>>"
    assert DocumentFact.SCRIPTS in opened(pdf("x", trailer=script)).facts
    assert not opened(pdf("x")).facts


def test_what_is_locked_is_said_to_be() -> None:
    found = opened(locked_pdf())
    assert found.doubts == ("is locked with a password",)
    assert found.facts == {DocumentFact.ENCRYPTED}


def test_a_table_of_places_that_is_wrong_is_mended_as_every_program_does() -> None:
    octets = pdf("The text.")
    assert opened(octets.replace(b"startxref\n", b"startxref\n9")).text == "The text."


@pytest.mark.parametrize("octets", [b"%PDF-1.4\n", b"%PDF-1.7\n" + bytes(range(256)) * 50])
def test_what_only_begins_as_a_pdf_is_damaged(octets: bytes) -> None:
    assert "damaged" in opened(octets).doubts[0]


def test_pages_without_end_are_not_all_read_and_that_is_a_doubt() -> None:
    found = opened(pdf(*["x"] * 2000))
    assert found.doubts == ("has 2000 pages, of which 1000 are read",)


def test_any_beginning_of_a_pdf_is_opened_without_an_exception() -> None:
    for octets in cut(pdf("The first page.", "The second page.")):
        if octets:
            opened(octets, "a.pdf")
