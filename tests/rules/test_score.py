"""Evidence that is weighed: when it adds up, how sure it makes one, and what makes a clause look at a post."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.clause import load_clause
from rules.conditions.condition import Atoms
from rules.conditions.score import Score
from rules.errors import Unreadable
from rules.evaluate import posted
from rules.examine import examine
from rules.policy import Policy
from rules.reading import read
from tests.given.judging import clause, example, holds, judged, policy, quotes


def weigh(at_least: float, *of: tuple[float, Any]) -> dict[str, Any]:
    """A score of phrases, or of whole conditions, with their weights."""
    parts = [{"weight": weight, "when": {"phrase": [it]} if isinstance(it, str) else it} for weight, it in of]
    return {"score": {"at_least": at_least, "of": parts}}


def triggers(when: dict[str, Any]) -> Atoms | None:
    return policy(clause(when)).compiled.watches[0].triggers


def confidence(when: dict[str, Any], text: str) -> float:
    (finding,) = judged(policy(clause(when)), example(text)).findings
    return finding.confidence


def test_it_holds_when_the_weights_of_what_holds_add_up() -> None:
    when = weigh(2, (1, "alpha"), (1.5, "beta"), (0.5, "gamma"))
    assert quotes(when, "alpha beta") == ["alpha", "beta"]
    assert holds(when, "beta gamma")
    assert not holds(when, "alpha gamma")


def test_a_negative_weight_speaks_against_and_is_not_quoted() -> None:
    when = weigh(2, (2, "alpha"), (1, "beta"), (-1, "sorry"))
    assert not holds(when, "alpha sorry")
    assert quotes(when, "alpha beta sorry") == ["alpha", "beta"]


def test_weights_that_no_float_holds_exactly_add_up_all_the_same() -> None:
    assert holds(weigh(0.8, (0.7, "alpha"), (0.1, "beta")), "alpha beta")


def test_confidence_is_one_half_where_the_sum_is_just_reached_and_grows_with_it() -> None:
    when = weigh(2, (2, "alpha"), (2, "beta"), (4, "gamma"))
    assert confidence(when, "alpha") == 0.5
    assert confidence(when, "alpha beta") == 0.75
    assert confidence(when, "alpha beta gamma") == 0.875
    assert confidence(when | {"confidence": 0.5}, "alpha beta") == 0.375


def test_a_part_that_is_less_sure_adds_less() -> None:
    unsure = {"phrase": ["alpha"], "confidence": 0.5}
    assert not holds(weigh(2, (2, unsure)), "alpha")
    assert holds(weigh(2, (4, unsure)), "alpha")
    assert not holds(weigh(1, (1, "idiot")), "i.d.i.o.t")
    assert holds(weigh(0.8, (1, "idiot")), "i.d.i.o.t")


def test_any_condition_may_be_weighed_a_score_too() -> None:
    inner = weigh(1, (1, "beta"))
    when = weigh(2, (1, {"sender": "member"}), (2, {"all_of": [{"phrase": ["alpha"]}, inner]}))
    assert not holds(when, "alpha", facts={"standing": "member"})
    assert holds(when, "alpha beta", facts={"standing": "member"})


@pytest.mark.parametrize(
    ("when", "phrases"),
    [
        (weigh(1, (1, "a a"), (1, "b b"), (-1, "c c")), {"a a", "b b"}),
        (weigh(2, (1, "a a"), (1, {"phrase": ["b b", "c c"]})), {"a a"}),
        (weigh(2, (1, {"sender": "member"}), (1, "a a"), (1, "b b")), {"a a", "b b"}),
        (weigh(2, (1, {"sender": "member"}), (1, "a a"), (0.5, "b b")), {"a a"}),
        (weigh(1, (1, {"sender": "member"}), (1, "a a")), None),
        (weigh(1, (1, {"none_of": [{"phrase": ["a a"]}]})), None),
        (weigh(3, (1, {"sender": "member"}), (1, {"fact": "empty"}), (1, "a a")), {"a a"}),
    ],
)
def test_a_post_is_looked_at_only_for_words_without_which_the_sum_is_out_of_reach(
    when: dict[str, Any], phrases: set[str] | None
) -> None:
    found = triggers(when)
    assert (found.phrases if found else None) == phrases


WORDS = ("aa", "bb", "cc", "dd")
PARTS = st.lists(
    st.tuples(
        st.sampled_from([-2, -1, 0.5, 1, 1.5, 2]),
        st.one_of(
            st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(lambda some: {"phrase": some}),
            st.just({"sender": "nonmember"}),
            st.sampled_from(WORDS).map(lambda word: {"none_of": [{"phrase": [word]}]}),
        ),
    ),
    min_size=1,
    max_size=4,
)


@given(PARTS, st.lists(st.sampled_from(WORDS), max_size=4), st.sampled_from([0.5, 1, 2, 3]))
def test_no_score_that_holds_is_missed_by_nomination(
    parts: list[tuple[float, Any]], words: list[str], at_least: float
) -> None:
    if sum(weight for weight, _ in parts if weight > 0) < at_least:
        return
    by = policy(clause(weigh(at_least, *parts)))
    post = example(" ".join(words) or "nothing", facts={"standing": "nonmember"})
    reading = read(post.message.octets)
    (seen,) = examine(by, posted(by, reading, post.facts, post.message.envelope), lambda: 0.0)
    assert seen.nominated or seen.finding is None
    assert (seen.finding is not None) is bool(judged(by, post).findings)


def test_a_published_score_judges_as_its_file_does() -> None:
    by = policy(clause(weigh(2, (1, "alpha"), (1.5, {"near": {"first": ["beta"], "second": ["gamma"]}}))))
    again = Policy.from_canonical(by.canonical())
    post = example("alpha beta gamma")
    assert judged(again, post) == judged(by, post)
    assert judged(by, post).findings


def test_an_examination_shows_each_weight_and_the_sum() -> None:
    by = policy(clause(weigh(2, (1, "alpha"), (1.5, "gamma"), (-0.5, "beta"))))
    post = example("alpha beta")
    reading = read(post.message.octets)
    (seen,) = examine(by, posted(by, reading, post.facts, post.message.envelope), lambda: 0.0)
    assert [(step.depth, step.words, step.weight, step.held) for step in seen.steps] == [
        (0, "score: at least 2", None, False),
        (1, "phrase: alpha", 1.0, True),
        (1, "phrase: gamma", 1.5, False),
        (1, "phrase: beta", -0.5, True),
    ]
    measure = seen.steps[0].measure
    assert measure is not None
    assert (measure.there, measure.of, measure.asked) == (0.5, "sum", "at least 2")


HEAD = """\
clause: tone
title: Mind your tone
source: {document: House rules, heading: Tone}
says: The post says {quote}.
ask: Is this meant unkindly?
mend: Say it kindly.
must_hold: [{name: a, text: a}]
must_pass: [{name: b, text: b}]
"""


@pytest.mark.parametrize(
    ("score", "problem"),
    [
        ({"at_least": 0, "of": []}, "'at_least': should be greater than 0"),
        ({"at_least": 1, "of": []}, "'of' should not be empty"),
        ({"at_least": 1}, "key 'of' is missing"),
        (
            {"at_least": 1, "of": [{"weight": "1", "when": {"phrase": ["a a"]}}]},
            "'weight' should be a number",
        ),
        (
            {"at_least": 1, "of": [{"weight": True, "when": {"phrase": ["a a"]}}]},
            "'weight' should be a number",
        ),
        ({"at_least": 1, "of": [{"weight": 0, "when": {"phrase": ["a a"]}}]}, "'weight' should not be 0"),
        ({"at_least": 1, "of": [{"weight": 1}]}, "key 'when' is missing"),
        (
            {"at_least": 1, "of": [{"weight": 1, "when": {"phrse": ["a a"]}}]},
            "'when' holds 'phrse': a condition is keys",
        ),
        (
            {"at_least": 3, "of": [{"weight": 2, "when": {"phrase": ["a a"]}}]},
            "'score' asks for at least 3, and its weights add up to 2 at most",
        ),
    ],
)
def test_a_score_that_says_nothing_sensible_is_refused_with_its_line(
    tmp_path: Path, score: dict[str, Any], problem: str
) -> None:
    path = tmp_path / "tone.yaml"
    path.write_text(HEAD + f"when:\n  score: {json.dumps(score)}\n")
    with pytest.raises(Unreadable) as caught:
        load_clause(path)
    assert str(caught.value).startswith(f"{path}:10: {problem}")


def test_the_parts_of_a_score_are_the_conditions_themselves_beside_their_weights() -> None:
    inner = weigh(1, (1, "beta"))
    (watch,) = policy(clause(weigh(2, (-1, "alpha"), (2.5, inner)))).compiled.watches
    assert isinstance(watch.condition, Score)
    assert watch.condition.weights == (2.5, -1)
    assert [type(part).__name__ for part in watch.condition.parts] == ["Score", "Phrase"]
