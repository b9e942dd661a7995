"""is_attribution and its neighbours: how mail programs introduce quotations, and how footers begin.

Patterns look at single lines of bounded length only, so no text makes them slow.
"""

import re

_LONGEST = 400
_ATTRIBUTION_LINES = 3
_BLOCK_LINES = 6
_PARAGRAPH_LINES = 12

# Where anything below could begin: by a line's first character, its first word, or a colon at its end.
_SIGNS = frozenset(">-_*#=~")
_QUOTING_WORDS = frozenset(
    (
        *("on", "le", "am", "ar", "el", "il", "op", "den", "dydd", "at", "begin", "début", "anfang"),
        *("from", "from:", "von", "von:", "de", "de:", "oddi", "o", "o:"),
    )
)
_DISCLAIMING_WORDS = frozenset(
    (
        *("confidentiality", "confidentiality:", "disclaimer", "disclaimer:", "legal", "privileged"),
        *("this", "the", "any", "e-mail", "email", "please", "if", "notice", "notice:", "ce", "diese"),
        *("privacy", "mae", "mae'r", "gall", "ymwadiad", "ymwadiad:"),
    )
)


def is_telling(lines: list[str], at: int) -> bool:
    """Return whether something other than its author's words could begin in a line that is not blank."""
    head = lines[at].strip()
    if head[0] in _SIGNS or head[-1] == ":":
        return True
    word = head[:24].split(None, 1)[0].lower()
    return word in _QUOTING_WORDS or (word in _DISCLAIMING_WORDS and begins_paragraph(lines, at))


def begins_paragraph(lines: list[str], at: int) -> bool:
    """Return whether a blank or a drawn line stands above."""
    return at == 0 or not lines[at - 1].strip() or is_rule(lines[at - 1])


_WROTE = re.compile(
    r"(?:\bwrote|\bwrites|\ba écrit|\bschrieb(?: .{1,150})?|\bysgrifennodd(?: .{1,150})?"
    r"|\bescribi[óo]|\bha scritto"
    r"|\bschreef(?: .{1,150})?|\bskrev(?: .{1,150})?)[ ]?:$",
    re.IGNORECASE,
)
_STARTS = re.compile(r"[>* ]{0,6}(?:on|le|am|ar|el|il|op|den|dydd|at)\b", re.IGNORECASE)
_DATED = re.compile(r"@|\b(?:19|20)\d\d\b|\b\d{1,2}[:.h]\d\d\b")
_ORIGINAL = re.compile(
    r"(?:original message|original appointment|ursprüngliche nachricht|message d'origine|neges wreiddiol"
    r"|forwarded message|forwarded by|message transféré|weitergeleitete nachricht|neges a anfonwyd ymlaen)",
    re.IGNORECASE,
)
_BEGIN = re.compile(
    r"(?:begin forwarded message|début du message (?:transféré|réexpédié)"
    r"|anfang der weitergeleiteten nachricht)[ ]?:$",
    re.IGNORECASE,
)
_FROM = re.compile(r"[ ]{0,3}\*?(?:from|von|de|oddi wrth|o)[ ]?:\*?\s", re.IGNORECASE)
_OTHER_FIELD = re.compile(
    r"[ ]{0,3}\*?(?:sent|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|envoyé|à|objet"
    r"|anfonwyd|dyddiad|at|pwnc)"
    r"[ ]?:\*?(?:\s|$)",
    re.IGNORECASE,
)
_RULE = re.compile(r"[ ]{0,3}[_#*=~-]{4,}[ ]{0,3}$")
_FOOTER_RULE = re.compile(r"[ ]{0,3}[_#*=-]{10,}[ ]{0,3}$")
_FOOTER = re.compile(
    r"to unsubscribe|unsubscribe from|mailing list$|mailing list --|listinfo|jiscmail\.ac\.uk"
    r"|i ddad-?danysgrifio"
    r"|se désabonner|abmelden",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"[\s*]{0,6}(?:confidentiality notice|confidentiality:|disclaimer|legal notice|privileged"
    r"|this (?:e-?mail|message|communication|transmission)\b|the (?:information|contents?)\b"
    r"|any (?:views|opinions)|e-?mail (?:disclaimer|confidentiality)|privacy notice"
    r"|please consider the environment|if you (?:are not|have received)"
    r"|ce (?:message|courriel)|diese (?:e-?mail|nachricht)"
    r"|mae(?:'r)? (?:e-?bost|neges)|gall y neges|ymwadiad|notice:)",
    re.IGNORECASE,
)
_BOILERPLATE = (
    r"intended (?:solely |only )?(?:for|recipient)|addressee|named recipient|exclusi[fv]|derbynnydd",
    r"in error|par erreur|irrtümlich|[dt]rwy gamgymeriad",
    r"confidential|privileged|vertraulich|confidentiel|gyfrinachol",
    r"delete (?:it|this|the)|(?:notify|inform|contact) the sender|destroy|dileu|supprimer|löschen",
    r"disclos|distribut|copying|unauthori[sz]ed|strictly prohibited|dissemination",
    r"virus|malware|liabilit|liable|accepts? no responsib",
    r"views (?:or opinions )?(?:expressed|are those)|not necessarily (?:represent|reflect|those)",
    r"registered (?:in|office|charity|company|number)|charitable body|freedom of information|monitored",
    r"before printing",
)
_FEATURES = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _BOILERPLATE)


def is_attribution(lines: list[str], at: int) -> int:
    """Return how many lines from ``at`` say who wrote what follows ("On ..., Ann wrote:"), 0 for none."""
    first = lines[at]
    if len(first) > _LONGEST:
        return 0
    starts = _STARTS.match(first) is not None
    joined = ""
    for taken in range(1, _ATTRIBUTION_LINES + 1):
        line = lines[at + taken - 1].strip() if at + taken <= len(lines) else ""
        if not line or len(line) > _LONGEST:
            return 0
        joined = f"{joined} {line}"
        if line.endswith(":"):
            introduces = _WROTE.search(joined) and _DATED.search(joined)
            return taken if introduces and (starts or "@" in joined) else 0
        if not starts:
            return 0
    return 0


def is_forward(lines: list[str], at: int) -> int:
    """Return how many lines from ``at`` announce a forwarded or original message, 0 for none."""
    line = lines[at].strip()
    if len(line) > _LONGEST:
        return 0
    if line.startswith("--") and line.endswith("--") and _ORIGINAL.search(line):
        return 1
    return 1 if _BEGIN.match(line) else 0


def is_header_block(lines: list[str], at: int) -> int:
    """Return how many lines from ``at`` repeat a message's header (From, Sent, To, Subject), 0 for none."""
    start = at
    if _RULE.match(lines[at][:_LONGEST]) and at + 1 < len(lines):
        start = at + 1
    if not _FROM.match(lines[start][:_LONGEST]):
        return 0
    fields = [
        index
        for index in range(start + 1, min(start + _BLOCK_LINES, len(lines)))
        if _OTHER_FIELD.match(lines[index][:_LONGEST])
    ]
    return fields[-1] - at + 1 if len(fields) > 1 else 0


def is_rule(line: str) -> bool:
    """Return whether a line consists of a drawn line."""
    return _RULE.match(line[:_LONGEST]) is not None


def is_footer(lines: list[str], at: int) -> bool:
    """Return whether a list's footer begins here: a drawn line and, just below, how to leave the list."""
    if not _FOOTER_RULE.match(lines[at][:_LONGEST]):
        return False
    return any(_FOOTER.search(line[:_LONGEST]) for line in lines[at + 1 : at + 5])


def is_disclaimer(lines: list[str], at: int) -> bool:
    """Return whether the paragraph here is the boilerplate of an organisation.

    One telling word is not enough: "this e-mail is confidential" may be what
    the author has to say.
    """
    if not _OPENER.match(lines[at][:_LONGEST]):
        return False
    paragraph = _paragraph(lines, at)
    return sum(feature.search(paragraph) is not None for feature in _FEATURES) > (
        0 if "before printing" in paragraph else 1
    )


def is_boilerplate(lines: list[str], at: int) -> bool:
    """Return whether a paragraph below a disclaimer goes on with it."""
    paragraph = _paragraph(lines, at)
    return any(feature.search(paragraph) for feature in _FEATURES) or bool(_FOOTER.search(paragraph))


def _paragraph(lines: list[str], at: int) -> str:
    taken = []
    for line in lines[at : at + _PARAGRAPH_LINES]:
        if not line.strip():
            break
        taken.append(line[: 4 * _LONGEST])
    return " ".join(taken)
