"""hidden_texts(html, tree) -> the words of an HTML text that its reader is not shown."""

import re
from collections.abc import Iterator

from resiliparse.parse.html import ElementNode, HTMLTree

_NODES_CAP = 20_000
_HIDDEN_CAP = 256 * 1024
_ANCESTORS_CAP = 64
_RULES_CAP = 100
_SHEETS_CAP = 20
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|font-size\s*:\s*[01]?(?:\.\d+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_WHITE_STYLE = re.compile(
    r"(?<![-\w])color\s*:\s*(?:white|#fff(?:fff)?\b|#fefefe\b|transparent|rgba?\(\s*25[345]\s*,\s*25[345]\s*,\s*25[345]"
    r"|rgba\([^)]{0,40},\s*0(?:\.0+)?\s*\))",
    re.IGNORECASE,
)
_WHITE = re.compile(r"\s*(?:white|#?fff(?:fff)?)\s*$", re.IGNORECASE)
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,2000})\}")
_NOTHING = HTMLTree.parse("<p></p>")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_COMMENT_OR_SHEET = re.compile(r"<!--|<(style|script)\b", re.IGNORECASE)
_CONDITION = re.compile(r"\s*\[(?:if[^\]]{0,200}|endif)\]>?|<!\[endif\]", re.IGNORECASE)


def selected(tree: HTMLTree, selector: str, most: int) -> list[ElementNode]:
    """Return the elements that a CSS selector chooses, ``most`` at most."""
    document = tree.document
    if document is None:
        return []
    return list(document.query_selector_all(selector)[:most])


def attribute(node: ElementNode, name: str) -> str:
    """Return an element's attribute, "" where it has none."""
    return node.getattr(name, "") or ""


def hidden_texts(html: str, tree: HTMLTree) -> str:
    """Return the hidden texts, one a line; what is certainly not shown is also removed from the tree."""
    found: dict[str, None] = {}
    budget = _HIDDEN_CAP
    for text in _hidden(html, tree):
        words = " ".join(text.split())
        if words:
            found[words] = None
            budget -= len(words)
        if budget < 0:
            break
    return "\n".join(found)


def _hidden(html: str, tree: HTMLTree) -> Iterator[str]:
    # Attributes and style sheets come first, because removed elements have no say any more.
    for node in selected(tree, "[alt], [title], [aria-label]", _NODES_CAP):
        yield from (attribute(node, name) for name in ("alt", "title", "aria-label"))
    yield from _hidden_by_sheet(tree)
    yield from _comments(html)
    for node in selected(tree, "[hidden], template, head title, [style], font[color]", _NODES_CAP):
        if _is_hidden(node):
            yield node.text or ""
            node.remove()


def _is_hidden(node: ElementNode) -> bool:
    if node.tag in ("style", "script", "body", "html"):
        return False
    if node.tag in ("template", "title") or node.hasattr("hidden"):
        return True
    style = attribute(node, "style")
    if _HIDDEN_STYLE.search(style):
        return True
    white = _WHITE_STYLE.search(style) or (node.tag == "font" and _WHITE.match(attribute(node, "color")))
    return bool(white) and _on_white(node)


def _on_white(node: ElementNode) -> bool:
    """Whether nothing around a text gives it a ground of another colour."""
    around: ElementNode | None = node
    for _ in range(_ANCESTORS_CAP):
        if around is None:
            return True
        if attribute(around, "bgcolor") or "background" in attribute(around, "style").lower():
            return False
        around = around.parent_element
    return True


def _hidden_by_sheet(tree: HTMLTree) -> Iterator[str]:
    # A style sheet's rule may hold for some screens only, so its text stays visible too.
    rules = (
        rule for sheet in selected(tree, "style", _SHEETS_CAP) for rule in _RULE.finditer(sheet.text or "")
    )
    hiding = dict.fromkeys(rule[1].strip() for rule in rules if _HIDDEN_STYLE.search(rule[2]))
    selectors = [selector for selector in tuple(hiding)[:_RULES_CAP] if _is_selector(selector)]
    if selectors:
        yield from (node.text or "" for node in selected(tree, ", ".join(selectors), _NODES_CAP))


def _is_selector(selector: str) -> bool:
    try:
        selected(_NOTHING, selector, 1)
    except Exception:  # noqa: BLE001  the promise: an odd style sheet is no reason for doubt
        return False
    return True


def _comments(html: str) -> Iterator[str]:
    """Yield the comments' texts; some programs show what stands in a conditional one.

    In style sheets and scripts the signs of a comment are only there for programs older than either.
    """
    opening = _COMMENT_OR_SHEET.search(html)
    while opening:
        ending = f"</{opening[1].lower()}" if opening[1] else "-->"
        end = html.find(ending, opening.end())
        if not opening[1]:
            comment = html[opening.end() : end if end >= 0 else len(html)]
            yield _TAG.sub(" ", _CONDITION.sub(" ", comment))
        opening = _COMMENT_OR_SHEET.search(html, end) if end >= 0 else None
