"""private-phone: a telephone number said to be somebody's own, not their office's."""

import re
from collections.abc import Iterator

from rules.detectors.consent import AGREED
from rules.detectors.detector import Detector, Span, around, found_by, sentence_of

NUMBER = r"(?:\(?(?:\+|\b00) ?\d{2,3}\)? ?\(?0?\)? ?|\(0|\b0)\d(?:[ ().-]{0,2}\d){7,9}\b"
"""A telephone number as people write it, with the country or without."""

_PERSON = (
    r"(?:(?:mr|mrs|miss|ms|dr|prof|professor|father|"
    r"sister)\.? )?(?:[a-z][a-z'-]{1,20} ){0,2}[a-z][a-z'-]{1,20}'s"
)
_WHOSE = (
    rf"(?:home|private|personal|own|his|her|their|(?:his|her|their) (?:wife|husband|partner|mother|father|"
    rf"mum|dad|daughter|son|sister|brother)'s|{_PERSON})"
)
_THING = r"(?:mobile|mob|cell|cellphone|phone|telephone|tel|landline|number|whatsapp)"
_LABEL = rf"{_WHOSE} (?:own |personal |private |home |new |old |direct )*{_THING}(?: (?:number|no\.?|phone))?"
_SAID = rf"\b{_LABEL}(?:,? (?:[a-z']+ ){{0,5}}?(?:is|was|on)?)?[\s:=(,-]{{0,4}}(?:[a-z']+ ){{0,5}}?{NUMBER}"
_CALLED = (
    r"\b(?:ring|call|phone|text|reach|catch|try|whatsapp|contact|disturb|get)(?:s|ed)?(?: hold of)? (?:him|"
    r"her|them)"
    rf"(?: [a-z]+){{0,5}} (?:on|at|using|via)(?: [a-z]+){{0,6}},? ?{NUMBER}"
)
_OF_THEIRS = (
    r"\b(?:ring|call|phone|text|reach|try|contact) (?:his|her|their) (?:wife|husband|partner|mother|father|"
    r"mum|dad|daughter|son|sister|"
    rf"brother|parents)\b(?: (?:on|at))?[ ,:(]{{0,3}}{NUMBER}"
)
_AT_HOME = (
    rf"\b(?:he|she|they)(?:'s| is| are|'re)? (?:[a-z]+ ){{0,4}}(?:on|at) (?:(?:his|her|their|home|"
    rf"the) ?(?:[a-z]+ )?)?{NUMBER}"
)
_LISTED = (
    rf"\b(?:home|private|personal)(?: (?:tel|phone|mobile|number|no))?\.?[ ]?[:=][ ]?{NUMBER}|"
    rf"{NUMBER} ?\((?:home|private|personal|h|his mobile|her mobile|mobile, private)\)"
)
_LIVES = (
    r"\b(?:mr|mrs|miss|ms)\.? [a-z'-]+(?: [a-z'-]+)?, (?:[a-z0-9' -]{2,40}, ){1,3}(?:[a-z ]{2,30},? )?"
    rf"(?:tel|phone|telephone|mob(?:ile)?)?\.?:? ?{NUMBER}"
)
_NAMED_AT_HOME = (
    rf"\b(?:ring|call|phone|text|reach|catch|try|contact|"
    rf"get)(?: hold of)? (?:[a-z'-]+\.? ){{1,3}}?at home[^.0-9]{{0,20}}{NUMBER}"
)
_found = found_by(f"{_SAID}|{_CALLED}|{_AT_HOME}|{_LISTED}|{_LIVES}|{_NAMED_AT_HOME}|{_OF_THEIRS}")
_WORK = re.compile(
    r"\b(?:work (?:mobile|phone|number)|office|department|dept|reception|switchboard|secretary|"
    r"ext(?:ension)?|bleep|pager|helpdesk|help desk|helpline|hot ?line|on[- ]call (?:mobile|phone|number)|"
    r"duty (?:mobile|phone)|sales|customer|direct line|work mobile|company mobile|fax|press office|"
    r"booking line)\b"
)
_MINE = re.compile(
    r"\b(?:my (?:own |home |private |personal |new |old )*(?:mobile|mob|cell|phone|telephone|tel|landline|"
    r"number|home|whatsapp)|(?:ring|call|text|phone|reach|catch|contact|get) (?:me|us))\b"
)


def _find(text: str) -> Iterator[Span]:
    for start, end in _found(text):
        if text[max(0, start - 1) : start] in ("=", ";"):
            continue  # a contact card, of which `contact-list` knows whose it is
        near = sentence_of(text, start, end)
        own = text[max(0, start - 12) : end]
        if (
            _WORK.search(text[start:end])
            or _WORK.search(text[end : end + 25])
            or AGREED.search(around(text, start, end, 160))
        ):
            continue
        if _MINE.search(own) and not re.search(r"\b(?:his|her|their|him)\b", near):
            continue
        if not _is_fictional_form(text[start:end]):
            yield start, end


def _is_fictional_form(text: str) -> bool:
    """Whether the digits only show how a number is written: 01234 567890, 07xxx, all the same."""
    digits = "".join(filter(str.isdigit, text))
    return digits.endswith(("1234567890", "123456789")) or len(set(digits[-7:])) == 1


DETECTOR = Detector(
    "private-phone",
    r"(?:\(?(?:\+|\b00) ?\d{2,3}\)? ?\(?0?\)? ?|\(0|"
    r"\b0)\d[ ().-]{0,2}\d[ ().-]{0,2}\d[ ().-]{0,2}\d[ ().-]{0,2}\d[ ().-]{0,2}\d",
    _find,
)
