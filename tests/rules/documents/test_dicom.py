"""DICOM: a person's name, number or birthday is a fact; a phantom's is another; tags are text."""

import struct

import pytest

from rules.documents.document import DocumentFact
from rules.documents.identity import Identity
from rules.documents.opening import document
from tests.given.documents import cut, dicom, opened, patient, zipped

PATIENT, PHANTOM = DocumentFact.PATIENT, DocumentFact.PHANTOM


@pytest.mark.parametrize(
    ("name", "number", "birth"),
    [
        ("SMITH^JOHN", "", ""),
        ("", "1234567", ""),
        ("", "", "19560312"),
        ("ANONYMOUS", "9434765919", ""),
        ("ANONYMOUS", "", "19560312"),
        ("SMITH^JOHN_QA", "1234567_QA", ""),
        ("SMITH^PHANTOM", "", ""),
        ("QA PHANTOM", "943 476 5919", ""),
        ("Field^Lucy", "", ""),
        ("Li^Xu", "", ""),
        ("QASIM^Testa", "", ""),
        ("Tester^Jon", "", ""),
        ("WINSTON^LUTZ", "884422", ""),
        ("ÅNGSTRÖM^Åsa", "", ""),
        ("山田^太郎", "", ""),
        ("", "NM-0042", ""),
    ],
)
def test_whoever_could_be_somebody_is(name: str, number: str, birth: str) -> None:
    assert Identity((name,), (number,), (birth,)).is_person
    assert not Identity((name,), (number,), (birth,)).is_phantom


@pytest.mark.parametrize(
    ("name", "number", "birth"),
    [
        ("PHANTOM^CATPHAN504", "QA-0017", ""),
        ("QA^Phantom", "1234567", "19000101"),
        ("Catphan 604", "", "20190501"),
        ("ACR CT Phantom", "ACR464", ""),
        ("ZZTEST^PHANTOM", "ZZ0001", ""),
        ("XXTESTPATIENT", "0000", ""),
        ("IEC NEMA body phantom", "", ""),
        ("Daily QA Linac 3", "LINAC3", ""),
        ("CIRS^062M", "", ""),
        ("Delta4 Phantom+", "D4", ""),
        ("", "PHANTOM_01", ""),
        ("ANON", "QA_2026_04", ""),
        ("RANDO^Head", "", ""),
        ("Test^Phantom30sep", "tPhantom30sep", ""),
    ],
)
def test_a_test_object_is_one(name: str, number: str, birth: str) -> None:
    assert Identity((name,), (number,), (birth,)).is_phantom
    assert not Identity((name,), (number,), (birth,)).is_person


@pytest.mark.parametrize(
    ("name", "number", "birth"),
    [
        ("", "", ""),
        ("ANONYMOUS", "0", ""),
        ("Anonymised^Patient", "anon01", "19000101"),
        ("XXXX", "0000", ""),
    ],
)
def test_nobody_is_neither(name: str, number: str, birth: str) -> None:
    assert not Identity((name,), (number,), (birth,)).is_person
    assert not Identity((name,), (number,), (birth,)).is_phantom


@pytest.mark.parametrize("preamble", [True, False])
def test_a_file_says_whose_it_is(preamble: bool) -> None:
    found = opened(patient("SMITH^JOHN", "1234567", "19560312", preamble=preamble))
    assert found.kind == "dicom"
    assert found.facts == {PATIENT}
    assert found.text.splitlines() == [
        "Modality: CT",
        "PatientName: SMITH^JOHN",
        "PatientID: 1234567",
        "PatientBirthDate: 19560312",
    ]
    assert opened(patient("PHANTOM^QA", "QA1", preamble=preamble)).facts == {PHANTOM}
    assert not opened(patient(preamble=preamble)).facts


def test_a_comment_is_text() -> None:
    found = opened(
        dicom({(0x0020, 0x4000): ("LT", "Mrs Smith, bay 3"), (0x0008, 0x0080): ("LO", "Northmoor")})
    )
    assert "ImageComments: Mrs Smith, bay 3" in found.text
    assert "InstitutionName: Northmoor" in found.text


def item(*elements: bytes) -> bytes:
    content = b"".join(elements)
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content


def sequence(tag: tuple[int, int], content: bytes) -> bytes:
    return struct.pack("<HH2sHI", *tag, b"SQ", 0, len(content)) + content


def element(tag: tuple[int, int], kind: bytes, text: bytes) -> bytes:
    return struct.pack("<HH2sH", *tag, kind, len(text)) + text


def test_a_number_within_a_sequence_identifies_too() -> None:
    other = item(element((0x10, 0x20), b"LO", b"12345678"))
    octets = patient(preamble=True)
    at = octets.index(struct.pack("<HH", 0x7FE0, 0x0010))
    found = opened(octets[:at] + sequence((0x10, 0x1002), other) + octets[at:])
    assert found.facts == {PATIENT}


def test_sequences_without_end_are_followed_only_so_far() -> None:
    content = element((0x10, 0x20), b"LO", b"12")
    for _ in range(100):
        content = sequence((0x40, 0x0275), item(content))
    octets = patient(preamble=True)
    at = octets.index(struct.pack("<HH", 0x7FE0, 0x0010))
    assert opened(octets[:at] + content + octets[at:]).kind == "dicom"


def test_a_name_that_does_not_fit_its_kind_is_read_all_the_same() -> None:
    octets = patient("SMITH^JOHN").replace(b"\x10\0\x10\0PN", b"\x10\0\x10\0DS")
    assert PATIENT in opened(octets).facts


def test_a_file_of_a_series_in_an_archive_gives_the_archive_its_fact() -> None:
    archive = zipped({"1.dcm": patient("PHANTOM"), "2.dcm": patient("SMITH^JOHN")})
    assert opened(archive).facts == {PATIENT, PHANTOM}


def test_what_is_only_called_dicom_is_a_doubt() -> None:
    assert opened(b"\x01\0\x02\0" * 100, "slice.dcm").doubts


def test_any_beginning_of_a_file_is_opened_without_an_exception() -> None:
    for octets in cut(patient("SMITH^JOHN", "1234567", "19560312")):
        document("a.dcm", "", octets)
