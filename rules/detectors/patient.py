"""patient: somebody named, or known by initials and details, as one who is treated."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, Span, around, found_by, sentence_of
from rules.detectors.invented import INVENTED

_NAME = r"(?:mr|mrs|miss|ms|mx|master|baby|little)\.? [a-z][a-z'-]{1,30}(?: [a-z][a-z'-]{1,30})?"
_DONE = (
    r"(?:scanned|treated|admitted|planned|implanted|irradiated|overdosed|injected|simulated|discharged|"
    r"re-?scanned|re-?planned|imaged|diagnosed|biopsied|operated on|referred (?:to|for)|"
    r"given (?:the )?wrong|catheterised)"
)
_OF_BODY = (
    r"(?:tumours?|cancer|carcinoma|lymphoma|metastas[ei]s|mets|biopsy|x-?rays?|prostate|breast|hip|pelvis|"
    r"bladder|lungs?|pacemaker|(?:hip |knee |breast )?implant|prosthesis|radiotherapy|chemotherapy|(?:ct|"
    r"mri|mr|pet|planning|bone|cardiac|ultrasound) scans?|planning ct|treatment plan|fractions?|diagnosis|"
    r"lesion|histology|wound|blood results|medical records?|case ?notes|isocentre|mammograms?|echo|ecg|"
    r"dose report)"
)
_THEIR = r"(?:'s|s')"
_KNOWN_TO_ALL = (
    "vicar|priest|rector|postmaster|postmistress|publican|landlady|landlord|farmer|headmaster|headmistress|"
    "headteacher|teacher|councillor|mayor|magistrate|butcher|baker|blacksmith|gamekeeper|organist|"
    "lifeboatman|fisherman|footballer|actor|actress|singer|policeman|policewoman|doctor|nurse|physicist|"
    "radiographer"
)
_named = found_by(
    # our patient Mrs Fairweather; a lady called Ada Fairweather
    (
        rf"\b(?:our|my|the|a|this|your) (?:[a-z-]+ ){{0,2}}?(?:patient|pt|outpatient|"
        rf"inpatient),? (?:called |named |is |was )?{_NAME}\b"
    ),
    (
        r"\b(?:patient|pt|lady|gentleman|girl|boy|child|toddler|teenager|woman|man) (?:who is |is |"
        r"was )?(?:called|named|by the name of) [a-z][a-z'-]+(?: [a-z'-]+)?"
    ),
    r"\bpatient'?s? name(?: ?[:=-] ?| is | was )(?:is |was )?[a-z][a-z'-]+[, ]{1,2}[a-z'-]+",
    rf"\b{_NAME}, (?:a|our|my|one of (?:our|my)) (?:[a-z0-9-]+ ){{0,4}}patients?\b",
    r"\b(?:patient|pt)\b[^.!?]{0,40}?[-(,:] ?(?:mr|mrs|miss|ms|master|baby)\.? [a-z][a-z'-]+",
    # Mrs Fairweather was scanned; Mrs Fairweather's tumour
    (
        rf"\b{_NAME},? (?:who )?(?:was|has been|had been|were|is being|is to be|will be|"
        rf"got) (?:[a-z]+ )?{_DONE}\b"
    ),
    (
        rf"\b{_NAME} (?:had|has|is having|is due|came (?:in )?for|attended for|"
        rf"is waiting for) (?:[a-z0-9]+ ){{0,4}}?{_OF_BODY}\b"
    ),
    (
        rf"\b(?:mr|mrs|miss|ms|master|"
        rf"baby)\.? [a-z][a-z'-]{{1,30}}?{_THEIR} (?:[a-z]+ ){{0,2}}?{_OF_BODY}\b"
    ),
    rf"\b{_OF_BODY} (?:of|for) (?:mrs|miss|master|baby) [a-z][a-z'-]+",
    rf"\b(?:mr|mrs|miss|ms|master|"
    rf"baby)\.? [a-z][a-z'-]+(?: [a-z'-]+)?, \(?(?:aged )?\d{{1,3}}\)?\b.{{0,80}}?\b{_OF_BODY}\b",
    # on ward 4
    (
        rf"\b{_NAME}(?:,? (?:who is |who was |is |was )?(?:from|of|on|in) (?:the )?|,? \(?)(?:ward|bed|bay|"
        rf"side room) ?[a-z0-9]{{1,4}}\b"
    ),
    # a retired vicar from Little Corve: there is one
    (rf"\b\d{{1,3}}[- ]year[- ]old (?:[a-z]+ )?(?:{_KNOWN_TO_ALL}) (?:from|of|at|in) [a-z]"),
    (
        r"\b(?:ward|bed|bay|side room) ?[a-z0-9]{1,4}[:,]? (?:is |was )?(?:mr|mrs|miss|ms|"
        r"master)\.? [a-z][a-z'-]+"
    ),
)
_initialled = found_by(
    r"\b(?:patient|pt|lady|gentleman|case|child|boy|girl)(?:'s)?,? (?:with )?\(?(?:initials? )?(?:are |"
    r"is )?(?:[a-z]\.(?: |-)?){2,4}"
    r"|\binitials? (?:are |is )?(?:[a-z]\.? ?){2,4}\b|\b(?:mr|mrs|miss|ms) [a-z]\.?(?:[ ,.)]|$)"
)
_DETAIL = re.compile(
    r"\b(?:\d{1,3}[- ]?(?:year|yr)s?[- ]old|aged? \d{1,3}|born (?:on |in )?\d|d\.?o\.?b\b|(?:hospital|hosp|"
    r"nhs|unit|mrn|patient) ?(?:no|number|id)?[ .:]{0,3}[a-z]{0,3} ?\d{4,}|(?:ward|bed|bay) ?\d|post(?:man|"
    r"master|mistress)|vicar|farmer|teacher|headmaster|headmistress|councillor|publican|landlady|"
    r"village of|lives? (?:in|at|near|alone)|whose (?:wife|husband|son|daughter)|from (?:the )?(?:village|"
    r"farm|hamlet))\b"
)
_EXCUSED = re.compile(
    r"\b(?:lectures?|book|talks?|paper|chapter|textbook|thesis|prize|medal|memorial|fellow(?:ship)?|"
    r"surgeon|consultant (?:in|surgeon|urologist|neurosurgeon)|urologist|neurosurgeon|chair(?:ed|man)?|"
    r"speaker|presented|will present|secretary|registrar|patient (?:representatives?|advocates?|"
    r"and public)|member of parliament|minister|mp|advised|trained|invented|developed|model(?:led)?|method|"
    r"formula|published|authors?|reviewed|gave (?:his|her|their) consent|with (?:his|her|their) (?:consent|"
    r"permission)|consented to|treated to|treated (?:us|me|him|her|them) to|(?:chair|member|"
    r"representative)s? of|panel|forum|scanned the|planned the)\b"
)
_NO_NAME = re.compile(
    r"\b(?:called|named) (?:for|in|to|back|on|at|by|from|with|off|out|up|our|the|us|me|a|an|about|because|"
    r"when|and|after|yesterday|today|twice|again|his|her|their|as|above|below)\b"
)
_NOBODY = re.compile(
    r"\b(?:mr|mrs|miss|ms|master|baby)\.? (?:bloggs|test|testing|phantom|doe|nobody|x|y|z|average|"
    r"smith or mrs jones)\b"
)


def _find(text: str) -> Iterator[Span]:
    for start, end in _named(text):
        told = _NO_NAME.search(text[start:end]) or _ROLE.match(text[end : end + 60])
        if not told and not _is_excused(text, start, end):
            yield start, end
    for start, end in _initialled(text):
        who = _WHO.search(around(text, start, end, 80)) and not _STAFF.search(
            text[max(0, start - 20) : start]
        )
        if who and _DETAIL.search(around(text, start, end, 160)) and not _is_excused(text, start, end):
            yield start, end


_ROLE = re.compile(
    r"^[ ,(]+(?:the |our |a |an )?(?:[a-z]+ ){0,2}(?:porter|nurse|sister|technician|engineer|manager|"
    r"physicist|radiographer|secretary|receptionist|consultant|surgeon|registrar|doctor|lead|head|trainee|"
    r"volunteer|governor|chaplain|orderly)\b"
)
_WHO = re.compile(r"\b(?:patients?|pt|lady|gentleman|child|boy|girl|treated|scanned|admitted)\b")
_STAFF = re.compile(
    r"\b(?:radiographers?|operators?|physicists?|staff|your|checkers?|nurses?|author|engineers?)(?:'s?)? $"
)


def _is_excused(text: str, start: int, end: int) -> bool:
    near = sentence_of(text, start, end)
    return any(excuse.search(near) for excuse in (INVENTED, _EXCUSED, _NOBODY))


DETECTOR = Detector(
    "patient",
    r"\b(?:mr|mrs|miss|ms|mx|master|baby|little)\.? [a-z]|year[- ]old|\b(?:called|named|by the name of|"
    r"initials?) [a-z]|\bpatient'?s? name\b|"
    r"\b(?:patient|pt|lady|gentleman|case|child|boy|girl)(?:'s)?,? (?:with )?\(?(?:[a-z]\.(?: |-)?){2}",
    _find,
)
