"""What is cut of a file, whatever its family, is a doubt; what ordinary files hold is not cut."""

import pytest
from PIL.PngImagePlugin import PngInfo

from rules.documents.document import PROPERTY_CAP, Draft
from tests.given.documents import (
    dicom,
    docx,
    office,
    opendocument,
    opened,
    paragraph,
    pdf,
    picture,
    relations,
    word,
)

FILLER = "word " * 4000
ENDLESS = "word " * (PROPERTY_CAP // 5 + 1)


def test_what_is_cut_is_one_doubt_a_file() -> None:
    draft = Draft("x")
    assert draft.cut("abc", 3) == "abc"
    assert not draft.doubts
    assert draft.cut("abcd", 3) == draft.cut("abce", 3) == "abc"
    assert len(draft.doubts) == 1


def _told(text: str) -> PngInfo:
    texts = PngInfo()
    texts.add_text("Note", text)
    return texts


def _office(text: str) -> bytes:
    custom = f"<Properties><property name='note'><lpwstr>{text}</lpwstr></property></Properties>"
    return docx(paragraph("x"), docProps_custom=custom)


def _open(text: str) -> bytes:
    meta = f"<office:meta xmlns:office='o' xmlns:meta='m'><meta:user-defined meta:name='n'>{text}</meta:user-defined></office:meta>"
    return opendocument("text", "", meta=meta)


@pytest.mark.parametrize(
    "made",
    [
        lambda text: picture("GIF", comment=text.encode()),
        lambda text: picture(pnginfo=_told(text)),
        _office,
        _open,
        lambda text: rb"{\rtf1{\info{\title " + text.encode() + rb"}}x}",
    ],
    ids=["gif", "png", "office", "opendocument", "rtf"],
)
def test_a_long_value_is_read_and_an_endless_one_is_a_doubt(made) -> None:  # type: ignore[no-untyped-def]
    found = opened(made(FILLER + "vote for blue"))
    assert "vote for blue" in found.words
    assert not found.doubts
    assert any("than is looked at" in why for why in opened(made(ENDLESS)).doubts)


def test_more_texts_beside_a_picture_than_are_read_are_a_doubt() -> None:
    texts = PngInfo()
    for number in range(150):
        texts.add_text(f"Note{number}", "word")
    assert opened(picture(pnginfo=texts)).doubts


def test_many_values_of_one_element_are_all_read() -> None:
    assert "vote for blue" in opened(dicom({(0x0008, 0x1080): ("LO", "a\\" * 60 + "vote for blue")})).text


def test_the_links_of_a_long_paper_are_all_looked_at_and_endless_ones_are_a_doubt() -> None:
    def linked(count: int) -> bytes:
        targets = (f"https://a.example/{number}" for number in range(count))
        parts = {
            "word/document.xml": word(paragraph("x")),
            "word/_rels/document.xml.rels": relations(*targets),
        }
        return office(parts)

    found = opened(linked(3000))
    assert len(found.links) == 3000
    assert not found.doubts
    assert "links" in opened(linked(20_001)).doubts[0]


def test_more_notes_on_a_page_than_are_read_are_a_doubt() -> None:
    note = "<</Type/Annot/Subtype/Text/Rect[10 10 20 20]/Contents(A note)>>"
    assert not opened(pdf("x", extra=(note,), page_extra=f"/Annots[{'6 0 R ' * 900}]")).doubts
    assert "notes" in opened(pdf("x", extra=(note,), page_extra=f"/Annots[{'6 0 R ' * 5001}]")).doubts[0]
