"""bulk: the phrases that programs for mass mailings put round what they send."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, Span, found_by
from rules.zones import Family

_SORTS = tuple(
    found_by(pattern)
    for pattern in (
        (
            r"\b(?:view|read|see|open) (?:this|it|the) ?(?:e-?mail|message|newsletter|online|"
            r"mail)? ?(?:online |here )?in (?:your|a|the) (?:web ?)?browser\b|\bview (?:it |this )?online\b|"
            r"\bweb version\b|\b(?:email|message|newsletter) not displaying (?:correctly|properly)\b|"
            r"\bhaving trouble (?:viewing|reading) this\b|\bim browser (?:ansehen|anzeigen)\b|"
            r"\bversion en ligne\b"
        ),
        (
            r"\byou(?:'re| are|'ve| have)? (?:receiving|received|getting|been sent) this (?:e-?mail|"
            r"message|newsletter|mailing|communication)?,? ?(?:because|as|since)\b|\bthis (?:e-?mail|"
            r"message|newsletter) (?:was|has been|is) (?:sent|intended|delivered) (?:to|for) (?:you|"
            r"\S+@\S+)\b|\bwhy did i get this\b|\bsie erhalten diese\b|\bvous recevez ce\b"
        ),
        (
            r"\b(?:update|manage|change|edit|choose) (?:your )?(?:e-?mail |communication |contact |mailing |"
            r"subscription )?(?:preferences|subscriptions?|settings|profile)\b|\bpreference cent(?:re|er)\b|"
            r"\bunsubscribe (?:here|from (?:this list|all|our|these|future)|at any time|instantly|"
            r"with one click)\b|\bclick (?:here )?to unsubscribe\b|\b(?:one[- ]click|"
            r"to) unsubscribe,? (?:click|follow|use|reply)\b|\b(?:newsletter )?abbestellen\b|"
            r"\bse d[ée]sabonner\b|\bopt[- ]out (?:here|link|of (?:future|our))\b"
        ),
        (
            r"\badd us to your (?:address ?book|contacts|safe)\b|(?:©|\(c\)|\bcopyright) (?:19|"
            r"20)\d\d.{0,60}\ball rights reserved\b|\bour mailing address is\b|"
            r"\bforward (?:this )?to a (?:friend|colleague)\b|\bfollow us on (?:facebook|twitter|x|linkedin|"
            r"instagram)\b|\bshare (?:this )?(?:e-?mail|on) (?:facebook|twitter|linkedin)\b|\b(?:sent|"
            r"powered) (?:by|with|via) (?:mailchimp|mailer\w*|sendgrid|constant contact|hubspot|campaign\w*|"
            r"brevo|sendinblue|dotdigital|klaviyo|eventbrite)\b|\bprivacy policy \| ?terms\b"
        ),
        (
            r"\b(?:dear|hello|hi) (?:valued |esteemed |respected )?(?:customer|client|subscriber|"
            r"sir ?/ ?madam|sir or madam|professor/doctor|researcher|user|friend|colleague of the industry|"
            r"business owner|website owner|homeowner)\b|\bgreetings of the day\b|\bthis is not spam\b|"
            r"\bone[- ]time (?:e-?mail|mailing)\b|\bwe (?:found|got|obtained) your (?:e-?mail|address|"
            r"contact|details)\b"
        ),
        (
            r"\bact now\b|\blimited time (?:only|offer)\b|\bclick (?:here|below|the button) (?:now|"
            r"to (?:claim|order|shop|buy|get|learn more|find out))\b|\bshop now\b|\bread more ?(?:>>|»|→)"
        ),
    )
)
_TALKED_OF = re.compile(
    r"\b(?:phishing|scam|spam (?:filter|e-?mails?|message)|suspicious|do not click|don't click|how (?:do|"
    r"can) (?:i|we) (?:stop|block)|marketing e-?mails|mail(?:ing)? software|newsletter tool|"
    r"mailchimp (?:or|as|for))\b"
)


def _find(text: str) -> Iterator[Span]:
    if _TALKED_OF.search(text[:6000]):
        return
    shown = [first for sort in _SORTS if (first := next(sort(text), None)) is not None]
    if len(shown) >= 2:
        yield from shown


DETECTOR = Detector(
    "bulk",
    r"browser|view (?:it |this )?online|web version|not displaying|having trouble|version en ligne|"
    r"receiv(?:ing|ed) this|(?:getting|been sent) this|why did i get|sie erhalten|vous recevez|was sent to|"
    r"preferences|your subscription|unsubscribe|abbestellen|d[ée]sabonner|opt[- ]out|address ?book|"
    r"all rights reserved|our mailing address|to a (?:friend|colleague)|follow us on|(?:powered|"
    r"sent) (?:by|with|via)|privacy policy|dear (?:valued|esteemed|respected|customer|client|subscriber|"
    r"sir|user|friend|researcher)|greetings of the day|not spam|one[- ]time|your (?:e-?mail|address|"
    r"contact|details)|act now|limited time|click (?:here|below|the button)|shop now",
    _find,
    frozenset({Family.OWN, Family.HTML, Family.HIDDEN, Family.DISCLAIMER, Family.SIGNATURE}),
)
