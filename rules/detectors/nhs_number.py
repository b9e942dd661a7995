"""nhs-number: ten digits with a valid check digit, where the text speaks of a patient.

Nearly one in ten of all ten-digit numbers passes the check, and telephone and
order numbers have ten digits too: without a word that says what it is, it is
not taken for one.
"""

import re
from collections.abc import Iterator

from stdnum.gb import nhs

from rules.detectors.detector import Detector, Span, around, found_by, sentence_of
from rules.detectors.invented import INVENTED

_REACH = 200
_numbers = found_by(r"\b\d{3}(?:\d{7}|[ -]{1,2}\d{3}[ -]{0,2}\d{4}|\.\d{3}\.\d{4}|\d{3}[ -]{1,2}\d{4})\b")
# However the digits are grouped, where the text says outright what they are.
_said = found_by(
    r"\bnhs[ -]?(?:no|num|number|id|#)?\.?(?: is| was|:|=|#|\(| of)* ?\d(?:[ .-]{0,2}\d){8}[ .-]{0,2}\d\b"
)
_CONTEXT = re.compile(
    r"\b(?:nhs|patients?|pt|hospital|hosp|mrn|d\.?o\.?b|born|date of birth|chi|ward|clinic|admitted|"
    r"scan(?:ned)?|referral|referred|consultant|diagnos\w+|treated|treatment|fractions?|oncology|his|her|"
    r"surname|forename|mr|mrs|ms|miss)\b"
)
_OTHER = re.compile(
    r"\b(?:tel(?:ephone)?|phone|fax|mobile|mob|call|ring|order|invoice|isbn|issn|serial|po|asset|part|"
    r"catalogue|(?:meeting|webinar|zoom|ticket|job|batch|order|conference|device|product) id|lot|udi|gtin|"
    r"ticket|batch|extension)\b\W*(?:no\.?|numbers?)?\W*(?:is|was|are)?\W*$"
)
_COUNTED = re.compile(r"\b(?:serials?|asset|part numbers?|barcodes?|udi|gtin|invoice|purchase order|isbn)\b")
_NAMED = re.compile(r"\bnhs\W{0,3}(?:no|num|number|#)?\W{0,6}$")
_ANY_NAME = re.compile(
    r"\bnhs ?(?:no|num|number|#)|\bpatients?\b(?! (?:monitor|hoist|lift|table|couch|support|trolley|"
    r"transfer))"
)


def _find(text: str) -> Iterator[Span]:
    for start, end in sorted({*_called(text), *_in_context(text)}):
        if not INVENTED.search(sentence_of(text, start, end)):
            yield start, end


def _called(text: str) -> Iterator[Span]:
    """Numbers that the words before them call an NHS number."""
    for start, end in _said(text):
        first = start + next(at for at, sign in enumerate(text[start:end]) if sign.isdigit())
        if _is_number(text, first, end):
            yield first, end


def _in_context(text: str) -> Iterator[Span]:
    """Numbers grouped as NHS numbers are, where the words about them speak of a patient."""
    for start, end in _numbers(text):
        if not _is_number(text, start, end):
            continue
        named = _NAMED.search(text[max(0, start - 30) : start]) is not None
        if named or (not _is_other(text, start, end) and _CONTEXT.search(around(text, start, end, _REACH))):
            yield start, end


def _is_number(text: str, start: int, end: int) -> bool:
    digits = "".join(filter(str.isdigit, text[start:end]))
    return len(set(digits)) > 1 and nhs.is_valid(digits) and not _is_part_of_more(text, start, end)


def _is_other(text: str, start: int, end: int) -> bool:
    """Whether the words before the number, or its whole sentence, say that it is of something else."""
    before = text[max(0, start - 30) : start]
    if _OTHER.search(before) or re.search(r"\+\d{1,3} ?$", before):
        return True
    near = sentence_of(text, start, end)
    return _COUNTED.search(near) is not None and _ANY_NAME.search(near) is None


def _is_part_of_more(text: str, start: int, end: int) -> bool:
    """Whether the digits belong to a longer number, a path or a DOI.

    A comma is a border, as between the columns of a table: numbers with their
    digits in groups (1,234,567) have no three, seven or ten together.
    """
    before, after = text[max(0, start - 1) : start], text[end : end + 2]
    return (
        before in (".", "/", "-", "+")
        or after[:1] == "/"
        or (after[:1] in (".", "-") and after[1:].isdigit())
    )


DETECTOR = Detector(
    "nhs-number",
    r"\d{3}[ .-]{0,2}\d{3}[ .-]{0,2}\d{4}|\bnhs[^a-z]{0,3}(?:no|num|number|id)?[ .:=#(]*(?:is )?\d",
    _find,
)
