"""What detectors take for the thing, and the innocent things that look like it.

Each has a file in ``detected/``: texts, or posts with the keys of an example. A
post with ``in`` is looked at in that zone, as a clause may ask for.
"""

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML

from rules.detectors import DETECTORS, spelling
from rules.detectors.detector import Detector, Reads, TooManyCandidates, found_by
from rules.evaluate import evaluate
from rules.facts import Facts
from rules.matching.haystack import family
from rules.message import Envelope
from rules.normal import normalise
from rules.reading import read
from rules.zones import Family
from tests.given.judging import clause, policy, quotes

FOLDER = Path(__file__).parent / "detected"
CASES = {
    path.stem: YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.yaml"))
}


def cases(sort: str) -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}-{number}")
        for name, sorts in CASES.items()
        for number, case in enumerate(sorts[sort])
    ]


def found_in(name: str, case: Any) -> list[str] | None:
    """What the detector finds in a case: the quotes, or None."""
    post = {"text": case} if isinstance(case, str) else dict(case)
    zone = post.pop("in", None)
    when = {"looks_like": name} if zone is None else {"looks_like": name, "in": [zone]}
    return quotes(when, **post)


@pytest.mark.parametrize(("name", "case"), cases("found"))
def test_a_detector_finds_its_thing_in_a_post(name: str, case: Any) -> None:
    assert found_in(name, case)


@pytest.mark.parametrize(("name", "case"), cases("innocent"))
def test_a_detector_leaves_innocent_things_alone(name: str, case: Any) -> None:
    assert found_in(name, case) is None


@pytest.mark.parametrize("name", list(DETECTORS))
def test_a_detector_is_tested_both_ways(name: str) -> None:
    assert len(CASES[name]["found"]) >= 12
    assert len(CASES[name]["innocent"]) >= 15


def test_every_case_is_of_a_detector() -> None:
    assert set(CASES) == set(DETECTORS)


IN_ZONES = [detector for detector in DETECTORS.values() if isinstance(detector, Detector)]
PIECES = [
    "1 ",
    "http://",
    "[insert ",
    "dear x",
    "password is ",
    "12 a b c d e f ",
    "name,dob\n",
    "mr a ",
    "hi all xx ",
]


@pytest.mark.parametrize("detector", IN_ZONES, ids=lambda detector: detector.name)
@pytest.mark.parametrize("piece", PIECES)
def test_a_detector_is_quick_on_hostile_text(detector: Detector, piece: str) -> None:
    list(detector.find(piece * 20_000))


@pytest.mark.parametrize("piece", PIECES)
def test_detectors_of_whole_posts_are_quick_on_hostile_text(piece: str) -> None:
    reading = read(b"From: a@b.example\r\n\r\n" + piece.encode() * 20_000)
    for detector in DETECTORS.values():
        if not isinstance(detector, Detector):
            list(detector.find(reading))


def test_a_detector_that_is_not_installed_is_refused_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "spylls", None)
    spelling._known.cache_clear()
    with pytest.raises(ValidationError, match=r"pip install 'gatepost\[spell\]'"):
        clause({"looks_like": "spelling"})
    spelling._known.cache_clear()


def test_a_detector_reads_on_over_the_marks_of_quoted_lines() -> None:
    quoted = (
        "Thanks.\n\n> The patient was Mrs Quill, NHS number 943 476\n> 5919, who has the old pacemaker.\n"
    )
    assert quotes({"looks_like": "nhs-number", "in": ["quoted"]}, quoted) == ["943 476\n> 5919"]


SIGNS = st.sampled_from(
    [
        *"aeinrst0179 .,:;|>-\n\t@/\\£é«",
        "http://",
        "mr ",
        "nhs ",
        "943 476 5919",
        "name,dob\n",
        "BEGIN:VCARD\n",
    ]
)


@given(st.lists(SIGNS, max_size=80).map("".join))
def test_any_text_at_all_gives_places_within_it(text: str) -> None:
    plain, reading = normalise(text).text, read(b"From: a@b.example\r\n\r\n" + text.encode())
    for detector in DETECTORS.values():
        if isinstance(detector, Detector):
            given_text = text if detector.reads is Reads.DISPLAYED else plain
            assert all(0 <= start < end <= len(given_text) for start, end in detector.find(given_text))
        else:
            assert all(place.end <= len(reading.zones[place.zone].text) for place in detector.find(reading))


@pytest.mark.parametrize(
    "text", ["nhs no 943 476 5919.", "nhs number: 9434765919, born 1970.", "his chi is 943 476 5919"]
)
def test_a_number_that_shows_in_two_ways_is_found_once(text: str) -> None:
    nhs_number = DETECTORS["nhs-number"]
    assert isinstance(nhs_number, Detector)
    assert len(list(nhs_number.find(text))) == 1


HARMLESS = "order 1234567890 of dosemeters. " * 210
PATIENT = "Mrs Fairweather, NHS number 943 476 5919."
UNNAMED = "The patient was 943 476 5919."


def test_many_harmless_numbers_hide_no_patients_number() -> None:
    assert quotes({"looks_like": "nhs-number"}, HARMLESS + PATIENT) == ["943 476 5919"]


def test_harmless_numbers_in_the_text_hide_none_in_an_attachment() -> None:
    parts = (
        b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n',
        HARMLESS.encode(),
        b"\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n",
        PATIENT.encode(),
        b"\r\n--b--\r\n",
    )
    ours = policy(clause({"looks_like": "nhs-number"}))
    findings = evaluate(ours, read(b"".join(parts)), Facts(), Envelope(b"a@b.example", ())).findings
    assert [quote.text for quote in findings[0].quotes] == ["943 476 5919"]


@pytest.mark.parametrize(("excused", "doubt"), [(15, False), (101, True)])
def test_excused_numbers_hide_no_patients_number(excused: int, doubt: bool) -> None:
    text = f"Patient {'943 476 5919 ' * 20}is a figure of ours. " * excused + UNNAMED
    octets = b"From: a@b.example\r\n\r\n" + text.encode()
    ours = policy(clause({"looks_like": "nhs-number", "unless": ["figure of ours"]}))
    verdict = evaluate(ours, read(octets), Facts(), Envelope(b"a@b.example", ()))
    assert verdict.doubt is doubt
    assert doubt or [quote.text for quote in verdict.findings[0].quotes] == ["943 476 5919"]


def test_more_candidates_than_can_be_looked_at_are_a_doubt() -> None:
    with pytest.raises(TooManyCandidates):
        list(found_by("a b")("a b " * 20_001))
    assert len(list(found_by("a b")("a b " * 20_000))) == 20_000
    octets = b"From: a@b.example\r\n\r\n" + b"1234567890 12\r\n" * 20_001
    ours = policy(clause({"looks_like": "nhs-number"}))
    assert evaluate(ours, read(octets), Facts(), Envelope(b"a@b.example", ())).doubt


def test_a_detector_reads_families_of_zones_that_there_are() -> None:
    for detector in DETECTORS.values():
        assert all(type(zone) is Family for zone in detector.zones), detector.name


def test_a_family_that_there_is_not_is_refused() -> None:
    assert family("attachment-name-12") is Family.ATTACHMENT_NAME
    with pytest.raises(ValueError, match="'htlm' is not a valid Family"):
        family("htlm")
