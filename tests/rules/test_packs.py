"""The shipped packs: each clause is proved by its examples, and everyday posts meet none of them."""

import re
from datetime import date
from pathlib import Path

import pytest

from rules.clause import ClauseFile
from rules.evaluate import evaluate
from rules.facts import Facts
from rules.message import Envelope
from rules.pack import SHIPPED, Pack, read_pack
from rules.policy import Policy, compose
from rules.profile import read_profile
from rules.prove import ENOUGH, lint, prove
from rules.reading import read
from rules.verdict import Verdict

NAMES = ("ipem", "civil", "hygiene")
PACKS = {name: read_pack(SHIPPED / name) for name in NAMES}
CLAUSES = [
    pytest.param(pack, clause, id=f"{pack.name}/{clause.clause}")
    for pack in PACKS.values()
    for clause in pack.clauses
]
ORDINARY = sorted((SHIPPED / "ordinary").glob("*.eml"))
IPEM_CLAUSES = {
    "quality",
    "purpose",
    "non-discriminatory",
    "confidentiality",
    "copyright",
    "privacy",
    "reputation",
    "non-political",
    "endorsement",
    "representation",
    "branding",
}


@pytest.fixture(scope="module")
def everything() -> Policy:
    """All shipped clauses in force at once, on the list of the examples."""
    packs = tuple(PACKS.values())
    return compose(read_profile(packs[0].profile), packs)


def judged(policy: Policy, octets: bytes) -> Verdict:
    """The verdict on a post of a trusted author that nobody looked anything up for."""
    reading = read(octets)
    author = reading.author.address if reading.author else ""
    return evaluate(policy, reading, Facts(), Envelope(author.encode(), (policy.profile.list.encode(),)))


def with_crlf(octets: bytes) -> bytes:
    """The octets as they travel."""
    return re.sub(rb"\r?\n", b"\r\n", octets)


@pytest.mark.parametrize("pack", PACKS.values(), ids=NAMES)
def test_a_pack_proves_itself_by_its_examples(pack: Pack) -> None:
    assert [str(disproof) for disproof in prove(pack)] == []


@pytest.mark.parametrize("pack", PACKS.values(), ids=NAMES)
def test_a_pack_has_no_lint(pack: Pack) -> None:
    assert lint(pack) == ()


@pytest.mark.parametrize(("pack", "clause"), CLAUSES)
def test_a_clause_has_enough_examples_of_both_sorts(pack: Pack, clause: ClauseFile) -> None:
    examples = pack.examples(clause)
    assert min(len(examples.must_hold), len(examples.must_pass)) >= ENOUGH


@pytest.mark.parametrize(("pack", "clause"), CLAUSES)
def test_a_clause_is_named_as_its_file_and_cites_its_document(pack: Pack, clause: ClauseFile) -> None:
    assert (pack.folder / f"{clause.clause}.yaml").is_file()
    assert clause.source.document == pack.source.document


@pytest.mark.parametrize(("pack", "clause"), CLAUSES)
def test_a_clause_holds_and_never_refuses_by_itself(pack: Pack, clause: ClauseFile) -> None:
    assert clause.action.value == "hold"


@pytest.mark.parametrize(("pack", "clause"), CLAUSES)
def test_a_clause_tells_the_moderator_what_to_answer_and_the_author_what_to_do(
    pack: Pack, clause: ClauseFile
) -> None:
    assert "{quote}" in clause.says
    assert clause.ask.endswith("?")
    assert clause.mend.endswith(".")


@pytest.mark.parametrize("pack", PACKS.values(), ids=NAMES)
def test_a_pack_says_when_it_is_read_against_its_source_again(pack: Pack) -> None:
    assert pack.review == date(2027, 1, 31)


def test_the_ipem_pack_has_all_eleven_clauses() -> None:
    assert {clause.clause for clause in PACKS["ipem"].clauses} == IPEM_CLAUSES


def test_the_duties_of_the_institute_stand_in_the_contents_with_a_reason() -> None:
    unheld = [heading for heading in PACKS["ipem"].contents if not heading.clauses]
    assert len(unheld) == 5
    assert all(heading.no_clause for heading in unheld)


def test_what_carries_patients_data_or_keys_is_masked() -> None:
    sensitive = {
        f"{pack.name}/{clause.clause}"
        for pack in PACKS.values()
        for clause in pack.clauses
        if clause.sensitive
    }
    assert sensitive == {"ipem/confidentiality", "ipem/privacy", "civil/personal-data", "civil/secrets"}


def test_the_code_of_conduct_has_the_headings_of_its_pack() -> None:
    code = (SHIPPED / "civil" / "code.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", code, re.MULTILINE) == [
        heading.heading for heading in PACKS["civil"].contents
    ]


def test_numbers_and_addresses_in_the_packs_belong_to_nobody() -> None:
    """Telephone numbers come from the ranges set aside for drama, addresses from reserved domains."""
    for path in _texts():
        text = path.read_text(encoding="utf-8")
        mobiles = re.findall(r"\b07\d{3} ?\d{3} ?\d{3}\b", text)
        assert all(mobile.startswith("07700 900") for mobile in mobiles), path
        domains = re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)*\.[a-z]{2,})\b", text)
        assert all(domain.endswith((".example", "example.org")) for domain in domains), (path, domains)


def _texts() -> list[Path]:
    return [path for suffix in ("yaml", "md", "eml") for path in SHIPPED.rglob(f"*.{suffix}")]


def test_there_are_enough_ordinary_posts_to_learn_from() -> None:
    assert len(ORDINARY) >= 25


@pytest.mark.parametrize("path", ORDINARY, ids=lambda path: path.stem)
def test_an_ordinary_post_meets_no_clause(path: Path, everything: Policy) -> None:
    # In shadow stands what would act if something could say who wrote it.
    findings = judged(everything, with_crlf(path.read_bytes())).findings
    assert [finding.says for finding in findings if finding.acts] == []


def test_a_post_of_eleven_million_octets_is_too_large(everything: Policy) -> None:
    octets = (
        b"From: Robin Ash <robin.ash@member.example>\r\nSubject: Large\r\n\r\n"
        + b"All work and no play.\r\n" * 500_000
    )
    assert "oversize" in judged(everything, octets).clauses


def test_a_header_of_a_hundred_thousand_octets_is_too_large(everything: Policy) -> None:
    padding = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 900) for number in range(110))
    octets = (
        b"From: Robin Ash <robin.ash@member.example>\r\nSubject: Large\r\n"
        + padding
        + b"\r\nGood morning.\r\n"
    )
    assert "oversize" in judged(everything, octets).clauses


@pytest.mark.parametrize("clause", PACKS["ipem"].learning, ids=lambda clause: clause.clause)
def test_a_clause_that_learns_is_proved_by_many_examples(clause: ClauseFile) -> None:
    pack = PACKS["ipem"]
    examples = pack.examples(clause)
    assert len(examples.must_hold) >= 60
    assert len(examples.must_pass) >= 80
