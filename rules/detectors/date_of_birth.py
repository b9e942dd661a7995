"""date-of-birth: a date that is said to be somebody's birthday."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, Span, around, found_by, sentence_of
from rules.detectors.invented import INVENTED

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?:19|20)?\d{2}"
_DATE = (
    rf"(?:\d{{1,2}}[/. -]{{1,3}}\d{{1,2}}[/. -]{{1,3}}{_YEAR}|(?:19|20)\d{{2}}[-/. ]?(?:0\d|"
    rf"1[0-2])[-/. ]?(?:[0-2]\d|3[01])|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?[ ./-]{{0,2}}(?:of )?{_MONTH}[ ,./-]{{1,2}}{_YEAR}|"
    rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d{{2}})"
)
_LABEL = r"(?:\bd[. /]{0,2}o[. /]{0,2}b\b\.?|\bdate[- ]of[- ]birth\b|\bbirth[- ]?(?:date|day)\b|\bgeb\.)"
_labelled = found_by(
    rf"{_LABEL}[\s:=(,;\"'|-]{{0,5}}(?:(?:is|was|on|of|the) )*{_DATE}\b|\b{_DATE} ?\(?(?:d\.?o\.?b\b\.?|"
    rf"is (?:his|her) birthday)"
)
_born = found_by(rf"(?:\bborn\b|\bb\.)[\s:=(,-]{{0,3}}(?:(?:on|the) )*{_DATE}\b")
_KNOWN = re.compile(
    r"\b(?:obituar\w+|died|passed away|funeral|memorial|physicist|scientist|professor|inventor|discover\w+|"
    r"pioneer|founder|nobel|lecture|anniversary|centenary|biograph\w+|history|historical|poet|composer|"
    r"king|queen|educated at|studied|graduated|career)\b"
)
_PATIENT = re.compile(
    r"\b(?:patients?|pt|ward|hospital (?:no|number|id)|nhs|mrn|treated|scanned|referred|admitted|initials|"
    r"lady|gentleman)\b"
)
_STOCK = frozenset(
    {
        "01011900",
        "11111111",
        "01011970",
        "01011901",
        "19000101",
        "19700101",
        "18991230",
        "19010101",
        "00000000",
    }
)


def _find(text: str) -> Iterator[Span]:
    for start, end in _labelled(text):
        if not _is_nobodys(text, start, end):
            yield start, end
    for start, end in _born(text):
        if not (_is_nobodys(text, start, end) or _is_famous(text, start, end)):
            yield start, end


def _is_nobodys(text: str, start: int, end: int) -> bool:
    digits = "".join(filter(str.isdigit, text[start:end]))
    return digits in _STOCK or INVENTED.search(sentence_of(text, start, end)) is not None


def _is_famous(text: str, start: int, end: int) -> bool:
    """Whether the birth is one of a life that is told in public: an obituary, a lecture on a pioneer."""
    year = re.search(r"(1[0-9]\d\d|20\d\d)", text[start:end])
    if year and int(year[1]) < 1916:
        return True
    near = around(text, start, end, 240)
    return _KNOWN.search(near) is not None and _PATIENT.search(near) is None


DETECTOR = Detector("date-of-birth", r"\bd[. /]{0,2}o[. /]{0,2}b\b|birth|\bborn\b|\bb\. ?\d|\bgeb\.", _find)
