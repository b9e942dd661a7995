"""divide(text) -> zones: own words, quoted text, signature and disclaimer of a plain text, line by line.

Own code, because the libraries for it take minutes on hostile text. Each line
is looked at a bounded number of times, whatever the text.
"""

from dataclasses import dataclass
from enum import StrEnum

from rules.text.disclaiming import (
    begins_paragraph,
    is_boilerplate,
    is_disclaimer,
    is_footer,
    is_trailer,
)
from rules.text.quoting import (
    is_attribution,
    is_drawn,
    is_forward,
    is_header_block,
    is_marked,
    mark_of,
)
from rules.text.signing import signed_lines
from rules.text.telling import Told, is_telling, told_by

_SIGNATURE_LINES = 20
"""A longer text after "-- " is no signature, whatever it calls itself."""
_TRAILERS = 6
"""Paragraphs at the end that may be an organisation's."""


class Family(StrEnum):
    """What a clause may name and a detector reads: zones whose names differ in a number alone are one."""

    SUBJECT = "subject"
    OWN = "own"
    QUOTED = "quoted"
    SIGNATURE = "signature"
    DISCLAIMER = "disclaimer"
    HTML = "html"
    HIDDEN = "hidden"
    LINK_TEXT = "link-text"
    LINK_TARGET = "link-target"
    ATTACHMENT_NAME = "attachment-name"
    ATTACHMENT = "attachment"
    CALENDAR = "calendar"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of a message as its reader sees it: ``name`` as in design.md §8, ``text`` as displayed."""

    name: str
    text: str


class Voice(StrEnum):
    """Who speaks in a line of a message's text."""

    OWN = "own"
    QUOTED = "quoted"
    SIGNATURE = "signature"
    DISCLAIMER = "disclaimer"


def divide(text: str, names: frozenset[str] = frozenset()) -> tuple[Zone, ...]:
    """Return the zones of a text whose lines end in LF, own words first; empty ones are left out.

    Parts of one zone that others interrupt are joined with a line end. Every
    line that is not blank is in exactly one zone. ``names`` are words of the
    author's name, in small letters.

    >>> divide("Yes.\\n\\nOn 3 May 2025, Ann <a@b.example> wrote:\\n> Agreed?\\n")[0].text
    'Yes.'
    """
    told = told_by(text)
    if not told:
        return _own(text)
    lines = text.split("\n")
    quoting = Told.QUOTING in told or Told.DISCLAIMING in told
    voices = _Listener(lines).voices() if quoting else [Voice.OWN] * len(lines)
    _hear_the_end(lines, voices, told, names)
    if voices.count(Voice.OWN) == len(voices):
        return _own(text)
    return tuple(zone for voice in Voice if voice in voices for zone in _gathered(voice, lines, voices))


def _own(text: str) -> tuple[Zone, ...]:
    own = text.strip("\n")
    return (Zone(Voice.OWN.value, own),) if own.strip() else ()


def _gathered(voice: Voice, lines: list[str], voices: list[Voice]) -> tuple[Zone, ...]:
    blocks: list[str] = []
    block: list[str] = []
    for line, speaking in zip(lines, voices, strict=True):
        if speaking is voice:
            block.append(line)
        elif block and line.strip():
            blocks.append("\n".join(block).strip("\n"))
            block = []
    blocks.append("\n".join(block).strip("\n"))
    text = "\n".join(block for block in blocks if block.strip())
    return (Zone(voice.value, text),) if text else ()


def _hear_the_end(
    lines: list[str], voices: list[Voice], told: frozenset[Told], names: frozenset[str]
) -> None:
    """Tell apart what stands below the author's own words without a mark: an organisation's, and who
    signs.
    """
    end = len(lines)
    while end and (voices[end - 1] is not Voice.OWN or not lines[end - 1].strip()):
        end -= 1
    if Told.DISCLAIMING in told:
        for _ in range(_TRAILERS):
            start = _paragraph_start(lines, end)
            if start == 0 or not end or not is_trailer(lines, start):
                break
            voices[start:end] = [Voice.DISCLAIMER] * (end - start)
            end = start
            while end and not lines[end - 1].strip():
                end -= 1
    if Told.SIGNING in told:
        for at in signed_lines(lines, end, names):
            voices[at] = Voice.SIGNATURE


def _paragraph_start(lines: list[str], end: int) -> int:
    start = end - 1
    while start > 0 and not begins_paragraph(lines, start):
        start -= 1
    return max(start, 0)


class _Listener:
    """Goes through the lines once and says who speaks in each."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._voices: list[Voice] = []
        self._voice = Voice.OWN
        self._before = Voice.OWN
        self._mark = ""

    def voices(self) -> list[Voice]:
        lines, voices = self._lines, self._voices
        while (at := len(voices)) < len(lines):
            if self._goes_on_plainly(at):
                voices.append(self._voice)
            elif self._quotes(at) or self._ends_own(at):
                continue
            elif (
                self._voice is Voice.DISCLAIMER
                and begins_paragraph(self._lines, at)
                and not self._goes_on(at)
            ):
                self._voice = self._before
            else:
                voices.append(self._voice)
        return self._without_long_signature()

    def _goes_on_plainly(self, at: int) -> bool:
        """Whether the line is blank or cannot begin anything: most lines, so this is quick."""
        line = self._lines[at]
        if not line or line.isspace():
            return True
        return self._voice is not Voice.DISCLAIMER and not self._mark and not is_telling(self._lines, at)

    def _say(self, voice: Voice, lines: int) -> None:
        self._voices.extend([voice] * lines)

    def _quotes(self, at: int) -> bool:
        """Take the lines at ``at`` if they are quoted or introduce a quotation."""
        if is_marked(self._lines, at, self._mark):
            self._say(Voice.QUOTED, 1)
            # What follows a quotation is the author's again: replies below and between.
            self._voice = Voice.OWN if self._voice is not Voice.QUOTED else Voice.QUOTED
            return True
        if self._voice is Voice.QUOTED:
            return False
        taken = (
            is_attribution(self._lines, at) or is_forward(self._lines, at) or is_header_block(self._lines, at)
        )
        if taken:
            self._say(Voice.QUOTED, taken)
            self._voice = Voice.OWN if self._marked_follows(at + taken) else Voice.QUOTED
        return taken > 0

    def _marked_follows(self, at: int) -> bool:
        """Whether the next line that is not blank is marked as quoted; its mark is that of the quotation."""
        for following in range(at, min(at + 5, len(self._lines))):
            if self._lines[following].strip():
                self._mark = mark_of(self._lines[following])
                return is_marked(self._lines, following, self._mark)
        return False

    def _ends_own(self, at: int) -> bool:
        """Take the line at ``at`` if a signature, a disclaimer or a list's footer begins with it."""
        if self._voice is Voice.QUOTED:
            return False
        line = self._lines[at].rstrip()
        if line == "--" and self._voice is not Voice.DISCLAIMER:
            self._voice = Voice.SIGNATURE
            self._say(Voice.SIGNATURE, 1)
            return True
        if self._voice is not Voice.DISCLAIMER and begins_paragraph(self._lines, at) and self._disclaims(at):
            self._before, self._voice = self._voice, Voice.DISCLAIMER
            self._say(Voice.DISCLAIMER, 1)
            return True
        return False

    def _disclaims(self, at: int) -> bool:
        if is_drawn(self._lines[at]):
            return is_footer(self._lines, at) or self._disclaims_below(at)
        return is_disclaimer(self._lines, at)

    def _disclaims_below(self, rule: int) -> bool:
        below = next(
            (at for at in range(rule + 1, min(rule + 4, len(self._lines))) if self._lines[at].strip()), 0
        )
        return below > 0 and is_disclaimer(self._lines, below)

    def _goes_on(self, at: int) -> bool:
        return is_drawn(self._lines[at]) or is_boilerplate(self._lines, at)

    def _without_long_signature(self) -> list[Voice]:
        signed = [
            voice is Voice.SIGNATURE and bool(line.strip())
            for voice, line in zip(self._voices, self._lines, strict=True)
        ]
        if sum(signed) <= _SIGNATURE_LINES:
            return self._voices
        return [Voice.OWN if voice is Voice.SIGNATURE else voice for voice in self._voices]
