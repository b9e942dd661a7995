"""entry(text) -> a calendar entry or a contact as its reader sees it: lines joined, values decoded."""

import quopri
import re

from rules.parsing.charsets import displayed
from rules.parsing.source import tagless
from rules.parsing.words import lenient_base64

_QUOTED_PRINTABLE = re.compile(
    r"^([^:\n]{0,200}\bQUOTED-PRINTABLE\b[^:\n]{0,200}:)((?:[^\n]*=\n)*[^\n]*)", re.IGNORECASE | re.MULTILINE
)
_BASE64 = re.compile(
    r"^([^:\n]{0,200}(?:ENCODING=(?:b|BASE64)|;BASE64)\b[^:\n]{0,200}:)([^\n]*)", re.IGNORECASE | re.MULTILINE
)
_PICTURED = 4000


def entry(text: str) -> str:
    """Return the lines with folded ones joined, signs unescaped (RFC 5545, 3.1) and encoded values read.

    >>> entry("SUMMARY:vo\\n te\\\\, please")
    'SUMMARY:vote, please'
    """
    text = _QUOTED_PRINTABLE.sub(_read_quoted, text)
    text = text.replace("\n ", "").replace("\n\t", "")
    text = _BASE64.sub(_read_base64, text)
    text = text.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";")
    return tagless(text) if "<" in text or "&" in text else text


def _read_quoted(match: re.Match[str]) -> str:
    octets = quopri.decodestring(match[2].encode("utf-8", "replace"))
    return match[1] + displayed(octets).replace("\n", " ")


def _read_base64(match: re.Match[str]) -> str:
    if len(match[2]) > _PICTURED:  # a photograph
        return match[0]
    octets = lenient_base64(match[2].encode("ascii", "replace"))
    text = displayed(octets)
    return match[1] + text.replace("\n", " ") if text.isprintable() else match[0]
