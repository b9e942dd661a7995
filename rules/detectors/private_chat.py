"""private-chat: a note between two people that went to everybody."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, Span, found_by
from rules.zones import Family

# Each sort of sign counts once; what a sort holds, colleagues seldom say to three hundred others.
_SORTS = tuple(
    found_by(pattern)
    for pattern in (
        # family and home
        (
            r"\b(?:mum (?:says|said|wants|is)|how (?:are|is|'s|were) (?:the |your )?(?:kids|children|"
            r"family|wife|husband|other half|mum|dad|baby|little one|boys|girls|new house|dog|cat|garden|"
            r"hangover)|the kids|my (?:kids|mum|dad|in-laws|mother-in-law|hubby|other half|better half|"
            r"missus|old man)|your (?:mum|dad|in-laws|hubby|missus|better half)|school run|babysit\w*|"
            r"half-?term with|the in-laws|put the bins out|walk(?:ing)? the dog|feed the cat|"
            r"collect(?:ing)? (?:the )?(?:boys|girls|kids|children)|pick(?:ing)? up the kids)\b"
        ),
        # going out together
        (
            r"\b(?:fancy (?:a|going|meeting|grabbing|lunch|dinner|coffee)|(?:beers?|pint|drink|curry|"
            r"lunch) (?:on|tonight|this|next)\b|quick pint|(?:a|few|couple of) (?:pint|beer|drink|curry|"
            r"jar)s?\b|down the pub|(?:in|to|at) the (?:pub|gym|cinema|allotment|curry house)|are (?:we|"
            r"you) still on for|still on for (?:tonight|lunch|dinner|drinks|saturday|sunday)|"
            r"see you (?:tonight|at (?:mine|yours|ours|home|the weekend)|later,? love|on saturday|"
            r"on sunday)|(?:at|round|to) (?:mine|yours|ours|my place|your place)\b|my treat|your round|"
            r"bring (?:a bottle|the (?:kids|wine|beers))|pick (?:you|me) up (?:at|from|outside)|"
            r"give (?:you|me) a lift|five-a-side|kick-?off|the match (?:on|tonight)|did you (?:see|"
            r"watch) the (?:game|match|final)|usual (?:place|table|time)|table for two|hen (?:do|night)|"
            r"stag (?:do|night)|birthday (?:party|drinks|present|cake)|barbecue|bbq|sunday lunch|"
            r"spare ticket)\b"
        ),
        # affection
        (
            r"\b(?:love you|miss you|lots of love|much love|all my love|love to (?:all|the family|the kids|"
            r"everyone at home|your|[a-z]+ and the)|big (?:hug|kiss)|hugs|kisses|thinking of you|x{2,4}$|"
            r"[,.!?] (?:[a-z]{1,12} )?x$|xox\w*|sweet ?heart|darling|honey|sweetie|babe|my love|mwah|"
            r"night night|sleep well)\b|(?:^| )x{2,3}(?: |$)"
        ),
        # behind others' backs
        (
            r"\b(?:between (?:you and me|ourselves|us)|just between us|strictly between|don't (?:tell|let on|"
            r"breathe a word|say anything to)|keep it (?:to yourself|under your hat)|don't let (?:him|her|"
            r"them) know|not for the list|(?:good|all the|juicy) gossip|you(?:'ll| will) never guess|"
            r"guess who|did you hear (?:about|that)|off the record|rather you than me|glad it's not me|"
            r"he's driving me|she's driving me|what a nightmare (?:he|she))\b"
        ),
        # private matters of money, body and mood
        (
            r"\b(?:you owe me|i owe you|pay you back|your bank details|the mortgage|my (?:back|knee|"
            r"hip) is (?:killing|playing)|hung ?over|so knackered|shattered after|my new (?:car|kitchen|"
            r"bike)|the new (?:kitchen|car|sofa)|your holiday|our holiday|holiday snaps|the divorce|"
            r"my ex\b|dating)\b"
        ),
        # how they will meet again
        (
            r"\b(?:text me|whatsapp me|give me a (?:ring|call|bell|shout) (?:about|tonight|later|on|when)|"
            r"(?:ring|call) me (?:tonight|later|at home|when you get (?:home|in|this))|"
            r"speak (?:tonight|later)|catch up (?:properly|over|soon)|long time no (?:see|speak)|"
            r"lovely to (?:see you|catch up|bump into)|great to (?:see you (?:at|last|on|and)|"
            r"catch up with you)|about last night|sorry about last night)\b"
        ),
    )
)
_SHORT = 160
"""Code points: so short a note needs no name to be meant for one."""
_TO_ONE = re.compile(
    r"^(?:(?:hi|hello|hey|hiya|dear|thanks|cheers|ta|sorry|morning|afternoon|evening|yo|oi|alright|helo|"
    r"annwyl) )?(?!all\b|everyone|everybody|colleagues?|list\b|folks|team\b|both\b|friends|members|sir|"
    r"madam|listers|group\b|thanks[,.!]|has\b|does\b|the\b|we\b|i\b|a\b|an\b|is\b|are\b|in\b|if\b|please\b|"
    r"my\b|our\b|can\b)[a-z][a-z'-]{1,14}(?: (?:love|mate|darling))?(?:[,!.:-]| -)"
)
_TO_ALL = re.compile(
    r"\b(?:dear (?:all|colleagues|everyone|members|friends|list)|(?:hi|hello|morning|evening|"
    r"afternoon) (?:all|everyone|everybody|folks|team|colleagues|list)|has any(?:one|body)|does any(?:one|"
    r"body)|can any(?:one|body)|any(?:one|body) (?:else|know|have|going|interested)|"
    r"colleagues|delegates|attendees|the organising committee|registration|all (?:are )?welcome|"
    r"everyone is|please (?:register|reply by|book))\b"
)
_WORK = re.compile(
    r"\b(?:linacs?|dose|dosimetry|phantom|detector|chamber|scanner|patients?|calibrat\w+|measure\w*|beam|"
    r"isocentre|mri|qa|radiotherapy|ultrasound|protocol|guidance|software|conference dinner|paper|report|"
    r"spreadsheet|licen[cs]e|regulations?)\b"
)


def _find(text: str) -> Iterator[Span]:
    if _TO_ALL.search(text[:3000]):
        return
    shown = [first for sort in _SORTS if (first := next(sort(text), None)) is not None]
    wanted = 2 if _TO_ONE.match(text) or len(text) < _SHORT else 3
    if len({match[0] for match in _WORK.finditer(text[:3000])}) > 2:
        wanted += 1
    if len(shown) >= wanted:
        yield from shown


DETECTOR = Detector(
    "private-chat",
    r"\b(?:kids|my (?:mum|dad|ex|love|treat)|your (?:mum|dad|holiday|round)|in-laws|hubby|missus|"
    r"other half|better half|babysit|school run|fancy (?:a|going|meeting|grabbing|lunch|dinner|coffee)|"
    r"mum (?:says|said)|give me a (?:ring|call|bell)|usual place|pint|beers?|curry|"
    r"the pub|gym|cinema|still on for|see you (?:tonight|at|on|later)|(?:at|to|round) (?:mine|yours|ours)|"
    r"love to|love you|miss you|lots of love|hugs|kisses|darling|sweet ?heart|honey|babe|xx+|xox|"
    r"between (?:you|us|ourselves)|don't (?:tell|let|breathe|say)|gossip|guess|you owe|i owe|text me|"
    r"whatsapp me|ring me|call me|catch up|long time no|last night|bbq|barbecue|birthday|holiday|"
    r"hung ?over|how (?:are|is|'s|were) (?:the|your))",
    _find,
    frozenset({Family.OWN, Family.HTML}),
)
