"""read_attached(sheaf, number, leaf, opener): puts what an attachment says into the zones.

Whatever type it gives itself: files that a family of documents reads are
opened; all others are texts or say nothing.
"""

import re
from dataclasses import replace

from rules.documents.document import Document
from rules.documents.kinds import UTF_16, Kind
from rules.documents.kinds import is_text as is_any_text
from rules.documents.opening import Opener
from rules.documents.whole import whole
from rules.parsing.entries import entry
from rules.parsing.leaf import Leaf
from rules.parsing.rich import enriched, rich_text
from rules.parsing.sheaf import Sheaf
from rules.parsing.sniffing import is_text
from rules.parsing.unsaid import unsaid

_CONTACTS = ("text/vcard", "text/x-vcard", "text/directory")
_PAGES = ("text/html", "application/xhtml+xml", "image/svg+xml", "text/x-amp-html")
_PAGE_NAMES = (".html", ".htm", ".xhtml", ".svg", ".shtml")
_TEXT_NAMES = (".txt", ".csv", ".tsv", ".md", ".log", ".json", ".xml", ".ini", ".yaml", ".yml")
_ENRICHED = ("text/enriched", "text/richtext")
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html|head|body|svg|table|div|p)\b", re.IGNORECASE
)
_SIGNATURES = ("application/pgp-signature", "application/pgp-keys", "application/pkcs7-signature")
# Nothing but a signature or a key; whatever else calls itself one is text. Possessive, so linear.
_ARMOUR = re.compile(
    rb"\s*+(?:-----BEGIN [A-Z0-9 ]{1,40}+-----\s*+(?:(?:Version|Hash|Charset):[^\r\n]{0,80}+\s++)*+"
    rb"(?:[A-Za-z0-9+/]{20,80}+\s++)*+(?:[A-Za-z0-9+/]{1,80}+={0,2}+\s++)?+(?:=[A-Za-z0-9+/]{4}+\s++)?+"
    rb"(?:-----END [A-Z0-9 ]{1,40}+-----\s*+)?+)++"
)
_BETWEEN = re.compile(r"(?<=[^\W\d_])[._+]+(?=[^\W\d_])")
_SNIFFED = 4096
_UNCALLED_CAP = 256 * 1024
_NAME_SHOWN = 120


def read_attached(sheaf: Sheaf, number: int, leaf: Leaf, opener: Opener) -> Document:
    """Read an attachment's names and text, and return what its family of documents read in it, if any did."""
    document = whole(opener, leaf.names[0] if leaf.names else "", leaf.kind, leaf.content)
    names = (*leaf.names, *document.names) if document else leaf.names
    spoken = dict.fromkeys(map(_spoken, names))
    sheaf.add(f"attachment-name-{number}", "\n".join(filter(None, (*names, *spoken))))
    whose = f"The attachment {leaf.names[0][:_NAME_SHOWN]}" if leaf.names else f"Attachment {number}"
    if document is None:
        _read_text(sheaf, number, leaf, whose)
        return Document("")
    text = sheaf.words(document, whose)
    sheaf.add(f"attachment-{number}", text)
    sheaf.add(f"attachment-{number}", unsaid(_source(sheaf, leaf, document, whose), text))
    for why in document.doubts:
        sheaf.doubt(f"{whose} {why}.")
    return document


def _source(sheaf: Sheaf, leaf: Leaf, document: Document, whose: str) -> str:
    """What the source of a document says to other programs than those that read it as what it is."""
    match document.kind:
        case Kind.DRAWING.value:
            page = sheaf.page(leaf, whose, pictured=False)
            return "\n".join(filter(None, (page.visible, page.also)))
        case Kind.RTF.value:
            return sheaf.taken(rich_text(leaf.content[:_UNCALLED_CAP]), whose)
        case _:
            return ""


def _read_text(sheaf: Sheaf, number: int, leaf: Leaf, whose: str) -> None:
    names = tuple(name.lower() for name in leaf.names)
    if leaf.content.startswith(UTF_16):
        leaf = replace(leaf, charset="utf-16")
    if (
        leaf.kind == "text/calendar"
        or _ends(names, ".ics")
        or leaf.content[:15].upper() == b"BEGIN:VCALENDAR"
    ):
        sheaf.add("calendar", entry(sheaf.plain(leaf, whose).strip("\n")))
    elif leaf.kind in _CONTACTS or _ends(names, ".vcf") or leaf.content[:11].upper() == b"BEGIN:VCARD":
        sheaf.add("contact", entry(sheaf.plain(leaf, whose).strip("\n")))
    elif leaf.kind in _PAGES or _ends(names, *_PAGE_NAMES) or _PAGE.match(leaf.content[:_SNIFFED]):
        page = sheaf.page(leaf, whose)
        sheaf.add(f"attachment-{number}", "\n".join(filter(None, (page.visible, page.also))))
    elif leaf.kind.startswith("text/") or _is_called_text(leaf, names):
        sheaf.add(f"attachment-{number}", _text(sheaf, leaf, whose))
    elif _is_uncalled_text(leaf):
        # Program code, a table of measurements. Its beginning says what it is.
        start = replace(leaf, content=leaf.content[:_UNCALLED_CAP])
        sheaf.add(f"attachment-{number}", _text(sheaf, start, whose))


def _text(sheaf: Sheaf, leaf: Leaf, whose: str) -> str:
    if leaf.content.lstrip()[:5] == rb"{\rtf":
        return sheaf.taken(rich_text(leaf.content), whose).strip("\n")
    text = sheaf.plain(leaf, whose).strip("\n")
    return enriched(text) if leaf.kind in _ENRICHED else text


def _is_called_text(leaf: Leaf, names: tuple[str, ...]) -> bool:
    called = _ends(names, *_TEXT_NAMES)
    return called and (b"\0" not in leaf.content[:_SNIFFED] or leaf.content.startswith(UTF_16))


def _is_uncalled_text(leaf: Leaf) -> bool:
    if leaf.kind in _SIGNATURES and _ARMOUR.fullmatch(leaf.content):
        return False
    return is_any_text(leaf.content) or is_text(leaf.kind, leaf.content)


def _spoken(name: str) -> str:
    """The words of a name that has other signs than blanks between them, "" for any other."""
    stem = name.rpartition(".")[0]
    return _BETWEEN.sub(" ", stem) if _BETWEEN.search(stem) else ""


def _ends(names: tuple[str, ...], *endings: str) -> bool:
    return any(name.endswith(endings) for name in names)
