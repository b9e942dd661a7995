"""A forbidden phrase in every disguise that we could think of is seen, or its post is doubted."""

import base64
import binascii
import random

import pytest

from rules.evaluate import evaluate
from rules.facts import Facts
from rules.message import Envelope
from rules.pack import SHIPPED, read_pack
from rules.policy import Policy, compose
from rules.reading import read
from rules.text.codes import decoded_codes
from rules.verdict import Verdict
from tests.given.disguised.carrier import PHRASE, Disguise, page, words
from tests.given.disguises import DISGUISES
from tests.given.judging import PROFILE, clause, policy

ENVELOPE = Envelope(b"ann@member.example", (PROFILE.list.encode(),))
HYGIENE = compose(PROFILE, (read_pack(SHIPPED / "hygiene"),))
SHIPPED_PACKS = compose(PROFILE, (read_pack(SHIPPED / "hygiene"), read_pack(SHIPPED / "ipem")))
DOUBTS = {"ambiguous", "unreadable", "uninspectable"}


def looking_in(zones: tuple[str, ...] | str) -> Policy:
    return policy(clause({"phrase": [PHRASE], "in": zones if isinstance(zones, str) else list(zones)}))


POLICIES = {zones: looking_in(zones) for zones in {disguise.zones for disguise in DISGUISES}}


def judged(by: Policy, octets: bytes) -> Verdict:
    return evaluate(by, read(octets), Facts(), ENVELOPE)


@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda disguise: disguise.name)
def test_a_phrase_in_disguise_is_seen_or_its_post_is_doubted(disguise: Disguise) -> None:
    seen = "tone" in judged(POLICIES[disguise.zones], disguise.octets).clauses
    held = disguise.doubtful and bool(DOUBTS & set(judged(HYGIENE, disguise.octets).clauses))
    assert seen or held


def test_there_are_many_disguises_and_each_has_its_name() -> None:
    names = [disguise.name for disguise in DISGUISES]
    assert len(set(names)) == len(names)
    assert len(names) > 600


@pytest.mark.parametrize("disguise", DISGUISES[::7], ids=lambda disguise: disguise.name)
def test_the_quote_shows_what_stands_there(disguise: Disguise) -> None:
    reading = read(disguise.octets)
    zones = {zone.name: zone.text for zone in reading.zones}
    for finding in evaluate(POLICIES[disguise.zones], reading, Facts(), ENVELOPE).findings:
        for quote in finding.quotes:
            assert zones[quote.zone][quote.start : quote.end] == quote.text
            assert len(quote.text) >= 9


INNOCENT = (
    "A therapist is no rapist; the committee's address is with the secretary, e.g. in the off-site office, re the offer.",
    "He is special. Offer him a chair, and off we go: spe cial is no word.",
    "Specialist offers: special offices, specially offered, especial offerings.",
    "Values: 1, 2, 3 and a, b, c, d; s p e c t r a at 6 MV; 10 x 10 cm at 100 cm; I/O; n/a; p < 0.05.",
    "x*y, a**2, p**f2, f(x), snake_case_name, CamelCaseName, C++, C#, µGy/h, β/γ, 18F-FDG, [123I]MIBG, 99mTc.",
    "Résumé, naïve, Zürich, dŵr, Łódź, Ångström, Ελλάδα, Москва, 東京, עברית, العربية.",
    "Aaaargh! Sooo good. Hmmm. Brrr. Grrr.",
)


@pytest.mark.parametrize("text", INNOCENT, ids=lambda text: text[:20])
def test_an_innocent_text_is_not_mistaken_for_a_disguise(text: str) -> None:
    for octets in (words(text), page(f"<p>{text.replace('<', '&lt;')}</p>")):
        assert not judged(looking_in("all"), octets).findings
        assert not judged(SHIPPED_PACKS, octets).findings


@pytest.mark.parametrize(
    ("phrase", "text", "shown"),
    [
        ("unbeatable offer", "An u n b e a t a b l e   o f f e r today", "u n b e a t a b l e   o f f e r"),
        ("moron", "What a m 0 r 0 n.", "m 0 r 0 n"),
        ("twit", "You t w * t!", "t w * t"),
        ("stoopid cow", "st00pid c-o-w", "st00pid c-o-w"),
        ("vote for", "please v o t e f o r us", "v o t e f o r"),
        ("poof", "a p**f", "p**f"),
        ("idiot", "an idi*t", "idi*t"),
        ("shit", "oh sh!t", "sh!t"),
        ("useless", "u-s-e-l-e-s-s people", "u-s-e-l-e-s-s"),
        ("useless", "use-\nless people", "use-\nless"),
        ("privatis*", "they p r i v a t i s e it", "p r i v a t i s e"),
    ],
)
def test_what_was_not_joined_before_is_found_and_quoted_as_it_stands(
    phrase: str, text: str, shown: str
) -> None:
    octets = words(text.replace("\n", "\r\n"))
    finding = judged(policy(clause({"phrase": [phrase]})), octets).findings[0]
    assert [quote.text for quote in finding.quotes] == [shown]
    assert finding.confidence == 0.8


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("the rapist", "the therapist"),
        ("therapist", "the rapist"),
        ("useless", "Use less of it."),
        ("couldnt", "He couldn't."),
        ("patients", "a patient's chair"),
        ("adress", "the address"),
        ("special offer", "It is special. Offer it."),
        ("special offer", "This one is special - offer it."),
        ("refuse", "We re-use it."),
        ("idiot", "an idyllic spot"),
        ("moron", "m = 0, r = 0, n = 1"),
        ("cost", "c**t and f**k"),
    ],
)
def test_a_phrase_is_not_read_into_other_words(phrase: str, text: str) -> None:
    assert not judged(
        policy(clause({"phrase": [phrase, "coat", "colt", "cult", "cast"]})), words(text)
    ).findings


def test_a_clause_that_wants_no_disguise_undone_gets_none() -> None:
    plain = policy(clause({"phrase": [PHRASE], "disguised": False}))
    assert not judged(plain, words("a s-p-e-c-i-a-l offer, a spec*al offer")).findings


def test_no_code_hides_behind_other_codes() -> None:
    noise = "\n".join(base64.b64encode(random.Random(n).randbytes(57)).decode() for n in range(3000))
    hidden = base64.b64encode(b"vote for blue, please").decode()
    assert "vote for blue" in decoded_codes(f"{noise}\n\n{hidden}")
    lines = "".join(binascii.b2a_uu(b"word " * 9).decode() for _ in range(900))
    last = binascii.b2a_uu(b"vote for blue").decode()
    assert "vote for blue" in decoded_codes(f"begin 644 a.txt\n{lines}{last}`\nend\n")
