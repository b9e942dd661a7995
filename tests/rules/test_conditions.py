"""What each kind of condition finds, and what it leaves alone."""

import base64

import pytest

from rules.facts import Need
from tests.given.documents import office, patient, zipped
from tests.given.judging import LIST, clause, example, holds, judged, policy, quotes

PHRASE = {"phrase": ["best in class", "kill*"]}


def test_a_phrase_is_found_in_any_case_and_over_line_breaks() -> None:
    assert quotes(PHRASE, "It is Best\nin  CLASS.") == ["Best\nin  CLASS"]


def test_a_phrase_is_found_with_hyphens_for_its_blanks() -> None:
    assert quotes(PHRASE, "a best-in-class machine") == ["best-in-class"]


def test_a_phrase_is_not_found_within_words() -> None:
    assert not holds({"phrase": ["ion chamber"]}, "an ion chambers' cupboard, a lion chamber")


def test_a_star_stands_for_any_ending() -> None:
    assert quotes(PHRASE, "the killing, the skill") == ["killing"]


def test_a_lone_star_stands_for_one_word() -> None:
    when = {"phrase": ["official * of the"]}
    assert quotes(when, "the official views of the body") == ["official views of the"]
    assert not holds(when, "the official and final views of the body")


@pytest.mark.parametrize(
    "text", ["you ｉｄｉｏｔ", "you id\u200biot", "you 1d10t", "you i.d.i.o.t", "you i d i o t", "you іdіоt"]
)
def test_a_disguised_phrase_is_found_and_quoted_as_it_stands(text: str) -> None:
    found = quotes({"phrase": ["idiot"]}, text)
    assert found
    assert found == [text.removeprefix("you ")]


def test_a_disguise_costs_confidence() -> None:
    verdict = judged(policy(clause({"phrase": ["idiot"]})), example("you i.d.i.o.t"))
    assert [finding.confidence for finding in verdict.findings] == [0.8]


def test_a_phrase_that_is_not_to_be_sought_in_disguise_is_not() -> None:
    assert not holds({"phrase": ["idiot"], "disguised": False}, "you i.d.i.o.t")


def test_an_exception_excuses_only_the_words_within_it() -> None:
    when = {"phrase": ["kill"], "except": ["kill switch"]}
    assert not holds(when, "Test the kill switch.")
    assert quotes(when, "Test the kill switch or I kill you.") == ["kill"]


def test_unless_excuses_within_one_sentence() -> None:
    when = {"phrase": ["liar"], "unless": ["not"]}
    assert not holds(when, "He is not a liar.")
    assert quotes(when, "It is not so. He is a liar.") == ["liar"]


def test_at_least_counts_different_phrases() -> None:
    when = {"phrase": ["cutting edge", "innovative"], "at_least": 2}
    assert not holds(when, "cutting edge, cutting edge")
    assert holds(when, "cutting edge and innovative")


def test_conditions_read_subject_and_own_words_unless_they_say_otherwise() -> None:
    quoted = "I agree.\n\n> what an idiot\n"
    assert not holds({"phrase": ["idiot"]}, quoted)
    assert quotes({"phrase": ["idiot"], "in": ["quoted"]}, quoted) == ["idiot"]
    assert holds({"phrase": ["idiot"]}, "Hello", subject="You idiot")
    assert holds({"phrase": ["idiot"], "in": "all"}, quoted)


def test_a_pattern_is_quoted_as_displayed_whatever_the_alphabet() -> None:
    assert quotes({"pattern": [r"\d+ ?%"]}, "Überall 50% off – und 20 % mehr") == ["50%", "20 %"]


def test_a_pattern_may_be_anchored_to_a_zones_ends() -> None:
    assert quotes({"pattern": ["^test$"], "in": ["subject"]}, "Hello", subject="Test") == ["Test"]
    assert not holds({"pattern": ["^test$"]}, "a test", subject="Tests")


def test_near_counts_the_words_between() -> None:
    when = {"near": {"first": ["worst"], "second": {"mentions": "staff"}, "within": 2}}
    assert quotes(when, "Worst of them: Judith Penhale.") == ["Worst of them: Judith Penhale"]
    assert not holds(when, "Worst of all those there: Judith Penhale.")


def test_near_in_one_sentence_minds_abbreviations() -> None:
    when = {"near": {"first": ["useless"], "second": {"mentions": "staff"}}}
    assert holds(when, "Useless, as Dr. Penhale always is.")
    assert not holds(when, "It was useless. Judith Penhale helped.")


def test_near_may_mind_the_order() -> None:
    when = {"near": {"first": ["ring"], "second": ["bell"], "order": "first-before-second"}}
    assert holds(when, "ring the bell")
    assert not holds(when, "the bell may ring")


@pytest.mark.parametrize(
    ("who", "text"),
    [
        ("organisation", "says ipem"),
        ("staff", "ask Mrs Penhale"),
        ("partners", "the SoR says"),
        ("companies", "Lumidose's chambers"),
        ("official", "write to office@ipem.example please"),
    ],
)
def test_those_whom_the_list_file_names_are_found_as_people_write_them(who: str, text: str) -> None:
    assert holds({"mentions": who}, text)


def test_a_short_name_needs_a_capital() -> None:
    assert not holds({"mentions": "partners"}, "sor ry")
    assert not holds({"mentions": "partners"}, "a sor e point")


@pytest.mark.parametrize(
    "test",
    [
        {"name": "Precedence"},
        {"name": "precedence", "is": "BULK"},
        {"name": "Precedence", "contains": ["ul"]},
        {"name": "Precedence", "matches": ["^b.*k$"]},
        {"name": "Received", "count": {"under": 1}},
    ],
)
def test_a_header_field_is_tested_in_any_case(test: dict[str, object]) -> None:
    assert holds({"header": test}, "Hello", headers={"Precedence": "bulk"})


def test_a_foreign_list_id_is_told_from_our_own() -> None:
    when = {"header": {"name": "List-Id", "foreign": True}}
    assert holds(when, "Hi", headers={"List-Id": "Other <other.lists.example.net>"})
    assert not holds(when, "Hi", headers={"List-Id": "<physics.lists.example.org>"})


OFFICE = "The Office <office@ipem.example>"


@pytest.mark.parametrize(
    ("who", "facts", "expected"),
    [
        ("official", {}, True),
        ("official", {"dmarc": "pass"}, True),
        ("official", {"dmarc": "fail"}, False),
        ("official", {"dkim": "pass"}, True),
        ("official-verified", {"spf": "pass"}, True),
        ("official-verified", {"dkim": "pass", "dmarc": "fail"}, False),
        ("official-verified", {}, False),
        ("official-verified", {"trusted": True}, True),
        ("official-address", {"dmarc": "fail"}, True),
        ("organisation", {}, True),
    ],
)
def test_an_official_sender_is_believed_where_nothing_contradicts(
    who: str, facts: dict[str, object], expected: bool
) -> None:
    assert holds({"sender": who}, "Hello", facts=facts, **{"from": OFFICE}) is expected


def test_an_official_sender_among_several_authors_is_not_believed() -> None:
    both = [OFFICE, "x@example.net"]
    assert not holds({"sender": "official"}, "Hello", **{"from": both})
    assert holds({"sender": "several"}, "Hello", **{"from": both})


def test_senders_are_known_by_domain_address_name_standing_and_path() -> None:
    author = {"from": "Ann Lee <ann@sales.lumidose.example>"}
    assert holds({"sender": {"domain": "lumidose.example"}}, "Hello", **author)
    assert not holds({"sender": {"domain": "dose.example"}}, "Hello", **author)
    assert holds({"sender": {"address": "ANN@sales.lumidose.example"}}, "Hello", **author)
    assert holds({"sender": {"name": "ann lee"}}, "Hello", **author)
    assert holds({"sender": "company"}, "Hello", **author)
    assert holds({"sender": "nonmember"}, "Hello", facts={"standing": "nonmember"})
    assert holds({"sender": ["null", "member"]}, "Hello", sender="")
    assert holds({"sender": "moderator"}, "Hello", **{"from": "mo@example.org"})


def test_addresses_are_looked_for_and_counted() -> None:
    many = {"to": [f"a{number}@example.org" for number in range(12)]}
    assert holds({"address": {"field": "to", "count": {"over": 10}}}, "Hello", **many)
    assert holds({"address": {"field": ["cc", "to"], "domain": "example.org"}}, "Hello", **many)
    assert not holds({"address": {"field": "cc", "domain": "example.org"}}, "Hello", **many)
    assert holds({"address": {"field": "recipient", "domain": "lists.example.org"}}, "Hello")


def test_a_size_may_be_written_with_its_unit() -> None:
    assert holds({"size": {"over": "2 KiB"}}, "x" * 3000)
    assert not holds({"size": {"over": "1 MiB"}}, "x" * 3000)


def test_attachments_fit_by_name_type_content_and_number() -> None:
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\x00" * 40).decode()
    files = {"attach": [{"name": "Run me.EXE", "text": "MZ"}, {"name": "a.pdf", "base64": png}]}
    assert quotes({"attachment": {"extension": "exe"}}, "See", **files) == ["Run me.EXE"]
    assert holds({"attachment": {"name": "*.pdf", "detected": "image/*"}}, "See", **files)
    assert not holds({"attachment": {"name": "*.pdf", "extension": "exe"}}, "See", **files)
    assert holds({"attachment": {"count": {"over": 1}}}, "See", **files)
    assert not holds({"attachment": {}}, "See")


def test_attachments_fit_by_what_only_opening_them_tells() -> None:
    contents = {
        "a.docx": office({"word/vbaProject.bin": b""}),
        "b.zip": zipped({"c.exe": b"MZ"}),
        "d.dcm": patient("SMITH^JOHN"),
    }
    attach = [
        {"name": name, "type": "application/octet-stream", "base64": base64.b64encode(octets).decode()}
        for name, octets in contents.items()
    ]
    assert holds({"attachment": {"facts": ["gps", "patient"]}}, "See", attach=attach)
    assert holds({"attachment": {"facts": "macros", "extension": "docx"}}, "See", attach=attach)
    assert not holds({"attachment": {"facts": "macros", "extension": "dcm"}}, "See", attach=attach)
    assert not holds({"attachment": {"facts": "phantom"}}, "See", attach=attach)
    assert holds({"attachment": {"extension": "exe"}}, "See", attach=attach), "names within an archive count"


def test_links_fit_by_host_scheme_and_deceit() -> None:
    html = '<p>See <a href="https://evil.example.net/x">www.ipem.example</a></p>'
    assert holds({"link": {"host": "example.net"}}, html=html)
    assert holds({"link": {"mismatch": True}}, html=html)
    assert not holds({"link": {"scheme": "ftp"}}, html=html)
    assert not holds({"link": {"mismatch": True}}, html=html.replace("evil.example.net", "ipem.example"))


def test_ambiguities_are_named_by_their_kind() -> None:
    raw = "From: a@example.org\nFrom: b@example.org\nSubject: Hi\n\nHello\n"
    post = example(raw=raw)
    for kind in ("any", "two-from"):
        assert judged(policy(clause({"scan": {"ambiguity": kind}})), post).findings
    assert not judged(policy(clause({"scan": {"ambiguity": "other"}})), post).findings


@pytest.mark.parametrize(
    ("fact", "more"),
    [
        ("automatic", {"headers": {"Auto-Submitted": "auto-replied"}}),
        ("looped", {"facts": {"looped": True}}),
        ("trusted", {"facts": {"trusted": True}}),
        ("authenticated", {"facts": {"trusted": True}}),
        ("authenticated", {"facts": {"dmarc": "pass"}}),
        ("authenticated", {"facts": {"dkim": "pass", "dmarc": "none"}}),
        ("returned", {"headers": {"X-BeenThere": "physics@lists.example.org"}}),
        ("foreign-list", {"headers": {"List-Id": "<other.example.net>"}}),
        ({"dmarc": "fail"}, {"facts": {"dmarc": "fail"}}),
        ({"standing": ["nonmember"]}, {"facts": {"standing": "nonmember"}}),
    ],
)
def test_a_fact_holds_when_it_is_so_and_not_otherwise(fact: object, more: dict[str, object]) -> None:
    assert holds({"fact": fact}, "Hello", **more)
    assert not holds({"fact": fact}, "Hello")


def test_a_post_without_words_is_empty() -> None:
    assert holds({"fact": "empty"}, subject="unsubscribe")
    assert not holds({"fact": "empty"}, "Hello")


def test_all_any_and_none_do_what_they_say() -> None:
    a, b = {"phrase": ["alpha"]}, {"phrase": ["beta"]}
    assert holds({"all_of": [a, b]}, "alpha beta")
    assert not holds({"all_of": [a, b]}, "alpha")
    assert holds({"any_of": [a, b]}, "beta")
    assert holds({"none_of": [a, b]}, "gamma")
    assert holds({"all_of": [a, {"none_of": [b]}]}, "alpha")
    assert not holds({"all_of": [a, {"none_of": [b]}]}, "alpha beta")


def test_all_is_as_sure_as_its_least_sure_part_and_any_as_its_surest() -> None:
    weak = {"phrase": ["alpha"], "confidence": 0.6}
    strong = {"phrase": ["beta"], "confidence": 0.9}
    for kind, expected in (("all_of", 0.6), ("any_of", 0.9)):
        verdict = judged(policy(clause({kind: [weak, strong]})), example("alpha beta"))
        assert [finding.confidence for finding in verdict.findings] == [expected]


@pytest.mark.parametrize("said", ["fail", "none", "temperror", "unknown"])
def test_nothing_but_a_pass_is_authenticated(said: str) -> None:
    assert not holds({"fact": "authenticated"}, "Hello", facts={"dmarc": said, "dkim": said, "spf": said})
    assert Need.AUTHENTICATION in policy(clause({"fact": "authenticated"})).compiled.needs


def test_a_policy_that_failed_or_was_not_to_be_had_overrules_what_else_passed() -> None:
    for said in ("fail", "temperror"):
        facts = {"dmarc": said, "dkim": "pass", "spf": "pass"}
        assert not holds({"fact": "authenticated"}, "Hello", facts=facts)


def test_the_lists_own_address_or_an_alias_is_the_list() -> None:
    assert holds({"sender": "list"}, "Hello", **{"from": LIST.upper()})
    assert not holds({"sender": "list"}, "Hello", **{"from": "x" + LIST})
