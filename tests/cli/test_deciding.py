"""Moderators decide once, with a reason, and can take it back for a while."""

import json

from cli.person import login
from tests.cli.given import LIST, MO, POST, House


def _state(house: House, which: str) -> dict[str, object]:
    line: dict[str, object] = json.loads(house.gatepost("queue", "show", which, "--json").out)
    return line


def test_a_release_is_recorded_with_who_and_when(house: House):
    house.serves()
    which = house.holds(POST)
    said = house.gatepost("queue", "release", which[:5], "--as", MO)
    assert (said.code, said.err) == (0, "")
    line = _state(house, which)
    assert line["state"] == "releasing"
    decision = line["decision"]
    assert isinstance(decision, dict)
    assert list(decision) == ["action", "by", "at", "clause", "reason"]
    assert (decision["action"], decision["by"]) == ("release", MO)


def test_the_second_moderator_is_told_who_was_first(house: House):
    house.serves()
    which = house.holds(POST)
    house.gatepost("queue", "release", which, "--as", MO)
    said = house.gatepost("queue", "reject", which, "--as", "owner@example.org", "--reason", "no")
    assert said.code == 1
    assert MO in said.err
    assert "release" in said.err
    assert said.err.count("\n") == 1
    assert _state(house, which)["state"] == "releasing"


def test_a_rejection_needs_a_clause_or_a_reason(house: House):
    house.serves()
    which = house.holds(POST)
    assert house.gatepost("queue", "reject", which, "--as", MO).code == 2
    assert house.gatepost("queue", "reject", which, "--as", MO, "--clause", "nonsense").code == 2
    assert _state(house, which)["state"] == "held"
    said = house.gatepost(
        "queue", "reject", which, "--as", MO, "--clause", "conduct", "--reason", "Prices, please."
    )
    assert said.code == 0
    assert _state(house, which)["state"] == "rejected"


def test_strangers_do_not_decide(house: House):
    house.serves()
    which = house.holds(POST)
    for words in ((), ("--as", "eve@example.org")):
        said = house.gatepost("queue", "release", which, *words)
        assert said.code in (1, 2)
        assert MO in said.err
    assert _state(house, which)["state"] == "held"


def test_several_posts_are_shown_and_asked_about(house: House):
    house.serves()
    ids = [house.holds(POST) for _ in range(3)]
    said = house.gatepost("queue", "release", *ids, "--as", MO)
    assert said.code == 2
    assert all(which in said.out for which in ids)
    assert all(_state(house, which)["state"] == "held" for which in ids)
    assert house.gatepost("queue", "release", *ids, "--as", MO, "--yes").code == 0
    assert all(_state(house, which)["state"] == "releasing" for which in ids)


def test_of_several_those_decided_already_are_named_and_the_others_done(house: House):
    house.serves()
    first, second = house.holds(POST), house.holds(POST)
    house.gatepost("queue", "release", first, "--as", MO)
    said = house.gatepost("queue", "reject", first, second, "--as", MO, "--reason", "no", "--yes")
    assert said.code == 1
    assert first in said.err
    assert _state(house, first)["state"] == "releasing"
    assert _state(house, second)["state"] == "rejected"


def test_discarding_asks_even_for_one(house: House):
    house.serves()
    which = house.holds(POST)
    assert house.gatepost("queue", "discard", which, "--as", MO).code == 2
    assert _state(house, which)["state"] == "held"
    assert house.gatepost("queue", "discard", which, "--as", MO, "--yes").code == 0
    assert _state(house, which)["state"] == "discarded"


def test_a_decision_can_be_taken_back(house: House):
    house.serves()
    which = house.holds(POST)
    house.gatepost("queue", "release", which, "--as", MO)
    assert house.gatepost("queue", "undo", which, "--as", "owner@example.org").code == 0
    assert _state(house, which)["state"] == "held"
    assert house.gatepost("queue", "undo", which, "--as", MO).code == 1


def test_notes_and_decisions_make_the_history(house: House):
    house.serves()
    which = house.holds(POST)
    assert house.gatepost("queue", "note", which, "I asked the author.", "--as", MO).code == 0
    house.gatepost("queue", "release", which, "--as", MO)
    said = house.gatepost("queue", "history", which, "--json")
    acts = [json.loads(line)["act"] for line in said.out.splitlines()]
    assert acts == ["held", "note", "release"]
    assert "I asked the author." in house.gatepost("queue", "show", which).out


def test_waiting_notices_are_mentioned_off_the_data(house: House):
    house.serves()
    which = house.holds(POST)
    house.gatepost("queue", "reject", which, "--as", MO, "--reason", "no")
    said = house.gatepost("queue", "list", "--all", "--json")
    assert json.loads(said.out)["id"] == which
    assert "submission.url" in said.err
    assert said.err.count("\n") == 1


def test_the_audit_names_what_people_did(house: House):
    house.serves()
    house.gatepost("queue", "release", house.holds(POST), "--as", MO)
    lines = [json.loads(line) for line in house.gatepost("admin", "audit", "--json").out.splitlines()]
    assert [line["act"] for line in lines] == ["publish", "release"]
    assert lines[1]["by"] == MO
    assert lines[1]["list"] == LIST


def test_the_login_name_says_who_decides(house: House):
    house.serves()
    person = f"[{{address: {MO}, user: {login()}}}]"
    assert house.gatepost("lists", "set", "physics", "moderators", person).code == 0
    which = house.holds(POST)
    assert house.gatepost("queue", "release", which).code == 0
    decision = _state(house, which)["decision"]
    assert isinstance(decision, dict)
    assert decision["by"] == MO
