"""signed_lines(lines, end, names) -> the lines above ``end`` in which an author says who they are.

For signatures without "-- ". Only lines that are clearly of one count: a
breach could hide among them, and what is not clear stays the author's words.
"""

import re

import re2

_BLOCK_LINES = 8
_PARAGRAPHS = 3
_LONGEST_LINE = 100
_NAME_WORDS = 8
_SENTENCE_WORDS = 6
_SENTENCE = re.compile(r"[.!?][\"')]?$")
_WORD = re.compile(r"[^\W\d_]{2,}")

_TITLE = (
    r"\b(?:physicist|scientist|engineer|technologist|technician|radiographer|dosimetrist|consultant|professor|prof"
    r"|lecturer|reader|fellow|researcher|registrar|trainee|student|head of|director|manager|lead\b"
    r"|leader|chair|secretary"
    r"|treasurer|officer|coordinator|co-ordinator|administrator|editor|superintendent|supervisor|specialist|adviser|advisor"
    r"|ph\.?d|m\.?sc|b\.?sc|mipem|fipem|csci|ceng|ieng|rpa|mpe|hcpc|pennaeth|ffisegydd|gwyddonydd|athro|cyfarwyddwr|peiriannydd"
    r"|physicien(?:ne)?|ingénieure?|professeure?|directeur|directrice|physiker(?:in)?|ingenieur(?:in)?|leiter(?:in)?)\b"
)
_PLACE = (
    r"\b(?:hospitals?|infirmary|clinic|nhs|trust|health board|university|college|institute|department"
    r"|dept|school of|faculty"
    r"|laborator(?:y|ies)|cent(?:re|er)|society|office|unit\b|limited|ltd|gmbh|plc|ysbyty|prifysgol"
    r"|adran|bwrdd iechyd|canolfan"
    r"|hôpital|université|service de|institut|clinique|krankenhaus|klinikum|universität|abteilung|fakultät)\b"
)
_TELEPHONE = (
    r"\b(?:tel|telephone|phone|ph|mob|mobile|fax|direct|office|workshop|ext|extension|bleep|pager|ffôn|tél|t|m|e)\b\s?[.:]"
    r"|(?:\+|\b0)\d[\d ()-]{7,}\d|\b(?:bleep|ext\.?|extension|x)\s?\d{3,6}\b"
)
_MAIL = r"[^\s@]+@[^\s@]+\.[a-z]{2,}"
_WEB = r"https?://|\bwww\.|\b[a-z-]+\.(?:ac|co|nhs|org)\.[a-z]{2}\b|@[a-z_]{3,20}$"
_POSTCODE = r"\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b"
_KINDS = re2.Set.SearchSet()
for _kind in (_TITLE, _PLACE, _TELEPHONE, _MAIL, _WEB, _POSTCODE):
    _KINDS.Add(f"(?i){_kind}")
_KINDS.Compile()
_DEVICE = re.compile(
    r"(?:sent|gesendet|envoyé|anfonwyd|inviato|enviado)\b.{0,20} (?:my|from|mit|von|meinem|de|mon"
    r"|depuis|o|fy)\b.{1,40}$"
    r"|von meinem .{1,30} gesendet\.?$|get outlook for .{1,80}$|sent from .{1,40}$",
    re.IGNORECASE,
)


def signed_lines(lines: list[str], end: int, names: frozenset[str]) -> list[int]:
    """Return the indexes of the signature's lines among the last ones before ``end``.

    ``names`` are words of the author's name and address; the block must begin
    with one of them, or with the name that the line above has signed with.

    >>> signed_lines(["Thanks", "", "Ann Marsh", "Physicist, Wexley Hospital"], 4, frozenset({"ann"}))
    [2, 3]
    """
    starts = _paragraphs(lines, end)
    device = starts[:1] if starts and _is_device(lines, starts[0], end) else []
    if device:
        end = device[0]
        starts = _paragraphs(lines, end)
    return [*_block(lines, starts, end, names), *device]


def _block(lines: list[str], starts: list[int], end: int, names: frozenset[str]) -> list[int]:
    for start in starts:
        block = [at for at in range(start, end) if lines[at].strip()]
        if len(block) > _BLOCK_LINES or any(_is_sentence(lines[at]) for at in block):
            break
        if _is_name(lines[start], names | _signed_with(lines, start)):
            kinds = {at: _kinds(lines[at]) for at in block[1:]}
            if len(_kinds(lines[start]).union(*kinds.values())) > 1 and any(kinds.values()):
                return [start, *(at for at, found in kinds.items() if found)]
    return []


def _paragraphs(lines: list[str], end: int) -> list[int]:
    """Where the last paragraphs before ``end`` begin, the last one first."""
    starts: list[int] = []
    for at in range(end - 1, max(-1, end - 3 * _BLOCK_LINES), -1):
        if lines[at].strip() and (at == 0 or not lines[at - 1].strip()):
            starts.append(at)
            if len(starts) == _PARAGRAPHS:
                break
    return starts


def _is_device(lines: list[str], start: int, end: int) -> bool:
    alone = not any(lines[at].strip() for at in range(start + 1, end))
    return alone and len(lines[start]) < _LONGEST_LINE and _DEVICE.match(lines[start].strip()) is not None


def _is_sentence(line: str) -> bool:
    words = len(line.split())
    if len(line) > _LONGEST_LINE or words > 2 * _SENTENCE_WORDS:
        return True
    return words >= _SENTENCE_WORDS and _SENTENCE.search(line.strip()) is not None


def _signed_with(lines: list[str], start: int) -> frozenset[str]:
    """The name in the line above, if that is all it says."""
    above = next((lines[at] for at in range(start - 1, max(-1, start - 4), -1) if lines[at].strip()), "")
    words = above.strip(" ,.!-").split()
    return frozenset(word.casefold() for word in words) if len(words) < 3 else frozenset()


def _is_name(line: str, names: frozenset[str]) -> bool:
    words = _WORD.findall(line)
    if not words or len(words) > _NAME_WORDS or not line.strip()[0].isupper() or line.strip()[-1] in ".!?:;":
        return False
    return any(word.casefold() in names for word in words)


def _kinds(line: str) -> set[int]:
    return set(_KINDS.Match(line.encode(errors="replace")) or ())
