"""hypertext(html) -> Hypertext: what the reader of an HTML part sees, what is hidden, and its links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from rules.parsing.hiding import attribute, hidden_texts, selected
from rules.parsing.links import Link

HTML_CAP = 4 * 1024 * 1024
"""Characters of an HTML part that are read."""
_LINKS_CAP = 5000
_LINK_TEXT_CAP = 2000
_QUOTING = "blockquote, div.yahoo_quoted"
_QUOTES_CAP = 1000
_BLANKS = re.compile(r"[ \t\xa0]+")


@dataclass(frozen=True, slots=True)
class Hypertext:
    """An HTML part as text: ``visible`` has quotations marked with "> " as a plain text would have them."""

    visible: str
    hidden: str
    links: tuple[Link, ...]


def hypertext(html: str) -> Hypertext:
    """Return what an HTML text shows and hides; text that may be either is in both.

    >>> hypertext("<p>Seen</p><p style='display:none'>Unseen</p>").hidden
    'Unseen'
    """
    tree = HTMLTree.parse(html)
    links = tuple(dict.fromkeys(_links(tree)))
    marks = _marks(html)
    hidden = hidden_texts(html, tree)
    if marks:
        _mark_quotations(tree, *marks)
    visible = _visible(tree)
    if marks:
        visible = _with_quotation_marks(visible, *marks)
    return Hypertext(_tidy(visible), hidden, links)


def _visible(tree: HTMLTree | str) -> str:
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


def _tidy(text: str) -> str:
    lines = [_BLANKS.sub(" ", line).rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n")


def _links(tree: HTMLTree) -> Iterator[Link]:
    for node in selected(tree, "a[href], area[href], form[action]", _LINKS_CAP):
        target = "".join((attribute(node, "href") or attribute(node, "action")).split())
        if target and not target.startswith(("#", "cid:")):
            text = "" if node.tag == "form" else " ".join((node.text or "").split())[:_LINK_TEXT_CAP]
            yield Link(text, target)


def _marks(html: str) -> tuple[str, str] | None:
    """Return two characters that are not in the HTML, or None where it quotes nothing or has them all."""
    if "<blockquote" not in html.lower() and "yahoo_quoted" not in html:
        return None
    # A character may also be written by its number.
    written = html + _visible(html) if "&" in html else html
    free = [character for character in map(chr, range(0xE000, 0xE100)) if character not in written]
    return (free[0], free[1]) if len(free) > 1 else None


def _mark_quotations(tree: HTMLTree, opening: str, closing: str) -> None:
    for node in selected(tree, _QUOTING, _QUOTES_CAP):
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
