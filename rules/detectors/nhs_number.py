"""nhs-number: ten digits with a valid check digit, where the text speaks of a patient.

Nearly one in ten of all ten-digit numbers passes the check, and telephone and
order numbers have ten digits too: without a word that says what it is, it is
not taken for one.
"""

import re
from collections.abc import Iterator

from stdnum.gb import nhs

from rules.detectors.detector import Detector, around, found_by

_REACH = 200
_numbers = found_by(r"\b\d{3}(?:\d{7}| \d{3} \d{4}|-\d{3}-\d{4})\b")
_CONTEXT = re.compile(
    r"\b(?:nhs|patients?|pt|hospital|hosp|mrn|d\.?o\.?b|born|date of birth|chi|ward|clinic|admitted|"
    r"scan(?:ned)?|referral|referred|consultant|diagnos\w+|treated|treatment|fractions?|oncology|his|her|surname|forename|"
    r"mr|mrs|ms|miss)\b"
)
_OTHER = re.compile(
    r"\b(?:tel(?:ephone)?|phone|fax|mobile|mob|call|ring|order|invoice|isbn|issn|serial|po|meeting id|id)\b"
    r"\W*(?:no\.?|number)?\W*$"
)
_NAMED = re.compile(r"\bnhs\W{0,3}(?:no|num|number|#)?\W{0,6}$")


def _find(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _numbers(text):
        digits = "".join(filter(str.isdigit, text[start:end]))
        if len(set(digits)) == 1 or not nhs.is_valid(digits) or _is_part_of_more(text, start, end):
            continue
        before = text[max(0, start - 30) : start]
        named = _NAMED.search(before) is not None
        if named or (not _OTHER.search(before) and _CONTEXT.search(around(text, start, end, _REACH))):
            yield start, end


def _is_part_of_more(text: str, start: int, end: int) -> bool:
    """Whether the digits belong to a longer number, a path or a DOI.

    A comma is a border, as between the columns of a table: numbers with their
    digits in groups (1,234,567) have no three, seven or ten together.
    """
    before, after = text[start - 1 : start], text[end : end + 2]
    return before in (".", "/", "-") or after[:1] == "/" or (after[:1] in (".", "-") and after[1:].isdigit())


DETECTOR = Detector("nhs-number", r"\d{3}[ -]?\d{3}[ -]?\d{4}", _find)
