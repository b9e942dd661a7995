"""date-of-birth: a date that is said to be somebody's birthday."""

from rules.detectors.detector import Detector, found_by

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = (
    r"(?:\d{1,2}[/. -]\d{1,2}[/. -](?:19|20)?\d{2}|(?:19|20)\d{2}-\d{2}-\d{2}|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?[ -](?:of )?{_MONTH}[ ,-]{{1,2}}(?:19|20)?\d{{2}}|"
    rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d{{2}})"
)
_SAID = r"(?:\bd\.? ?o\.? ?b\b\.?|\bdate of birth\b|\bbirth ?date\b|\b(?:was |is )?born(?: on(?: the)?)?\b)"
_FOUND = rf"{_SAID}[\s:=(,-]{{0,4}}(?:is |was |on )?{_DATE}\b"

DETECTOR = Detector("date-of-birth", r"\bd\.? ?o\.? ?b\b|birth|\bborn\b", found_by(_FOUND))
