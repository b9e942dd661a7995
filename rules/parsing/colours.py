"""colour(text) -> Colour: the red, green, blue and opacity of what CSS or HTML calls a colour.

It is None for anything else.
"""

import re
from colorsys import hls_to_rgb
from functools import lru_cache

Colour = tuple[int, int, int, float]
"""Red, green and blue from 0 to 255, opacity from 0 to 1."""

WHITE: Colour = (255, 255, 255, 1.0)
_NEAR = 16
"""Shades of 256 by which a text must differ from its ground to be read at all."""
_FAINT = 0.1

_NAMED = {
    "white": "fff",
    "black": "000",
    "red": "f00",
    "lime": "0f0",
    "blue": "00f",
    "yellow": "ff0",
    "cyan": "0ff",
    "aqua": "0ff",
    "magenta": "f0f",
    "fuchsia": "f0f",
    "gray": "808080",
    "grey": "808080",
    "silver": "c0c0c0",
    "maroon": "800000",
    "green": "008000",
    "navy": "000080",
    "olive": "808000",
    "purple": "800080",
    "teal": "008080",
    "orange": "ffa500",
    "gold": "ffd700",
    "pink": "ffc0cb",
    "brown": "a52a2a",
    "snow": "fffafa",
    "ivory": "fffff0",
    "ghostwhite": "f8f8ff",
    "floralwhite": "fffaf0",
    "azure": "f0ffff",
    "whitesmoke": "f5f5f5",
    "mintcream": "f5fffa",
    "honeydew": "f0fff0",
    "aliceblue": "f0f8ff",
    "seashell": "fff5ee",
    "oldlace": "fdf5e6",
    "linen": "faf0e6",
    "lavenderblush": "fff0f5",
    "beige": "f5f5dc",
    "lightyellow": "ffffe0",
    "lightcyan": "e0ffff",
    "lavender": "e6e6fa",
    "gainsboro": "dcdcdc",
    "lightgray": "d3d3d3",
    "lightgrey": "d3d3d3",
    "darkgray": "a9a9a9",
    "darkgrey": "a9a9a9",
    "dimgray": "696969",
    "dimgrey": "696969",
    "darkblue": "00008b",
    "midnightblue": "191970",
    "darkred": "8b0000",
    "darkgreen": "006400",
    "steelblue": "4682b4",
    "royalblue": "4169e1",
    # What browsers give for the system's own colours.
    "window": "fff",
    "canvas": "fff",
    "field": "fff",
    "canvastext": "000",
    "windowtext": "000",
}
_HEX = re.compile(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]{1,80})\)")
_NUMBER = re.compile(r"(-?[\d.]{1,12})(%|deg|turn|rad)?")


@lru_cache(maxsize=1024)
def colour(text: str) -> Colour | None:
    """Return the colour that a value is.

    >>> colour("#fff"), colour("rgb(0 0 0 / 50%)"), colour("bold")
    ((255, 255, 255, 1.0), (0, 0, 0, 0.5), None)
    """
    value = text.strip().lower()
    if value == "transparent":
        return (0, 0, 0, 0.0)
    if match := _HEX.fullmatch(_NAMED.get(value, value)):
        return _of_hex(match[1])
    if match := _FUNCTION.fullmatch(value):
        return _of_function(match[1], match[2])
    return None


def colours_in(text: str) -> list[Colour]:
    """Return the colours among the words of a value, such as that of ``background``."""
    words = re.findall(r"[a-z]+\([^()]{0,80}\)|[^\s()]+", text.lower()[:400])
    return [found for word in words if (found := colour(word))]


def is_unreadable(text: Colour, ground: Colour) -> bool:
    """Return whether a text of that colour cannot be read on that ground."""
    if text[3] <= _FAINT:
        return True
    return max(abs(one - other) for one, other in zip(text[:3], ground[:3], strict=True)) <= _NEAR


def _of_hex(digits: str) -> Colour:
    if len(digits) < 6:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue, *alpha = (int(digits[at : at + 2], 16) for at in range(0, len(digits), 2))
    return red, green, blue, (alpha[0] / 255 if alpha else 1.0)


def _of_function(kind: str, arguments: str) -> Colour | None:
    parts = [match for part in re.split(r"[\s,/]+", arguments.strip()) if (match := _NUMBER.fullmatch(part))]
    if len(parts) < 3 or any(part[1].count(".") > 1 or part[1] in (".", "-", "-.") for part in parts):
        return None
    alpha = _share(parts[3], 1.0) if len(parts) > 3 else 1.0
    if kind == "rgb":
        red, green, blue = (round(255 * _share(part, 255.0)) for part in parts[:3])
        return red, green, blue, alpha
    light, saturation = _share(parts[2], 100.0), _share(parts[1], 100.0)
    turned = float(parts[0][1]) / 360 % 1
    red, green, blue = (round(255 * part) for part in hls_to_rgb(turned, light, saturation))
    return red, green, blue, alpha


def _share(part: re.Match[str], whole: float) -> float:
    """A number as a share of the whole, from 0 to 1."""
    share = float(part[1]) / (100 if part[2] == "%" else whole)
    return min(1.0, max(0.0, share))
