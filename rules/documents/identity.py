"""Identity: whether the patient that a DICOM file names is somebody, or a test object.

A name passes only when every word of it is one that test objects and
anonymous files bear: "SMITH^JOHN QA" is a patient's plan under test, and
names Mr Smith.
"""

import re
from dataclasses import dataclass

from stdnum.gb import nhs

_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d")
_OBJECTS = frozenset(
    """
    phantom phantoms phan test tests testing qa qc qaqc quality assurance dummy commissioning
    calibration verification constancy acceptance catphan acr jaszczak nema iec ctdi ctp octavius
    arccheck mapcheck rando cirs quasar gammex qrm magphan cdmam eurospin pentaguide tomophan matrixx
    isocentre isocenter wl epid imrt vmat flood uniformity dosimetry electrometer delta
    """.split()  # noqa: SIM905  a hundred quoted words would be harder to read and to add to
)
# Words that stand beside those; alone, some of them are surnames.
_BESIDE = frozenset(
    """
    daily weekly monthly annual cal baseline demo example sample training service engineer engineering
    physics medphys control check tps linac beam mlc winston lutz iso alderson leeds tor faxitron penta
    cheese lucy steev atom kyoto resolution contrast noise star pattern grid ruler wedge step film
    portal dosimeter sbrt srs hdr brachy plan field fields output ionisation ionization chamber trial
    guide water solid perspex pmma acrylic lucite air copper aluminium aluminum lead lung bone tissue
    equivalent cork plastic head body thorax pelvis chest abdomen breast neck knee spine hand foot skull
    brain cube cylinder sphere slab block rod bottle insert small medium large big adult child
    paediatric pediatric infant baby male female bore wide ct mr mri pet spect us ultrasound cbct kv mv
    xray ray rt nm cr dr mg dxa tof siemens philips ge elekta varian accuray ptw iba sun nuclear toshiba
    canon hitachi jan feb mar apr jun jul aug sep sept oct nov dec the and of for with in on new old
    left right ii iii iv vi set up setup cm mm by
    """.split()  # noqa: SIM905  as above
)
_NOBODY = frozenset(
    """
    anonymous anonymised anonymized anon anonym deidentified deid de identified pseudo pseudonym removed
    redacted none no name unknown blank nil null na not available hidden private empty patient subject
    volunteer case
    """.split()  # noqa: SIM905  as above
)
_FILLER = re.compile(r"(.)\1*")  # a letter alone, or XXXX
_MARKED = re.compile(r"(?:zz+|xx+)(?=.)")  # test entries sort to the end of a list: ZZTEST, XXTEST
_PART = re.compile(r"phantom|catphan|^testpat|^qapat")  # not every word in qa-: Qasim is a name
_DUMMY_DAYS = frozenset({"19000101", "19010101", "19700101", "20000101", "00000000", "11111111"})


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file says of its patient, each in all the ways in which it says it.

    ``others`` are addresses, telephone numbers and responsible persons.
    """

    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    births: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def is_phantom(self) -> bool:
        """Whether it names a test object and nobody else.

        >>> Identity(("PHANTOM^CATPHAN504",), ("QA-0017",)).is_phantom
        True
        """
        return any(map(_names_object, (*self.names, *self.ids))) and not self.is_person

    @property
    def is_person(self) -> bool:
        """Whether it could identify somebody.

        >>> Identity(("SMITH^JOHN QA",)).is_person, Identity(("ANONYMOUS",), ("0",)).is_person
        (True, False)
        """
        if any(map(_is_nhs_number, self.ids)) or any(map(_names_somebody, self.names)):
            return True
        if any(map(_names_object, self.names)):
            return False
        if any(map(_numbers_somebody, self.ids)) or any(map(_names_somebody, self.others)):
            return True
        if any(map(_names_object, self.ids)):
            return False
        return any(map(_may_be_name, self.names)) or any(map(_is_birthday, self.births))


def _words(text: str) -> tuple[str, ...]:
    """The words of a name that say something, in lower case and without the marks of test entries."""
    words = (word.casefold() for word in _WORD.findall(text))
    return tuple(_MARKED.sub("", word) for word in words if not _FILLER.fullmatch(word))


def _is_object(word: str) -> bool:
    return word in _OBJECTS or _PART.search(word) is not None


def _names_object(text: str) -> bool:
    return any(map(_is_object, _words(text)))


def _names_somebody(text: str) -> bool:
    return any(not (word in _BESIDE or word in _NOBODY or _is_object(word)) for word in _words(text))


def _may_be_name(text: str) -> bool:
    """Whether the words are only such as stand beside a test object, which is not named."""
    return any(word not in _NOBODY for word in _words(text))


def _numbers_somebody(number: str) -> bool:
    if _names_somebody(number):
        return True
    words = _words(number)
    if any(map(_is_object, words)) or (words and all(word in _NOBODY for word in words)):
        return False
    return len(set(_DIGITS.findall(number))) > 1


def _is_nhs_number(number: str) -> bool:
    digits = "".join(_DIGITS.findall(number))
    return len(digits) == 10 and len(set(digits)) > 1 and bool(nhs.is_valid(digits))


def _is_birthday(day: str) -> bool:
    return len(day) == 8 and day.isdigit() and day not in _DUMMY_DAYS
