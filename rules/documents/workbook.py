"""Strings, Formats, Book, Sheet, Cached: a workbook's cells as its reader sees them, row by row."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from rules.documents.document import TEXT_CAP, Draft, Refused
from rules.documents.markup import Enough

_FIRST_DAY = date(1899, 12, 30)  # day 0 of Excel's calendar, its 29 February 1900 counted in
_LAST_SERIAL = 2_958_465  # 31 December 9999
_BUILT_IN_DATES = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))
# Literal text, colours and conditions of a number format do not say what kind it is.
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_FOOTING_CODE = re.compile(r'&(?:"[^"]*"|\d+|[A-Z])')  # font, size, place, page number
_FOOTING = frozenset(
    {"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter", "t"}
)


class Strings:
    """Takes the table of shared strings; each stands there once, however many cells show it."""

    def __init__(self) -> None:
        self._strings: list[str] = []
        self._current: list[str] = []
        self._in_words = False
        self._size = 0

    def __getitem__(self, index: str) -> str:
        """The string of that number, "" where there is none."""
        at = int(index) if index.isascii() and index.isdigit() else -1
        return self._strings[at] if 0 <= at < len(self._strings) else ""

    def begin(self, name: str, _attributes: Mapping[str, str]) -> None:
        """A string begins, or a run of it."""
        if name == "si":
            self._current = []
        self._in_words = name == "t"

    def end(self, name: str) -> None:
        """A string ends. Raises Refused for a table that no document could show."""
        self._in_words = False
        if name == "si":
            self._strings.append("".join(self._current))
            if self._size > 2 * TEXT_CAP:
                raise Refused(f"has more text than the {TEXT_CAP} characters that are searched")

    def text(self, text: str) -> None:
        """A piece of a string."""
        if self._in_words:
            self._current.append(text)
            self._size += len(text)


class Formats:
    """Takes the styles, and says which of them show a number as a date."""

    def __init__(self) -> None:
        self._dates = set(map(str, _BUILT_IN_DATES))
        self._styles: list[str] = []
        self._in_cells = False

    def is_date(self, style: str) -> bool:
        """Whether a cell of that style shows a date."""
        at = int(style) if style.isascii() and style.isdigit() else -1
        return 0 <= at < len(self._styles) and self._styles[at] in self._dates

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """A format of numbers, or a style of cells that names one."""
        if name == "numFmt":
            code = _LITERAL.sub("", attributes.get("formatCode", "")[:1000]).lower()
            if "y" in code or "d" in code:
                self._dates.add(attributes.get("numFmtId", ""))
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self._styles.append(attributes.get("numFmtId", ""))

    def end(self, name: str) -> None:
        """The styles of cells end."""
        if name == "cellXfs":
            self._in_cells = False

    def text(self, _text: str) -> None:
        """There is none."""


class Book:
    """Takes the table of sheets, whose names a reader sees as tabs, the hidden ones too."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """A sheet."""
        if name == "sheet":
            self._draft.say(attributes.get("name", "") + "\n")

    def end(self, _name: str) -> None:
        """Nothing follows."""

    def text(self, _text: str) -> None:
        """There is none."""


class Sheet:
    """Takes a sheet; a row is one line, its cells apart by tabs."""

    def __init__(self, draft: Draft, strings: Strings, formats: Formats) -> None:
        self._draft, self._strings, self._formats = draft, strings, formats
        self._kind = self._style = self._element = ""
        self._value: list[str] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """A cell begins, or its value."""
        self._element = name
        if name == "c":
            self._kind, self._style = attributes.get("t", ""), attributes.get("s", "")
            self._value = []
        elif name in _FOOTING and name != "t":
            self._value = []

    def end(self, name: str) -> None:
        """A cell, a row or a header ends. Raises Enough when the draft is full."""
        self._element = ""
        if name == "c":
            if self._value:
                self._draft.say(self._shown("".join(self._value)) + "\t")
        elif name == "row":
            self._draft.say("\n")
        elif name in _FOOTING and name != "t":
            self._draft.say(_FOOTING_CODE.sub(" ", "".join(self._value)) + "\n")
        if self._draft.full:
            raise Enough

    def text(self, text: str) -> None:
        """A piece of a value; formulas are not shown, but may lead elsewhere."""
        if self._element == "v" or self._element in _FOOTING:
            self._value.append(text)
        elif self._element == "f" and "://" in text:
            for piece in text.split('"'):
                if "://" in piece:
                    self._draft.link(piece)

    def _shown(self, value: str) -> str:
        if self._kind == "s":
            return self._strings[value.strip()]
        if self._kind in ("str", "inlineStr", "e", "b", "d"):
            return value
        return number_shown(value.strip(), is_date=self._formats.is_date(self._style))


class Cached:
    """Takes what a pivot table remembers of its source, which may be gone from the sheets."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """A value."""
        if name in ("s", "n", "d") and "v" in attributes:
            self._draft.say(attributes["v"] + "\t")
        elif name == "cacheField":
            self._draft.say("\n" + attributes.get("name", "") + "\t")

    def end(self, name: str) -> None:
        """A record ends. Raises Enough when the draft is full."""
        if name == "r":
            self._draft.say("\n")
        if self._draft.full:
            raise Enough

    def text(self, _text: str) -> None:
        """There is none."""


def number_shown(value: str, *, is_date: bool) -> str:
    """Return a cell's number as its reader sees it.

    >>> number_shown("20526", is_date=True), number_shown("9.434765919E9", is_date=False)
    ('12/03/1956', '9434765919')
    """
    try:
        number = float(value)
    except ValueError:
        return value
    if is_date and 0 < number <= _LAST_SERIAL:
        return (_FIRST_DAY + timedelta(days=int(number))).strftime("%d/%m/%Y")
    if "E" in value.upper() and number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return value
