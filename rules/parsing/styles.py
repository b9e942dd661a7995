"""look(style) -> Look: whether a style takes a text out of its reader's sight, and its colours."""

import re
from dataclasses import dataclass
from functools import lru_cache

from rules.parsing.colours import Colour, colour, colours_in

_COMMENT = re.compile(r"/\*.{0,4000}?\*/", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\n]?|\\(.)")
_LENGTH = re.compile(r"(-?\d{0,9}(?:\.\d{0,9})?)(px|pt|em|rem|ex|ch|%|vw|vh|in|cm|mm|pc)?")
_PIXELS = {"": 1.0, "px": 1.0, "pt": 1.33, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "pc": 16.0}
_PIXELS |= {"in": 96.0, "cm": 38.0, "mm": 3.8, "vw": 10.0, "vh": 8.0, "%": 0.16}
"""About how many CSS pixels a unit is, on a usual screen and in a usual letter size."""
_TINY = 2.4
_FAR_BEFORE = -300.0
_FAR_AFTER = 1900.0
_NOTHING = 1.5

_CLIPPED = re.compile(
    r"inset\(\s*(?:[5-9]\d|100)(?:\.\d+)?%|circle\(\s*0|ellipse\(\s*0|polygon\(\s*0(?:px|%)?\s+0(?:px|%)?\s*\)"
    r"|polygon\((?:\s*0(?:px|%)?\s+0(?:px|%)?\s*,?){2,20}\)|rect\((?:\s*[01](?:px)?\s*,?){4}\)"
)
_TRANSFORMED = re.compile(
    r"scale(?:3d|[xy])?\(\s*0(?:\.0\d*)?\s*[,)]|scale\([^,)]{1,20},\s*0(?:\.0\d*)?\s*\)|rotate[xy]\(\s*-?(?:90|270)deg"
    r"|translate(?:3d|[xyz])?\([^)]{0,40}-?\d{4,}"
)
_FADED = re.compile(r"opacity\(\s*(?:0?\.0\d*|0|[0-9]%)\s*\)|alpha\(\s*opacity\s*=\s*[0-9]\s*\)")


@dataclass(frozen=True, slots=True)
class Look:
    """How a text looks: ``hidden`` in a way that no ground changes.

    Its ``ink`` and its ``ground`` are None where they are not stated.
    ``painted``: the ground may be a picture, or more than one colour.
    """

    hidden: bool = False
    ink: Colour | None = None
    ground: Colour | None = None
    painted: bool = False


PLAIN = Look()


def look(style: str) -> Look:
    """Return the look that a style gives; the same for the same style, so it is worked out once.

    >>> look("Color: white; font-size: 0").hidden
    True
    """
    return _cached(style) if len(style) < 1000 else _look(style)


@lru_cache(maxsize=4096)
def _cached(style: str) -> Look:
    return _look(style)


def _look(style: str) -> Look:
    declared = declarations(style)
    grounds = colours_in(declared.get("background-color") or declared.get("background", ""))
    background = declared.get("background", "") + declared.get("background-image", "")
    ink = colour(declared.get("-webkit-text-fill-color") or declared.get("color", ""))
    hidden = any(
        (_is_off(declared), _is_faint(declared), _is_tiny(declared), _is_boxed(declared), _is_away(declared))
    )
    painted = len(grounds) > 1 or "url(" in background or "gradient" in background
    return Look(hidden, ink, grounds[0] if grounds else None, painted)


def declarations(style: str) -> dict[str, str]:
    """Return a style's properties and values in small letters, the last where one is given twice."""
    text = style
    if "\\" in text:
        text = unescaped(text)
    if "/*" in text:
        text = _COMMENT.sub("", text)
    declared = {}
    for line in text.lower().split(";"):
        name, colon, value = line.partition(":")
        if colon:
            declared[name.strip()] = value.replace("!important", "").replace("calc(", "").strip()
    return declared


def unescaped(text: str) -> str:
    """Return a piece of CSS with its escapes resolved.

    >>> unescaped("\\\\73 pecial")
    'special'
    """
    return _ESCAPE.sub(lambda match: match[2] or _character(int(match[1], 16)), text)


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _is_off(declared: dict[str, str]) -> bool:
    return (
        declared.get("display") == "none"
        or declared.get("visibility") in ("hidden", "collapse")
        or declared.get("content-visibility") == "hidden"
        or declared.get("mso-hide") == "all"
        or any(_pixels(declared.get(name, "1")) == 0 for name in ("scale", "zoom"))
        or bool(_CLIPPED.search(declared.get("clip", "") + declared.get("clip-path", "")))
        or bool(_TRANSFORMED.search(declared.get("transform", "")))
    )


def _is_faint(declared: dict[str, str]) -> bool:
    value = declared.get("opacity", "1")
    number = _number(value)
    faint = number is not None and number <= (10 if value.endswith("%") else 0.1)
    return faint or bool(_FADED.search(declared.get("filter", "") + declared.get("-ms-filter", "")))


def _is_tiny(declared: dict[str, str]) -> bool:
    size = _pixels(declared.get("font-size", ""))
    if size is None and "font" in declared:
        sizes = (
            _pixels(word.partition("/")[0]) for word in declared["font"].split() if word[:1] in "0123456789."
        )
        # A number alone is a weight.
        size = next((found for found in sizes if found is not None and found < 100), None)
    return size is not None and size <= _TINY


def _is_boxed(declared: dict[str, str]) -> bool:
    """Whether a box has no room for its text, and hides what goes beyond."""
    if not {"hidden", "clip"} & set(
        " ".join(declared.get(f"overflow{axis}", "") for axis in ("", "-x", "-y")).split()
    ):
        return False
    sides = ("height", "max-height", "width", "max-width", "line-height")
    sizes = [_pixels(declared.get(side, "")) for side in sides]
    indent = declared.get("text-indent", "")
    return any(size is not None and abs(size) <= _NOTHING for size in sizes) or indent.startswith(
        ("100%", "9999")
    )


def _is_away(declared: dict[str, str]) -> bool:
    """Whether a text is moved out of the page."""
    names = ["text-indent", "margin", "margin-left", "margin-top"]
    if declared.get("position") in ("absolute", "fixed", "relative"):
        names += ["left", "top", "right", "bottom", "inset"]
    moved = [_pixels(word) for name in names for word in declared.get(name, "").split()]
    return any(place is not None and not _FAR_BEFORE < place < _FAR_AFTER for place in moved)


def _pixels(value: str) -> float | None:
    match = _LENGTH.match(value)
    number = _number(value) if match else None
    return None if number is None or match is None else number * _PIXELS[match[2] or ""]


def _number(value: str) -> float | None:
    match = _LENGTH.match(value)
    return float(match[1]) if match and any(map(str.isdigit, match[1])) else None
