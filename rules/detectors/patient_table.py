"""patient-table: a table with patients' names beside their numbers or birthdays."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, Reads, Span
from rules.detectors.invented import INVENTED
from rules.detectors.table import Row, Table, tables
from rules.zones import Family

_NAME = re.compile(
    r"(?:patient'?s?|pt|pat)?[ _.-]?(?:full |family |given |first |last )?(?:name|names|surname|forename|"
    r"firstname|lastname|initials)|patients?|pt|(?:first|last|family|given|full)[ _-]?name|(?:name|"
    r"surname) ?[,/&] ?(?:first name|forename|initials?)|patient ?\(name\)|initials|client|service user"
)
_NUMBER = re.compile(
    r"(?:nhs|chi)(?:[ _.-]?(?:no|num|number|id))?\.?|mrn|pid|(?:hospital|hosp|patient|pt|unit|case ?note|"
    r"crn|rxr|pas|district|k)[ _.-]?(?:no|num|number|id|ref)\.?|"
    r"d\.?o\.?b\.?|date[ _-]of[ _-]birth|birth[ _-]?date|birthday|born|crn|rxr"
)
_VALUE = re.compile(r"[A-Za-z]{0,3}[ /-]?\d[\d ./-]{3,14}[A-Za-z]?|\d{1,2}[ /.-][A-Za-z]{3,9}[ /.-]\d{2,4}")
_CODE = re.compile(
    r"(?:patient|pt|subject|case|volunteer|participant|p|s|id|anon\w*|study)?[ _#-]*\d*[a-z]?|x+|-+|\?+|"
    r"n/?a|na|tbc|(?:breast|prostate|lung|head(?: and |&)neck|pelvis|brain|h&n)[ _-]?\w{0,3}",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"\b(?:test|zz\w*|xx\w*|dummy|phantom\w*|qa|catphan|bloggs|doe|example|sample|demo|training)\b",
    re.IGNORECASE,
)


def _find(text: str) -> Iterator[Span]:
    for table in tables(text, _NUMBER):
        name, number = table.column(_NAME), table.column(_NUMBER)
        if name is None or number is None or name == number:
            continue
        filled = [row for row in table.rows if _names_a_patient(row, name, number)]
        if filled and not INVENTED.search(_above(text, table)):
            yield table.head.start, filled[0].end


def _names_a_patient(row: Row, name: int, number: int) -> bool:
    if len(row.cells) <= max(name, number):
        return False
    who, what = row.cells[name], row.cells[number]
    if not who or _CODE.fullmatch(who) or _NOBODY.search(" ".join(row.cells)) or who.isdigit():
        return False
    return _VALUE.fullmatch(what) is not None and sum(map(str.isdigit, what)) >= 4


def _above(text: str, table: Table) -> str:
    return text[max(0, table.head.start - 300) : table.head.start].lower()


DETECTOR = Detector(
    "patient-table",
    r"\b(?:name|names|surname|forename|firstname|lastname|initials|patients?|pt|client|"
    r"service user)\b.{0,100}(?:nhs|\bchi|mrn|\bpid|hosp|\bdob|d\.o\.b|birth|\bborn|\bunit|case ?note|"
    r"\bcrn|\brxr|\bpas|patient[ _.-]?(?:id|no|number))|(?:nhs|\bchi|mrn|\bpid|hosp|\bdob|d\.o\.b|birth|"
    r"\bunit|\bcrn|\brxr|\bpas).{0,60}(?:name|initials)|patient[_ ]?name|patient[_ ]?id",
    _find,
    frozenset({Family.OWN, Family.QUOTED, Family.HTML, Family.HIDDEN, Family.ATTACHMENT}),
    Reads.DISPLAYED,
)
