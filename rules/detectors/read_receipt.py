"""read-receipt: a mail program's word that somebody opened, received or deleted a message."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, Span, found_by
from rules.zones import Family

_SUBJECT = (
    r"^(?:\[[^\]]{1,30}\] ?)*(?:read receipt\b|read(?: receipt)?: ?(?:re|fw|fwd|\[|aw):|read: .{1,120}$|"
    r"not read:|deleted: |delivered: |recall: |return receipt\b|disposition notification\b|gelesen: |"
    r"ungelesen: |lu ?: |accus[ée] de lecture|non lu ?: |le[íi]do: |letto: |"
    r"ricevuta di (?:ritorno|lettura)|gelezen: |l[äa]st: |darllenwyd: |message (?:read|delivered|recall)\b|"
    r"(?:automatic )?(?:reading|delivery) confirmation\b|lesebest[äa]tigung)"
)
_SAID = (
    r"\b(?:your message .{0,160}?was (?:read|deleted without being read|displayed|opened) on\b|"
    r"was read on (?:mon|tues|wednes|thurs|fri|satur|sun)day|this is a (?:return |"
    r"read )?receipt for (?:the|your) (?:mail|message|e-?mail)|(?:this|the) (?:return |"
    r"read )?receipt (?:only |merely )?(?:shows|acknowledges|confirms|"
    r"verifies) that the message was (?:displayed|opened|read)|"
    r"there is no guarantee that the (?:message has been read|recipient has read)|"
    r"was deleted without being read|"
    r"your message has been (?:successfully )?delivered to the following recipients|"
    r"would like to recall the message|message recall (?:success|failure)|"
    r"votre message .{0,120}?a [ée]t[ée] lu le|ihre nachricht .{0,120}?wurde am .{0,40}gelesen|"
    r"su mensaje .{0,120}?fue le[íi]do|please click (?:here|"
    r"the link below) to confirm (?:that you have )?(?:received|read)(?:ing)? this (?:e-?mail|message))\b"
)
_subject, _said = found_by(_SUBJECT), found_by(_SAID)
_SECTIONS = re.compile(r"\bto: .{1,200}\bsubject: .{1,300}\bsent: ")
_TALKED_OF = re.compile(
    r"\b(?:how (?:do|can)|switch(?:ed)? off|turn(?:ed)? off|disable[ds]?|please do not (?:request|ask)|"
    r"read receipts? (?:are|should|from|to)|requests? for (?:a )?read|why do|gets? a read receipt)\b"
)
# "Read: the new guidance" may be a headline; a program's mark goes with a subject that was there before.
_HEADLINE = re.compile(r"^(?:\[[^\]]{1,30}\] ?)*read: (?!(?:re|fw|fwd|aw)\b|\[)")


def _find(text: str) -> Iterator[Span]:
    if _TALKED_OF.search(text[:2000]):
        return
    for start, end in _subject(text):
        if len(text) < 250 and not _HEADLINE.match(text):
            yield start, end
    for start, end in _said(text):
        # A dosemeter is read on a day, too.
        if not text.startswith("was read on", start) or "message" in text[max(0, start - 160) : start]:
            yield start, end
    match = _SECTIONS.search(text[:800])
    if match and re.search(r"\b(?:was|wurde|a [ée]t[ée]) (?:read|gelesen|lu|deleted)\b", text[:1200]):
        yield match.span()


DETECTOR = Detector(
    "read-receipt",
    r"\bread\b|receipt|not read|\bdeleted\b|\bdelivered\b|recall|disposition notification|gelesen|\blu ?:|"
    r"accus[ée] de lecture|le[íi]do|\bletto\b|ricevuta|gelezen|l[äa]st:|darllenwyd|(?:reading|"
    r"delivery) confirmation|lesebest|confirm",
    _find,
    frozenset({Family.SUBJECT, Family.OWN, Family.HTML}),
)
