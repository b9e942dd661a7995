"""What detectors take for the thing, and the innocent things that look like it."""

import pytest

from rules.detectors import DETECTORS
from rules.detectors.detector import TooManyCandidates, found_by
from rules.evaluate import evaluate
from rules.facts import Facts
from rules.message import Envelope
from rules.normal import normalise
from rules.reading import read
from tests.given.judging import clause, policy, quotes

FOUND = {
    "nhs-number": [
        "Mrs Fairweather, NHS number 943 476 5919, is on ward 4.",
        "NHS no. 9434765919",
        "The patient (943-476-5919) was scanned on Monday.",
        "surname,9434765919,04/02/1938",
        "patient,943 476 5919,250",
    ],
    "date-of-birth": [
        "Jo Fairweather, DOB 12/03/1956",
        "date of birth: 3rd of May 1961",
        "She was born on 12 March 1956.",
        "d.o.b. 1956-03-12",
    ],
    "credential": [
        "The password for the server is Fl4mingo!",
        "password: hunter22",
        "-----BEGIN RSA PRIVATE KEY-----",
        "use AKIAABCDEFGHIJKLMNOP for the bucket",
        "clone https://ann:s3cret@git.example.net/repo",
        "PIN: 4711",
    ],
    "placeholder": [
        "Dear {{first_name}}, welcome",
        "Dear [Name],",
        "We meet at [insert venue] on [DATE].",
        "Dear <<First Name>>",
        "Lorem ipsum dolor sit amet",
        "the meeting of dd/mm/yyyy",
        "*|FNAME|*",
        "[your name here]",
    ],
    "broken-link": [
        "see http://localhost:8080/slides",
        "at http://intranet/physics",
        "in https://[insert link]",
        "file:///C:/slides.ppt",
        r"\\server\share\rota.doc",
        "htp://www.physics.example/a",
        "http://192.168.1.10/x",
        "http:/www.physics.example",
        "https://example.com/your-page",
    ],
    "private-address": [
        "He lives at 14 Larch Lane, Harrogate HG1 2AB.",
        "her home address is 3 Beech Close, York",
        "come round to his house, 22 Station Road",
    ],
    "private-phone": [
        "His home number is 01632 960001.",
        "Her mobile: 07700 900123",
        "You can ring him at home on 01632 960001",
    ],
}

INNOCENT = {
    "nhs-number": [
        "943 476 5918 is the NHS number of the patient",
        "000 000 0000 is the NHS number in the patient's record",
        "Call 943 476 5919 for the order.",
        "The detector's serial number 9434765919 was read.",
        "doi 10.1088/9434765919 on patients",
        "The chamber reads 943.4765919 nC for a patient plan.",
        "We counted 9,434,765,919 and 943,476,5919 events for the patient plan.",
    ],
    "date-of-birth": ["Please remove the date of birth.", "born in 1956", "The meeting is on 12/03/2026."],
    "credential": [
        "Reset your password at the portal.",
        "The password is sent to each member separately.",
        "Join the webinar: passcode 331902, Zoom meeting ID 123.",
        "the PIN diode S1223",
        "Tokens such as api keys are not to be posted.",
    ],
    "placeholder": [
        "See [1] and [Smith 2020].",
        "if x < y and y > z",
        "Array[index] in Python",
        "the dose was <5 mGy>",
        "Dear all,",
    ],
    "broken-link": [
        "https://doi.org/10.1088/1361-6560/aa1",
        "https://www.physics.example/a?u=http://b.example",
        "doi:10.1000/182",
        "mailto:ann@physics.example",
        "The ratio a://b does not occur, and C:/ is a drive",
        "https://web.archive.org/web/2020/http://www.x.org/",
        "http://8.8.8.8/",
    ],
    "private-address": [
        "The meeting is at 230 Tadcaster Road, York YO24 1ES.",
        "Home page of 3 Park Row Hospital? No: the site.",
    ],
    "private-phone": ["Tel: 01904 610821 (office)", "Ring the office on 01904 610821."],
}


def cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, text) for name, texts in table.items() for text in texts]


def seen(name: str, text: str) -> list[str]:
    plain = normalise(text).text
    return [plain[start:end] for start, end in DETECTORS[name].find(plain)]


@pytest.mark.parametrize(("name", "text"), cases(FOUND))
def test_a_detector_finds_its_thing_in_a_post(name: str, text: str) -> None:
    assert quotes({"looks_like": name}, text), seen(name, text)


@pytest.mark.parametrize(("name", "text"), cases(INNOCENT))
def test_a_detector_leaves_innocent_things_alone(name: str, text: str) -> None:
    assert quotes({"looks_like": name}, text) is None


def test_every_detector_is_tested_both_ways() -> None:
    assert set(DETECTORS) == set(FOUND) == set(INNOCENT)


@pytest.mark.parametrize("name", list(DETECTORS))
@pytest.mark.parametrize("piece", ["1 ", "http://", "[insert ", "dear x", "password is ", "12 a b c d e f "])
def test_a_detector_is_quick_on_hostile_text(name: str, piece: str) -> None:
    list(DETECTORS[name].find(piece * 20_000))


HARMLESS = "order 1234567890 of dosemeters. " * 210
PATIENT = "Mrs Fairweather, NHS number 943 476 5919."


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
    text = f"Patient {'943 476 5919 ' * 20}is a test number. " * excused + PATIENT
    octets = b"From: a@b.example\r\n\r\n" + text.encode()
    ours = policy(clause({"looks_like": "nhs-number", "unless": ["test number"]}))
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
