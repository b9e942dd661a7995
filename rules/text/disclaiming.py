"""is_disclaimer, is_boilerplate, is_footer: what organisations and list servers add below a message.

Patterns look at single lines and paragraphs of bounded length only, so no text makes them slow.
"""

import re

import re2

from rules.text.quoting import LONGEST, is_drawn

_PARAGRAPH_LINES = 12

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
    r"confidential|privileged|private and|vertraulich|confidentiel|gyfrinachol",
    r"delete (?:it|this|the)|(?:notify|inform|contact|tell) the sender|destroy|dileu|supprimer|löschen",
    r"disclos|distribut|copying|unauthori[sz]ed|strictly prohibited|dissemination",
    r"virus|malware|liabilit|liable|accepts? no responsib",
    r"views (?:or opinions )?(?:expressed|are those)|not necessarily (?:represent|reflect|those)",
    r"registered (?:in|office|charity|company|number)|charitable body|freedom of information|monitored",
    r"before printing",
    r"disclaimer:|is a (?:registered )?charity|royal charter|ymwadiad|elusen",
)
# A set tells all that match in one pass, and most paragraphs are asked.
_FEATURES = re2.Set.SearchSet()
for _pattern in _BOILERPLATE:
    _FEATURES.Add(f"(?i){_pattern}")
_FEATURES.Compile()
# What an organisation says of itself in a line, and what its mail server says of the message.
_STATUTORY = re.compile(
    r"(?:is a (?:registered )?charit(?:y|able body)|registered charity"
    r"|company (?:registration )?(?:no|number)"
    r"|registered office|rhif elusen|elusen gofrestredig).{0,200}\b(?:\d{5,}|sc\d{4,}|royal charter"
    r"|registered)"
    r"|this (?:e-?mail|message) has been (?:scanned|checked)|virus-?free|scanned by",
    re.IGNORECASE,
)
_LONGEST_STATUTE = 400


def begins_paragraph(lines: list[str], at: int) -> bool:
    """Return whether a blank or a drawn line stands above."""
    return at == 0 or not lines[at - 1].strip() or is_drawn(lines[at - 1])


def is_footer(lines: list[str], at: int) -> bool:
    """Return whether a list's footer begins here: a drawn line and, just below, how to leave the list."""
    if not _FOOTER_RULE.match(lines[at][:LONGEST]):
        return False
    return any(_FOOTER.search(line[:LONGEST]) for line in lines[at + 1 : at + 5])


def is_disclaimer(lines: list[str], at: int) -> bool:
    """Return whether the paragraph here is the boilerplate of an organisation.

    One telling word is not enough: "this e-mail is confidential" may be what
    the author has to say.
    """
    if not _OPENER.match(lines[at][:LONGEST]):
        return False
    paragraph = _paragraph(lines, at)
    return _features(paragraph) > (0 if "before printing" in paragraph else 1)


def is_trailer(lines: list[str], at: int) -> bool:
    """Return whether the paragraph here is boilerplate, however it begins, if nothing of the author's
    follows.
    """
    paragraph = _paragraph(lines, at)
    features = _features(paragraph)
    return features > 2 or (len(paragraph) <= _LONGEST_STATUTE and _STATUTORY.search(paragraph) is not None)


def is_boilerplate(lines: list[str], at: int) -> bool:
    """Return whether a paragraph below a disclaimer goes on with it."""
    paragraph = _paragraph(lines, at)
    return _features(paragraph) > 0 or bool(_FOOTER.search(paragraph))


def _features(paragraph: str) -> int:
    return len(_FEATURES.Match(paragraph.encode(errors="replace")) or ())


def _paragraph(lines: list[str], at: int) -> str:
    taken = []
    for line in lines[at : at + _PARAGRAPH_LINES]:
        if not line.strip():
            break
        taken.append(line[: 4 * LONGEST])
    return " ".join(taken)
