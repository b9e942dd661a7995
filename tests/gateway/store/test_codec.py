"""What a row keeps comes back as it was, and no text of a message can upset a database."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from gateway.store import codec, ids
from rules.verdict import Finding
from tests.given.store import NHS, finding

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_comes_back(moment: datetime) -> None:
    assert codec.moment(codec.microseconds(moment)) == moment


@given(st.lists(st.binary()))
def test_addresses_come_back_byte_for_byte(addresses: list[bytes]) -> None:
    assert codec.octets_of(codec.octets_column(addresses)) == tuple(addresses)


@given(st.binary())
def test_octets_come_back(octets: bytes) -> None:
    assert codec.expanded(codec.compressed(octets)) == octets


@given(ANYTHING)
def test_text_is_fit_for_any_database_and_positions_stay_true(text: str) -> None:
    cleaned = codec.legible(text)
    cleaned.encode()
    assert "\0" not in cleaned
    assert len(cleaned) == len(text)


@given(st.text(max_size=3000))
def test_a_column_is_cut_at_a_kibibyte_and_not_inside_a_character(text: str) -> None:
    assert len(codec.column(text).encode()) <= 1024
    assert codec.legible(text).startswith(codec.column(text))


def test_findings_come_back() -> None:
    findings = (finding(), finding("patient-data", sensitive=True, words=NHS))
    assert codec.findings_of(codec.findings_column(findings)) == findings


@given(ANYTHING)
def test_a_finding_with_any_words_can_be_kept(words: str) -> None:
    stored = codec.findings_column((finding(words=words),))
    assert stored.isascii()
    (kept,) = codec.findings_of(stored)
    assert isinstance(kept, Finding)


def test_a_purged_finding_says_which_clause_and_nothing_of_the_message() -> None:
    stored = codec.wordless(codec.findings_column((finding(words=NHS),)))
    assert NHS not in stored
    assert codec.findings_of(stored)[0].clause == "endorsement"


def test_ids_are_short_speakable_and_different() -> None:
    made = {ids.new_id() for _ in range(2000)}
    assert len(made) == 2000
    assert all(len(one) == 12 and one[0].isalpha() and set(one) <= set(ids.ALPHABET) for one in made)
