"""No term of medical imaging is held, or changed until it could not be found: DICOM's own dictionary says them all."""

from collections.abc import Iterator

import pytest
from pydicom.sr._concepts_dict import concepts

from rules.evaluate import evaluate
from rules.facts import Facts
from rules.message import Envelope
from rules.normal import normalise
from rules.pack import SHIPPED, read_pack
from rules.policy import compose
from rules.reading import read
from tests.given.judging import PROFILE

TERMS = sorted(
    {meaning for codes in concepts.values() for code in codes.values() for meaning, _ in code.values()}
)
POLICY = compose(PROFILE, (read_pack(SHIPPED / "hygiene"), read_pack(SHIPPED / "ipem")))
ENVELOPE = Envelope(b"ann@member.example", (b"list@lists.example",))


def clauses_on(terms: tuple[str, ...]) -> tuple[str, ...]:
    text = "\r\n".join(f"{term}." for term in terms)
    octets = f"From: Ann <ann@member.example>\r\nSubject: Terms\r\n\r\n{text}\r\n".encode()
    return evaluate(POLICY, read(octets), Facts(), ENVELOPE).clauses


def batches(size: int) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(TERMS), size):
        yield tuple(TERMS[start : start + size])


def test_the_dictionary_is_large() -> None:
    assert len(TERMS) > 15_000


def test_no_term_of_the_dictionary_is_held() -> None:
    held = {terms: clauses for terms in batches(40) if (clauses := clauses_on(terms))}
    assert {term: clauses_on((term,)) for terms in held for term in terms if clauses_on((term,))} == {}


@pytest.mark.parametrize(
    "term", [term for term in TERMS if not term.isascii()] + ["5 µGy", "β-emitter", "Δt"]
)
def test_letters_and_units_of_the_field_survive(term: str) -> None:
    assert [sign for sign in term.casefold() if "α" <= sign <= "ω"] == [
        sign for sign in normalise(term).text if "α" <= sign <= "ω"
    ]
