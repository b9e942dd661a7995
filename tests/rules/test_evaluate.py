"""That any message gets a verdict, that doubt holds, and that findings read as sentences."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.evaluate import evaluate, needs, posted
from rules.examine import examine
from rules.facts import Facts, Need
from rules.message import Envelope
from rules.policy import Compiled, Policy
from rules.reading import Reading, read
from rules.scan import scan
from rules.verdict import Action, Status, Verdict
from tests.given.judging import clause, example, judged, policy

ENVELOPE = Envelope(b"ann@example.org", (b"physics@lists.example.org",))
RUDE = clause({"phrase": ["idiot"]})


def verdict_on(by: Policy, octets: bytes) -> Verdict:
    return evaluate(by, read(octets), Facts(), ENVELOPE)


def test_a_clause_that_lives_with_authentication_is_in_shadow_where_nothing_could_vouch() -> None:
    by = policy(clause({"phrase": ["idiot"]}, live_with="authentication"))
    for facts, status, action in (
        ({}, Status.SHADOW, Action.PASS),
        ({"dmarc": "unknown"}, Status.LIVE, Action.HOLD),
    ):
        verdict = judged(by, example("You idiot.", facts=facts))
        assert [(one.status, verdict.action) for one in verdict.findings] == [(status, action)]


def test_what_a_clause_may_say_does_not_change_the_digest_of_those_that_do_not_say_it() -> None:
    assert b"live_with" not in policy(RUDE).canonical()
    assert b"live_with" in policy(clause({"phrase": ["idiot"]}, live_with="authentication")).canonical()


def test_no_finding_means_pass() -> None:
    verdict = judged(policy(RUDE), example("You friend."))
    assert (verdict.action, verdict.findings, verdict.doubt) == (Action.PASS, (), False)
    assert verdict.policy == policy(RUDE).digest


def test_a_finding_reads_as_a_sentence_with_the_sentence_around_its_quote() -> None:
    finding = judged(policy(RUDE), example("Good morning. You are an idiot, sir. Bye.")).findings[0]
    assert finding.says == "The post says “idiot”."
    assert [(quote.zone, quote.text, quote.sentence) for quote in finding.quotes] == [
        ("own", "idiot", "You are an idiot, sir.")
    ]
    assert (finding.clause, finding.pack, finding.action, finding.confidence) == (
        "tone",
        "house",
        Action.HOLD,
        1,
    )


def test_words_that_are_not_the_authors_own_are_said_to_be_elsewhere() -> None:
    quoted = clause({"phrase": ["idiot"], "in": "all"})
    finding = judged(policy(quoted), example("Indeed.\n\n> you idiot\n")).findings[0]
    assert finding.says == "The post says “idiot” (in quoted text)."


def test_every_slot_of_a_sentence_is_filled() -> None:
    says = "{author} of {organisation} wrote {quote} and {second} to {list}: {sentence}"
    finding = judged(
        policy(clause({"phrase": ["idiot", "liar"]}, says=says)),
        example("You idiot and liar.", **{"from": "Ann <ann@example.org>"}),
    ).findings[0]
    assert finding.says == (
        "Ann of IPEM wrote “idiot” and “liar” to physics@lists.example.org: “You idiot and liar.”"
    )


def test_a_condition_without_words_says_what_it_saw() -> None:
    large = clause({"size": {"over": 100}}, says="The post has {quote}.")
    assert " octets." in judged(policy(large), example("Hello")).findings[0].says


def test_sensitive_words_are_masked_in_the_discreet_sentence() -> None:
    secret = clause({"looks_like": "nhs-number"}, sensitive=True, says="It tells {quote} in {sentence}.")
    finding = judged(policy(secret), example("Mrs Fairweather, NHS number 943 476 5919.")).findings[0]
    assert finding.says.startswith("It tells “943 476 5919” in “Mrs Fairweather")
    assert finding.discreet == "It tells “••• ••• ••••” in “••• ••• ••••”."


def test_below_its_threshold_a_finding_is_a_note() -> None:
    unsure = clause({"phrase": ["idiot"], "confidence": 0.4})
    verdict = judged(policy(unsure), example("You idiot."))
    assert verdict.action is Action.NOTE
    assert [(finding.action, finding.found) for finding in verdict.findings] == [(Action.NOTE, False)]
    assert verdict.clauses == ()


def test_a_clause_in_shadow_is_listed_and_never_acts() -> None:
    verdict = judged(policy(clause({"phrase": ["idiot"]}, status="shadow")), example("You idiot."))
    assert verdict.action is Action.PASS
    assert [finding.status for finding in verdict.findings] == [Status.SHADOW]


def test_findings_are_the_strictest_first() -> None:
    others = [
        clause({"phrase": ["idiot"]}, clause=name, action=action)
        for name, action in (("a", "note"), ("b", "hold"), ("c", "reject"))
    ]
    verdict = judged(policy(*others), example("You idiot."))
    assert [finding.clause for finding in verdict.findings] == ["c", "b", "a"]
    assert verdict.action is Action.REJECT


def test_what_cannot_be_read_is_held_as_unreadable_by_any_policy() -> None:
    reading = Reading(scan(b"\r\n"), doubts=("The parts are nested too deep.",))
    verdict = evaluate(policy(), reading, Facts(), ENVELOPE)
    assert (verdict.doubt, verdict.action, verdict.clauses) == (True, Action.HOLD, ("unreadable",))
    assert verdict.findings[0].pack == "hygiene"
    assert "nested too deep" in verdict.findings[0].says


def test_the_unreadable_clause_lends_its_words_and_is_not_found_twice() -> None:
    ours = clause({"scan": "unreadable"}, clause="unreadable", pack="hygiene", title="Not readable")
    reading = Reading(scan(b"\r\n"), doubts=("It is broken.",))
    findings = evaluate(policy(ours), reading, Facts(), ENVELOPE).findings
    assert [finding.title for finding in findings] == ["Not readable"]


@dataclass(frozen=True)
class Raises:
    """A condition with a fault of its own."""

    words: str = "raises"
    cost: int = 0
    parts: tuple["Raises", ...] = ()

    def find(self, post: object) -> None:
        raise ZeroDivisionError


def with_faults(by: Policy) -> Policy:
    """The policy with a condition that raises in the place of its first."""
    compiled: Compiled = by.compiled
    faulty = replace(compiled.watches[0], condition=Raises(), triggers=None)  # type: ignore[arg-type]
    broken = replace(compiled, watches=(faulty, *compiled.watches[1:]), always=(0, *compiled.always))
    by.__dict__["compiled"] = broken
    return by


def test_a_clause_that_raises_is_doubt_and_the_others_still_count() -> None:
    by = with_faults(policy(RUDE, clause({"phrase": ["liar"]}, clause="honest")))
    verdict = verdict_on(by, b"From: a@b.example\r\n\r\nYou liar.\r\n")
    assert verdict.doubt
    assert set(verdict.clauses) == {"unreadable", "honest"}
    assert (
        "Clause house/tone failed (ZeroDivisionError)" in verdict.findings[0].says + verdict.findings[1].says
    )


def test_a_search_without_its_canary_is_doubt() -> None:
    by = policy(RUDE)
    by.__dict__["compiled"] = replace(by.compiled, matchers=(Blind(),))  # type: ignore[arg-type]
    verdict = verdict_on(by, b"From: a@b.example\r\n\r\nHello.\r\n")
    assert (verdict.doubt, verdict.action) == (True, Action.HOLD)


class Blind:
    """A matcher whose engine has failed."""

    def phrases(self, hay: object) -> dict[str, object]:
        raise MemoryError


def test_needs_are_those_of_the_clauses_that_are_examined() -> None:
    reading = read(b"From: a@b.example\r\n\r\nHello.\r\n")
    official = {"none_of": [{"sender": "official"}]}
    assert needs(policy(RUDE), reading) == frozenset()
    assert needs(policy(clause(official)), reading) == {Need.AUTHENTICATION}
    assert needs(policy(clause({"sender": "nonmember"})), reading) == {Need.STANDING}
    assert needs(policy(clause({"sender": "nonmember"}, status="off")), reading) == frozenset()


def test_examining_shows_every_clause_what_held_and_the_time_it_took() -> None:
    ticks: Iterator[int] = iter(range(100))
    both = clause({"all_of": [{"phrase": ["idiot"]}, {"phrase": ["sir"]}]})
    quiet = clause({"phrase": ["liar"]}, clause="honest")
    by, reading = policy(both, quiet), read(b"From: a@b.example\r\n\r\nYou idiot.\r\n")
    seen = examine(by, posted(by, reading, Facts(), ENVELOPE), lambda: float(next(ticks)))
    assert [(one.clause, one.nominated, one.finding) for one in seen] == [
        ("tone", True, None),
        ("honest", False, None),
    ]
    assert [(step.depth, step.words, step.held, step.detail) for step in seen[0].steps] == [
        (0, "all of", False, ""),
        (1, "phrase: idiot", True, "“idiot”"),
        (1, "phrase: sir", False, ""),
    ]
    assert seen[0].seconds == 1.0


EVERYTHING = policy(
    clause({"phrase": ["a", "the*", "be"], "in": "all", "unless": ["or"]}, clause="a"),
    clause({"pattern": ["[a-z]{3}", r"\d"], "in": "all"}, clause="b", action="reject"),
    clause({"near": {"first": ["a"], "second": {"pattern": ["[b-z]"]}}, "in": "all"}, clause="c"),
    clause({"looks_like": ["broken-link", "credential", "placeholder"]}, clause="d"),
    clause({"any_of": [{"header": {"name": "Subject"}}, {"attachment": {}}, {"link": {}}]}, clause="e"),
    clause(
        {"none_of": [{"sender": ["official", "several"]}, {"mentions": "staff"}]}, clause="f", action="note"
    ),
    clause({"any_of": [{"scan": {"ambiguity": "any"}}, {"fact": ["empty", "automatic"]}]}, clause="g"),
)
MAILISH = st.one_of(
    st.binary(max_size=400),
    st.lists(
        st.sampled_from(
            [
                b"From: a@b.example\r\n",
                b"Subject: =?utf-8?B?4pi6?=\r\n",
                b"Content-Type: text/html\r\n",
                b"\r\n",
                b"> a be\r\n",
                b"<a href=http://localhost>the x</a>",
                b"\xff\xfe",
                b"\xed\xa0\x80",
                "the ábe ﬁ\r\n".encode(),
                b"i.d.i.o.t ",
            ]
        ),
        max_size=20,
    ).map(b"".join),
)


@given(MAILISH)
def test_any_bytes_give_a_verdict_and_the_same_one_twice(octets: bytes) -> None:
    first = verdict_on(EVERYTHING, octets)
    assert first == verdict_on(EVERYTHING, octets)
    assert first == verdict_on(Policy.from_canonical(EVERYTHING.canonical()), octets)
    assert not first.doubt or first.action >= Action.HOLD


@given(MAILISH, st.sets(st.integers(0, 6)))
def test_more_clauses_never_soften_an_action(octets: bytes, some: set[int]) -> None:
    fewer = policy(*(EVERYTHING.clauses[index] for index in sorted(some)))
    assert verdict_on(fewer, octets).action <= verdict_on(EVERYTHING, octets).action


@given(MAILISH)
def test_quotes_are_the_displayed_words_of_their_zone(octets: bytes) -> None:
    reading = read(octets)
    for finding in evaluate(EVERYTHING, reading, Facts(), ENVELOPE).findings:
        for quote in finding.quotes:
            zone = reading.zone(quote.zone)
            assert zone is not None
            assert zone.text[quote.start : quote.end] == quote.text


@given(MAILISH)
def test_no_clause_is_missed_by_nomination(octets: bytes) -> None:
    reading = read(octets)
    ticks = iter(range(1000))
    seen = examine(EVERYTHING, posted(EVERYTHING, reading, Facts(), ENVELOPE), lambda: float(next(ticks)))
    assert [one.clause for one in seen if one.finding and not one.nominated] == []


@pytest.mark.parametrize("piece", ["a ", "the best ", "1 ", "kill. ", "no! ", "http://a "])
def test_a_large_hostile_post_is_judged_in_bounded_space(piece: str) -> None:
    body = (piece * (1_000_000 // len(piece))).encode()
    verdict = verdict_on(EVERYTHING, b"From: a@b.example\r\nSubject: x\r\n\r\n" + body + b"\r\n")
    assert all(len(finding.quotes) <= 8 for finding in verdict.findings)
