"""private-address: a street with a house in it, where the text says that somebody lives there."""

import re
from collections.abc import Iterator

from rules.detectors.consent import AGREED
from rules.detectors.detector import Detector, Span, around, found_by, sentence_of
from rules.detectors.workplaces import AT_WORK, INSTITUTION

_POSTCODE = r"(?:gir ?0aa|[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2})"
_WAY = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|close|cl|drive|dr|crescent|cres|terrace|gardens|gdns|grove|"
    r"place|pl|way|court|ct|mews|row|hill|park|walk|rise|view|green|square|sq|gate|end|croft|fold|brow|"
    r"bank|mount|vale)"
)
_STREET = rf"\d{{1,4}}[a-z]?,? (?:[a-z'.-]+ ){{1,4}}?{_WAY}"
_NAMED = (
    r"(?:[a-z'-]+ ){1,3}(?:cottage|house|farm|farmhouse|lodge|villa|barn|forge|vicarage|rectory|bungalow|"
    r"mill),? "
    rf"(?:[a-z'-]+ ){{0,3}}(?:{_WAY}|[a-z'-]+,? {_POSTCODE})"
)
_FLAT = r"(?:flat|apartment|apt|unit) \d{1,3}[a-z]?,? (?:[a-z0-9'-]+,? ){1,5}"
_WELSH = (
    r"\d{1,4}[a-z]?,? (?:maes|heol|ffordd|stryd|lon|lôn|rhodfa|clos|bryn|pen|tan|cae) (?:[a-z'-]+ ?){1,3}"
)
_places = found_by(
    rf"\b{_STREET}\b(?:[ ,.]+[a-z' -]{{2,30}}){{0,3}}?[ ,.]+{_POSTCODE}\b|\b{_STREET}\b|\b{_NAMED}\b|"
    rf"\b{_FLAT}|\b{_WELSH}"
)
_HOME = re.compile(
    r"\b(?:(?:home|private|personal) (?:address|postcode)|addr(?:ess)? \(home\)|home(?:'s)? (?:is )?at|"
    r"lives (?:alone |now |just |with [a-z ]{2,20})?(?:at|on|in|opposite|next)|(?:they|who|both|still|"
    r"parents|family|children) live (?:at|in|on)|living (?:alone )?at|lived at|resid(?:es?|ing) (?:at|in)|"
    r"(?:his|her|their) (?:new |old |own )?(?:house|home|flat|place|cottage|address|bungalow)|(?:sister|"
    r"brother|mother|father|mum|dad|wife|husband|partner|daughter|son|parents?)'?s'? (?:home )?address|"
    r"[a-z]+'s (?:house|home|flat|place|home address)|whose house|where (?:he|she|they) lives?|"
    r"patient'?s? address|next of kin|cyfeiriad cartref|(?:his|her|their) (?:sister|brother|mother|father|"
    r"mum|dad|daughter|son|parents)'?s?'? (?:house |place |home )?at|round to (?:his|her|their)|"
    r"moved (?:house )?to|staying (?:at|with)|"
    r"(?:find|visit|reach|catch) (?:him|her|them) at|(?:send|post|deliver|"
    r"bring) (?:[a-z]+ ){1,4}?to (?:him|her|them|[a-z]+) at)\b"
)
_TITLED = re.compile(r"\b(?:mr|mrs|miss|ms|mx)\.? [a-z'-]+(?: [a-z'-]+)?[,:]? (?:of |at )?$")
_OURS = re.compile(
    r"\b(?:my (?:own |new |old )?(?:home|house|flat|address|place|cottage|bungalow)|(?:i|we) (?:now )?live|"
    r"(?:i|we)(?:'ve| have) moved|(?:our|my) home|moved (?:our|the) (?:office|department|company|society)|"
    r"our (?:office|department|new (?:home|building|premises)))\b"
)
_PUBLIC = re.compile(
    rf"\b(?:{AT_WORK}|hotel|venue|conference|meeting|hall|museum|college|school|laborator(?:y|ies)|society|"
    r"warehouse|delivery address|deliver to|registered (?:office|charity)|headquarters|hq|building|pub|"
    r"restaurant|church|station|surgery|ward|memorial|funeral|crematorium|gallery|works at)\b"
)
_INSTITUTION = re.compile(rf"\b(?:{INSTITUTION})\b")
_REACH = 90


def _find(text: str) -> Iterator[Span]:
    for start, end in _places(text):
        near = sentence_of(text, start, end)
        about = around(text, start, end, _REACH)
        if AGREED.search(near):
            continue
        said = _HOME.search(about)
        before = text[max(0, start - 60) : start]
        if (said and not _is_ours_or_public(near, about, text[start:end])) or (
            (titled := _TITLED.search(before)) and not _PUBLIC.search(titled[0] + text[start : end + 8])
        ):
            yield start, end


def _is_ours_or_public(near: str, about: str, place: str) -> bool:
    if _OURS.search(near) and not re.search(
        r"\b(?:his|her|their|he|she) (?:home|house|flat|lives?|address)\b", near
    ):
        return True
    private = re.search(
        r"\b(?:home|private) address|\blives?\b|\b(?:his|her|their) (?:house|home|flat|cottage)\b", about
    )
    return (_PUBLIC.search(near) is not None and private is None) or _INSTITUTION.search(place) is not None


DETECTOR = Detector(
    "private-address",
    r"home|house|cottage|\bliv(?:es?|ing|ed)\b|resid|flat \d|address|next of kin|round to|staying|moved to|"
    r"cyfeiriad cartref|"
    r"\b(?:mr|mrs|miss|ms|mx)\.? [a-z'-]+(?: [a-z'-]+)?[,:]? (?:of |at )?(?:\d|[a-z'-]+ (?:cottage|farm|"
    r"lodge|house))|"
    r"'s place|(?:his|her|their) place|(?:find|visit|reach|catch) (?:him|her|them) at|to [a-z]+ at \d",
    _find,
)
