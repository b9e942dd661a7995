"""tables(text) -> the tables in a displayed text: runs of lines whose cells are set apart by one sign."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SIGNS = ("\t", ";", "|", ",")
_WIDE = re.compile(r" {2,}")
_LONGEST_LINE = 2_000
_MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """A line's cells, without the blanks around them, and where the line stands in the text."""

    cells: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A row of headings, in lower case, and the rows below with as many cells, or one less or more."""

    head: Row
    rows: tuple[Row, ...]

    def column(self, heading: re.Pattern[str]) -> int | None:
        """The first column whose heading matches as a whole."""
        return next((at for at, cell in enumerate(self.head.cells) if heading.fullmatch(cell)), None)


def tables(text: str, heading: re.Pattern[str]) -> Iterator[Table]:
    """Yield each table whose first row has a cell that ``heading`` matches as a whole."""
    lines = list(_lines(text))
    at = 0
    while at < len(lines):
        start, line = lines[at]
        at += 1
        sign = _sign_of(line)
        if sign is None:
            continue
        head = tuple(cell.lower() for cell in _cells(line, sign))
        if len(head) < 2 or not any(heading.fullmatch(cell) for cell in head):
            continue
        rows: list[Row] = []
        while at < len(lines):
            begin, below = lines[at]
            cells = _cells(below, sign)
            if set(below) <= set("-=+|: \t"):  # a rule below the headings
                at += 1
                continue
            if len(cells) < 2 or abs(len(cells) - len(head)) > 1:
                break
            rows.append(Row(cells, begin, begin + len(below)))
            at += 1
        yield Table(Row(head, start, start + len(line)), tuple(rows))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for number, line in enumerate(text.split("\n")):
        if number >= _MOST_LINES:
            return
        if line.strip():
            marks = len(line) - len(line.lstrip("> "))
            yield start + marks, line[marks:_LONGEST_LINE]
        start += len(line) + 1


def _sign_of(line: str) -> str | None:
    for sign in _SIGNS:
        if sign in line:
            return sign
    return "  " if _WIDE.search(line.strip()) else None


def _cells(line: str, sign: str) -> tuple[str, ...]:
    if sign == "  ":
        return tuple(_WIDE.split(line.strip()))
    if sign == "|":
        return tuple(cell.strip(" *") for cell in line.strip().strip("|").split("|"))
    try:
        row = next(csv.reader([line], delimiter=sign, skipinitialspace=True), [])
    except csv.Error:
        row = line.split(sign)
    return tuple(cell.strip(" \ufeff\"'") for cell in row)
