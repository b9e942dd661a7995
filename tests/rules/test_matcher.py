"""That all words are found in one pass, where they stand, and that silence is never taken for nothing."""

import pytest

from rules.conditions.condition import Atoms
from rules.matching.haystack import CANARY, Haystack, lay_out
from rules.matching.matcher import MOST_HITS, STRETCH, CanaryMissed, Matcher, hits_of, matcher_of
from rules.matching.patterns import spans
from rules.reading import Reading
from rules.scan import scan
from rules.zones import Zone


def hay(*texts: str) -> Haystack:
    zones = tuple(Zone(f"attachment-{number}", text) for number, text in enumerate(texts, 1))
    return lay_out(Reading(scan(b"\r\n"), zones=zones))


def words(matcher: Matcher, where: Haystack) -> dict[str, list[str]]:
    found = hits_of((matcher,), where)
    return {
        phrase: [where.texts[place.zone][place.start : place.end] for place in found.places(phrase)]
        for phrase in found.phrases
    }


def test_overlapping_phrases_are_all_found() -> None:
    matcher = Matcher(Atoms(frozenset({"kill switch", "switch test", "kill"})))
    assert words(matcher, hay("the Kill switch test")) == {
        "kill": ["Kill"],
        "kill switch": ["Kill switch"],
        "switch test": ["switch test"],
    }


def test_nothing_is_found_across_two_zones() -> None:
    matcher = Matcher(Atoms(frozenset({"kill switch"}), frozenset({"kill.switch"})))
    found = hits_of((matcher,), hay("kill", "switch"))
    assert (found.phrases, found.patterns) == ({}, {})


def test_places_are_displayed_ones_in_every_zone() -> None:
    where = hay("ß  ﬁne", "so\u00ad\u200bme  ﬁne words")
    matcher = Matcher(Atoms(frozenset({"fine", "some"}), frozenset({"f[i]ne"})))
    assert words(matcher, where) == {"fine": ["ﬁne", "ﬁne"], "some": ["so\u00ad\u200bme"]}
    found = hits_of((matcher,), where).places_of_pattern("f[i]ne")
    assert [where.texts[place.zone][place.start : place.end] for place in found] == ["ﬁne", "ﬁne"]


def test_long_texts_are_searched_in_stretches_without_a_gap() -> None:
    matcher = Matcher(Atoms(frozenset({"needle in here"})))
    for shift in range(STRETCH - 16, STRETCH + 2):
        assert words(matcher, hay("-" * shift + " needle in here " + "-" * 40)), shift


def test_hits_of_one_word_are_limited() -> None:
    matcher = Matcher(Atoms(frozenset({"no"}), frozenset({"n[o]"})))
    found = hits_of((matcher,), hay("no " * 5000))
    assert len(found.phrases["no"]) == len(found.patterns["n[o]"]) == MOST_HITS


def test_a_search_that_does_not_find_the_canary_is_not_believed() -> None:
    matcher = Matcher(Atoms(frozenset({"idiot"}), frozenset({"i.iot"})))
    where = hay("you idiot")
    blind = Haystack(
        where.texts, where.families, where.views, where.text.replace(CANARY, "x" * len(CANARY)), where.plain
    )
    with pytest.raises(CanaryMissed):
        matcher.phrases(blind)
    with pytest.raises(CanaryMissed):
        matcher.patterns(blind)


def test_the_authors_own_canary_does_not_count() -> None:
    matcher = Matcher(Atoms(frozenset({"idiot"})))
    where = hay(CANARY)
    blind = Haystack(where.texts, where.families, where.views, where.text[: -len(CANARY) - 1] + "\n", 0)
    with pytest.raises(CanaryMissed):
        matcher.phrases(blind)


def test_the_same_atoms_give_the_same_matcher() -> None:
    one = matcher_of(Atoms(frozenset({"a b", "c d"})))
    assert matcher_of(Atoms(frozenset({"c d", "a b"}))) is one
    assert matcher_of(Atoms(frozenset({"a b"}))) is not one


def test_pattern_places_count_characters_not_octets() -> None:
    assert list(spans(r"\d+", "µµ12é3 — 45", 10)) == [(2, 4), (5, 6), (9, 11)]


def test_half_a_surrogate_does_not_stop_the_search() -> None:
    matcher = Matcher(Atoms(frozenset({"idiot"}), frozenset({"i.iot"})))
    where = hay("\ud800 you idiot")
    assert words(matcher, where) == {"idiot": ["idiot"]}
    assert [place.start for place in hits_of((matcher,), where).places_of_pattern("i.iot")] == [6]


def test_three_thousand_phrases_are_compiled_and_found() -> None:
    phrases = frozenset(f"phrase number {number} of many" for number in range(3000))
    assert list(words(Matcher(Atoms(phrases)), hay("see phrase number 2999 of many"))) == [
        "phrase number 2999 of many"
    ]


def test_words_in_underlines_are_words() -> None:
    assert words(Matcher(Atoms(frozenset({"idiot"}))), hay("you _idiot_")) == {"idiot": ["idiot"]}


def test_a_canary_repeated_by_the_author_does_not_hide_ours() -> None:
    assert words(Matcher(Atoms(frozenset({"idiot"}))), hay(f"{CANARY} " * 300 + "idiot")) == {
        "idiot": ["idiot"]
    }
