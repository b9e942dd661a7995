"""is_attribution, is_forward, is_header_block, is_marked: how mail programs introduce and mark quotations.

Patterns look at single lines of bounded length only, so no text makes them slow.
"""

import re

LONGEST = 400
_ATTRIBUTION_LINES = 4
_BLOCK_LINES = 12
_INDENT = 3

_WROTE = re.compile(
    r"(?:\bwrote(?: on .{1,80})?|\bwrites|\ba écrit(?: le .{1,80})?|\bschrieb(?: .{1,150})?"
    r"|\bysgrifennodd(?: .{1,150})?|\bescribi[óo]|\bha scritto"
    r"|\bschreef(?: .{1,150})?|\bskrev(?: .{1,150})?)\s?:$",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"[>|* ]{0,6}(?:on|le|am|ar|el|il|op|den|dydd|at|in (?:article|message))\b", re.IGNORECASE
)
_DATED = re.compile(r"@|\b(?:19|20)\d\d\b|\b\d{1,2}[:.h]\d\d\b")
# A day and a time: no sentence of an author's says both and ends with a colon.
_TIMED = re.compile(r"(?:\b(?:19|20)\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d\d).{0,40}\b\d{1,2}[:.h]\d\d\b")
_WHOLE = re.compile(
    r"\d{4}-\d\d-\d\d \d{1,2}:\d\d.{0,20} .{1,100}<[^<>@\s]+@[^<>\s]+>:$|quoting .{1,200}@\S{1,100}:$"
    r"|-{2,6} ?on .{5,200} wrote ?-{2,6}$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"(?:original message|original appointment|ursprüngliche nachricht|message d'origine|neges wreiddiol"
    r"|forwarded message|forwarded by|message transféré|weitergeleitete nachricht|neges a anfonwyd ymlaen"
    r"|mensaje original|messaggio originale|oorspronkelijk bericht)",
    re.IGNORECASE,
)
_BEGIN = re.compile(
    r"(?:begin forwarded message|début du message (?:transféré|réexpédié)"
    r"|anfang der weitergeleiteten nachricht|dechrau(?:'r)? (?:y )?neges a anfonwyd ymlaen)\s?:$",
    re.IGNORECASE,
)
_FROM = re.compile(r"[ ]{0,3}\*?(?:from|von|de|oddi wrth|o)\s?:\*?\s", re.IGNORECASE)
_OTHER_FIELD = re.compile(
    r"[ ]{0,3}\*?(?:sent|date|to|cc|bcc|subject|reply-to|gesendet|datum|an|betreff|envoyé|à|objet|cci"
    r"|anfonwyd|dyddiad|at|pwnc|copi)"
    r"\s?:\*?(?:\s|$)",
    re.IGNORECASE,
)
_DRAWN = re.compile(r"[ ]{0,3}[_#*=~-]{4,}[ ]{0,3}$")


def is_drawn(line: str) -> bool:
    """Return whether a line consists of a drawn line."""
    return _DRAWN.match(line[:LONGEST]) is not None


def is_attribution(lines: list[str], at: int) -> int:
    """Return how many lines from ``at`` say who wrote what follows ("On ..., Ann wrote:"), 0 for none."""
    first = lines[at].strip()
    if len(first) > LONGEST:
        return 0
    if _WHOLE.match(first):
        return 1
    starts = _STARTS.match(first) is not None
    if not (starts or "@" in first or first.endswith(":")):
        return 0
    joined = ""
    for taken in range(1, _ATTRIBUTION_LINES + 1):
        line = lines[at + taken - 1].strip() if at + taken <= len(lines) else ""
        if not line or len(line) > LONGEST:
            return 0
        joined = f"{joined} {line}"
        if line.endswith(":"):
            introduces = _WROTE.search(joined) and _DATED.search(joined)
            return taken if introduces and (starts or "@" in joined or _TIMED.search(joined)) else 0
    return 0


def is_forward(lines: list[str], at: int) -> int:
    """Return how many lines from ``at`` announce a forwarded or original message, 0 for none."""
    line = lines[at].strip()
    if len(line) > LONGEST:
        return 0
    if line.startswith("--") and line.endswith("--") and _ORIGINAL.search(line):
        return 1
    return 1 if _BEGIN.match(line) else 0


def is_header_block(lines: list[str], at: int) -> int:
    """Return how many lines from ``at`` repeat a message's header (From, Sent, To, Subject), 0 for none."""
    start = at
    if is_drawn(lines[at]) and at + 1 < len(lines):
        start = at + 1
    if not _FROM.match(lines[start][:LONGEST]):
        return 0
    fields = []
    for index in range(start + 1, min(start + _BLOCK_LINES, len(lines))):
        if not lines[index].strip():
            break
        if _OTHER_FIELD.match(lines[index][:LONGEST]):
            fields.append(index)
    return fields[-1] - at + 1 if len(fields) > 1 else 0


def is_marked(lines: list[str], at: int, mark: str) -> bool:
    """Return whether a line is marked as quoted: with ">", or with the ``mark`` of the quotation it
    stands in.
    """
    line = lines[at][:_INDENT].lstrip(" ") + lines[at][_INDENT:]
    if line.startswith("&gt;"):
        return True
    if mark and line.startswith(mark):
        return line[1:2] in ("", " ", "\t", mark)
    if not line.startswith(">"):
        return False
    # Mailboxes write ">From" where an author wrote "From" at the start of a line.
    return not (line.startswith(">From ") and not (at and lines[at - 1].startswith(">")))


def mark_of(line: str) -> str:
    """Return the sign with which an introduced quotation is marked, other than ">"; "" for none.

    >>> mark_of("| Agreed?"), mark_of("Agreed?")
    ('|', '')
    """
    head = line.lstrip(" ")[:2]
    return head[0] if head in ("| ", ": ", "|", ":", "||", "} ") else ""
