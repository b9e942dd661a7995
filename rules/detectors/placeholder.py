"""placeholder: a template that went out before it was filled in, and what its author meant to mend."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, Span, around, found_by, sentence_of
from rules.zones import Family

_FIELD = (
    r"(?:first|last|full|sur|fore|given|company|recipient|member|user|event|speaker|your|contact|course|"
    r"delegate|customer|client)"
)
_THING = (
    r"(?:[a-z]+ ){0,3}(?:name|date|time|venue|title|link|url|address|e-?mail|text|details?|subject|"
    r"speakers?|company|organisation|organization|location|number|image|logo|signature|recipient|"
    r"price|amount|place|room|month|year|department|hospital|trust|surname|forename|deadline|phone|fee)"
)
_ASKED = (
    r"(?:insert|enter|add|your|fill in|type|put|tbc|tba|tbd|xx+|name of|date of|title of|to be (?:added|"
    r"confirmed|completed)|to follow|delete as)"
)
_MERGED = (
    r"(?:[a-z]+[_ .]?)?(?:first|last|full|sur|fore|user|event|course|company|member|recipient|customer|"
    r"delegate|contact|f|l)[_ ]?name|salutation|surname|date|venue|title|address|email|room|location"
)
_VALUE = (
    r"(?:%|mm|cm|m|gy|cgy|mgy|msv|mv|kv|mev|mhz|ms|patients|cases|scans|weeks|months|days|minutes|hours|pm|"
    r"am|people|delegates|per ?cent|members|centres|respondents)"
)

# What a program was to fill in.
_MERGE_FIELDS = (
    rf"\{{\{{ ?(?:{_MERGED})[\w .|-]{{0,40}}\}}\}}",
    rf"<< ?(?:{_MERGED}) ?>>",
    r"« ?[a-z][\w ]{0,60} ?»",
    r"\*\|[a-z_:]{2,40}\|\*",
    r"\{![a-z]+\.[a-z_]+\}",
    r"\{\\?\[?mergefield [a-z_]+",
    rf"%%(?:{_MERGED})%%",
    rf"\[\[ ?(?:{_MERGED}) ?\]\]",
    rf"##(?:{_MERGED})##",
    rf"@@(?:{_MERGED})@@",
    rf"~~(?:{_MERGED})~~",
)
# What somebody was to fill in, in brackets, in the languages of the list's neighbours too.
_TO_FILL_IN = (
    rf"\[(?:please )?{_ASKED}\b[^\]>\n]{{0,60}}\]",
    # In <angle brackets> commands and file formats tell their arguments: <name>, <layer number>, <your host>.
    (
        r"<(?:please )?(?:insert|enter|fill in|type|tbc|tba|tbd|to be (?:added|confirmed|completed)|"
        r"to follow)\b[^>\n]{0,60}>"
    ),
    rf"\[{_THING}(?: (?:goes )?here| tbc)?\]",
    rf"<(?:[a-z]+ )?{_THING} (?:(?:goes )?here|tbc)>",
    rf"\[{_FIELD}[ _]?name\]",
    r"\[(?:your |the )?topic\]",  # [Off topic] is a tag
    r"\[[^\]\[]{0,40}\b(?:goes?|to go|to come|to follow) here\]",
    r"\[(?:write|describe|explain|mention|summarise|include|say|something about|more on) [^\]\[]{2,60}\]",
    (
        r"\[(?:enw|teitl(?: y cwrs)?|dyddiad|lleoliad|cyfeiriad|amser|nom|pr[ée]nom|titre|lieu|datum|"
        r"ort|titel|vorname|nachname)\]"
    ),
)
# Greetings without a name, in those languages too.
_GREETS_NOBODY = (
    (
        r"\b(?:dear|hi|hello),? ?(?:x{2,}\b|\"(?:title|first|surname|name|last|full|"
        r"salutation)[a-z _]{0,20}\"|\[[^\]]{0,40}\]|<[^>]{1,40}>|_{3,}|\.{3,}|\{|null\b|undefined\b|"
        r"none,|\(null\)|nan\b|%[a-z]|\$[a-z{]|first ?name|[fl]name\b|name,|recipient\b|customer name|"
        r"insert )"
    ),
    r"\b(?:dear|hi|hello) (?:(?:dr|prof|professor|mr|mrs|ms|mr/ms|title) ?)?,",
    (
        r"\b(?:annwyl|helo|cher|chère|chers|bonjour|liebe[r]?|sehr geehrte[r]?|estimad[oa]|caro|"
        r"gentile) (?:\[[^\]]{2,40}\]|<[a-z ]{2,30}>)"
    ),
    r"\b(?:dear|hi|hello) (?:dr|prof|professor|mr|mrs|ms)\.? (?:surname|last ?name|name)\b",
)
# What a template or a word processor says until somebody writes.
_LEFT_OVER = (
    r"\bdraft\W{1,3}(?:do not|don't|not to be|not for) (?:send|sent|sending|circulation)\b",
    r"\(abstract\).{0,60}\(keywords?\)",
    r"\b_{2,} \w+ (?:per|of|and|in|for|at) _{2,}",
    r"\b(?:link|paper|data): link\b",
    r"\bmean = mean\b",
    r"\bsignificant/non-?significant\b",
    r"\bdoi:? 10\.x{3,}",
    r"\blorem ipsum\b",
    r"\bdolor sit amet\b",
    (
        r"\berror! (?:reference source not found|bookmark not defined|no text of specified style|"
        r"hyperlink reference not valid|not a valid (?:link|bookmark))"
    ),
    (
        r"\bclick (?:here |or tap here |or tap )?to (?:enter|add|insert) (?:a |your )?(?:text|date|"
        r"title|subtitle|notes|name)\b"
    ),
    r"\bchoose an item\b\.?",
    r"\btype (?:the|your) (?:document |sub)?(?:title|text|abstract|name) here\b",
    r"\byour (?:text|name|logo|title|company|message) (?:goes )?here\b",
    r"\bthis is (?:a )?(?:placeholder|sample|dummy) text\b",
    r"\b(?:insert|enter|type) (?:your |the |a )?(?:[a-z]+ ){1,3}here\b",
    (
        r"\b(?:add|put) (?:your |the |a )?(?:[a-z]+ )?(?:text|names?|title|links?|date|figures?|"
        r"tables?|images?|logo|details|references?|numbers?|caption|abstract) here\b"
    ),
    r"\b(?:text|link|image|logo|date|name|title|photo|table|figure|map) (?:goes|to go) here\b",
)
_plain = found_by(*_MERGE_FIELDS, *_TO_FILL_IN, *_GREETS_NOBODY, *_LEFT_OVER)
# Forms that programmers and physicists also write, so that words around them may excuse.
_VARIABLES = (
    r"\{\{ ?[a-z_][\w .|-]{0,60} ?\}\}",
    rf"\$\{{(?:{_MERGED}|{_FIELD}_?[a-z_]{{0,20}})\}}",
    r"\{%[^%]{1,80}%\}",
    r"<< ?[a-z][\w ]{0,60} ?>>",
    r"%%[a-z_]{2,40}%%",
    rf"%(?:{_MERGED})%",
    rf"\{{(?:{_FIELD}|date|venue|room)_?[a-z_]{{0,20}}\}}",
    r"#(?:ref|name|value)[!?]",
)
_NOTES_TO_SELF = (
    (
        r"\[(?:tbc|tba|tbd|to follow|blank|xx+|\?{2,}|citation needed|refs?\?|todo[^\]]{0,60}|"
        r"fixme[^\]]{0,60})\]"
    ),
    (
        r"\((?:xx+|tbc\?|check (?:this|figure|number|with [a-z]+)\??|add (?:reference|ref|"
        r"figure|date|numbers?)|insert [a-z ]{2,20}|to be (?:written|completed|checked))\)"
    ),
    r"\b(?:nb to self|note to self|tbd by [a-z]+):",
    # What a program still lacks is told on lists; what a text still lacks is left in it.
    (
        r"\b(?:todo|fixme): ?(?:ask|check|write|finish|insert|fill|get (?:the|a|number)|look up|confirm with|"
        r"reword|rewrite|expand|mention|say something|"
        r"add (?:the |a |more )?(?:ref|fig|number|link|date|name|table|text|paragraph|section|quote|example))"
    ),
)
_NUMBERS_TO_COME = (
    (
        r"\b(?:x{2}[/.-]x{2}[/.-](?:x{2}){1,2}|dd[/.-]mm[/.-]yy(?:yy)?|xx (?:january|february|march|"
        r"april|may|june|july|august|september|october|november|december))\b"
    ),
    r"(?:\bx{4,}|_{6,}) (?:for|to|at|on|and|hospital|trust|university)\b",
    (
        rf"\b(?:at|on|in|by|from|to|of|is|was|were|about|approximately|around|roughly|"
        rf"than) x{{2,4}}(?:\.x{{1,2}})? ?{_VALUE}(?:\b|$)"
    ),
    rf"\b(?:x{{2,4}}|x\.x{{1,2}}) ?{_VALUE}\b",
    r"[£€$] ?x{2,}",
    r"\bn ?= ?x{1,3}\b",
    r"\b(?:of|is|was|were|by|to|at) \?{2,}(?: |[).,]|$)",
    r"\b(?:table|figure|fig\.?|section|ref) (?:(?:xx|\?{1,2})(?: |[).,]|$)|x(?:[).,]|$))",
)
_technical = found_by(*_VARIABLES, *_NOTES_TO_SELF, *_NUMBERS_TO_COME)
_CODE = re.compile(
    r"\b(?:latex|python|script(?:s|ing)?|jinja2?|mustache|handlebars|django|template (?:language|engine|"
    r"syntax|file|system)|templating|f-?strings?|bash|shell|powershell|variables?|environment|regex|"
    r"regular expression|macros?|c\+\+|cout|config(?:uration)?|yaml|json|xml|html|javascript|matlab|code|"
    r"syntax|functions?|print(?:f|ln)?|return|import|const|echo|makefile|ansible|github|sql|query|"
    r"string format\w*|placeholder|wildcard|format|operators?|bit ?shift|excel|spreadsheet|formula|cells?|"
    r"workbook|mail ?merge|merge fields?|curly (?:braces|brackets)|parameters?|arguments?|command|filename|"
    r"file name|naming|pattern|chromosome|karyotype|notation|stands for|written as|hl7|dicom|"
    r"labels? (?:are|read|should)|form|blank|field in the|header|column)\b"
)
# Somebody who speaks of the merge that failed quotes what went out.
_MISTAKE = re.compile(
    r"\b(?:(?:page|site|screen|slide) (?:shows?|says)|had a report|reports? that|went out|should (?:be|"
    r"read)|(?:is|are) missing|told the authors|draft (?:guidance|standard|"
    r"report)|should have (?:said|been|read|shown)|mail merge|failed merge|merge (?:failed|fields?)|"
    r"(?:message|mail|invitation) of yesterday|instead of (?:a|your|the) names?|(?:correct|"
    r"right) (?:version|invitation)|curly (?:braces|brackets)|square brackets)\b"
)
_SOURCE = re.compile(
    r"\b(?:variables?|template (?:language|engine|syntax|system)|templating|documentation|syntax|jinja2?|"
    r"latex|macros?|javascript|python|regex|parameters?|placeholders?|source code)\b"
)
_TOLD = re.compile(
    r"\b(?:apolog\w+|sorry|went out|should have (?:said|been|read)|instead of (?:a|your|the) names?|"
    r"(?:correct|right) (?:version|invitation)|template|blank form|mail ?merge|merge fields?|"
    r"curly (?:braces|brackets)|square brackets|word (?:shows|prints|says)|get(?:s|ting)? the message|"
    r"how (?:do|can) (?:i|we|you)|does any(?:one|body)|replace the|phishing|scam|fill (?:in|out) the)\b"
)


def _find(text: str) -> Iterator[Span]:
    for start, end in _plain(text):
        told = _TOLD.search(sentence_of(text, start, end)) or _MISTAKE.search(around(text, start, end, 240))
        near = around(text, start, end, 120)
        if not (told or _SOURCE.search(near)) and not _is_code(text, start, end):
            yield start, end
    for start, end in _technical(text):
        near = around(text, start, end, 160)
        told = _CODE.search(near) or _TOLD.search(near) or _MISTAKE.search(near)
        if not told and not _is_code(text, start, end):
            yield start, end


def _is_code(text: str, start: int, end: int) -> bool:
    """Whether the signs around it are those of a program, a page's source or a formula."""
    near = around(text, start, end, 60)
    if re.search(r"\w ?[=:] ?[\"']?$", text[max(0, start - 4) : start]) and "=" in near:
        return True  # a value in a file of settings
    return (
        re.search(
            r"\w\(\)|==|;[ ]?[a-z_]+ ?=|</[a-z]|\bint [a-z]|\\[a-z]+\{|std::|=>|&&|\bdef |\bprint\(|"
            r"#include|\$\w+ ?=",
            near,
        )
        is not None
    )


DETECTOR = Detector(
    "placeholder",
    r"\{\{|\$\{|\{%|\{!|<<|«|%[a-z_]+%|\*\||\[\[|##[a-z]|@@[a-z]|~~[a-z]|mergefield|[\[<](?:please |insert|"
    r"enter|add|your|fill|type|put|tb|xx|to |delete|[a-z]+)|\bhere\b|lorem|dolor sit|annwyl|helo|\bcher|"
    r"ch[èe]re|bonjour|liebe|geehrte|estimad|caro|gentile|draft|\(abstract\)|__ |: link|= mean|"
    r"non-?significant|10\.xxx|error! |#(?:ref|name|"
    r"value)[!?]|choose an item|or tap|click to|sample text|dummy text|placeholder text|\b(?:dear|hi|"
    r"hello),? ?(?:x|\"|\[|<|_|\.|\{|\(|null|undefined|none|nan|%|\$|first|fname|lname|name|recipient|"
    r"customer|insert|,|dr|prof|mr|ms|title)|xx[/.-]xx|dd[/.-]mm|xx|______|\bx\.x|[£€$] ?x|n ?= ?x|\?\?|"
    r"todo|fixme|to self|\((?:check|add|insert|to be|tbc)|\{[a-z]+|(?:table|figure|fig\.?|section|"
    r"ref) (?:x|\?)",
    _find,
    frozenset(
        {Family.SUBJECT, Family.OWN, Family.HTML, Family.LINK_TEXT, Family.ATTACHMENT, Family.CALENDAR}
    ),
)
