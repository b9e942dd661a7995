"""Templates are filled once, and nothing a message says can steer a terminal or hide what it says."""

import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.holds import MASK
from gateway.notices.kinds import Kind
from gateway.notices.template import TemplateWrong, fill
from gateway.notices.wording import Masks, one_line, reasons
from rules.verdict import Action, Finding, Quote, Status

NHS = "943 476 5919"


def finding(clause: str = "patients", *, sensitive: bool = True, quote: str = NHS, says: str = "") -> Finding:
    return Finding(
        clause=clause,
        pack="ipem",
        title="No patient data",
        action=Action.HOLD,
        status=Status.LIVE,
        confidence=0.9,
        says=says or f"The post contains the NHS number {quote}.",
        ask="Could a patient be recognised?",
        mend="Leave the number out.",
        quotes=(Quote("own", quote, 0, len(quote)),),
        sensitive=sensitive,
        masked="The post contains an NHS number (943 …).",
    )


def test_every_kind_of_notice_has_its_words_and_a_subject_of_fixed_text() -> None:
    for kind in Kind:
        text = (files("gateway.notices") / "templates" / f"{kind}.txt").read_text()
        subject = text.splitlines()[0]
        assert subject.startswith("Subject: ")
        assert set(re.findall(r"\{(\w+)\}", subject)) <= {"name", "id"}


def test_a_line_whose_place_stays_empty_is_left_out() -> None:
    made = fill("finding-to-author", {"title": "T", "says": "", "mend": "M."})
    assert made.body == "T\n  What would help: M.\n"


def test_a_place_that_nothing_fills_names_the_template() -> None:
    with pytest.raises(TemplateWrong, match=r"templates/untold\.txt: nothing fills \{untold\}"):
        fill("untold", {})


def test_a_value_is_never_read_as_a_template() -> None:
    assert fill("untold", {"untold": "{id}{0}"}).body == "The author is not told: {id}{0}.\n"


def test_a_long_value_is_folded_with_its_indent_and_a_command_is_not() -> None:
    made = fill("finding-to-author", {"title": "gatepost " + "x" * 90, "says": "word " * 40, "mend": ""})
    lines = made.body.splitlines()
    assert lines[0] == "gatepost " + "x" * 90
    assert all(line.startswith("  word") and len(line) <= 76 for line in lines[1:])


@given(st.text(max_size=400))
def test_a_value_is_one_line_without_control_or_format_characters(text: str) -> None:
    made = one_line(text)
    assert len(made) <= 400
    assert made.isprintable()
    made.encode("utf-8")


def test_sensitive_words_are_masked_in_the_finding_that_has_them_and_in_others() -> None:
    other = finding(
        "civil", sensitive=False, says="The words 'he, 943-476-5919, is an idiot' attack a person."
    )
    both = (finding(), other)
    made = reasons(both, "finding-to-moderator", Masks(both))
    assert "943 …" in made
    assert f"'he, {MASK}, is an idiot'" in made
    assert "5919" not in made
    assert "Could a patient be recognised?" in made


def test_only_live_findings_that_were_found_are_named_and_a_flood_is_cut() -> None:
    shadow = Finding("s", "p", "S", Action.HOLD, Status.SHADOW, 1, "shadow says", "ask", "mend", ())
    below = Finding("b", "p", "B", Action.NOTE, Status.LIVE, 0.1, "below says", "ask", "mend", ())
    many = tuple(finding(f"c{n}", sensitive=False, quote="x") for n in range(13))
    made = reasons((shadow, below, *many), "finding-to-author", Masks(()))
    assert "shadow" not in made
    assert "below" not in made
    assert made.count("Leave the number out.") == 10
    assert made.endswith("And 3 more.")
