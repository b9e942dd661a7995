"""empty-post: a post without words of its own: nothing below the subject, or only what others wrote."""

import re
from collections.abc import Iterator

from rules.detectors.detector import PostDetector
from rules.matching.haystack import family
from rules.matching.places import Place
from rules.reading import Reading
from rules.zones import Family

_SAYS_SOMETHING = frozenset({Family.OWN, Family.HTML, Family.CALENDAR, Family.CONTACT, Family.ATTACHMENT})
# Put in by mail programs and telephones, whether or not anybody wrote anything.
_ADDED = re.compile(
    r"^[ \t]*(?:sent (?:from|via|using) (?:my |the )?.{0,40}|get outlook for .{0,30}|"
    r"von meinem .{0,30} gesendet|envoyé de mon .{0,30}|"
    r"(?:hi|hello|dear) (?:all|everyone|colleagues|list)[,.!]?|(?:kind |best |with )*(?:regards|"
    r"wishes)[,.!]?|(?:many )?thanks,|[-_=*~ \t]+|\[cid:.{0,80}\]|\[image:.{0,80}\])[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_GREETING = re.compile(r"\A\s*(?:hi|hello|hey|dear)(?: (?!all\b)[a-z.]+){0,2}[,.!]\s*\Z", re.IGNORECASE)
_CLOSING = re.compile(
    r"[ \t]*(?:kind |best |many |with |warm )*(?:regards|wishes)[,.!]?[ \t]*", re.IGNORECASE
)
_NAME_LINES, _NAME_LENGTH = 5, 60
# What is said above that which is passed on, and says nothing where nothing is.
_PASSED_ON = re.compile(r"\b(?:fyi|(?:pls |please )?see below|as below|no text)\b", re.IGNORECASE)
_MARKS = re.compile(r"(?m)^[> \t]+")
# The subject says that it is all: end of message, no text.
_WHOLE = re.compile(
    r"[(\[<]?\b(?:eom|e\.o\.m\.|end of message|nt|n/t|no text|subject only|sin texto)\b[)\]>]?\s*$",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"(?im)^\s*(?:-+ ?(?:original|forwarded) message|begin forwarded message|from: )|^(?:fwd?|tr|wg|ymlaen):"
)
_LONGEST = 2_000
_SHOWN = 200


def _find(reading: Reading) -> Iterator[Place]:
    said = [zone.text for zone in reading.zones if family(zone.name) in _SAYS_SOMETHING]
    if any(map(_has_words, said)) and not _passes_on_nothing(reading, said):
        return
    if reading.attachments or reading.doubts or reading.scan.excess or _WHOLE.search(reading.subject):
        return
    quoted = reading.zone(Family.QUOTED)
    if quoted is not None and (_FORWARD.search(reading.subject) or not _is_marked(quoted.text)):
        return
    # A post without even a subject has nothing to show: `fact: empty` knows it.
    for index, zone in enumerate(reading.zones):
        if zone.name in (Family.SUBJECT, Family.QUOTED):
            yield Place(index, 0, min(len(zone.text), _SHOWN))
            return


def _has_words(text: str) -> bool:
    if len(text) > _LONGEST:
        return True
    return any(map(str.isalnum, _GREETING.sub("", _ADDED.sub("", _unsigned(text)))))


def _unsigned(text: str) -> str:
    """The text without a closing and the few short lines below it: a name, a department."""
    lines = [line for line in text.split("\n") if line.strip()]
    for at, line in enumerate(lines):
        below = lines[at + 1 :]
        short = len(below) <= _NAME_LINES and all(len(name) <= _NAME_LENGTH for name in below)
        if short and _CLOSING.fullmatch(line):
            return "\n".join(lines[:at])
    return text


def _passes_on_nothing(reading: Reading, said: list[str]) -> bool:
    """Whether the post and all that it quotes say only "see below"."""
    quoted = reading.zone(Family.QUOTED)
    texts = [*said, _MARKS.sub("", quoted.text)] if quoted else []
    passed_on = [_PASSED_ON.sub("", text) for text in texts if len(text) <= _LONGEST]
    return bool(passed_on) and len(passed_on) == len(texts) and not any(map(_has_words, passed_on))


def _is_marked(text: str) -> bool:
    """Whether all lines but the first two are marked as quoted: else an answer may stand between."""
    lines = [line for line in text.split("\n") if line.strip()]
    marked = [line.lstrip().startswith(">") for line in lines]
    return _FORWARD.search(text) is None and any(marked) and all(marked[2:])


DETECTOR = PostDetector("empty-post", "", _find, frozenset({Family.SUBJECT, Family.OWN, Family.QUOTED}))
