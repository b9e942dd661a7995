"""read_office(container): Microsoft Office's documents, workbooks and presentations, as zipped XML.

Every part of the package is looked at, whether the document refers to it or
not: what its reader is not shown is still sent to the whole list.
"""

import re

from rules.documents.container import Container
from rules.documents.document import Document, DocumentFact, Draft
from rules.documents.package import Package, place
from rules.documents.properties import Custom, Properties, Relations
from rules.documents.prose import Prose
from rules.documents.workbook import Book, Cached, Formats, Sheet, Strings

_KINDS = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"))
# Every other part of XML may be text, under whatever name: a package says itself which part is its document.
# Masters and layouts of slides say "Click to edit Master title style".
_NO_PROSE = re.compile(
    r"\[content_types\]\.xml|docprops/.*|customxml/.*|(?:.*/)?theme/.*|xl/(?:sharedstrings|styles|workbook)\.xml"
    r"|word/(?:styles|settings|font|numbering|websettings)[^/]*|xl/(?:tables|calcchain|metadata|querytables).*"
    r"|ppt/(?:slidemasters|slidelayouts|notesmasters|handoutmasters|presprops|viewprops|tablestyles|tags).*",
    re.IGNORECASE,
)
_SHEETS = re.compile(r"xl/(?:worksheets|chartsheets|dialogsheets|macrosheets)/[^/]*\.xml", re.IGNORECASE)
_BINARY = re.compile(r"xl/(?:sharedstrings|comments\d*|worksheets/[^/]*)\.bin", re.IGNORECASE)
_CACHED = re.compile(r"xl/pivotcache/[^/]*\.xml", re.IGNORECASE)
_RELATIONS = re.compile(r"(?:.*/)?_rels/[^/]*\.rels", re.IGNORECASE)
_MACROS = re.compile(r"(?:.*/)?vbaproject[^/]*\.bin|xl/macrosheets/.*", re.IGNORECASE)
_PICTURES = re.compile(r".*/media/[^/]*|docprops/thumbnail\.\w+", re.IGNORECASE)
# Chunks in another format that Word shows as part of its text stand beside its own parts.
_EMBEDDED = re.compile(
    r".*/embeddings/[^/]*|word/[^/]*\.(?:docx|html?|mht|rtf|txt)|ppt/[^/]*\.html?", re.IGNORECASE
)


def read_office(container: Container) -> Document:
    """Return what a package of Office says, hidden sheets, comments and notes included."""
    names = sorted(container.names, key=place)
    starts = {name.lower().partition("/")[0] + "/" for name in names}
    draft = Draft(next((kind for start, kind in _KINDS if start in starts), "office"))
    package = Package(container, draft)
    package.take("docProps/core.xml", Properties(draft))
    package.take("docProps/app.xml", Properties(draft))
    package.take("docProps/custom.xml", Custom(draft))
    if "xl/" in starts:
        _read_sheets(package, names)
        _read_binary(package, names)
    for name in names:
        _read_part(package, name)
    return draft.done()


def _read_sheets(package: Package, names: list[str]) -> None:
    strings, formats = Strings(), Formats()
    package.take("xl/sharedStrings.xml", strings)
    package.take("xl/styles.xml", formats)
    package.take("xl/workbook.xml", Book(package.draft))
    for name in names:
        if _SHEETS.fullmatch(name):
            package.take(name, Sheet(package.draft, strings, formats))


def _read_binary(package: Package, names: list[str]) -> None:
    """Read what can be read of a binary workbook (.xlsb): its strings, and not its numbers."""
    for name in names:
        if _BINARY.fullmatch(name):
            package.draft.doubt("is a binary workbook, whose numbers are not read")
            package.take_runs(name)


def _read_part(package: Package, name: str) -> None:
    draft = package.draft
    if _MACROS.fullmatch(name):
        draft.facts.add(DocumentFact.MACROS)
    if _CACHED.fullmatch(name):
        package.take(name, Cached(draft))
    elif _RELATIONS.fullmatch(name):
        package.take(name, Relations(draft))
    elif _PICTURES.fullmatch(name):
        package.take_picture(name)
    elif _EMBEDDED.fullmatch(name):
        package.take_inner(name)
    elif name.lower().endswith(".xml") and not (_NO_PROSE.fullmatch(name) or _SHEETS.fullmatch(name)):
        package.take(name, Prose(draft))


def is_office(container: Container) -> bool:
    """Return whether a zip file is a package of Office."""
    return "[Content_Types].xml" in container.names
