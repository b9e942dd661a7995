"""unsubscribe: a request to the list's software or owner, sent to everybody on the list."""

import re
from collections.abc import Iterator

from rules.detectors.detector import PostDetector, Span, found_by, sentence_of
from rules.matching.haystack import family
from rules.matching.places import Place
from rules.normal import normalise
from rules.reading import Reading
from rules.zones import Family

_LIST = (
    r"(?:(?:this|the|your|that) (?:[a-z-]+ )?(?:mailing ?)?(?:list(?:serv)?|group|distribution list|"
    r"mailing|mailings|emails?|e-mails?|messages|posts?)|the list|this|your (?:database|records))"
)
_BEGINS = (
    r"^(?:(?:re|fwd?|aw): ?|\[[^\]]{1,30}\] ?|hi,? |hello,? |dear (?:all|sirs?|list owner|moderator),? )*"
)
_found = found_by(
    # the software's own words, alone
    rf"{_BEGINS}(?:please |kindly |pls )?(?:un-?subscribe|unsubcribe|unsuscribe|unsubscibe|opt[- ]?out|"
    rf"subscribe|"
    r"dad-?danysgrifio|abmelden|d[ée]sabonner|d[ée]sinscription|sign ?off)(?: [a-z@._+-]+){0,4}[ .!]*$",
    rf"{_BEGINS}(?:please |kindly |pls )?(?:remove(?: me)?|stop(?: it| this| these)?|leave(?: (?:the |"
    rf"this )?list)?|"
    rf"set [a-z-]+ (?:(?:no)?mail|(?:no)?digests?|noack|noabs|index)|"
    r"set (?:nomail|digest))(?: (?:please|thanks|thank you))?[ .!]*$",
    (
        r"\b(?:please |kindly |pls |could (?:you|someone|somebody) (?:please )?|can (?:you|someone|"
        r"somebody) (?:please )?|would (?:you|someone) (?:please )?)(?:un-?subscribe|unsubcribe) (?:me|my|"
        r"this (?:e-?mail )?address)\b|\bun-?subscribe me\b"
    ),
    (
        r"\b(?:how (?:do|can|would|should|does) (?:i|you|we|one)|(?:can|could|may) i(?: please)?|how to|"
        r"where (?:do|can) i|i (?:want|wish|would like|need|have tried|tried|am trying|am unable|"
        r"can't work out how|cannot find how)(?: to)?|i'd like to|i want to be|"
        r"i would like to be) (?:be )?(?:un-?subscribed?|leave (?:this|the) list|get off (?:this|the) list|"
        r"come off (?:this|the) list|stop (?:receiving|getting) (?:these|this|the|your))\b"
    ),
    (
        rf"\b(?:please |kindly |pls |could (?:you|someone|somebody) (?:please )?|can (?:you|someone|"
        rf"somebody) (?:please )?|would (?:you|someone) (?:please )?)(?:remove|delete|take|drop) (?:me|"
        rf"my (?:name|address|e-?mail(?: address)?|details)) (?:off |of |from |out of |"
        rf"off of )(?:all )?{_LIST}\b"
    ),
    (
        rf"\b(?:want|like|wish|ask(?:ed)?|need) to be (?:removed|taken|deleted|dropped) (?:off|"
        rf"from) {_LIST}\b|\btake me off\b(?:[ .!]|$)(?:this|the|your)?|\b(?:remove|"
        rf"delete) me from (?:this|the|your) (?:mailing )?(?:list|group)\b|\bremove (?:this|"
        rf"my) (?:e-?mail )?address from (?:this|the|your) (?:mailing )?list\b"
    ),
    (
        r"\b(?:stop|cease|quit) (?:sending|e-?mailing|mailing|spamming|bombarding) (?:me\b|"
        r"these (?:to )?me|us\b)|\bno longer (?:wish|want|need) to (?:receive|get|be on) (?:these|this|the|"
        r"your|any|e-?mails|messages|posts|mails|further)\b|\b(?:do not|don't) (?:wish|want) to (?:receive|"
        r"get) (?:these|this|any|your|e-?mails|messages)\b|\bopt me out\b|\btoo many e-?mails from (?:this|"
        r"the) list\b.{0,80}\b(?:remove|off|stop)\b"
    ),
    (
        r"\b(?:please |kindly )?(?:add|subscribe) (?:me|my (?:new )?address|"
        r"my colleague[a-z' ]{0,30}) to (?:this|the|your) (?:mailing )?list\b|\b(?:please )?(?:change|"
        r"update) my (?:e-?mail )?address (?:(?:on|for|in) (?:this|the|your) (?:mailing )?(?:list|"
        r"subscription)\b|from \S{1,60}@)|\bset (?:me|my (?:subscription|membership)) to (?:digest|nomail|"
        r"no ?mail)\b"
    ),
    (
        r"\b(?:per favore )?cancellatemi dalla lista\b|\b(?:dar(?:me)?|deseo dar(?:me)?) de baja\b|"
        r"\bveuillez me (?:d[ée]sabonner|d[ée]sinscrire|retirer)\b|\bbitte (?:nehmen sie mich|"
        r"l[öo]schen sie mich|tragen sie mich)\b|\btynnwch fi oddi ar\b"
    ),
)
_TOLD = re.compile(
    r"(?:^to (?:un-?subscribe|leave (?:this|the) list|be removed|stop receiving)\b)|\b(?:do not (?:write|"
    r"send|post|reply)|don't (?:write|send|post|reply)|never send|rather than|instead of (?:writing|"
    r"posting|replying|sending)|to the whole list|send (?:a (?:message|mail) )?to listserv|"
    r"write to (?:the )?(?:list(?:serv| owner|'s owner)|owner)|click (?:here|below|on)|use the link|"
    r"link (?:below|at)|at the (?:bottom|foot)|list-unsubscribe|you (?:can|may) (?:un-?subscribe|leave)|"
    r"if you (?:want|wish|would like|no longer|do not|don't)|those who|members who|people who|anyone who|"
    r"patients? (?:who|asked|wish)|who wish to|volunteers?|participants?|trial|study|rota|list of|"
    r"author list|how (?:many|often))\b"
)
# The list's ways out, told to everybody by somebody who does not ask for one.
_EXPLAINS = re.compile(
    r"(?:^|[.:!?;,)] |\d\. |[-*] |please |simply |just |a: )(?:send|use|write|mail|click|follow|open|visit|"
    r"go|log|press|post|enter)\b(?! (?:me|of)\b)[^!?]{0,100}?\b(?:links?|address|footer|foot|bottom|owners?|"
    r"page|listserv|request|command|button|subject|\S{1,60}@\S)|"
    r"\b(?:the|a) (?:link|address|button|instructions?) (?:is|are|stands?) (?:in|at|on|below)\b"
)
_ASKS = re.compile(
    r"\b(?:me|my|i (?:want|wish|would|need|have|am|no longer|cannot|can't)|i'd|take|could|can) ?\b"
)
_QUOTED_BY = re.compile(
    r"\b(?:posts?|messages?|mails?|e-?mails?|requests?|subjects?|answers?) (?:such as|like|that (?:say|ask)|"
    r"saying|with|of)\b|\b(?:people|some|members?|many|somebody|those who|subscribers) (?:\w+ ){0,2}"
    r"(?:writes?|asks?|says?|posts?)\b"
)
_ANSWER = re.compile(r"(?:re|aw|sv): ?")
_QUOTES = "\"'“”‘’«»„`"
_LONGEST = 1_500
"""Code points: a longer post may say by the way that somebody wants to leave; it is about something else."""
_ZONES = frozenset({Family.SUBJECT, Family.OWN, Family.HTML})


def _find(reading: Reading) -> Iterator[Place]:
    normals = [
        (index, normalise(zone.text))
        for index, zone in enumerate(reading.zones)
        if family(zone.name) in _ZONES
    ]
    explained = any(_EXPLAINS.search(normal.text[:_LONGEST]) for _, normal in normals)
    written = any(normal.text.strip() for _, normal in normals[1:])
    for index, normal in normals:
        # Who answers a request keeps its subject, and asks for nothing.
        if written and reading.zones[index].name == Family.SUBJECT and _ANSWER.match(normal.text):
            continue
        for start, end in _asked(normal.text, explained):
            yield Place(index, *normal.displayed(start, end))


def _asked(text: str, explained: bool) -> Iterator[Span]:
    """Requests in a text; in a post that explains how to leave, only what somebody asks for themselves."""
    if len(text) > _LONGEST:
        return
    for start, end in _found(text):
        near = sentence_of(text, start, end)
        told = _TOLD.search(near) or _QUOTED_BY.search(near) or _is_quoted(text, start, end)
        if not told and (not explained or _ASKS.search(text[start:end])):
            yield start, end


def _is_quoted(text: str, start: int, end: int) -> bool:
    """Whether somebody shows what others write, or what a program is to be told."""
    opened = text[max(0, start - 1) : start]
    return opened != "" and opened in _QUOTES and any(sign in _QUOTES for sign in text[end : end + 40])


DETECTOR = PostDetector(
    "unsubscribe",
    r"^stop|^(?:re: )?set |un-?subs?cribe|unsubcribe|unsuscribe|unsubscibe|sign ?off|\bremove|opt[- ]?out|"
    r"opt me out|danysgrifio|abmelden|d[ée]sabonn|d[ée]sin|leave (?:this|the|list)|^(?:re: )?leave|nomail|"
    r"set (?:me|my|digest)|subscribe|take (?:me|my)|delete me|delete my|drop me|(?:get|come) off|"
    r"stop (?:sending|e-?mailing|mailing|spamming|bombarding|receiving|getting)|cease sending|"
    r"no longer (?:wish|want|need)|(?:not|don't) (?:wish|want) to|too many e-?mails|(?:be|been) (?:removed|"
    r"taken|deleted|dropped)|add (?:me|my)|my (?:e-?mail )?address|retirer|cancellatemi|de baja|"
    r"mich (?:aus|von)|tynnwch",
    _find,
    _ZONES,
)
