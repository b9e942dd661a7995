"""Word, Excel and PowerPoint: every word in the package is found, wherever its authors put it."""

import pytest

from rules.documents.document import TEXT_CAP, DocumentFact
from tests.given.documents import (
    compound,
    cut,
    docx,
    office,
    opened,
    paragraph,
    picture,
    relations,
    sheet,
    slide,
    strings,
    word,
    zipped,
)

CORE = (
    '<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>Rota</dc:title><dc:creator>Jo Tern</dc:creator>'
    "<cp:keywords>leave</cp:keywords><cp:lastModifiedBy>Pat</cp:lastModifiedBy></cp:coreProperties>"
)
CUSTOM = '<Properties><property name="Client"><vt:lpwstr xmlns:vt="v">Northmoor</vt:lpwstr></property></Properties>'


def test_a_document_says_what_its_reader_sees() -> None:
    found = opened(docx(paragraph("Dear all,") + paragraph("the chamber is mended.")))
    assert found.kind == "docx"
    assert found.text == "Dear all,\nthe chamber is mended."
    assert not found.doubts


def test_a_word_in_several_runs_is_one_word() -> None:
    runs = "<w:p><w:r><w:t>pati</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>ent</w:t></w:r></w:p>"
    assert opened(docx(runs)).text == "patient"


def test_a_row_of_a_table_is_one_line() -> None:
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("Name", "Jo Tern"))
    assert opened(docx(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")).text.split() == ["Name", "Jo", "Tern"]
    assert "\n" not in opened(docx(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")).text


@pytest.mark.parametrize(
    ("part", "root"),
    [
        ("word_header1", "hdr"),
        ("word_footer2", "ftr"),
        ("word_footnotes", "footnotes"),
        ("word_endnotes", "endnotes"),
        ("word_comments", "comments"),
        ("word_glossary_document", "glossaryDocument"),
    ],
)
def test_what_stands_beside_the_text_is_read_too(part: str, root: str) -> None:
    found = opened(docx(paragraph("Text."), **{part: word(paragraph("Beside it."), root)}))
    assert "Beside it." in found.text


def test_a_part_of_another_name_is_read_too() -> None:
    assert "Smith" in opened(office({"hidden/main.xml": word(paragraph("Smith"))})).text


def test_deleted_words_are_still_in_the_file() -> None:
    assert "Smith" in opened(docx("<w:p><w:del><w:r><w:delText>Smith</w:delText></w:r></w:del></w:p>")).text


def test_properties_are_lines() -> None:
    found = opened(docx(paragraph("x"), docProps_core=CORE, docProps_custom=CUSTOM))
    assert {
        "Title: Rota",
        "Author: Jo Tern",
        "Keywords: leave",
        "Last saved by: Pat",
        "Client: Northmoor",
    } <= set(found.properties)
    assert "Author: Jo Tern" in found.words


def test_links_are_those_that_lead_out_and_those_in_fields() -> None:
    field = '<w:p><w:r><w:instrText> HYPERLINK "https://field.example/" </w:instrText></w:r></w:p>'
    parts = {
        "word/document.xml": word(field + paragraph("See https://text.example/x")),
        "word/_rels/document.xml.rels": relations("https://relation.example/"),
    }
    targets = {link.target for link in opened(office(parts)).links}
    assert targets == {"https://field.example/", "https://text.example/x", "https://relation.example/"}


@pytest.mark.parametrize("part", ["word/vbaProject.bin", "xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"])
def test_macros_are_a_fact_whatever_the_file_is_called(part: str) -> None:
    octets = office({"word/document.xml": word(paragraph("x")), part: b"<x/>"})
    assert DocumentFact.MACROS in opened(octets, "harmless.docx").facts
    assert DocumentFact.MACROS not in opened(docx(paragraph("x"))).facts


def test_pictures_are_taken_out() -> None:
    logo = picture()
    found = opened(
        office({"word/document.xml": word(""), "word/media/image1.png": logo, "word/media/a.emf": b"x" * 200})
    )
    assert found.pictures == (logo,)


def test_a_document_embedded_in_a_document_is_read() -> None:
    table = office(
        {"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": sheet('<c t="str"><v>Smith</v></c>')}
    )
    found = opened(office({"ppt/slides/slide1.xml": slide("x"), "ppt/embeddings/table.xlsx": table}))
    assert "Smith" in found.text
    assert DocumentFact.NESTED_ARCHIVE not in found.facts


def test_what_is_locked_is_said_to_be() -> None:
    found = opened(compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "a.xlsx")
    assert found.doubts == ("is locked with a password",)
    assert found.facts == {DocumentFact.ENCRYPTED}


# Workbooks


def book(*rows: str, **parts: str) -> bytes:
    more = {name.replace("_", "/") + ".xml": part for name, part in parts.items()}
    return office({"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": sheet(*rows), **more})


def test_a_row_of_a_sheet_is_one_line_with_its_strings_in_place() -> None:
    octets = book(
        '<c t="s"><v>1</v></c><c t="s"><v>0</v></c>',
        '<c t="inlineStr"><is><t>in place</t></is></c><c><v>4.5</v></c><c t="str"><f>A1</f><v>worked out</v></c>',
        xl_sharedStrings=strings("second", "first"),
    )
    assert opened(octets).text == "first\tsecond\nin place\t4.5\tworked out"


def test_a_hidden_sheet_is_read_and_its_name() -> None:
    octets = office(
        {
            "xl/workbook.xml": '<workbook><sheets><sheet name="Patients" state="hidden"/></sheets></workbook>',
            "xl/worksheets/sheet9.xml": sheet('<c t="str"><v>Smith</v></c>'),
        }
    )
    assert opened(octets).text == "Patients\nSmith"


def test_dates_and_long_numbers_look_as_they_do_to_a_reader() -> None:
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd\\ mmm\\ yyyy"/>'
        '<numFmt numFmtId="165" formatCode="[Red]0.0&quot;d&quot;"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
    )
    cells = "".join(f'<c s="{style}"><v>20526</v></c>' for style in range(4))
    octets = book(cells, "<c><v>9.434765919E9</v></c>", xl_styles=styles)
    assert opened(octets).text == "20526\t12/03/1956\t12/03/1956\t20526\n9434765919"


@pytest.mark.parametrize(
    ("part", "content"),
    [
        (
            "xl/comments1.xml",
            "<comments><commentList><comment><text><t>Smith</t></text></comment></commentList></comments>",
        ),
        (
            "xl/threadedComments/threadedComment1.xml",
            "<T><threadedComment><text>Smith</text></threadedComment></T>",
        ),
        ("xl/drawings/drawing1.xml", slide("Smith")),
        (
            "xl/charts/chart1.xml",
            "<c:c xmlns:c='c'><c:strCache><c:pt><c:v>Smith</c:v></c:pt></c:strCache></c:c>",
        ),
        (
            "xl/pivotCache/pivotCacheDefinition1.xml",
            '<p><cacheField name="N"><sharedItems><s v="Smith"/></sharedItems></cacheField></p>',
        ),
        (
            "xl/worksheets/sheet2.xml",
            "<worksheet><headerFooter><oddHeader>&amp;LSmith</oddHeader></headerFooter></worksheet>",
        ),
    ],
)
def test_what_stands_beside_the_cells_is_read_too(part: str, content: str) -> None:
    assert "Smith" in opened(office({"xl/workbook.xml": "<workbook/>", part: content})).text


def test_a_formula_may_lead_out() -> None:
    octets = book('<c t="str"><f>HYPERLINK("https://out.example/","here")</f><v>here</v></c>')
    assert [link.target for link in opened(octets).links] == ["https://out.example/"]


def test_a_binary_workbook_is_not_read_for_certain() -> None:
    wide = "Smith was here".encode("utf-16-le")
    found = opened(office({"xl/workbook.bin": b"x", "xl/sharedStrings.bin": b"\1\0" + wide}))
    assert "Smith was here" in found.text
    assert found.doubts


# Presentations


def test_slides_are_read_in_their_order_and_their_notes() -> None:
    octets = office(
        {
            "ppt/slides/slide10.xml": slide("Ten"),
            "ppt/slides/slide2.xml": slide("Two"),
            "ppt/notesSlides/notesSlide2.xml": slide("Say this"),
            "ppt/comments/comment1.xml": "<p:cmLst xmlns:p='p'><p:cm><p:text>Really?</p:text></p:cm></p:cmLst>",
            "ppt/slideMasters/slideMaster1.xml": slide("Click to edit"),
        }
    )
    found = opened(octets)
    assert found.kind == "pptx"
    assert found.text.index("Two") < found.text.index("Ten")
    assert "Say this" in found.text
    assert "Really?" in found.text
    assert "Click" not in found.text


# Hostile ones


def test_entities_are_refused_before_they_grow() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    found = opened(office({"word/document.xml": laughs + word(paragraph("&b;"))}))
    assert "ha" not in found.text
    assert "entities" in found.doubts[0]


def test_a_part_that_is_broken_spoils_no_other() -> None:
    found = opened(docx(paragraph("Text."), word_header1="<w:hdr><w:p>"))
    assert found.text == "Text."
    assert "damaged" in found.doubts[0]


def test_too_deep_is_a_doubt() -> None:
    assert "nested" in opened(docx("<w:p>" * 300 + "</w:p>" * 300)).doubts[0]


def test_more_text_than_is_searched_is_a_doubt() -> None:
    found = opened(docx(paragraph("words " * 100_000) * 2))
    assert len(found.text) <= TEXT_CAP
    assert found.doubts


def test_a_string_that_is_shown_again_and_again_does_not_grow_without_end() -> None:
    rows = ['<c t="s"><v>0</v></c>'] * 2000
    found = opened(book(*rows, xl_sharedStrings=strings("ha" * 50_000)))
    assert len(found.text) <= TEXT_CAP


def test_half_a_document_is_damaged() -> None:
    octets = docx(paragraph("Dear all"))
    assert "damaged" in opened(octets[: len(octets) // 2], "a.docx").doubts[0]


def test_two_parts_of_one_name_are_a_doubt() -> None:
    octets = docx(paragraph("x"), word_headerA=word(paragraph("one")), word_headerB=word(paragraph("two")))
    assert "same name" in opened(octets.replace(b"headerB", b"headerA"), "a.docx").doubts[0]


def test_any_beginning_of_a_document_is_opened_without_an_exception() -> None:
    for octets in cut(docx(paragraph("Dear all"), docProps_core=CORE)):
        if octets:
            assert opened(octets, "a.docx").doubts


def test_a_zip_with_a_content_that_says_nothing_is_no_document() -> None:
    assert opened(zipped({"[content]": b"x"})).kind == "zip"
