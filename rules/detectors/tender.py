"""tender: what bidders asked or scored, while the buying is not yet public."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, Span, around, found_by, sentence_of

MONEY = (
    r"(?:(?:£|€|\$|gbp|eur|usd) ?\d[\d,.]*(?: ?(?:k|m|bn|million|thousand)\b)?|\b\d[\d,.]*(?: ?(?:k|"
    r"thousand|million|m))? (?:pounds|euros|quid|grand)\b|\b\d[\d,.]* ?(?:k|million|grand)\b)"
)
"""A sum, as people write it."""

_BIDDER = r"(?:bidders?|tenderers?|suppliers?|vendors?|manufacturers?|incumbent|compan(?:y|ies)|firms?)"
_CONTEXT = re.compile(
    r"\b(?:tenders|tendered|tendering|tenderers?|(?:our|the|this|a|that|your|open|running) tender(?! to)|"
    r"tender scores?|bids?|bidders?|bidding|itt|rfp|rfq|pqq|bafo|best and final|mini[- ]?competition|"
    r"quotations?|procurement|evaluation (?:panel|scores?|meeting)|award(?:ed)?|lot \d|standstill|"
    r"framework|submissions?|shortlist(?:ed)?)\b"
)
_always = found_by(
    (
        rf"\b(?:lowest|highest|cheapest|dearest|winning|losing|best|second|other|rival|competing|"
        rf"unsuccessful|incumbent'?s?) "
        rf"(?:bid|bidder|tender|tenderer|quote|quotation|offer|price)s?\b.{{0,80}}?{MONEY}"
    ),
    rf"\b(?:bidder|tenderer) [a-z0-9]{{1,12}}\b.{{0,60}}?(?:{MONEY}|\bscor(?:ed|es)\b)",
    (
        rf"\b(?:the|our) (?:bids|tenders|quotes|quotations|offers) (?:were|are|came (?:in|back)|"
        rf"received)\b.{{0,80}}?{MONEY}"
    ),
    rf"\b(?:the|our|all) (?:bids|tenders|quotes|quotations|offers) ?[:-] ?.{{0,60}}?{MONEY}",
    r"\b(?:scored|marked|rated|gave) [a-z][\w-]+ \d{1,3}\b.{0,40}? (?:and|,) [a-z][\w-]+ \d{1,3}\b",
    rf"\b(?:tenders?|quotes?|quotations|bids) (?:has |have )?(?:came|come) (?:back|in)\b.{{0,60}}?{MONEY}",
    rf"\b[a-z][\w&-]+ {MONEY}(?:,| and) [a-z][\w&-]+ {MONEY}.{{0,60}}\b(?:tender|bids?|bidders?|"
    rf"procurement)\b",
    rf"\bbest and final (?:offer|price)s?\b.{{0,60}}?{MONEY}",
    (
        r"\b(?:who|which (?:company|bidder|supplier)) (?:is going to|will) win (?:the|our|"
        r"this) (?:tender|contract|bid|framework|competition)\b"
    ),
    (
        r"\b(?:bidders?|suppliers?|tenderers?|the (?:other )?compan(?:y|ies)|losers?|they) (?:have|has|had|"
        r"do|does) not (?:yet )?(?:been )?(?:told|informed|notified|know)\b"
    ),
)
_in_context = found_by(
    (
        rf"\b(?:[a-z][\w&'-]+ ){{0,3}}(?:quoted|offered|tendered|bid|priced|came in|comes in|"
        rf"has come in|undercut\w*)\b(?: (?:us|it|them|at|in|with|under|over|the|a|for|just|only|"
        rf"around|about|by))* ?.{{0,30}}?{MONEY}"
    ),
    (
        rf"\b{_BIDDER}(?: [a-z])?(?:'s)? (?:price|offer|quote|quotation|bid|tender|total|"
        rf"figure)s?\b.{{0,40}}?{MONEY}"
    ),
    (
        rf"\b[a-z][\w&-]+(?:'s| from)? (?:price|offer|quote|quotation|bid|tender|figure) (?:is|was|of|at|"
        rf":).{{0,20}}?{MONEY}"
    ),
    (
        r"\b(?:scored?|scores|marked|rated|got|gave|given|"
        r"awarded)\b[^.]{0,40}?\b\d{1,3}(?:\.\d{1,2})? ?(?:%|points|marks|out of|/ ?\d{2,3})"
    ),
    (
        r"\b(?:preferred|winning|successful) (?:bidder|supplier|tenderer) (?:is|will be|looks like|"
        r"seems to be)\b"
    ),
    (
        r"\b(?:the )?(?:others?|rest|other ones) (?:have|has|do|does) not (?:yet )?(?:been )?(?:told|"
        r"informed|notified|know)\b"
    ),
    (
        r"\b(?:scored|ranked|placed|put) (?:[a-z][\w-]* ){1,2}(?:well |far |clearly )?(?:ahead|top|"
        r"first|last|bottom)\b"
    ),
    (
        r"\b(?:is|are|will be|was) (?:clearly |currently |well |just |far )?(?:ahead|in the lead|top|"
        r"first|last|out of the running|the cheapest|going to win)\b"
    ),
)
_PUBLIC = re.compile(
    r"\b(?:award(?:ed)? notices?|contracts? finder|find a tender|(?:was|were|is|are|been|as) published|"
    r"publicly|public domain|list price|published price|threshold|estimated value|research grants?|grants?|"
    r"bid(?:s|ding)? for (?:funding|capital|the grant|money)|capital bids?|funding bid|how (?:do|did|"
    r"should|would) (?:you|we|others)|weightings?|example|hypothetical|fictional|made[- ]up|training|"
    r"freedom of information|foi|registration|fees?|auction|house|to the touch|tenderness|legal tender|"
    r"pain|patients? scored|per cent of dose|dose|b\.i\.d|uncertaint\w+|advice|indicative|"
    r"budget(?:ary)? (?:of|figure)|won (?:a|the) (?:prize|award)|price \(?\d{1,3}|quality \(?\d{1,3}|"
    r"will be (?:scored|marked)|scoring (?:sheet|matrix|criteria)|social value|reviewers?|nihr|ukri|"
    r"funders?|literature|specifications?)\b"
)


def _find(text: str) -> Iterator[Span]:
    for start, end in _always(text):
        if not _PUBLIC.search(sentence_of(text, start, end)):
            yield start, end
    for start, end in _in_context(text):
        if _CONTEXT.search(around(text, start, end, 220)) and not _PUBLIC.search(
            sentence_of(text, start, end)
        ):
            yield start, end


DETECTOR = Detector(
    "tender",
    r"\btender(?:s|ed|ing|er|ers)?\b|\bbids?\b|\bbidd|\bitt\b|\brfp\b|\brfq\b|\bpqq\b|\bbafo\b|"
    r"best and final|mini[- ]?competition|quotation|\bquote(?:s|d)?\b|procurement|evaluation (?:panel|"
    r"score|meeting)|standstill|\b(?:lowest|cheapest|rival) (?:offer|price)|\bmini-comp",
    _find,
)
