"""hypertext(html) -> Hypertext: what the reader of an HTML part sees, what is hidden, and its links."""

import html as markup
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import re2
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from rules.parsing.asking import Asked
from rules.parsing.embedded import MOST, documents
from rules.parsing.hiding import attribute, hidden_elements
from rules.parsing.joints import across
from rules.parsing.links import Link
from rules.parsing.sheets import sheets_of
from rules.parsing.source import unseen
from rules.parsing.unsaid import new_lines
from rules.parsing.words import lenient_base64
from rules.text.turned import turned

HTML_CAP = 4 * 1024 * 1024
"""Characters of an HTML part that are read."""
CUT_PAGE = "has more styles, elements or hidden text than are looked at"
"""The doubt about a page of which not all is read, the end of a sentence."""
_TAGS_CAP = 300_000
_HIDDEN_CAP = 256 * 1024
_DEPTH_CAP = 3
_LINK_TEXT_CAP = 2000
_ADDRESSES = ("http", "mail", "ftp:", "tel:", "file", "//")
_QUOTING = "blockquote, div.yahoo_quoted"
_PICTURE = re.compile(r"data:image/[a-z+.-]{1,20};base64,([A-Za-z0-9+/=\s]{100,})", re.IGNORECASE)
_PICTURES_CAP = 50
_BLANKS = re.compile(r"[ \t\xa0]+")
# The parser sees no end of a line in these.
_ENDS = re.compile(r"<(?:/(?:summary|head|body|html)|rt|rp)\s{0,20}>", re.IGNORECASE)
_TURNING = re2.compile(
    rb"(?i)<bdo\b|bidi-override|(?:row|column)-reverse|direction\s*:\s*rtl|dir\s*=\s*[\"']?rtl|float\s*:\s*right"
)


@dataclass(frozen=True, slots=True)
class Hypertext:
    """An HTML part as text: ``visible`` has quotations marked with "> " as a plain text would have them.

    ``also`` is what some readers see besides or instead; ``cut`` says that
    there is more to hide text in than is looked at.
    """

    visible: str
    hidden: str
    links: tuple[Link, ...]
    also: str = ""
    cut: bool = False

    @property
    def words(self) -> str:
        """All that it says, to any reader."""
        return "\n".join(filter(None, (self.visible, self.also, self.hidden)))


def hypertext(html: str, depth: int = 0) -> Hypertext:
    """Return what an HTML text shows and hides; text that may be either is in both.

    >>> hypertext("<p>Seen</p><p style='display:none'>Unseen</p>").hidden
    'Unseen'
    """
    html, many = _with_fewer_tags(html)
    tree = HTMLTree.parse(_ENDS.sub(r"\g<0> ", html))
    asked = Asked(tree)
    found = hidden_elements(asked, sheets := sheets_of(asked))
    hidden = _Words(_HIDDEN_CAP)
    hidden.take(asked.text(node) for node in (*found.may, *found.certain))
    links = tuple(dict.fromkeys(_links(asked)))
    marks = _marks(html)
    hidden.take(unseen(html))
    for node in found.certain:
        node.remove()
    if marks:
        _mark_quotations(tree, asked, *marks)
    visible = _tidy(_visible(tree), marks)
    also = [across(html, visible)]
    if found.may:
        for node in found.may:
            node.remove()
        also.append(new_lines(_tidy(_visible(tree), marks), visible))
    hidden.take((turned(visible, always=_TURNING.search(html.encode(errors="replace")) is not None),))
    within = _within(html, depth, hidden)
    cut = many or found.cut or asked.cut or sheets.cut or hidden.room < 0 or within
    return Hypertext(visible, hidden.text(), links, "\n".join(filter(None, also)), cut)


def _with_fewer_tags(html: str) -> tuple[str, bool]:
    """Return the source up to the last tag for which there is memory, and whether that is not all."""
    if html.count("<") <= _TAGS_CAP:
        return html, False
    at = -1
    for _ in range(_TAGS_CAP):
        at = html.find("<", at + 1)
    return html[:at], True


class _Words:
    """Texts gathered a line each, none twice, until there are too many."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._lines: dict[str, None] = {}

    def take(self, texts: Iterable[str]) -> None:
        for text in texts:
            if self.room < 0:
                return
            # One that is there already took as long to read as any other.
            self.room -= len(text)
            if line := " ".join(text.split()):
                self._lines[line] = None

    def text(self) -> str:
        return "\n".join(self._lines)


def _within(html: str, depth: int, hidden: _Words) -> bool:
    """Take the texts of the documents within a page; return whether there are more than are read."""
    for number, (text, is_page) in enumerate(documents(html)):
        if number >= MOST or depth >= _DEPTH_CAP:
            return True
        if not is_page:
            hidden.take((text,))
            continue
        page = hypertext(text, depth + 1)
        hidden.take((page.visible, page.hidden, page.also))
        if page.cut:
            return True
    return False


def _visible(tree: HTMLTree) -> str:
    return extract_plain_text(
        tree,
        preserve_formatting=True,
        main_content=False,
        list_bullets=False,
        alt_texts=False,
        form_fields=True,
        noscript=True,
        links=False,
    )


def _tidy(text: str, marks: tuple[str, str] | None) -> str:
    if marks:
        text = _with_quotation_marks(text, *marks)
    if any(blanks in text for blanks in ("  ", "\t", "\xa0", " \n")) or text.endswith(" "):
        text = "\n".join(_BLANKS.sub(" ", line).rstrip() for line in text.split("\n"))
    return text.strip("\n")


def _links(asked: Asked) -> Iterator[Link]:
    for node in asked.chosen("a[href], area[href], form[action]"):
        written = (attribute(node, "href") or attribute(node, "action")).strip()
        # Programs drop line ends from an address, and blanks from what is no address to them either.
        target = "".join(written.split()) if written[:4].lower() in _ADDRESSES else " ".join(written.split())
        if target and not target.startswith(("#", "cid:")):
            text = "" if node.tag == "form" else " ".join(asked.text(node).split())[:_LINK_TEXT_CAP]
            yield Link(text, target)


def _marks(html: str) -> tuple[str, str] | None:
    """Return two characters that are not in the HTML, or None where it quotes nothing or has them all."""
    if "<blockquote" not in html.lower() and "yahoo_quoted" not in html:
        return None
    # A character may also be written by its number.
    written = html + markup.unescape(html) if "&" in html else html
    free = [character for character in map(chr, range(0xE000, 0xE100)) if character not in written]
    return (free[0], free[1]) if len(free) > 1 else None


def _mark_quotations(tree: HTMLTree, asked: Asked, opening: str, closing: str) -> None:
    for node in asked.chosen(_QUOTING):
        for text, insert in ((opening, node.before), (closing, node.after)):
            if mark := tree.create_element("div"):
                mark.text = text
                insert(mark)


def _with_quotation_marks(visible: str, opening: str, closing: str) -> str:
    lines, depth = [], 0
    for line in visible.split("\n"):
        if opening in line or closing in line:
            depth = max(0, depth + line.count(opening) - line.count(closing))
            continue
        lines.append("> " + line if depth and line.strip() else line)
    return "\n".join(lines)


def pictures_in(html: str) -> Iterator[bytes]:
    """Yield the pictures that an HTML text holds itself (RFC 2397)."""
    if "base64," in html:
        for number, match in enumerate(_PICTURE.finditer(html)):
            if number >= _PICTURES_CAP:
                return
            yield lenient_base64(match[1].encode())
