"""hidden_elements(asked, sheets) -> elements of an HTML page that its reader is not shown, or may not be."""

from dataclasses import dataclass, field
from enum import Enum, auto

from resiliparse.parse.html import ElementNode

from rules.parsing.asking import Asked
from rules.parsing.colours import WHITE, Colour, colour, is_unreadable
from rules.parsing.sheets import Sheets
from rules.parsing.styles import Look, look

_ANCESTORS_CAP = 64
_STEPS_CAP = 100_000
_STYLE_STEP = 20
"""Characters of a style that take as long as a step from element to element."""
_FAINT = 0.5
_STYLED = "[hidden], template, title, [style], font[color]"
_FRAME = ("style", "script", "body", "html")


class Sight(Enum):
    """Whether a reader sees a text."""

    SEEN = auto()
    GUESSED = auto()
    HIDDEN = auto()


@dataclass(slots=True)
class Hidden:
    """Elements in the order of the page, the ``certain`` ones and those that ``may`` be hidden.

    ``cut``: there are more.
    """

    certain: list[ElementNode] = field(default_factory=list)
    may: list[ElementNode] = field(default_factory=list)
    cut: bool = False


class _Grounds:
    """The colours behind the texts of a page, as far as there are steps ``left`` to seek them."""

    def __init__(self, sheets: Sheets) -> None:
        self._paints = sheets.paints
        self.left = _STEPS_CAP

    def of(self, node: ElementNode) -> tuple[Colour, bool]:
        """The colour behind a text, and whether it is a guess; nothing says otherwise: white."""
        around: ElementNode | None = node
        guessed = self._paints
        for _ in range(_ANCESTORS_CAP):
            if around is None:
                return WHITE, guessed
            written = attribute(around, "style")
            self.left -= 1 + len(written) // _STYLE_STEP
            if self.left < 0:
                break
            style = look(written)
            stated = style.ground or colour(attribute(around, "bgcolor"))
            if stated is not None and stated[3] > _FAINT:
                return stated, style.painted
            guessed = guessed or style.painted or bool(attribute(around, "background"))
            around = around.parent_element
        return WHITE, True


def attribute(node: ElementNode, name: str) -> str:
    """Return an element's attribute, "" where it has none."""
    return node.getattr(name, "") or ""


def hidden_elements(asked: Asked, sheets: Sheets) -> Hidden:
    """Return the elements that are hidden by their markup, their style or a style sheet."""
    found = Hidden()
    grounds = _Grounds(sheets)
    for node in asked.chosen(_STYLED):
        match _sight(node, grounds):
            case Sight.HIDDEN:
                found.certain.append(node)
            case Sight.GUESSED:
                found.may.append(node)
            case Sight.SEEN:
                pass
    # A style sheet's rule may hold for some screens only, so what it hides may be seen.
    for rule, selectors in _by_rule(sheets).items():
        found.may += [node for node in asked.chosen_by_any(selectors) if _is_hidden_by(node, rule, grounds)]
    found.cut = grounds.left < 0
    return found


def _by_rule(sheets: Sheets) -> dict[Look, list[str]]:
    """The selectors of each rule; all rules that hide whatever the ground are one."""
    grouped: dict[Look, list[str]] = {}
    for selector, rule in sheets.hiding:
        grouped.setdefault(Look(hidden=True) if rule.hidden else rule, []).append(selector)
    return grouped


def _sight(node: ElementNode, grounds: _Grounds) -> Sight:
    tag = node.tag
    if tag in _FRAME:
        return Sight.SEEN
    style = look(attribute(node, "style"))
    if style.hidden or tag == "template" or _is_page_title(node) or node.hasattr("hidden"):
        return Sight.HIDDEN
    ink = style.ink or (colour(attribute(node, "color")) if tag == "font" else None)
    return Sight.SEEN if ink is None else _sight_of(node, ink, grounds)


def _is_page_title(node: ElementNode) -> bool:
    # A drawing's parts have titles, too.
    return node.tag == "title" and node.parent_element is not None and node.parent_element.tag == "head"


def _is_hidden_by(node: ElementNode, rule: Look, grounds: _Grounds) -> bool:
    if node.tag in _FRAME:
        return False
    told = rule.ink is not None and rule.ground is None
    return rule.hidden or (told and _sight_of(node, rule.ink or WHITE, grounds) is not Sight.SEEN)


def _sight_of(node: ElementNode, ink: Colour, grounds: _Grounds) -> Sight:
    """Whether a text of that colour can be seen where it stands."""
    ground, guessed = grounds.of(node)
    if not is_unreadable(ink, ground):
        return Sight.SEEN
    return Sight.GUESSED if guessed and ink[3] > _FAINT else Sight.HIDDEN
