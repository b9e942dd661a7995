"""private-address: a postcode with a street, where the text says that somebody lives there."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, around, found_by

_POSTCODE = r"(?:gir ?0aa|[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2})"
_STREET = (
    r"\d{1,4}[a-z]?,? (?:[a-z'.-]+ ){1,4}?"
    r"(?:street|st|road|rd|avenue|ave|lane|ln|close|cl|drive|dr|crescent|cres|terrace|gardens|gdns|grove|"
    r"place|pl|way|court|ct|mews|row|hill|park|walk|rise|view|green|square|sq|gate|end|croft|fold)"
)
_places = found_by(rf"\b{_STREET}\b(?:[ ,.]+[a-z' -]{{2,30}}){{0,3}}?[ ,.]+{_POSTCODE}\b|\b{_STREET}\b")
_HOME = re.compile(
    r"\b(?:home address|private address|home(?:'s)? (?:is )?at|lives? (?:at|on|in)|living at|lived at|"
    r"resides? at|his house|her house|their house|his home|her home|their home|'s house|'s home|whose house|"
    r"flat \d+|where (?:he|she|they) lives?|patient'?s? address|next of kin|round to (?:his|her|their))\b"
)
_REACH = 90


def _find(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _places(text):
        if _HOME.search(around(text, start, end, _REACH)):
            yield start, end


DETECTOR = Detector(
    "private-address",
    r"home|house|\bliv(?:es?|ing|ed)\b|resid|flat \d|address|next of kin|round to",
    _find,
)
