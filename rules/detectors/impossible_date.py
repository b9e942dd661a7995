"""impossible-date: a day that no calendar has, such as 31 June."""

import re
from calendar import isleap
from collections.abc import Iterator

from rules.detectors.detector import Detector, Span, found_by, sentence_of
from rules.zones import Family

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_day_first = found_by(rf"\b\d{{1,2}}(?:st|nd|rd|th)?[ -](?:of )?{_NAME}\b\.?(?:,?[ -](?:19|20)\d{{2}}\b)?")
_month_first = found_by(
    rf"\b{_NAME} \d{{1,2}}(?:st|nd|rd|th\b|,? (?:19|20)\d{{2}}\b)(?:,? (?:19|20)\d{{2}}\b)?"
)
_numeric = found_by(r"\b\d{1,2}([/.-])\d{1,2}[/.-](?:19|20)\d{2}\b|\b(?:19|20)\d{2}-\d{2}-\d{2}\b")
_time = found_by(
    r"\b(?:2[5-9]|[3-9]\d):[0-5]\d ?(?:am|pm|hrs|hours|h|o'clock|bst|gmt|utc|cet)\b|\b(?:[01]?\d|"
    r"2[0-3]):[6-9]\d ?(?:am|pm|hrs|hours|o'clock|bst|gmt|utc)\b"
)
_PARTS = re.compile(rf"(\d{{1,4}})(?:st|nd|rd|th)?[ -](?:of )?({_NAME})\b\.?(?:,?[ -]((?:19|20)\d\d))?")
_TURNED = re.compile(rf"({_NAME}) (\d{{1,2}})(?:st|nd|rd|th)?(?:,? ((?:19|20)\d\d))?")
_SPOKEN_OF = re.compile(
    r"\b(?:impossible|invalid|does not exist|doesn't exist|do not exist|there is no|there are no|no such|"
    r"accept(?:s|ed)?|reject(?:s|ed)?|parse[rsd]?|parsing|validat\w+|bugs?|error|errors|exception|"
    r"crash(?:es|ed)?|format|test (?:case|date|data|patient)s?|software|leap|typo|mistype[d]?|"
    r"should (?:have )?read|should (?:have )?be(?:en)?|corrected|correction|apolog\w+|sorry|i (?:wrote|"
    r"typed|meant)|instead of|april fool|never|until hell|log ?file|database|field|dicom|hl7|timestamp|"
    r"clock|firmware|rolled over|roll-?over|joke|versions?|phantom|(?:not|never|n't) (?:write|show|print|"
    r"accept|store|offer|display))\b"
)


def _find(text: str) -> Iterator[Span]:
    # Behind a colon stand the minutes and seconds of a time of three.
    times = ((start, end) for start, end in _time(text) if text[start - 1 : start] != ":")
    found = [*_named(text), *_turned(text), *_written(text), *times]
    for start, end in sorted(found):
        if not _SPOKEN_OF.search(sentence_of(text, start, end)):
            yield start, end


def _named(text: str) -> Iterator[Span]:
    for start, end in _day_first(text):
        match = _PARTS.match(text, start)
        # What is part of a longer number or code (IEC 60601-31 may 2020) is no day.
        if (
            match
            and not _is_count(text, start, end)
            and not re.search(r"[\d/.,-]$", text[max(0, start - 1) : start])
            and not _is_day(match[1], match[2], match[3])
        ):
            yield start, end


def _is_count(text: str, start: int, end: int) -> bool:
    """Whether so many things of a month are meant: "we excluded 31 April scans"."""
    if text[end - 1] == ".":
        return False
    dated = re.search(
        r"\b(?:on|by|until|till|from|to|before|after|is|for|the|of|and|is) $", text[max(0, start - 8) : start]
    )
    return not dated and re.match(r" (?:[a-z-]+ )?[a-z-]{3,}s\b", text[end : end + 40]) is not None


def _turned(text: str) -> Iterator[Span]:
    for start, end in _month_first(text):
        match = _TURNED.match(text, start)
        if match and not _is_day(match[2], match[1], match[3]):
            yield start, end


def _written(text: str) -> Iterator[Span]:
    """Dates in digits: impossible in both orders of day and month, and with a day that only a slip makes."""
    for start, end in _numeric(text):
        numbers = [int(part) for part in re.split(r"[/.-]", text[start:end])]
        if (text[start - 1 : start] in ("/", ".", "-") and start) or re.match(
            r"[/.-]\d", text[end : end + 2]
        ):
            continue
        year_first = numbers[0] > 1000
        year = numbers[0] if year_first else numbers[2]
        one, other = (numbers[1], numbers[2]) if year_first else (numbers[0], numbers[1])
        pairs = ((one, other),) if year_first else ((other, one), (one, other))
        if max(one, other) > 39 or min(one, other) > 12 or 0 in (one, other):
            continue
        if not any(_exists(month, day, year) for month, day in pairs):
            yield start, end


def _is_day(day: str, month: str, year: str | None) -> bool:
    number = int(day)
    # Without a year it may be a leap one, so that only with one the 29th may be wrong.
    if number < (29 if year else 30) or number > 45:
        return True
    # May is also a verb, and march and sept. other words: "32 may" is a count of something.
    if number > 31 and month in ("may", "mar", "march", "dec", "jan", "oct", "nov"):
        return year is None
    return _exists(_MONTHS.index(month[:3]) + 1, number, int(year) if year else 2024)


def _exists(month: int, day: int, year: int) -> bool:
    if not (1 <= month <= 12 and 1 <= day <= _LONGEST[month - 1]):
        return False
    return (month, day) != (2, 29) or isleap(year)


DETECTOR = Detector(
    "impossible-date",
    rf"\b(?:29|3\d|4[0-5])(?:st|nd|rd|th)?[ -](?:of )?{_NAME}\b|\b{_NAME} (?:29|3\d|4[0-5])|"
    r"\b(?:29|3\d)[/.-]\d{1,2}[/.-](?:19|20)\d\d|\b\d{1,2}[/.-](?:29|3\d)[/.-](?:19|20)\d\d|\b(?:19|"
    r"20)\d\d-(?:1[3-9]|\d\d-(?:29|3\d))|"
    r"\b(?:2[5-9]|[3-9]\d):[0-5]\d ?[a-z]|\b\d{1,2}:[6-9]\d ?[a-z]",
    _find,
    frozenset({Family.SUBJECT, Family.OWN, Family.HTML, Family.ATTACHMENT, Family.CALENDAR}),
)
