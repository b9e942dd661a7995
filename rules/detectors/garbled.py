"""garbled: letters that came through in another encoding, or as the signs that are written for them."""

import re
from collections.abc import Iterator

from rules.detectors.detector import PostDetector
from rules.matching.places import Place
from rules.reading import Reading
from rules.zones import Family

_SIGNS = re.compile(
    r"(?:=[0-9A-F]{2}){2,}|=(?:20|3D|E2|C2|C3)(?=[ \n=A-Za-z]|$)|[ÃÂ][\x80-\xbf]|â€.?|Ã.|ï¿½|\ufffd|"
    r"&(?:nbsp|amp|quot|rsquo|lsquo|ndash|eacute|#\d{2,5});|\\u[0-9a-f]{4}"
)
_FIRST_SIGNS = ("\ufffd", "Ã", "Â", "â€", "ï¿½", "=C3", "=E2", "=20", "=3D", "=2", "&", "\\u00")
_ZONES = frozenset({Family.SUBJECT, Family.OWN, Family.HTML})
_FEWEST = 3
_TALKED_OF = re.compile(
    r"\b(?:utf-?8|latin-?1|iso-?8859|windows-?1252|charset|encod\w+|decod\w+|quoted-printable|mojibake|"
    r"unicode|code points?|entit(?:y|ies)|"
    r"html|regex|script|python|json|url)\b",
    re.IGNORECASE,
)
_SHOWN = 5


def _find(reading: Reading) -> Iterator[Place]:
    for index, zone in enumerate(reading.zones):
        if zone.name in _ZONES and any(sign in zone.text for sign in _FIRST_SIGNS):
            found = [match.span() for match in _SIGNS.finditer(zone.text)]
            if len(found) >= _FEWEST and not _TALKED_OF.search(zone.text[:10_000]):
                yield from (Place(index, start, end) for start, end in found[:_SHOWN])


# Sought in the displayed text: normalising drops or mends some of these signs.
DETECTOR = PostDetector("garbled", "", _find, _ZONES)
