"""test-post: somebody trying whether the list works."""

import re
from collections.abc import Iterator

from rules.detectors.detector import PostDetector, Span, found_by
from rules.matching.places import Place
from rules.normal import normalise
from rules.reading import Reading
from rules.zones import Family

_START = (
    r"^(?:(?:re|fwd?|aw): ?|\[[^\]]{1,30}\] ?|(?:hi|hello|dear)(?: all| everyone| list| colleagues)?[,.!]? )*"
)
_END = (
    r"(?: ?[.!?,:;-]*)(?: (?:please |pls |kindly )?(?:ignore|disregard|delete)(?: this| it| me)?(?: please|"
    r" thanks| thank you)?)?(?: ?[.!]*)(?: (?:thanks|thank you|cheers|sorry|regards)[a-z ,.!]{0,60})?$"
)
_whole = found_by(
    (
        rf"{_START}(?:this is |it is |it's )?(?:just |only )?(?:a |another |my )?(?:quick |first |"
        rf"short |brief |little )?(?:test|testing|tests|prawf|essai|prueba|prova|testnachricht|"
        rf"teste)(?:,? (?:test|testing|message|post|posting|e-?mail|mail|only|one|two|three|1|2|3|12|"
        rf"123|[0-9]+))*{_END}"
    ),
    (
        rf"{_START}(?:please |pls )?(?:ignore|disregard|delete)(?: this| me| -)?(?: (?:message|post|"
        rf"test|e-?mail|mail|one|please))*[.!]*(?:,? (?:it is |it's |just |"
        rf"only )?(?:a )?test(?:ing)?\b.{{0,40}})?$"
    ),
    (
        rf"{_START}(?:hello world|is this (?:thing )?(?:on|working)|asdf\w*|qwerty\w*|foo ?bar|"
        rf"abc ?(?:123)?|xyz|blah(?: blah)*|check(?:ing)?(?: 1 2| one two)|ping|anybody there|"
        rf"anyone there|any(?:one|body) (?:out )?there|hello\?+|does this work|did this work|"
        rf"can you (?:hear|see|read) me)[ ?.!,]*{_END}"
    ),
)
_said = found_by(
    (
        r"\b(?:test|testing)[ ,.;:!-]{1,4}(?:please|pls|kindly) (?:ignore|disregard|delete)\b|\b(?:please|"
        r"pls|kindly) (?:ignore|disregard|delete)[ ,.;:!-]{1,4}(?:this is )?(?:just |only )?(?:a )?test\b"
    ),
    (
        r"\b(?:this is |it is |it's )(?:just |only )?(?:a )?test(?: (?:message|post|posting|e-?mail|"
        r"mail|of (?:the|my) (?:list|new (?:e-?mail )?address|subscription|mail(?:box| client)?|"
        r"account)))?(?: to see|[.,;!]|$)"
    ),
    (
        r"\b(?:just |only )?(?:testing|checking|seeing|to see|to test|to check|wondering|"
        r"trying)(?: to see)? (?:if|whether|that) (?:this|my (?:messages?|posts?|e-?mails?|mail|"
        r"new (?:e-?mail )?address|posting|subscription|registration)|the list|i|mail|"
        r"e-?mails?)(?: still| now| actually| really| can| is| are| to the list| from (?:my|"
        r"this) [a-z ]{3,30})* ?(?:works?|working|gets? through|getting through|go(?:es)? through|"
        r"going through|arrives?|arriving|is accepted|accepted|reach(?:es)?(?: you| the list)?|post|"
        r"appears?|comes? through|functioning|be (?:seen|delivered))\b"
    ),
    (
        r"\b(?:testing|trying(?: out)?) (?:the list|the signature(?: block)?|the format(?:ting)?|"
        r"my (?:new )?(?:e-?mail|mail|address|account|"
        r"subscription|posting rights)|new (?:e-?mail )?address|posting rights|testing)\b|\b(?:can|"
        r"did) (?:anyone|anybody|you all|someone) (?:see|get|receive|read) this(?: (?:message|e-?mail|"
        r"post))?\?|\b(?:just )?sending (?:this|a message|an e-?mail) to (?:check|test|see)(?: (?:if|"
        r"whether|that))? (?:it|this|the list|i|my)\b|\breply if you (?:can (?:see|read)|get|"
        r"receive) this\b"
    ),
)
_ZONES = frozenset({Family.SUBJECT, Family.OWN, Family.HTML})
_LONGEST = 500
"""Code points: who writes more has something to say."""
_ABOUT = re.compile(
    r"\b(?:test (?:patients?|object|plan|phantom|pattern|bench|rig|equipment|results|data|set|beam|pulse|"
    r"signal|strip|run|environment)|type test|acceptance test\w*|commissioning|"
    r"leakage|safety test|pat test|blind test|ballot|software|dicom|pacs|linac|chamber|detector|dose|pump|"
    r"ventilator|coil|calibrat\w+|blood test|screening|aprons?|shielding|scanners?|probes?|phantoms?|film|"
    r"patients?|protocol)\b"
)


def _find(reading: Reading) -> Iterator[Place]:
    written = " ".join(zone.text for zone in reading.zones if zone.name in (Family.OWN, Family.HTML))
    if len(written) > _LONGEST:
        return
    about = _ABOUT.search(normalise(written).text) is not None or "?" in written[:-1]
    for index, zone in enumerate(reading.zones):
        if zone.name not in _ZONES or (zone.name == Family.SUBJECT and about):
            continue
        normal = normalise(zone.text)
        for start, end in _spans(normal.text, about):
            yield Place(index, *normal.displayed(start, end))


def _spans(text: str, about: bool) -> Iterator[Span]:
    yield from _whole(text)
    if not about:
        yield from _said(text)


DETECTOR = PostDetector(
    "test-post",
    r"\btest(?:s|ing)?\b|ignore|disregard|^delete|hello world|this (?:thing )?(?:on|work)|asdf|qwerty|"
    r"foo ?bar|\babc\b|^xyz|blah|^check|^ping|there\?|hello\?|(?:see|get|receive|read|hear) (?:this|me)|"
    r"checking|wondering|trying (?:out|my)|to (?:check|test)|seeing (?:if|whether)|to see (?:if|whether)|"
    r"prawf|essai|prueba|prova|testnachricht|teste",
    _find,
    _ZONES,
)
