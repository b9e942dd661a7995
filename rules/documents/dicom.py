"""read_dicom(octets): the tags of a DICOM file, and whose they are; pixels are not touched."""

import io
import warnings
from collections.abc import Iterator, MutableSequence
from typing import Any

from rules.documents.document import Document, DocumentFact, Draft, Refused
from rules.documents.identity import Identity
from rules.documents.tags import Dataset, dcmread, keyword_for_tag

_ELEMENTS_CAP = 3000
_DEPTH_CAP = 16
_VALUE_CAP = 64 * 1024
_NUMBERS = ("DS", "IS")
_NUMBERS_SHOWN = 50
"""Of the numbers of one element, which may be a contour of thousands and say nothing in words."""
_TEXTS = frozenset(
    ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UR", "UT")
)
_KNOWN_GROUPS = frozenset({0x0008, 0x0010, 0x0018, 0x0020, 0x0028, 0x0040})
_NAMES = frozenset({"PatientName", "OtherPatientNames", "PatientBirthName", "PatientMotherBirthName"})
_IDS = frozenset({"PatientID", "OtherPatientIDs"})
_BIRTHS = frozenset({"PatientBirthDate"})
_OTHERS = frozenset({"PatientAddress", "PatientTelephoneNumbers", "ResponsiblePerson"})


def read_dicom(octets: bytes) -> Document:
    """Return the tags as lines, and whose they are. Raises Refused for what is no DICOM file."""
    draft = Draft("dicom")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # every odd value is one
        said = [(keyword, draft.cut(value, _VALUE_CAP)) for keyword, value in _said(_dataset(octets))]
    if len(said) >= _ELEMENTS_CAP:
        draft.doubt(f"has more than the {_ELEMENTS_CAP} elements that are read")
    for keyword, value in said:
        draft.say(f"{keyword}: {value}\n")
    identity = _identity(said)
    if identity.is_person:
        draft.facts.add(DocumentFact.PATIENT)
    elif identity.is_phantom:
        draft.facts.add(DocumentFact.PHANTOM)
    return draft.done()


def _dataset(octets: bytes) -> Dataset:
    try:
        found = dcmread(io.BytesIO(octets), stop_before_pixels=True, force=True)
    except Exception as problem:  # whatever pydicom trips over is damage
        raise Refused("is damaged: it cannot be read as a DICOM file") from problem
    if not any(tag.group in _KNOWN_GROUPS for tag in found.keys()):  # noqa: SIM118  it yields elements itself
        raise Refused("is called a DICOM file and has none of a DICOM file's elements")
    return found


def _said(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Yield keyword and value of every element with text, those in sequences too, up to the cap."""
    pending: list[tuple[Iterator[Any], Dataset]] = [(iter(list(dataset.keys())), dataset)]
    count = 0
    while pending and count < _ELEMENTS_CAP:
        tags, current = pending[-1]
        tag = next(tags, None)
        if tag is None:
            pending.pop()
            continue
        count += 1
        kind, value = _element(current, tag)
        if kind == "SQ" and len(pending) < _DEPTH_CAP:
            pending.extend((iter(list(item.keys())), item) for item in reversed(value))
        elif kind in _TEXTS and (text := _text(kind, value)):
            yield keyword_for_tag(tag) or "Private", text


def _element(dataset: Dataset, tag: Any) -> tuple[str, Any]:
    try:
        return dataset[tag].VR, dataset[tag].value
    except Exception:  # noqa: BLE001  A value that does not fit its kind is read as the octets that it is
        raw = dataset.get_item(tag, keep_deferred=True)
        value = getattr(raw, "value", b"")
        return "LO", value if isinstance(value, bytes) else b""


def _text(kind: str, value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    elif isinstance(value, MutableSequence):
        ones = list(value)[:_NUMBERS_SHOWN] if kind in _NUMBERS else value
        value = ", ".join(map(str, ones))
    return " ".join(str(value).replace("\0", " ").split())


def _identity(said: list[tuple[str, str]]) -> Identity:
    def values(keywords: frozenset[str]) -> tuple[str, ...]:
        return tuple(value for keyword, value in said if keyword in keywords)

    return Identity(values(_NAMES), values(_IDS), values(_BIRTHS), values(_OTHERS))
