"""The shortest expiry of the clauses that hold a post decides how long it may wait."""

from pathlib import Path

import pytest

from gateway.notices.deadline import days_to_decide
from rules.policy import Policy, load_policy
from rules.verdict import Action, Finding, Status
from tests.cli.given import CLAUSE, LIST, PACK

SETTINGS = "clauses: {conduct: {expiry: 3}, house/thanks: {expiry: 30}}\n"


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    """A list where one clause waits three days, one thirty, and one as long as any."""
    folder = tmp_path / "house"
    folder.mkdir()
    names = "conduct, thanks, greeting"
    pack = PACK.replace("clauses: [conduct]", f"clauses: [{names}]")
    (folder / "pack.yaml").write_text(pack, encoding="utf-8")
    for name in names.split(", "):
        text = CLAUSE.replace("clause: conduct", f"clause: {name}")
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    file = tmp_path / "list.yaml"
    file.write_text(f"list: {LIST}\npacks: [./house]\n{SETTINGS}", encoding="utf-8")
    return load_policy(file)


def found(
    clause: str, pack: str = "house", action: Action = Action.HOLD, status: Status = Status.LIVE
) -> Finding:
    return Finding(clause, pack, "", action, status, 1.0, "", "", "", ())


def test_a_clause_with_an_expiry_decides_whether_shorter_or_longer(policy: Policy) -> None:
    assert days_to_decide(policy, (found("conduct"),), 14) == 3
    assert days_to_decide(policy, (found("thanks"),), 14) == 30


def test_of_several_clauses_the_shortest_decides(policy: Policy) -> None:
    assert days_to_decide(policy, (found("thanks"), found("conduct")), 14) == 3
    assert days_to_decide(policy, (found("thanks"), found("greeting")), 14) == 14


def test_clauses_that_hold_nothing_do_not_count(policy: Policy) -> None:
    shadow, noted = found("conduct", status=Status.SHADOW), found("conduct", action=Action.NOTE)
    assert days_to_decide(policy, (shadow, noted, found("greeting")), 14) == 14


def test_a_post_that_no_clause_of_the_policy_holds_waits_as_long_as_any(policy: Policy) -> None:
    assert days_to_decide(policy, (), 14) == 14
    assert days_to_decide(policy, (found("unreadable", "hygiene"), found("conduct", "other")), 14) == 14
