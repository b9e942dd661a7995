"""`gatepost rules explain`: what a message looks like to its judge, and why each clause did or did not hold."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.given import LIST_FILE, House, Said

POST = b"""From: Ann <ann@example.org>\r
To: physics@lists.example.org\r
Subject: Chambers\r
\r
Nobody makes  better chambers than Lumidose, and the service of the firm in Leeds is s.u.p.e.r.b as well.\r
\r
> Who sells them?\r
"""
CLAUSES = {
    "conduct": """\
  any_of:
    - near:
        first: {words: praise}
        second: {mentions: companies}
        within: 1
    - score:
        at_least: 2.5
        of:
          - {weight: 2, when: {words: praise}}
          - {weight: 1, when: {phrase: [lumidose, chambers, electrometers], at_least: 3}}
          - {weight: -0.5, when: {phrase: [who sells], in: [quoted]}}
          - {weight: 1, when: {sender: company}}
    - phrase: [service]
      confidence: 0.4
""",
    "quiet": "  phrase: [best in class]\n",
    "counted": "  header: {name: Received, count: {over: 24}}\n",
}
PRAISE = "words: praise\nnote: Words of praise.\nlist: [nobody makes better, superb]\n"


@pytest.fixture
def files(house: House) -> tuple[str, str]:
    """A message file, and a list file whose pack has three clauses and a vocabulary."""
    pack = house.pack()
    told = (pack / "conduct.yaml").read_text()
    for name, when in CLAUSES.items():
        text = re.sub(r"^when: .*\n", f"when:\n{when}", told, flags=re.MULTILINE)
        text = text.replace("clause: conduct", f"clause: {name}")
        (pack / f"{name}.yaml").write_text(text)
    contents = (pack / "pack.yaml").read_text().replace("[conduct]", f"[{', '.join(CLAUSES)}]")
    (pack / "pack.yaml").write_text(contents)
    (pack / "words").mkdir()
    (pack / "words" / "praise.yaml").write_text(PRAISE)
    (house.folder / "post.eml").write_bytes(POST)
    listed = house.write("physics.yaml", LIST_FILE + "company_members: [Lumidose Ltd]\n")
    return str(house.folder / "post.eml"), str(listed)


def explained(house: House, files: tuple[str, str], *more: str) -> Said:
    post, listed = files
    said = house.gatepost("rules", "explain", post, "--list-file", listed, *more)
    assert said.code == 0, said.err
    return said


def shown(text: str, folder: Path) -> str:
    """What was printed, with the same folder, policy and times whenever it is printed."""
    text = re.sub(r"\d+\.\d\d ms", "0.00 ms", text.replace(f"{folder}/", ""))
    return re.sub(r"\b[0-9a-f]{12}\b", "0123456789ab", text)


PAGE = """\
post.eml: note

From: Ann <ann@example.org>
To: physics@lists.example.org
Subject: Chambers

-- The author's own words
Nobody makes  better chambers than Lumidose, and the [[service]] of the firm in Leeds is s.u.p.e.r.b as well.

-- Quoted from earlier posts
> Who sells them?

As it is searched:
subject:
  chambers
own:
  nobody makes better chambers than lumidose, and the [[service]] of the firm in
  leeds is s.u.p.e.r.b as well.
quoted:
  who sells them?
own, disguises undone:
  nobody makes better chambers than lumidose, and the [[service]] of the firm in
  leeds is superb as well.

Judged by policy 0123456789ab; CPU spent:
  scanning the octets  0.00 ms
  reading them         0.00 ms
  searching the words  0.00 ms
  judging in all       0.00 ms

2 of 3 clauses looked at:

house/conduct held: note, confidence 0.40, threshold 0.50 (0.00 ms)
  The post says “service”.
  looked at for “Nobody makes better” (own), “service” (own), “s.u.p.e.r.b”
    (own, disguised)
  + any of: “service”
    - near: both, at most 1 words apart (words between: 2, asked: at most 1,
      “Nobody makes better chambers than Lumidose”)
      + words: praise: “Nobody makes better”, “s.u.p.e.r.b”
      + mentions: companies: “Lumidose”
    - score: at least 2.5 (sum: 1.5, asked: at least 2.5)
      - +1 × sender: company
      + +2 × words: praise: “Nobody makes better”, “s.u.p.e.r.b”
      - +1 × phrase: chambers, electrometers, lumidose (different phrases: 2,
        asked: at least 3)
      + -0.5 × phrase: who sells: “Who sells”
    + phrase: service: “service”

house/counted did not hold (0.00 ms)
  looked at in every post
  - header: Received (fields: 0, asked: over 24)

house/quiet did not hold: no word of its stands in the post (0.00 ms)
"""


def test_a_post_is_explained_on_one_page(house: House, files: tuple[str, str]) -> None:
    assert shown(explained(house, files).out, house.folder) == PAGE


def test_what_is_not_the_posts_own_text_fits_a_terminal_of_80_columns(
    house: House, files: tuple[str, str]
) -> None:
    lines = shown(explained(house, files).out, house.folder).partition("As it is searched:")[2].splitlines()
    assert max(map(len, lines)) <= 80


def of_json(house: House, files: tuple[str, str]) -> dict[str, Any]:
    (line,) = explained(house, files, "--json").out.splitlines()
    value: dict[str, Any] = json.loads(line)
    return value


def test_json_has_the_texts_that_were_searched_and_the_marks_in_them(
    house: House, files: tuple[str, str]
) -> None:
    told = of_json(house, files)
    assert [zone["name"] for zone in told["zones"]] == ["subject", "own", "quoted"]
    own, undone = [view for view in told["searched"] if view["zone"] == "own"]
    assert [view["disguised"] for view in (own, undone)] == [False, True]
    for view in (own, undone):
        assert [view["text"][start:end] for start, end in view["marks"]] == ["service"]
    assert "is superb as" in undone["text"]


def test_json_has_every_time(house: House, files: tuple[str, str]) -> None:
    times = of_json(house, files)["times"]
    assert set(times) == {"scan", "read", "search", "judge"}
    assert all(spent >= 0 for spent in times.values())
    assert times["judge"] >= times["search"]


def test_json_has_what_made_a_clause_look_and_by_how_much_each_condition_failed(
    house: House, files: tuple[str, str]
) -> None:
    conduct, quiet, counted = of_json(house, files)["clauses"]
    assert [one["nominated"] for one in (conduct, quiet, counted)] == [True, False, True]
    assert [one["always"] for one in (conduct, quiet, counted)] == [False, False, True]
    assert {"sought": "superb", "zone": "own", "text": "s.u.p.e.r.b", "disguised": True} in conduct["signs"]
    assert (conduct["confidence"], conduct["threshold"]) == (0.4, 0.5)
    by_question = {step["asks"]: step for step in conduct["steps"]}
    assert by_question["score: at least 2.5"]["measure"] == {
        "there": 1.5,
        "of": "sum",
        "asked": "at least 2.5",
        "shown": "",
    }
    near = by_question["near: both, at most 1 words apart"]
    assert (near["held"], near["measure"]["there"], near["measure"]["asked"]) == (False, 2, "at most 1")
    assert [step["weight"] for step in conduct["steps"] if step["weight"]] == [1, 2, 1, -0.5]
    assert by_question["phrase: service"]["quotes"] == [
        {"zone": "own", "text": "service", "start": 53, "end": 60}
    ]


def test_a_message_that_cannot_be_read_is_explained_too(house: House, files: tuple[str, str]) -> None:
    (house.folder / "post.eml").write_bytes(b"X: " + b"x" * 300_000 + b"\r\n\r\n\r\n")
    told = of_json(house, files)
    assert told["action"] == "hold"
    assert "The header has 300007 octets" in told["doubts"][0]
    assert explained(house, files).out


def test_nothing_of_a_post_acts_on_the_terminal(house: House, files: tuple[str, str]) -> None:
    post = POST.replace(b"the service", b"the \x1b[2J service \xe2\x80\xae")
    (house.folder / "post.eml").write_bytes(
        post.replace(b"Subject", b"Content-Type: text/plain; charset=utf-8\r\nSubject")
    )
    out = explained(house, files).out
    assert "\x1b" not in out
    assert "\u202e" not in out
