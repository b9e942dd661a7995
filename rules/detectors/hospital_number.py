"""hospital-number: a patient's number in one hospital, called by the name that such numbers have."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, Span, around, found_by, sentence_of
from rules.detectors.invented import INVENTED

_NUMBER = r"(?:numbers?|no|num|nr|id|identifier|ref(?:erence)?|#)"
_VALUE = r"[a-z]{0,3}[ /-]?\d{2,10}(?:[ -]\d{3,4}){0,2}[a-z]?\b"
_AS = r"(?:\.|:|=|#|\(|,|;| is| was| of| =| -| :| \(| )* ?"
_strong = found_by(
    rf"\b(?:(?:hospital|hosp|patient|pt|case ?notes?|mrn|crn|rxr|chi|pas)(?:'s)?[ ._-]{{0,2}}{_NUMBER}|mrn|"
    rf"crn|rxr|ptid|pid)\b{_AS}{_VALUE}"
)
_weak = found_by(
    rf"\b(?:(?:unit|district|accession|episode|chart|record|registration|k|ur|oncology|radiology|"
    rf"department|local)[ ._-]{{0,2}}{_NUMBER})\b{_AS}{_VALUE}"
)
_PATIENT = re.compile(
    r"\b(?:patients?|pt|mr|mrs|miss|ms|d\.?o\.?b|born|nhs|ward|admitted|treated|scanned|surname|aged|"
    r"year[- ]old|lady|gentleman)\b"
)
_THING = re.compile(
    r"\b(?:serial|asset|pump|monitor|device|model|label|order|invoice|purchase|ticket|switchboard|helpdesk|"
    r"trial|study|ethics|irb|rec|charity|telephone|phone|ring|call|dial|ext|extension|bleep|uid|per year|"
    r"a year|annually)\b"
)
_FEWEST = 5


def _find(text: str) -> Iterator[Span]:
    for start, end in _strong(text):
        if _is_one(text, start, end):
            yield start, end
    for start, end in _weak(text):
        if _is_one(text, start, end) and _PATIENT.search(around(text, start, end, 120)):
            yield start, end


def _is_one(text: str, start: int, end: int) -> bool:
    digits = "".join(filter(str.isdigit, text[start:end]))
    if (
        len(digits) < _FEWEST
        or (digits.startswith("0") and len(digits) >= 10 and not text.startswith("chi", start))
        or len(set(digits)) == 1
    ):
        return False
    if re.match(r"[ .-]?\d|[.:/]\d", text[end : end + 2]):
        return False
    near = sentence_of(text, start, end)
    return not (INVENTED.search(near) or _THING.search(near))


DETECTOR = Detector(
    "hospital-number",
    r"\b(?:hospital|hosp|patient|pt|case ?notes?|mrn|crn|rxr|chi|pas|ptid|pid|unit|district|accession|"
    r"episode|chart|record|registration|k|ur|oncology|radiology|department|"
    r"local)(?:'s)?[ ._-]{0,2}(?:number|no|num|nr|id|ref|#)?[^a-z]{0,6}(?:(?:is|was|"
    r"of) )?[a-z]{0,3}[ /-]?\d\d",
    _find,
)
