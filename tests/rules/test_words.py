"""Vocabularies: word files that clauses know by name, and what excuses a hit."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.clause import InForce, load_clause
from rules.conditions.condition import Atoms
from rules.conditions.excuse import Standing
from rules.conditions.vocabulary import load_vocabulary
from rules.errors import RulesError, Unreadable
from rules.matching.places import Place, nearest, outside, pairs, same_sentence, words_between
from rules.pack import SHIPPED, read_pack
from rules.policy import Policy, compose
from rules.profile import read_profile
from rules.prove import lint
from tests.given.house import change, house
from tests.given.judging import PROFILE, example, judged

PRAISE = "words: praise\nnote: Words of praise.\nlist: [superb, second to none]\n"
NEGATION = "words: negation\nnote: What denies.\nlist: [not, never]\nexcept: [not only]\n"
REPORTING = "words: reporting\nnote: Somebody else said it.\nlist: [was called, reported]\n"
PERSONS = "words: second-person\nnote: The reader.\nlist: [you, your]\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A small pack with four vocabularies."""
    made = house(tmp_path)
    (made / "words").mkdir()
    for text in (PRAISE, NEGATION, REPORTING, PERSONS):
        name = text.split()[1]
        (made / "words" / f"{name}.yaml").write_text(text)
    return made


def says(pack: Path, when: str) -> InForce:
    """The clause of the pack with this condition, as it is in force on a list."""
    change(pack / "tone.yaml", "{phrase: [idiot, liar]}", when)
    clause = load_clause(pack / "tone.yaml", "house")
    kept = {name: getattr(clause, name) for name in InForce.model_fields if hasattr(clause, name)}
    return InForce(pack="house", **kept)


def found(clause: InForce, text: str) -> list[str] | None:
    """What the clause finds in a post, None where it does not hold."""
    findings = judged(Policy.of(PROFILE, (clause,)), example(text)).findings
    return [quote.text for quote in findings[0].quotes] if findings else None


def refused(pack: Path, when: str) -> str:
    with pytest.raises(Unreadable) as caught:
        says(pack, when)
    return str(caught.value).removeprefix(f"{pack}/")


def test_the_words_of_a_name_are_found_like_phrases(pack: Path) -> None:
    clause = says(pack, "{words: praise}")
    assert found(clause, "It is Second\nto none.") == ["Second\nto none"]
    assert found(clause, "It is s.u.p.e.r.b") == ["s.u.p.e.r.b"]
    assert found(clause, "It is superbly done.") is None


def test_several_names_are_taken_together(pack: Path) -> None:
    clause = says(pack, "{words: [praise, reporting], at_least: 2}")
    assert found(clause, "superb, second to none") is not None
    assert found(clause, "It was called superb.") is not None
    assert found(clause, "superb, superb") is None


def test_a_vocabulary_knows_longer_phrases_in_which_its_words_mean_something_else(pack: Path) -> None:
    clause = says(pack, "{words: negation, except: [never mind]}")
    assert found(clause, "not only this") is None
    assert found(clause, "never mind") is None
    assert found(clause, "not only this, and not that") == ["not"]


def test_a_side_of_near_may_be_a_vocabulary(pack: Path) -> None:
    clause = says(pack, "{near: {first: {words: second-person}, second: {words: praise}}}")
    assert found(clause, "You are superb.") == ["You are superb"]
    assert found(clause, "I know you. It is superb.") is None


def test_a_vocabulary_excuses_in_its_sentence(pack: Path) -> None:
    clause = says(pack, "{words: praise, unless: [{words: reporting}, by no means]}")
    assert found(clause, "It was called superb.") is None
    assert found(clause, "It was called so. It is superb.") == ["superb"]
    assert found(clause, "It is by no means superb.") is None


def test_one_vocabulary_alone_needs_no_list(pack: Path) -> None:
    assert found(says(pack, "{words: praise, unless: {words: reporting}}"), "It was called superb.") is None


@pytest.mark.parametrize(
    ("text", "excused"),
    [
        ("It is not superb.", True),
        ("It is not at all superb.", True),
        ("It is not to my mind superb.", False),
        ("It is superb, is it not?", False),
        ("I would not. Superb!", False),
        ("It is not only superb.", False),
        ("It is not only cheap but not superb.", True),
    ],
)
def test_a_word_before_a_hit_excuses_within_its_reach(pack: Path, text: str, excused: bool) -> None:
    clause = says(pack, "{words: praise, unless: {words: negation, before: 3}}")
    assert (found(clause, text) is None) is excused


def test_a_published_policy_holds_the_words_and_needs_no_file(pack: Path) -> None:
    by = Policy.of(PROFILE, (says(pack, "{words: praise, unless: {words: negation, before: 3}}"),))
    for path in (pack / "words").iterdir():
        path.unlink()
    again = Policy.from_canonical(by.canonical())
    assert again.digest == by.digest
    for text in ("It is superb.", "It is not superb.", "It is not only superb."):
        assert judged(again, example(text)) == judged(by, example(text))
    assert judged(again, example("It is superb.")).findings


def test_a_policy_with_other_words_is_another_policy(pack: Path) -> None:
    profile = read_profile(pack / "profile.yaml")
    change(pack / "tone.yaml", "phrase: [idiot, liar]", "any_of: [{phrase: [idiot]}, {words: praise}]")
    before = compose(profile, (read_pack(pack),)).digest
    change(pack / "words" / "praise.yaml", "superb", "superb, splendid")
    assert compose(profile, (read_pack(pack),)).digest != before


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        (
            "{words: prais}",
            "tone.yaml:4: 'words' names 'prais', but there is no words/prais.yaml beside this file; there are neg",
        ),
        ("{words: []}", "tone.yaml:4: 'words' should not be empty"),
        ("{words: ../praise}", "tone.yaml:4: 'words': string should match pattern"),
        ("{words: 7}", "tone.yaml:4: 'words' should be text"),
        ("{words: praise, listed: [good]}", "tone.yaml:4: 'listed' is not for clause files"),
        (
            "{words: praise, phrase: [good]}",
            "tone.yaml:4: 'when' holds 'words', 'phrase': a condition is keys with exactly one",
        ),
        ("{near: {first: {words: no}, second: [good]}}", "tone.yaml:4: 'words' names 'no', but"),
        ("{phrase: [good], unless: {words: no}}", "tone.yaml:4: 'words' names 'no', but"),
        ("{phrase: [good], unless: [{words: negation, before: 0}]}", "tone.yaml:4: 'before': should be"),
        ("{phrase: [good], unless: [{word: negation}]}", "tone.yaml:4: unknown key 'word'"),
        ("{phrase: [good], unless: ['…']}", "tone.yaml:4: 'unless' holds '…', in which there is no letter"),
        ("{phrase: [good], unless: bad}", "tone.yaml:4: 'unless' should be a list"),
        ("{phrase: [good], unless: [7]}", "tone.yaml:4: 'unless'"),
    ],
)
def test_a_name_that_is_wrong_is_refused_with_the_line_of_the_clause(
    pack: Path, when: str, sentence: str
) -> None:
    assert refused(pack, when).startswith(sentence)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("words: praise", "words: prase", "praise.yaml:1: the file of words 'prase' should be named"),
        ("note: Words of praise.\n", "", "praise.yaml:1: key 'note' is missing"),
        ("list: [superb", "lst: [superb", "praise.yaml:3: unknown key 'lst'"),
        ("[superb, second to none]", "[]", "praise.yaml:3: 'list' should not be empty"),
        ("superb,", "2019,", "praise.yaml:3: 'list' should be text; put quotes around it"),
        ("superb,", "'…',", "praise.yaml:3: 'list' holds '…', in which there is no letter"),
        ("superb,", "superb, Superb,", "praise.yaml:1: 'superb' stands in the list twice"),
        ("list: [", "list: [[", "praise.yaml:4: is not YAML"),
    ],
)
def test_an_error_in_a_word_file_is_located_there(pack: Path, old: str, new: str, sentence: str) -> None:
    change(pack / "words" / "praise.yaml", old, new)
    assert refused(pack, "{words: praise}").startswith(f"words/{sentence}")


@given(st.binary(max_size=200))
def test_any_bytes_as_a_word_file_give_a_located_error(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "praise.yaml"
    path.write_bytes(octets)
    with pytest.raises(RulesError) as caught:
        load_vocabulary(path)
    assert str(caught.value).startswith(str(path))


def test_words_that_no_clause_asks_for_are_lint(pack: Path) -> None:
    change(
        pack / "tone.yaml",
        "{phrase: [idiot, liar]}",
        "{all_of: [{words: praise}, {none_of: [{phrase: [x y], unless: {words: negation, before: 2}}]}]}",
    )
    unused = [sentence for sentence in lint(read_pack(pack)) if "no clause asks" in sentence]
    assert unused == [
        "house: no clause asks for the words in words/reporting.yaml",
        "house: no clause asks for the words in words/second-person.yaml",
    ]


def test_every_shipped_vocabulary_says_what_its_words_have_in_common() -> None:
    files = sorted(SHIPPED.glob("*/words/*.yaml"))
    assert len(files) > 40
    for path in files:
        assert load_vocabulary(path).note.endswith("."), path


def test_members_are_known_by_first_and_last_name() -> None:
    named = PROFILE.model_copy(update={"member_names": ("Robin Ash", "Will")})
    when = '{"clause": "tone", "pack": "house", "title": "t", "source": {"document": "d", "heading": "h"},'
    when += '"says": "{quote}", "ask": "a", "mend": "m", "when": {"mentions": "members"}}'
    by = Policy.of(named, (InForce.model_validate_json(when),))
    assert judged(by, example("as Robin Ash says")).findings
    assert not judged(by, example("Robin will say")).findings


TEXT = "a b. c d e! f g h i? j k l m n. o p"
PLACES = st.lists(
    st.builds(
        lambda zone, start, length: Place(zone, start, min(start + length, len(TEXT))),
        st.integers(0, 1),
        st.integers(0, len(TEXT) - 1),
        st.integers(1, 6),
    ),
    max_size=8,
)


def near(one: Place, other: Place) -> bool:
    return words_between(TEXT, one, other) <= 2


@given(PLACES, PLACES)
def test_going_outwards_finds_the_pairs_that_comparing_all_would(
    firsts: list[Place], seconds: list[Place]
) -> None:
    both = [(one, other) for one in firsts for other in seconds if one.zone == other.zone]
    apart = [(one, other) for one, other in both if not one.overlaps(other)]
    assert sorted(pairs(firsts, seconds, near)) == sorted(pair for pair in apart if near(*pair))
    closest = nearest(firsts, seconds)
    assert (closest is None) is (not apart)
    if closest is not None:
        assert closest[0].gap(closest[1]) == min(one.gap(other) for one, other in apart)


@given(PLACES, PLACES, st.one_of(st.none(), st.integers(1, 4)))
def test_the_nearest_excuse_excuses_if_any_does(
    hits: list[Place], excuses: list[Place], before: int | None
) -> None:
    standing = Standing(excuses, before)
    for hit in hits:
        assert standing.excuse(TEXT, hit) is any(excused(hit, other, before) for other in excuses)


def excused(hit: Place, other: Place, before: int | None) -> bool:
    if other.zone != hit.zone or not same_sentence(TEXT, hit, other):
        return False
    return before is None or (other.end <= hit.start and words_between(TEXT, other, hit) < before)


@given(PLACES, PLACES)
def test_what_lies_outside_lies_within_none(places: list[Place], others: list[Place]) -> None:
    kept = [place for place in places if not any(other.holds(place) for other in others)]
    assert outside(places, others) == kept


def test_a_pack_may_do_without_vocabularies(tmp_path: Path) -> None:
    assert refused(house(tmp_path), "{words: praise}").endswith("no words/praise.yaml beside this file")


def test_words_are_sought_with_the_phrases_that_all_lists_share(pack: Path) -> None:
    condition = says(pack, "{words: praise, unless: {words: negation}}").when.made(PROFILE)
    assert condition.triggers() == Atoms(frozenset({"superb", "second to none"}))
    assert condition.atoms() == Atoms(frozenset({"superb", "second to none", "not", "never", "not only"}))
