"""What a clause file may say, and how a wrong one is refused."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.clause import load_clause, load_examples
from rules.errors import RulesError, Unreadable
from rules.files.force import ClauseAction, ClauseStatus
from rules.schema import FOLDER, MODELS, schema

HEAD = """\
clause: tone
title: Mind your tone
source: {document: House rules, heading: Tone}
says: The post says {quote}.
ask: Is this meant unkindly?
mend: Say it kindly.
"""
WHEN = "when: {phrase: [idiot]}\n"
EXAMPLES = """\
must_hold:
  - name: an insult
    text: You idiot.
must_pass:
  - name: a kindness
    text: You friend.
"""
GOOD = HEAD + WHEN + EXAMPLES


def written(folder: Path, text: str) -> Path:
    path = folder / "tone.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> str:
    with pytest.raises(Unreadable) as caught:
        load_clause(written(folder, text))
    return str(caught.value).removeprefix(f"{folder}/")


def test_a_clause_holds_and_is_live_unless_it_says_otherwise(tmp_path: Path) -> None:
    clause = load_clause(written(tmp_path, GOOD))
    assert (clause.action, clause.status) == (ClauseAction.HOLD, ClauseStatus.LIVE)
    assert (clause.threshold, clause.sensitive) == (0.5, False)
    assert [example.name for example in clause.must_hold] == ["an insult"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (GOOD + "must_hold: []\n", "tone.yaml:14: key 'must_hold' given twice"),
        (GOOD + "acton: hold\n", "tone.yaml:14: unknown key 'acton'"),
        (GOOD + "sensitive: yes\n", "tone.yaml:14: 'sensitive' should be true or false"),
        (GOOD + "action: pass\n", "tone.yaml:14: 'action': should be 'note', 'hold', 'reject' or 'discard'"),
        (GOOD + "threshold: '0.5'\n", "tone.yaml:14: 'threshold' should be a number"),
        (HEAD + EXAMPLES, "tone.yaml:1: key 'when' is missing"),
        (HEAD + WHEN, "tone.yaml:1: key 'must_"),
        (GOOD.replace("{quote}", "{qoute}"), "tone.yaml:4: 'says' holds {qoute}; there are"),
        (GOOD.replace("{quote}", "{quote!r}"), "tone.yaml:4: 'says' holds {quote"),
        (GOOD.replace("{quote}", "{quote"), "tone.yaml:4: 'says' holds a brace"),
        (GOOD.replace("clause: tone", "clause: tune"), "tone.yaml:1: the file of clause 'tune'"),
        (GOOD.replace("clause: tone", "clause: To ne"), "tone.yaml:1: 'clause': string should match"),
        (
            HEAD + "when: {phrse: [x]}\n" + EXAMPLES,
            "tone.yaml:7: 'when' holds 'phrse': a condition is keys with exactly one",
        ),
        (HEAD + "when: {phrase: [x], likes: y}\n" + EXAMPLES, "tone.yaml:7: unknown key 'likes'"),
        (HEAD + "when: {like: posts}\n" + EXAMPLES, "tone.yaml:7: 'like': should be 'examples'"),
        (HEAD + "when: {phrase: x}\n" + EXAMPLES, "tone.yaml:7: 'phrase' should be a list"),
        (HEAD + "when: {phrase: []}\n" + EXAMPLES, "tone.yaml:7: 'phrase' should not be empty"),
        (
            HEAD + "when: {phrase: ['…']}\n" + EXAMPLES,
            "tone.yaml:7: 'phrase' holds '…', in which there is no",
        ),
        (HEAD + "when: {phrase: ['a*b c']}\n" + EXAMPLES, "tone.yaml:7: 'phrase' holds 'a*b c'"),
        (HEAD + "when: {phrase: [2019]}\n" + EXAMPLES, "tone.yaml:7: 'phrase' should be text; put quotes"),
        (
            HEAD + "when:\n  any_of:\n    - pattern: ['(?=x)']\n" + EXAMPLES,
            "tone.yaml:9: 'pattern' holds '(?=x)', which RE2 does not take: invalid perl operator",
        ),
        (
            HEAD + "when: {pattern: ['x*']}\n" + EXAMPLES,
            "tone.yaml:7: 'pattern' holds 'x*', which matches nothing",
        ),
        (HEAD + "when: {mentions: nobody}\n" + EXAMPLES, "tone.yaml:7: 'mentions': should be 'organisation'"),
        (HEAD + "when: {looks_like: cat}\n" + EXAMPLES, "tone.yaml:7: 'looks_like': should be 'nhs-number'"),
        (HEAD + "when: {near: {first: [a b]}}\n" + EXAMPLES, "tone.yaml:7: key 'second' is missing"),
        (HEAD + "when: {size: {over: 3 apples}}\n" + EXAMPLES, "tone.yaml:7: 'over' should be a size"),
        (
            HEAD + "when: {all_of: [{phrase: [a b]}, {x: 1}]}\n" + EXAMPLES,
            "tone.yaml:7: 'all_of' holds 'x': a condition",
        ),
        (GOOD.replace("text: You friend.", "txt: x"), "tone.yaml:13: unknown key 'txt'"),
        (GOOD.replace("text: You friend.", "raw: x\n    subject: y"), "tone.yaml:12: 'must_pass' example"),
        (GOOD.replace("a kindness", "an insult"), "tone.yaml:1: two examples are named 'an insult'"),
        (GOOD.replace("text: You friend.", "message: no.eml"), "tone.yaml:12: there is no file 'no.eml'"),
    ],
)
def test_a_wrong_clause_file_is_refused_with_file_and_line(tmp_path: Path, text: str, sentence: str) -> None:
    assert refused(tmp_path, text).startswith(sentence)


def test_further_examples_are_read_from_a_file_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "tone.yaml"
    path.write_text(EXAMPLES)
    assert [example.name for example in load_examples(path).must_pass] == ["a kindness"]


@pytest.mark.parametrize("name", list(MODELS))
def test_the_shipped_schema_is_the_one_that_is_enforced(name: str) -> None:
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert text == schema(name), "write it anew: python -m rules.schema"


@given(st.binary(max_size=300))
def test_any_bytes_as_a_clause_file_give_a_located_error(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "tone.yaml"
    path.write_bytes(octets)
    with pytest.raises(RulesError) as caught:
        load_clause(path)
    assert str(caught.value).startswith(str(path))


KEYS = st.sampled_from(
    ["when", "phrase", "all_of", "near", "first", "in", "header", "sender", "must_hold", "x"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=3))
def test_any_values_in_a_clause_file_give_a_located_error(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, object]
) -> None:
    path = tmp_path_factory.mktemp("any") / "tone.yaml"
    text = HEAD + "".join(f"{key}: {json.dumps(value)}\n" for key, value in values.items())
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RulesError) as caught:
        load_clause(path)
    assert str(caught.value).startswith(f"{path}:")
