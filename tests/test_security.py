"""The threat model of SECURITY.md: whole, and each test that it names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODEL = (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("## Threat model")[2]


def test_every_border_is_looked_at_in_all_six_ways() -> None:
    borders = MODEL.split("\n### ")[1:]
    assert len(borders) == 8
    for border in borders:
        assert re.findall(r"^\| (\w) \|", border, re.MULTILINE) == list("STRIDE"), border.partition("\n")[0]


def test_every_threat_says_what_stops_it_and_what_does_not() -> None:
    rows = re.findall(r"^\| [STRIDE] \|.*", MODEL, re.MULTILINE)
    for row in rows:
        _, _, *cells, _ = (cell.strip() for cell in row.split("|"))
        assert len(cells) == 4, row
        assert all(cells), row


def test_every_test_that_it_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", MODEL))
    assert len(named) > 70
    files = [*(ROOT / "tests").rglob("test_*.py")]
    known = {
        name for file in files for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))
    }
    assert named - known == set()
