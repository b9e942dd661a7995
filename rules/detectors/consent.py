"""AGREED, ALL_AGREED: words by which a text says that people want others to have what is theirs."""

import re

AGREED = re.compile(
    r"\b(?:asked me to (?:give|pass on|share|post)|(?:is|are|was|were) happy (?:to be|for me|for you)|"
    r"happy to be (?:rung|called|contacted)|with (?:his|her|their) (?:consent|permission|agreement|leave|"
    r"blessing)|(?:has|have) agreed|said (?:i|we|you) (?:can|could|may|might)|(?:does|do) not mind being "
    r"(?:rung|called)|doesn't mind being)\b"
)
"""One whose number or address it is."""

ALL_AGREED = re.compile(
    r"\b(?:all|everyone|everybody|they|each|those|people|members)(?: (?:of them|below|listed|named|here|"
    r"on it|on the list|in it))*(?: have| has| who| had)?(?: all)? (?:agreed|consented|gave|given|opted in|"
    r"said yes|asked to be)\b|"
    r"\bwith (?:their|everyone's|everybody's) (?:consent|permission|agreement|leave|blessing)\b"
)
"""Everybody on a list: that one of them agreed says nothing of the others."""
