"""Who only looks like the organisation, its office or its staff, and who does not."""

import pytest

from rules.text.likeness import skeleton, slips_between, unpacked
from tests.given.judging import PROFILE, clause, example, holds, judged, policy, quotes

KINDS = ("official", "organisation", "staff", "diverted")


def seen(author: str, **more: object) -> set[str]:
    """As what the author of a post appears."""
    post = {"from": author, **more}
    return {kind for kind in KINDS if holds({"sender": {"resembles": kind}}, "Good morning.", **post)}


@pytest.mark.parametrize(
    "author",
    [
        "IPEM National Office <ipem.office@freemail.example>",
        "National Office <x@hotmail.example>",
        "The National Office (Wales) <wales@freemail.example>",
        "Jo Tern, IPEM National Office <jo@freemail.example>".replace("Jo Tern, ", "Jo Tern - "),
        "office@ipem.example <x@elsewhere.example>",
        "Office <office@freemail.example>",
        "IPEM Membership <x@wexley.example>",
        "Ι P Ε M Newsletter <news@elsewhere.example>",
        "ΙΡΕΜ News <x@freemail.example>",
        "Jo <ipem-office@elsewhere.example>",
        "Jo <ipemnews@freemail.example>",
        "Jo <membership.ipem@freemail.example>",
        "Membership Team <x@elsewhere.example>",
    ],
)
def test_an_office_elsewhere_is_not_the_office(author: str) -> None:
    assert "official" in seen(author)


@pytest.mark.parametrize(
    "author",
    [
        "Robin Ash <robin@ipern.example>",
        "Robin Ash <robin@lpem.example>",
        "Robin Ash <robin@xn--pem-qma.example>",
        "Robin Ash <robin@ipem.example.elsewhere.example>",
        "Robin Ash <robin@ipem-office.example>",
        "Robin Ash <robin@ipem-example.net>",
        "Robin Ash <robin@ipem.org.example>",
        "IPEM <x@wexley.example>",
        "IPEM Scotland <chair@wexley.example>",
        "Institute of Physics and Engineering in Medicine <x@wexley.example>",
        "ipem <ipem@freemail.example>",
        "Robin Ash <robin@mail.ipern.example>",
    ],
)
def test_a_domain_or_a_name_that_looks_like_the_organisations_is_seen(author: str) -> None:
    assert "organisation" in seen(author)


@pytest.mark.parametrize(
    "author",
    [
        "Judith Penhale <jp@freemail.example>",
        '"Penhale, Judith" <jp@wexley.example>',
        "Dr Judith Penhale (IPEM) <jp@wexley.example>",
        "Judith M. Penhale <jp@wexley.example>",
        "Juditһ Реnhale <jp@wexley.example>",
        "<judith.penhale@freemail.example>",
        "penhale judith <x@wexley.example>",
    ],
)
def test_staff_who_write_from_elsewhere_are_seen(author: str) -> None:
    assert seen(author) == {"staff"}


@pytest.mark.parametrize(
    "author",
    [
        "The Office <office@ipem.example>",
        "Judith Penhale <judith.penhale@ipem.example>",
        "Judith Penhale <judith@mail.ipem.example>",
        "Robin Ash (IPEM) <robin@wexley.example>",
        "Robin Ash MIPEM <robin@wexley.example>",
        "Robin Ash - IPEM Council <robin@wexley.example>",
        "Robin Ash (IPEM President) <robin@wexley.example>",
        "IPEM Fellow Robin Ash <robin@wexley.example>",
        "Robin Ash <robin+ipem@freemail.example>",
        "Robin Ash <robin-ipem@freemail.example>",
        "Physics Office <office@wexley.example>",
        "Wexley Press Office <press@wexley.example>",
        "News <news@journal.example>",
        "EFOMP Secretariat <secretary@efomp.example>",
        "Judith Fern <judith@freemail.example>",
        "Marcus Penhale <m.penhale@freemail.example>",
        "Robin Ash <robin@ipek.example>",
        "Robin Ash <robin@shipem.example>",
        "Robin Ash via the IPEM list <robin@lists.example.org>",
        "<robin@wexley.example>",
    ],
)
def test_honest_authors_look_like_nobody_else(author: str) -> None:
    assert seen(author) == set()


def test_a_moderator_with_the_name_of_staff_is_known() -> None:
    known = PROFILE.model_copy(update={"moderators": ()})
    when = {"sender": {"resembles": "staff"}}
    post = example("Hello", **{"from": "Judith Penhale <mo@example.org>"})
    assert judged(policy(clause(when)), post).findings == ()
    assert judged(policy(clause(when), moderators=known.moderators), post).findings


OFFICE = "The Office <office@ipem.example>"


@pytest.mark.parametrize(
    ("answers", "facts", "expected"),
    [
        ("ipem.office@freemail.example", {}, {"diverted"}),
        ("ipem.office@freemail.example", {"dmarc": "none"}, {"diverted"}),
        ("ipem.office@freemail.example", {"dmarc": "pass"}, set()),
        ("ipem.office@freemail.example", {"trusted": True}, set()),
        ("news@ipem.example", {}, set()),
        ("physics@lists.example.org", {}, set()),
    ],
)
def test_answers_to_the_office_that_go_to_a_stranger_are_seen(
    answers: str, facts: dict[str, object], expected: set[str]
) -> None:
    assert seen(OFFICE, headers={"Reply-To": answers}, facts=facts) == expected


@pytest.mark.parametrize(
    ("author", "facts", "expected"),
    [
        (OFFICE, {"dmarc": "fail"}, {"official"}),
        (OFFICE, {"spf": "fail"}, {"official"}),
        (OFFICE, {"spf": "fail", "dkim": "pass"}, set()),
        (OFFICE, {"dmarc": "none"}, set()),
        (OFFICE, {}, set()),
        ("Judith Penhale <judith@ipem.example>", {"dmarc": "fail"}, {"organisation"}),
    ],
)
def test_mail_that_its_domain_does_not_confirm_is_seen(
    author: str, facts: dict[str, object], expected: set[str]
) -> None:
    assert seen(author, facts=facts) == expected


@pytest.mark.parametrize(
    ("border", "facts", "expected"),
    [
        ({}, {}, True),
        ({"authserv_id": "mx.example.org"}, {}, False),
        ({"networks": ("192.0.2.1/32",)}, {}, False),
        ({"authserv_id": "mx.example.org"}, {"dmarc": "pass"}, True),
        ({"authserv_id": "mx.example.org"}, {"trusted": True}, True),
    ],
)
def test_a_list_that_names_its_border_believes_official_senders_only_from_there(
    border: dict[str, object], facts: dict[str, object], expected: bool
) -> None:
    ours = policy(clause({"sender": "official"}), border=PROFILE.border.model_copy(update=border))
    found = judged(ours, example("Hello", **{"from": OFFICE}, facts=facts)).findings
    assert bool(found) is expected


def test_a_list_without_an_organisation_knows_no_impostors() -> None:
    nobody = PROFILE.organisation.model_copy(
        update={"names": (), "domain": "", "official_senders": (), "staff": ()}
    )
    ours = policy(clause({"sender": {"resembles": list(KINDS)}}), organisation=nobody)
    assert judged(ours, example("Hello", **{"from": "National Office <x@hotmail.example>"})).findings == ()


def test_a_common_word_in_the_domain_is_nobodys_name() -> None:
    physics = PROFILE.organisation.model_copy(
        update={"names": ("Department of Physics",), "domain": "physics.uni.example", "official_senders": ()}
    )
    ours = policy(clause({"sender": {"resembles": list(KINDS)}}), organisation=physics)
    assert judged(ours, example("Hello", **{"from": "Jo <jo@physics.elsewhere.example>"})).findings == ()


def test_the_finding_says_who_it_is_from() -> None:
    verdict = judged(
        policy(clause({"sender": {"resembles": "organisation"}})),
        example("Hello", **{"from": "Robin Ash <robin@ipern.example>"}),
    )
    assert verdict.findings[0].says == (
        "The post says it is from Robin Ash (robin@ipern.example), whose domain looks like ipem.example."
    )


def test_a_name_of_any_length_is_looked_at_in_no_time() -> None:
    assert seen(f"{'ipem office ' * 30}<{'ipem-' * 60}@{'ipem-.' * 40}example>")


def test_what_is_the_same_at_a_glance_has_one_shape() -> None:
    assert skeleton("1PEM") == skeleton("ipem") == skeleton("ІРЕМ") == skeleton("ìpem")
    assert skeleton("modern") == skeleton("modem")
    assert skeleton("ipem") != skeleton("ipam")


def test_slips_are_counted_up_to_a_few() -> None:
    assert slips_between("brackenfield", "brackenfeild", 2) == 1
    assert slips_between("brackenfield", "brackenfield", 2) == 0
    assert slips_between("a", "abcdef", 2) == 3


def test_labels_in_punycode_are_read_as_shown_and_nonsense_stays() -> None:
    assert unpacked("xn--pem-qma.example") == "ípem.example"
    assert unpacked("xn--\udcff.example") == "xn--\udcff.example"
    assert quotes({"sender": {"resembles": "organisation"}}, "Hi", **{"from": "A <a@xn--ii.example>"}) is None
