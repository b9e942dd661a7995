"""sheets_of(tree) -> Sheets: the rules of a page's style sheets that may hide text."""

import re
from dataclasses import dataclass

from resiliparse.parse.html import HTMLTree

from rules.parsing.asking import Asked
from rules.parsing.colours import WHITE, is_unreadable
from rules.parsing.styles import Look, look

_SHEETS_CAP = 512 * 1024
_HIDING_CAP = 400
_SELECTOR_CAP = 300
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_TELLING = re.compile(
    r"none|hidden|collapse|opacity|color|font|indent|position|margin|clip|transform|scale|zoom|hide|overflow|\\",
    re.IGNORECASE,
)
_NOTHING = HTMLTree.parse("<p></p>").document


@dataclass(frozen=True, slots=True)
class Sheets:
    """The rules that hide, by selector.

    ``paints``: some rule gives a ground; ``cut``: there is more than is read.
    """

    hiding: tuple[tuple[str, Look], ...] = ()
    paints: bool = False
    cut: bool = False


def sheets_of(asked: Asked) -> Sheets:
    """Return what the style sheets of a page say of hiding."""
    text = "\n".join(map(asked.text, asked.chosen("style")))
    if not text.strip():
        return Sheets()
    rules = _COMMENT.sub(" ", text[:_SHEETS_CAP])
    hiding = _hiding(rules)
    cut = len(text) > _SHEETS_CAP or len(hiding) > _HIDING_CAP
    chosen = tuple((selector, rule) for selector, rule in hiding[:_HIDING_CAP] if _is_selector(selector))
    return Sheets(chosen, "background" in rules.lower(), cut)


def _hiding(rules: str) -> list[tuple[str, Look]]:
    """Return the rules that hide, one a selector and style.

    Linear, because rules are split and not searched.
    """
    found: dict[tuple[str, Look], None] = {}
    for rule in rules.split("}"):
        head, brace, body = rule.rpartition("{")
        if not brace or not _TELLING.search(body):
            continue
        style = look(body)
        if style.hidden or (style.ink is not None and is_unreadable(style.ink, style.ground or WHITE)):
            # Above the rule there may be the head of a block of rules, or a statement.
            selector = head.rpartition("{")[2].rpartition(";")[2].strip()
            if selector and len(selector) <= _SELECTOR_CAP:
                found[selector, style] = None
        if len(found) > _HIDING_CAP:
            break
    return list(found)


def _is_selector(selector: str) -> bool:
    try:
        if _NOTHING is not None:
            _NOTHING.query_selector_all(selector)
    except Exception:  # noqa: BLE001  the promise: an odd style sheet is no reason for doubt
        return False
    return True
