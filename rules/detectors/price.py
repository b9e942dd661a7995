"""price: an offer in a seller's words: a sum, a reduction, what is had for it."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, Span, around, found_by, sentence_of
from rules.detectors.tender import MONEY
from rules.zones import Family

_offers = found_by(
    (
        rf"\b(?:only|just|now(?: only)?|for as little as|from (?:only |just )|starting (?:at|from)|"
        rf"starts at|prices? (?:from|start(?:s|ing)? (?:at|from))|special(?: introductory)? price(?: of|"
        rf":)?|introductory (?:price|offer)(?: of|:)?|reduced to|yours for|on offer (?:at|for)|"
        rf"available (?:at|for|from)|offer(?:ing|ed)? (?:it |them |this |these |the [a-z]+ )?(?:at|for)|"
        rf"sell(?:s|ing)? (?:it |them |at |for )+|unit price(?: of|:)?|our price(?: is|:)?|"
        rf"rrp:?) ?(?:is |of )?{MONEY}"
    ),
    rf"\bwas {MONEY},? (?:is )?now(?: only)? {MONEY}",
    rf"\bsave (?:up to |over )?(?:{MONEY}|\d{{1,2}} ?%)",
    (
        r"\b\d{1,2} ?(?:%|per cent) (?:off|discount|reduction)\b|\b(?:discounts?|"
        r"reductions?) of (?:up to )?\d{1,2} ?(?:%|per cent)"
    ),
    rf"{MONEY} ?\(?(?:\+|plus|ex(?:cl)?\.?(?:uding)?|inc(?:l)?\.?(?:luding)?) ?vat\b",
    (
        rf"{MONEY} (?:each|apiece|per (?:unit|licence|license|seat|piece|detector|badge|device|copy|"
        rf"user))\b"
    ),
    (
        r"\b(?:buy one,? get one|two for the price of one|half price|price match|lowest prices?|"
        r"unbeatable prices?|bulk discounts?|price list (?:attached|enclosed|on request))\b"
    ),
)
_SELLING = re.compile(
    r"\b(?:order(?:s|ing)?|buy|purchase|offers?|deals?|discount(?:s|ed)?|sale|in stock|stocks? last|"
    r"deliver(?:y|ed)|vat|quote|quotations?|brochure|demo(?:nstration)?|customers?|special|exclusive|"
    r"limited time|while|hurry|contact (?:us|me|our)|call (?:us|me|now)|catalogue|free|warranty|our (?:new|"
    r"latest|product|range|system|software|shop|store)|website|visit|code|promotion(?:al)?|introductory|"
    r"bargain|for sale|selling)\b"
)
_INNOCENT = re.compile(
    r"\b(?:registration|register|fees?|delegates?|members?(?:hip)?|early[- ]bird|salar(?:y|ies)|band \d|"
    r"per annum|p\.?a\.?|stipend|scholarships?|bursar(?:y|ies)|grants?|funding|funded|budgets?|prizes?|"
    r"conference|course|workshop|study day|subscription|lunch|dinner|buffet|tickets?|accommodation|rooms?|"
    r"hotel|travel|parking|qaly|bought|reclaim|cost[- ]effective\w*|we paid|i paid|paid|cost us|costs us|"
    r"costing|cost the|business case|how much|does any(?:one|body)|has any(?:one|body)|what (?:do|did|"
    r"does)|savings?|efficiency|tender|procurement|donat\w+|charity|sponsor\w*|band [5-9]|dose|signal|"
    r"counts|sensitivity|transmission|uncertainty|weight|volume|dose reduction|isodose|patients?|abstract|"
    r"page charges?|apc|article processing|open access)\b"
)


def _find(text: str) -> Iterator[Span]:
    for start, end in _offers(text):
        near = sentence_of(text, start, end)
        if _SELLING.search(around(text, start, end, 160)) and not _INNOCENT.search(near):
            yield start, end


DETECTOR = Detector(
    "price",
    r"(?:£|€|\$|gbp|eur|usd) ?\d|\d (?:pounds|euros|quid|grand)\b|\b\d{1,2} ?(?:%|per cent) (?:off|"
    r"discount|reduction)|(?:discounts?|reductions?) of|save (?:up to |over )?\d|half price|buy one|"
    r"price (?:match|list)|(?:lowest|unbeatable) price|bulk discount|price of one|\d ?(?:k|million)\b",
    _find,
    frozenset({Family.SUBJECT, Family.OWN, Family.HTML, Family.HIDDEN, Family.ATTACHMENT, Family.LINK_TEXT}),
)
