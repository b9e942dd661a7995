"""Reads labels.tsv: what a fair moderator would do with each post, and the third that is sealed."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import GivenWrong

_COLUMNS = ("file", "expect", "clauses", "difficulty")
_SEALED_EVERY = 3


@dataclass
class LabelsUnreadable(GivenWrong):
    """A labels file that cannot be used."""

    path: str
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Label:
    """What a fair moderator would do with a post; ``arguable`` clauses count neither way."""

    file: str
    hold: bool
    cited: tuple[str, ...]
    arguable: tuple[str, ...]
    difficulty: str
    note: str


def read_labels(path: Path) -> tuple[Label, ...]:
    """The labels of a file. Raises LabelsUnreadable."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LabelsUnreadable(str(path), 1, f"cannot be read ({error})") from error
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [column for column in _COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise LabelsUnreadable(str(path), 1, f"the first line lacks the column '{missing[0]}'")
    return tuple(_label(path, number, row) for number, row in enumerate(rows, start=2))


def is_sealed(file: str) -> bool:
    """Whether a file's leading number is divisible by three: kept for the last measurement."""
    number = re.match(r"\d+", file)
    return number is not None and int(number[0]) % _SEALED_EVERY == 0


def _label(path: Path, line: int, row: dict[str, str | None]) -> Label:
    expect, file = row["expect"], row["file"]
    if expect not in ("pass", "hold") or not file:
        raise LabelsUnreadable(str(path), line, "each line gives a file, and 'pass' or 'hold'")
    cited, _, arguable = (row["clauses"] or "").partition("|")
    return Label(
        file, expect == "hold", _ids(cited), _ids(arguable), row["difficulty"] or "", row.get("note") or ""
    )


def _ids(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
