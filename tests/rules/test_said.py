"""Quoted text is judged where it is new to the list, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.evaluate import evaluate, needs
from rules.facts import Need, Said
from rules.features import buckets_of
from rules.learned import Weights, written
from rules.message import Envelope
from rules.normal import normalise
from rules.policy import Policy
from rules.reading import Reading, read
from rules.said import MOST_OWN, MOST_QUOTED, own_sentences, quotations, said
from rules.text.passages import passages
from rules.verdict import Verdict
from tests.given.judging import LIST, NOBODY, PROFILE, clause, example, policy

KEY = b"k" * 32
FIRST = "Dear all,\n\nNobody makes better ionisation chambers than Lumidose. Vote for them!\n\nAnn\n"
REPLY = """I could not disagree more.

On Sun, 22 Nov 2026 at 10:00, Ann Harker <ann@member.example> wrote:
> Dear all,
>
> Nobody makes better ionisation
> chambers than Lumidose. Vote for them!
>
> Ann
"""
PRAISE = {"phrase": ["nobody makes better"], "in": ["quoted"]}


def reading(text: str) -> Reading:
    return read(example(text).message.octets)


def heard(reply: str, *before: str) -> Said:
    known = {found for text in before for found in own_sentences(reading(text), KEY)}
    return said(quotations(reading(reply), KEY), known)


def verdict(by: Policy, reply: str, *before: str) -> Verdict:
    facts = replace(NOBODY, said=heard(reply, *before))
    return evaluate(by, reading(reply), facts, Envelope(b"bob@member.example", (LIST.encode(),)))


def holds(when: dict[str, object], reply: str, *before: str) -> bool:
    return bool(verdict(policy(clause(when)), reply, *before).findings)


# What is known


def test_what_a_reply_quotes_is_known_from_the_post_however_it_is_wrapped() -> None:
    quoted, known = reading(REPLY).zone("quoted"), heard(REPLY, FIRST)
    assert quoted is not None
    stretches = [quoted.text[start:end] for start, end in zip(known.starts, known.ends, strict=True)]
    assert [" ".join(text.replace(">", "").split()) for text in stretches] == [
        "Dear all, Nobody makes better ionisation chambers than Lumidose. Vote for them!"
    ]


@pytest.mark.parametrize("mark", [">", "|", ":", "}", "&gt;", "> :", ">>>"])
def test_whatever_marks_a_quotation_it_is_known(mark: str) -> None:
    wrote = "On Sun, 22 Nov 2026 at 10:00, Ann <ann@member.example> wrote:"
    lines = [
        "Nobody makes better ionisation",
        "chambers than Lumidose",
        "",
        "Vote for the Blue Party, all of you",
    ]
    reply = "\n".join(["No.", "", wrote, *(f"{mark} {line}" for line in lines)])
    assert holds(PRAISE, reply)
    assert not holds(PRAISE, reply, "\n".join(lines))


def test_with_nothing_known_nothing_is_left_out() -> None:
    assert not heard(REPLY)
    assert not heard(REPLY, "Something else was said here by somebody else, and at length.")
    assert not heard("No quotation at all.", FIRST)


def test_a_sentence_is_known_only_as_a_whole() -> None:
    assert not heard("> Nobody makes better ionisation chambers.\n", FIRST)
    assert not heard("> Nobody at all makes better ionisation chambers than Lumidose.\n", FIRST)


def test_a_short_sentence_is_known_only_beside_the_one_it_was_said_with() -> None:
    longer = "Nobody makes better ionisation chambers than Lumidose."
    whole = heard(f"> {longer} Vote for them!\n", FIRST)
    alone = heard("> Vote for them!\n", FIRST)
    elsewhere = heard("> The committee will be elected on Friday. Vote for them!\n", FIRST)
    assert (len(whole.starts), len(alone.starts), len(elsewhere.starts)) == (1, 0, 0)
    assert whole.ends == (len(f"> {longer} Vote for them!"),)


def test_only_own_words_count_as_said() -> None:
    assert own_sentences(reading("> Nobody makes better ionisation chambers than Lumidose.\n"), KEY) == ()
    signed = "Thanks.\n\n-- \nNobody makes better ionisation chambers than Lumidose.\n"
    assert not heard(REPLY, signed)


def test_a_subject_counts_as_said() -> None:
    octets = example("Hello.", subject="Nobody makes better ionisation chambers").message.octets
    forwarded = reading("See:\n\n> Subject: Nobody makes better ionisation chambers\n>\n> Hello.\n")
    assert said(quotations(forwarded, KEY), own_sentences(read(octets), KEY)).starts == (10,)


def test_another_key_gives_other_hashes_and_the_same_key_the_same() -> None:
    one = own_sentences(reading(FIRST), KEY)
    assert one == own_sentences(reading(FIRST), KEY)
    assert all(-(1 << 63) <= found < 1 << 63 for found in one)
    assert set(one).isdisjoint(own_sentences(reading(FIRST), b"another"))


@pytest.mark.parametrize(("mark", "most"), [("", MOST_OWN), ("> ", MOST_QUOTED)])
def test_of_a_very_long_post_only_so_much_is_hashed(mark: str, most: int) -> None:
    text = "".join(f"{mark}The committee has met for the {n}th time.\n" for n in range(most + 9))
    made = reading(text)
    assert len(quotations(made, KEY) if mark else own_sentences(made, KEY)) == most


@given(st.lists(st.booleans(), max_size=9))
def test_stretches_are_in_order_and_apart_whatever_is_known(which: list[bool]) -> None:
    lines = [f"Sentence number {n} of some length." for n in range(len(which))]
    reply = "".join(f"> {line}\n" for line in lines) or "Hello.\n"
    known = heard(reply, "\n\n".join(line for line, is_known in zip(lines, which, strict=True) if is_known))
    edges = [edge for pair in zip(known.starts, known.ends, strict=True) for edge in pair]
    assert edges == sorted(set(edges))
    at = 0
    for line, is_known in zip(lines, which, strict=True):
        start = reply.index(line, at)
        assert known.holds(start, start + len(line)) is is_known
        assert known.overlaps(start, start + len(line)) is is_known
        at = start


# What is judged


@pytest.mark.parametrize(
    "when",
    [
        PRAISE,
        {"pattern": ["makes better [a-z]+"], "in": ["quoted"]},
        {"near": {"first": ["nobody"], "second": ["chambers"]}, "in": ["quoted"]},
        {"mentions": "companies", "in": ["quoted"]},
        {"phrase": ["vote for"], "in": "all"},
        {"all_of": [PRAISE, {"mentions": "companies", "in": "all"}]},
    ],
    ids=["phrase", "pattern", "near", "mentions", "short", "all_of"],
)
def test_quoted_words_that_the_list_has_said_are_no_finding(when: dict[str, object]) -> None:
    assert holds(when, REPLY)
    assert not holds(when, REPLY, FIRST)


def test_a_detector_leaves_out_what_the_list_has_said() -> None:
    number = "Her NHS number is 943 476 5919, which I should not write."
    assert holds({"looks_like": "nhs-number", "in": ["quoted"]}, f"> {number}\n")
    assert not holds({"looks_like": "nhs-number", "in": ["quoted"]}, f"> {number}\n", number)


def test_own_words_are_judged_whatever_the_list_has_said() -> None:
    assert holds(PRAISE | {"in": ["own"]}, FIRST, FIRST)
    assert holds(PRAISE | {"in": "all"}, f"{FIRST}\n{REPLY}", FIRST)


def test_new_words_near_known_ones_are_judged() -> None:
    when = {"near": {"first": ["lumidose"], "second": ["bargain*"], "within": 9}, "in": ["quoted"]}
    reply = "> Nobody makes better ionisation chambers than Lumidose. Bargains for all until Friday noon.\n"
    assert holds(when, reply, FIRST)
    assert not holds(when, reply, FIRST, "Bargains for all until Friday noon.")


def test_two_phrases_that_must_both_be_new_are_counted_apart() -> None:
    when = {"phrase": ["nobody makes better", "bargains"], "at_least": 2, "in": ["quoted"]}
    reply = "> Nobody makes better ionisation chambers than Lumidose. Bargains for all until Friday noon.\n"
    assert holds(when, reply)
    assert not holds(when, reply, FIRST)


def taught() -> Policy:
    """A policy whose one clause has learned that 'dreadful' is bad."""
    (bucket,) = buckets_of(["dreadful"])
    made = Weights(
        taught="0" * 64,
        clauses=("tone",),
        rows=np.array([bucket], dtype=np.uint32),
        values=np.full((1, 1), 100, dtype=np.int16),
        lengths=np.full(1, 20, dtype=np.uint8),
        scales=np.full(1, 3, dtype=np.float32),
        offsets=np.full(1, -4, dtype=np.float32),
    )
    when = {"like": "examples", "of": "house/tone", "in": ["own", "quoted"]}
    return Policy.of(PROFILE, (clause(when),), {"house": replace(made, octets=written(made))})


def test_what_was_learned_is_asked_of_new_passages_alone() -> None:
    first = "What a dreadful committee they have.\n"
    both = "> What a dreadful committee they have.\n> They all are dreadful people to meet.\n"
    assert verdict(taught(), f"> {first}").findings
    assert not verdict(taught(), f"Indeed.\n\n> {first}", first).findings
    (finding,) = verdict(taught(), both, first).findings
    assert [" ".join(quote.text.split()) for quote in finding.quotes] == [
        "> They all are dreadful people to meet"
    ]


@given(
    st.lists(
        st.sampled_from(["one two three four five six.", "seven", "\n\n", "Eight!", "\u200b", "  "]),
        max_size=12,
    )
)
def test_passages_hold_all_that_is_new_and_nothing_else(pieces: list[str]) -> None:
    text = " ".join(pieces)
    normal = normalise(text)
    at = text.find("one two")
    known = Said((at,), (at + 28,)) if at >= 0 else Said()
    spans = passages(text, normal, known).tolist()
    covered = {normal.places[at] for start, end in spans for at in range(start, end)}
    for place, character in enumerate(text):
        if character.isalnum():
            assert (place in covered) is not known.holds(place, place + 1)


def test_what_the_list_has_said_is_asked_for_only_where_a_clause_reads_a_quotation() -> None:
    asks, does_not = policy(clause(PRAISE)), policy(clause(PRAISE | {"in": ["own"]}))
    assert needs(asks, reading(REPLY)) == {Need.SAID}
    assert needs(asks, reading(FIRST)) == frozenset()
    assert needs(does_not, reading(REPLY)) == frozenset()


# What the finding says


@pytest.mark.parametrize(
    ("says", "said_so"),
    [
        ("It says {quote}.", "It says “Nobody makes better” (in quoted text)."),
        ("It is {sentence}, no?", "It is “> Nobody makes better chambers.” (in quoted text), no?"),
        ("It is praise.", "It is praise (in quoted text)."),
        ("Praise of {organisation}", "Praise of IPEM (in quoted text)"),
    ],
)
def test_a_finding_says_that_it_was_quoted(says: str, said_so: str) -> None:
    (finding,) = verdict(policy(clause(PRAISE, says=says)), "> Nobody makes better chambers.\n").findings
    assert finding.says == said_so
    (secret,) = verdict(
        policy(clause(PRAISE, says=says, sensitive=True)), "> Nobody makes better it.\n"
    ).findings
    assert "(in quoted text)" in secret.masked


def test_a_finding_in_own_words_says_no_such_thing() -> None:
    by = policy(clause(PRAISE | {"in": "all"}, says="It is praise."))
    assert verdict(by, "Nobody makes better chambers.\n").findings[0].says == "It is praise."
