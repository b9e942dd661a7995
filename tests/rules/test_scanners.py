"""What scanners say is a fact like others; one that says nothing has said neither yes nor no."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rules.errors import Unreadable
from rules.evaluate import absences, evaluate, needs
from rules.facts import Absence, Answer, Facts, Need, Scanner
from rules.policy import Policy
from rules.profile import read_profile
from rules.proving.example import Example
from rules.reading import read
from rules.scanners import Absent, Scanners
from rules.verdict import Action, Verdict
from tests.given.judging import clause, example, holds, judged, policy

INFECTED = {"scanner": {"name": "clamd", "verdict": "infected"}}
SCORED = {"scanner": {"name": "spamd", "at_least": 5}}
SINCE = datetime(2026, 11, 26, 3, 40, tzinfo=UTC)


def said(when: Mapping[str, Any], **scanners: Any) -> bool:
    return holds(when, "Good morning.", facts={"scanners": scanners})


def test_a_verdict_holds_when_the_scanner_gave_it() -> None:
    assert said(INFECTED, clamd="infected")
    assert not said(INFECTED, clamd="clean")
    assert said({"scanner": {"name": "rspamd", "verdict": ["add header", "reject"]}}, rspamd="reject")


def test_a_score_holds_from_what_is_asked_for() -> None:
    assert said(SCORED, spamd=5)
    assert not said(SCORED, spamd=4.9)
    assert not said(SCORED, spamd="spam"), "a verdict without a score"
    assert said({"scanner": {"name": "spamd", "at_least": -1}}, spamd=-0.5)


NEITHER = (
    INFECTED,
    {"none_of": [INFECTED]},
    {"none_of": [{"none_of": [INFECTED]}]},
    {"none_of": [{"all_of": [INFECTED, {"phrase": ["good morning"]}]}]},
    {"score": {"at_least": 1, "of": [{"weight": 1, "when": {"none_of": [INFECTED]}}]}},
    {
        "score": {
            "at_least": 1,
            "of": [{"weight": 1, "when": {"phrase": ["good morning"]}}, {"weight": -1, "when": INFECTED}],
        }
    },
    {
        "score": {
            "at_least": 1,
            "of": [
                {"weight": 1, "when": {"phrase": ["good morning"]}},
                {"weight": -1, "when": {"none_of": [INFECTED]}},
            ],
        }
    },
)


@pytest.mark.parametrize("when", NEITHER)
def test_what_rests_on_a_silent_scanner_never_holds(when: Mapping[str, Any]) -> None:
    assert not said(when, clamd="absent")
    assert not holds(when, "Good morning.")


@pytest.mark.parametrize("when", NEITHER)
def test_it_holds_for_one_of_its_two_answers(when: Mapping[str, Any]) -> None:
    assert said(when, clamd="infected") != said(when, clamd="clean")


def test_only_the_scanners_that_are_asked_for_are_needed() -> None:
    reading = read(b"From: a@b.example\r\n\r\nHello.\r\n")
    assert needs(policy(clause({"any_of": [INFECTED, SCORED]})), reading) == {Need.CLAMD, Need.SPAMD}
    assert needs(policy(clause({"phrase": ["hello"]})), reading) == set()


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        ({"name": "clamd", "at_least": 5}, "clamd gives no score"),
        ({"name": "spamd"}, "either 'verdict' or 'at_least'"),
        ({"name": "spamd", "verdict": "spam", "at_least": 5}, "either 'verdict' or 'at_least'"),
        ({"name": "clamd", "verdict": "virus"}, "clamd does not say 'virus'; it says infected, clean"),
        ({"name": "avast", "verdict": "infected"}, "clamd"),
    ],
)
def test_what_a_scanner_cannot_say_is_refused(test: Mapping[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        clause({"scanner": test})


def silent(absent: str, status: str = "live", **more: Any) -> tuple[Policy, Facts]:
    scanners = Scanners.model_validate({"clamd": {"at": "127.0.0.1:3310", "absent": absent}})
    facts = Facts(scanners={Scanner.CLAMD: Absence("no answer within 20 seconds", **more)})
    return policy(clause(INFECTED, status=status), scanners=scanners), facts


def verdict_on(by: Policy, facts: Facts) -> Verdict:
    post = example("Good morning.")
    return evaluate(by, read(post.message.octets), facts, post.message.envelope)


def test_a_silent_scanner_that_is_waited_for_holds_with_its_name_and_since_when() -> None:
    verdict = verdict_on(*silent("hold", since=SINCE))
    assert (verdict.action, verdict.doubt, verdict.clauses) == (Action.HOLD, False, ("unscanned",))
    (finding,) = verdict.findings
    assert finding.says == (
        "The virus scanner clamd did not answer: no answer within 20 seconds. "
        "It has not answered since 2026-11-26 03:40 UTC."
    )
    assert "Tell the administrator of this installation that clamd does not answer." in finding.ask
    assert finding.mend == "", "the post is not to blame"


def test_of_a_scanner_that_is_well_nobody_is_told_that_it_does_not_answer() -> None:
    (finding,) = verdict_on(*silent("hold")).findings
    assert finding.says == (
        "The virus scanner clamd gave no verdict on this message: no answer within 20 seconds."
    )
    assert "administrator" not in finding.ask


@pytest.mark.parametrize(
    ("absent", "status"), [("ignore", "live"), ("tempfail", "live"), ("hold", "shadow"), ("hold", "off")]
)
def test_a_silent_scanner_holds_nothing_where_its_word_could_not(absent: str, status: str) -> None:
    asked = silent(absent, status, since=SINCE)
    assert verdict_on(*asked) == Verdict(policy=asked[0].digest)


def test_one_that_is_well_and_will_not_judge_this_post_is_not_waited_for_again() -> None:
    by, facts = silent("tempfail", since=None)
    assert absences(by, facts, Absent.TEMPFAIL) == ()
    assert [scanner for scanner, _ in absences(by, facts, Absent.HOLD)] == [Scanner.CLAMD]


def test_one_that_answered_is_not_absent() -> None:
    by, facts = silent("hold")
    assert [scanner for scanner, _ in absences(by, facts, Absent.HOLD)] == [Scanner.CLAMD]
    assert absences(by, facts, Absent.TEMPFAIL) == ()
    assert absences(by, Facts(scanners={Scanner.CLAMD: Answer("clean")}), Absent.HOLD) == ()


def test_a_finding_names_what_was_found() -> None:
    facts = Facts(scanners={Scanner.CLAMD: Answer("infected", None, "Eicar-Signature")})
    assert verdict_on(silent("hold")[0], facts).findings[0].says == (
        "The post says clamd: infected (Eicar-Signature)."
    )


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("clamd: nowhere", "'clamd' should be HOST:PORT, not 'nowhere'"),
        ("clamd: /run/clamd.sock", "should be HOST:PORT"),
        ("rspamd: 127.0.0.1:11333", "should be http://HOST:PORT or https://HOST:PORT"),
        ("clamd: {at: '127.0.0.1:3310', absent: pass}", "'absent': should be 'hold', 'tempfail' or 'ignore'"),
        ("clamd: {at: '127.0.0.1:3310', seconds: 60}", "'seconds': should be less than or equal to 30"),
        ("avast: 127.0.0.1:3310", "avast"),
    ],
)
def test_a_scanner_that_cannot_be_asked_is_an_error_with_its_line(
    tmp_path: Path, written: str, problem: str
) -> None:
    file = tmp_path / "list.yaml"
    file.write_text(f"list: physics@lists.example.org\nscanners:\n  {written}\n")
    with pytest.raises(Unreadable) as error:
        read_profile(file)
    assert error.value.line == 3
    assert problem in str(error.value)


def test_a_list_without_scanners_has_the_digest_that_it_had() -> None:
    assert b"scanners" not in policy(clause({"phrase": ["hello"]})).canonical()


def test_an_example_that_says_nothing_of_scanners_is_written_as_it_was() -> None:
    # What was learned from it goes by that.
    assert "scanners" not in Example.model_validate({"text": "Hello."}).model_dump_json()
    asked = Example.model_validate({"text": "Hello.", "facts": {"scanners": {"clamd": "clean"}}})
    assert Example.model_validate_json(asked.model_dump_json()) == asked


def test_the_scanners_of_a_list_survive_publication() -> None:
    by, _ = silent("tempfail")
    assert Policy.from_canonical(by.canonical()).profile.scanners == by.profile.scanners
    assert judged(by, example("Good morning.")).findings == (), "nobody was asked"
