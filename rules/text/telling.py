"""told_by(text), is_telling(lines, at): whether more than an author's words can stand there.

Most texts hold none of it, and most lines begin none: these are the quick looks.
"""

from enum import Enum, auto

import re2

from rules.text.disclaiming import begins_paragraph

# Where anything could begin: by a line's first character, its first word, or a colon at its end.
_SIGNS = frozenset(">-_*#=~&|")
_QUOTING_WORDS = frozenset(
    (
        *(
            "on",
            "le",
            "am",
            "ar",
            "el",
            "il",
            "op",
            "den",
            "dydd",
            "at",
            "in",
            "begin",
            "début",
            "anfang",
            "dechrau'r",
        ),
        *("from", "from:", "von", "von:", "de", "de:", "oddi", "o", "o:", "quoting"),
    )
)
_DISCLAIMING_WORDS = frozenset(
    (
        *("confidentiality", "confidentiality:", "disclaimer", "disclaimer:", "legal", "privileged"),
        *("this", "the", "any", "e-mail", "email", "please", "if", "notice", "notice:", "ce", "diese"),
        *("privacy", "mae", "mae'r", "gall", "ymwadiad", "ymwadiad:"),
    )
)


class Told(Enum):
    """What a text may hold besides its author's words."""

    QUOTING = auto()
    DISCLAIMING = auto()
    SIGNING = auto()


_GATE = re2.Set.SearchSet()
_MEANT = {
    _GATE.Add(
        r"(?mi)^ {0,3}(?:>|&gt;)|^--\s*$|wrote|writes|écrit|schrieb|ysgrifennodd|escribi|scritto"
        r"|schreef|skrev"
        r"|^ {0,3}\*?(?:from|von|de|oddi wrth|o)\s?:|begin forwarded|début du|anfang der|dechrau"
        r"|^\s*--.*--\s*$|^quoting "
        r"|<\S+@\S+>:\s*$"
    ): Told.QUOTING,
    _GATE.Add(
        r"(?i)confiden|privileg|disclaim|regist|charit|virus|addressee|intended|recipient|derbynnydd|gyfrinachol|vertraulich"
        r"|ymwadiad|elusen|unsubscrib|mailing list|listinfo|jiscmail|danysgrifio|désabonner|abmelden"
        r"|before printing|liab"
        r"|malware|in error|views|opinions|scanned|monitored"
    ): Told.DISCLAIMING,
    _GATE.Add(
        r"(?i)@|\d{3}[\d ]{4,}|www\.|https?://|hospital|infirmary|clinic|nhs|trust|universit|college|institut|depart|dept"
        r"|physic|scien|engineer|ingeni|ingéni|technolog|radiograph|dosimetr|consultant|prof|lectur"
        r"|head of|direct|manag|lead"
        r"|student|fellow|chair|secretary|officer|office|society|ysbyty|prifysgol|ffisegydd|gwyddonydd|pennaeth|hôpital|klinik"
        r"|krankenhaus|sent from|gesendet|envoyé|anfonwyd|outlook for"
    ): Told.SIGNING,
}
_GATE.Compile()


def told_by(text: str) -> frozenset[Told]:
    """Return what a text may hold besides its author's words."""
    seen = _GATE.Match(text.encode(errors="replace"))
    return frozenset(_MEANT[index] for index in seen or ())


def is_telling(lines: list[str], at: int) -> bool:
    """Return whether something other than its author's words could begin in a line that is not blank."""
    head = lines[at].strip()
    if head[0] in _SIGNS or head[-1] == ":" or (head[0].isdigit() and ":" in head[-3:]):
        return True
    word = head[:24].split(None, 1)[0].lower()
    return (
        word in _QUOTING_WORDS or "@" in head or (word in _DISCLAIMING_WORDS and begins_paragraph(lines, at))
    )
