"""out-of-office: an absence note that a mail program sent, not somebody who mentions a holiday."""

import re
from collections.abc import Iterator
from itertools import pairwise

from rules.detectors.detector import Detector, Span, found_by, sentence_of
from rules.text.sentences import ends
from rules.zones import Family

_SUBJECT = (
    r"^(?:(?:re|aw|fwd?|sv|vs|antw): ?|\[[^\]]{1,30}\] ?)*(?:automatic reply|auto(?:mated|"
    r"matic)?[- ]?(?:reply|response|respond(?:er)?|answer)|out of (?:the )?office(?:$|[ :!(-]+(?:re:|auto|"
    r"reply|until|from|back|notice|message|response|assistant|alert|today))|"
    r"ooo\b ?[:(-]|i am (?:currently )?(?:out of|away from) (?:the )?office|abwesenheits|abwesend\b|"
    r"automatische antwort|r[ée]ponse automatique|absence du bureau|message d'absence|"
    r"allan o'r swyddfa|ateb awtomatig|respuesta autom[áa]tica|fuera de la oficina|risposta automatica|"
    r"fuori ufficio|automatisch antwoord|afwezig|autosvar|fr[åa]nvaro)"
)
_MACHINE = (
    r"\b(?:this is an (?:automatic|automated|auto|auto-?generated) (?:reply|response|message|e-?mail)|"
    r"this (?:mailbox|inbox|address|e-?mail account) is (?:not|no longer) (?:monitored|read|in use|"
    r"checked)|automatically generated (?:reply|response|message)|ceci est une r[ée]ponse automatique|"
    r"dies ist eine automatische (?:antwort|nachricht)|neges awtomatig yw hon|ateb awtomatig)\b"
)
_AWAY = (
    r"\b(?:i(?:'m| am| will be|'ll be| shall be) (?:currently |now |presently )?(?:out of (?:the )?office|"
    r"away(?: from (?:the |my )?(?:office|desk|work))?|on (?:annual |maternity |paternity |parental |"
    r"adoption |study |sick |compassionate |long[- ]term )?(?:leave|vacation|holiday)|travelling|"
    r"attending [a-z ]{3,30})|i am (?:not in|not at) (?:the office|work|my desk)|"
    r"(?:[a-z]+ ){1,3}is (?:currently |now )?(?:out of (?:the )?office|on (?:annual |maternity |sick |"
    r"parental )?leave)|out of (?:the )?office (?:until|from|with|and)|ich bin (?:vom|bis|ab|derzeit|"
    r"zur zeit|aktuell|im urlaub|nicht im)|je suis (?:absente?|en cong)|rwyf (?:allan|i ffwrdd|ar wyliau)|"
    r"rydw i (?:allan|ar)|estoy fuera|sono (?:fuori|in ferie|assente)|ik ben (?:afwezig|niet aanwezig|"
    r"met))\b"
)
_UNTIL = (
    r"\b(?:until|till|returning|return(?:s)?(?: to (?:the office|work))?(?: on)?|back (?:on|in)|bis (?:zum|"
    r"einschl)|jusqu|hasta|fino al|tot(?: en met)?|tan|o hyd)\b"
)
_DUTY = (
    r"\b(?:limited (?:e-?mail )?access|(?:no|without) (?:e-?mail |internet )?access|not have access|"
    r"intermittent access|not be checking|not checking|not be reading|not (?:be )?monitor\w*|"
    r"not be forwarded|nicht weitergeleitet|(?:reply|respond|answer|deal with|attend to|"
    r"read) (?:to )?(?:your |all )?(?:e-?mails?|messages?|it|them)?,? ?(?:on|upon|when|as soon as|"
    r"after) (?:my |i )?return|(?:on|upon|after) my return|in my absence|during my absence|while i am away|"
    r"(?:if|for) (?:it is |it's |your (?:message|query|enquiry|request|e-?mail) is |anything |any |"
    r"an )?urgent|urgent (?:matters?|enquiries|queries|requests)|if (?:you need|your) (?:immediate|urgent|"
    r"assistance)|for (?:immediate|urgent) (?:assistance|help)|please (?:contact|e-?mail|call|ring|direct|"
    r"forward|speak to) (?:my|our|the|reception|[a-z]+ [a-z]+(?: (?:on|at|instead))?)|en cas d'urgence|"
    r"r[ée]pondrai|mon retour|meiner r[üu]ckkehr|dychwelyd|"
    r"in dringenden f[äa]llen|mewn argyfwng|en caso de urgencia|in caso di urgenza|bij dringende|"
    r"get back to you|reply as soon as|thank(?:s| you) for (?:your|contacting|e-?mailing|getting in touch)|"
    r"vielen dank f[üu]r ihre|merci (?:de|pour) votre|diolch am (?:eich|gysylltu))\b"
)
_GONE = (
    r"\b(?:(?:i|[a-z]+ [a-z]+) (?:have|has) (?:now )?(?:left|retired from) (?:the |this )?(?:trust|"
    r"organisation|organization|company|university|hospital|department)|(?:no longer|not) work(?:s|"
    r"ing)? (?:here|at|for)|thank(?:s| you) for (?:your (?:e-?mail|message|enquiry)|contacting)[^.]{0,60}\. ?"
    r"(?:(?:we|i) (?:aim to|have received your)|your (?:request|ticket|enquiry|message) (?:has|is)))\b"
)
_PART_TIME = (
    r"\bthank(?:s| you) for (?:your|contacting).{0,120}?\b(?:i work part[- ]time|"
    r"my (?:usual )?working (?:days|hours)|i only work|"
    r"i (?:do not|don't) work (?:on )?[a-z]+days?|i am (?:a )?part[- ]time)"
)
_subject, _machine, _away, _until, _duty, _gone, _part_time = map(
    found_by, (_SUBJECT, _MACHINE, _AWAY, _UNTIL, _DUTY, _GONE, _PART_TIME)
)
_SIGNS = (_machine, _away, _until, _duty, _gone)
_LONGEST_SUBJECT = 200
_LONGEST = 900
"""Code points: whoever writes more than that in an absence note writes about something."""
_TALKED_OF = re.compile(
    r"\b(?:set (?:up )?(?:your|an) (?:automatic|auto|out)|(?:your|their|automatic|these|such|"
    r"those) (?:automatic repl(?:y|ies)|auto-?repl(?:y|ies)|out[- ]of[- ]office|absence notes?)|"
    r"switch (?:off|on)|turn (?:off|on)|absence notes|auto-?replies|automatic replies|"
    r"out[- ]of[- ]office (?:replies|messages|assistant)|has any(?:one|body)|does any(?:one|body)|"
    r"the list's software|list (?:software|server|owner)|please make sure)\b"
)


# Somebody who goes on to what they want of the list mentions that they are away.
_IN_PASSING = re.compile(r"\b(?:so|but) (?:please|could|can|thank|do)\b")
# What only a note says, whatever else stands in it.
_SURELY = re.compile(
    r"\b(?:thank(?:s| you) for (?:your (?:e-?mail|message|enquiry)|contacting|e-?mailing|getting in touch)|"
    r"(?:in|during) my absence|my return\b|(?:limited|no|without|intermittent) (?:e-?mail |internet )?access|"
    r"(?:mailbox|inbox) is not|not (?:be )?monitor|automat(?:ic|ed) (?:repl|respon|mess)|weitergeleitet|"
    r"automatisch (?:erzeugt|erstellt|generiert)|danke? f[üu]r ihre (?:nachricht|e-?mail)|"
    r"merci (?:de|pour) votre (?:message|courriel)|diolch am (?:eich|gysylltu))"
)
_OTHER_WORDS = 20
"""In sentences that say nothing of an absence: a note has its greeting, a name and an address beside them."""


def _find(text: str) -> Iterator[Span]:
    if len(text) < _LONGEST_SUBJECT and not _TALKED_OF.search(text):
        yield from (span for span in _subject(text) if not _is_in_passing(text, span))
    if len(text) > _LONGEST or _TALKED_OF.search(text):
        return
    yield from _machine(text)
    yield from _absence(text)
    yield from (span for span in _part_time(text) if span[0] < 60 and not _asks(text))
    yield from (span for span in _gone(text) if span[0] < 200 and not _asks(text) and any(_duty(text)))


def _absence(text: str) -> Iterator[Span]:
    """Where somebody says to be away, at once, as a machine does; a person first says other things."""
    begun = next((span for span in _away(text) if span[0] < 160), None)
    if begun is None or _asks(text):
        return
    duties = sum(1 for _ in _duty(text))
    told = duties > 1 or (duties == 1 and any(_until(text)))
    if told and not _is_in_passing(text, begun):
        yield begun


def _is_in_passing(text: str, away: Span) -> bool:
    if _SURELY.search(text):
        return False
    near = sentence_of(text, *away)
    if _IN_PASSING.search(near) and "urgent" not in near:
        return True
    return _other_words(text) >= _OTHER_WORDS


def _other_words(text: str) -> int:
    """How many words stand in sentences in which there is nothing of an absence note."""
    stops = [0, *(stop for _, stop in ends(text, 0, len(text))), len(text)]
    sentences = (text[start:end] for start, end in pairwise(stops))
    return sum(len(each.split()) for each in sentences if not any(any(sign(each)) for sign in _SIGNS))


def _asks(text: str) -> bool:
    """Whether the text is a post after all: it asks its readers something, or answers a colleague."""
    return (
        "?" in text
        or re.search(
            r"\b(?:has any(?:one|body)|we (?:use|found|measured|have (?:found|measured|used)))\b", text
        )
        is not None
    )


DETECTOR = Detector(
    "out-of-office",
    r"automat|autom[áa]t|auto-?(?:reply|response|respon|svar|generated)|out of (?:the )?office|away|"
    r"\bleave\b|holiday|vacation|travelling|\booo\b|abwesen|urlaub|absen|swyddfa|awtomatig|gwyliau|oficina|"
    r"ufficio|ferie|afwezig|"
    r"fr[åa]nvaro|not (?:monitored|in the office|at work)|no longer (?:monitored|works?|in use)|have left|"
    r"has left|ich bin|je suis|rwyf|ik ben|estoy fuera|thank(?:s| you) for (?:your|contacting)|attending",
    _find,
    frozenset({Family.SUBJECT, Family.OWN, Family.HTML}),
)
