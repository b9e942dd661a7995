"""The marked blocks of docs/promises.md: the crash matrix, and what the last long sweep found.

`python -m tests.crash.figures` writes the matrix anew; `make siege` writes the figures.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from tests.crash import matrix
from tests.given.ledger import Figures

PAGE = Path(__file__).parents[2] / "docs" / "promises.md"


def table(found: Figures, done: Mapping[str, int], seed: int, seconds: float) -> str:
    """The figures of one sweep, as a table."""
    kills = done.get("killed at random", 0) + done.get("killed at a point", 0)
    rows = (
        ("seed; seconds", f"{seed}; {seconds:.0f}"),
        ("messages, each accepted in the end", f"{found.messages:,}"),
        ("kills (kill -9), at random; at a named point", f"{kills}: {done['killed at random']}; {done['killed at a point']}"),
        ("restarts with points armed to kill; to fail", f"{done['point armed to kill']}; {done['points armed to fail']}"),
        ("SIGSTOP for a while; SIGTERM", f"{done['halted']}; {done['stopped']}"),
        ("times that the list server refused, fell silent, reset or was late", f"{done['list server away']}"),
        ("clients gone right after the dot", f"{done['clients that left']}"),
        ("releases asked for meanwhile", f"{done['released']}"),
        ("copies at the list server; held posts", f"{found.copies:,}; {found.held:,}"),
        ("of these holds, fate unknown: a moderator is asked", f"{found.unknown}"),
        ("duplicates, all in RFC 1047's window", f"{found.duplicates}"),
        ("counted as possible duplicates", f"{found.counted}"),
        ("lost", f"{found.lost}"),
    )  # fmt: skip
    return "\n".join(("| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows))) + "\n"


def block(name: str) -> str:
    """What stands in a block of the page."""
    found = _pattern(name).search(PAGE.read_text(encoding="utf-8"))
    assert found, f"docs/promises.md has no block {name}"
    return found[2]


def write(name: str, text: str) -> None:
    """Put it into its block."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_pattern(name).sub(lambda found: f"{found[1]}{text}{found[3]}", page), encoding="utf-8")


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}: [^\n]*-->\n\n)(.*?)(\n<!-- end of {name} -->)", re.DOTALL)


if __name__ == "__main__":
    write("matrix", matrix.table())
