"""credential: private keys, access tokens, and passwords written out."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, Span, around, found_by, sentence_of

# A passcode of a meeting to which the list is invited is meant for the list.
_MEETING = re.compile(
    r"\b(?:webinar|zoom|teams|webex|meeting (?:id|link)|meet\.google|dial[ -]?in|join (?:us|the|by)|"
    r"gotomeeting|bluejeans|conference call)\b"
)
_REACH = 160

_key = found_by(r"-----begin (?:[a-z0-9]+ ){0,3}private key(?: block)?-----|\bputty-user-key-file-\d")
_token = found_by(
    r"\b(?:akia[0-9a-z]{16}|gh[pousr]_[0-9a-z]{36,}|github_pat_[0-9a-z_]{40,}|glpat-[0-9a-z_-]{20,}|"
    r"xox[abprs]-[0-9a-z-]{20,}|sk_live_[0-9a-z]{20,}|aiza[0-9a-z_-]{35}|npm_[0-9a-z]{36}|"
    r"pypi-[0-9a-z_-]{50,}|sg\.[0-9a-z_-]{22}\.[0-9a-z_-]{40,}|"
    r"eyj[0-9a-z_-]{10,}\.eyj[0-9a-z_-]{10,}\.[0-9a-z_-]{10,})"
)
_WORD = (
    r"(?:secret[ _]?access[ _]?key|password|passwd|passphrase|passwort|mot de passe|cyfrinair|pass ?code|"
    r"pwd|p/w|pw|secret key|secret|access key|api[ _-]?key|auth[ _-]?token|access[ _-]?token|bearer)"
)
_WRITTEN_OUT = (
    (
        rf"\b(?:[a-z0-9]{{1,20}}_){{0,3}}{_WORD}s?\b\"?'?(?: (?:for|to|on|of|du|de|pour|f[üu]r|i|"
        rf"am) (?:[\w./'-]+ ){{1,6}}?)?(?: ?(?:is|was|are|est|ist|lautet|yw|ydy|:|=|->|"
        rf"remains)+ ?(?:still |now |just |currently )?| )[\"'`]?[^\s\"'`]{{4,64}}"
    ),
    (
        r"\bpin(?: code| number)?(?: (?:for|to|of|on) (?:[\w'-]+ ){1,5}?)? ?(?:is|:|=) ?(?:still |"
        r"now )?\d{4,8}\b"
    ),
    (
        r"\b(?:log-?in|account|credentials)(?: details)?(?: (?:for|to|of|"
        r"on) (?:[\w'-]+ ){0,4}?[\w'-]+)? ?(?:is|are|:) ?[^\s/,]{2,30} ?(?:/|,|and|"
        r"with) ?[\"'`]?[^\s\"'`/]{4,64}"
    ),
    r"\bssid\b.{0,40}?\b(?:key|password|psk|pass)(?: ?(?:is|:|=))* ?[^\s\"'`]{6,64}",
    (
        r"\b(?:psk|wpa2?(?: key)?|wi-?fi (?:key|code)|licen[cs]e key|key ?safe(?: code)?|(?:door|"
        r"alarm|keypad|access|gate|entry) code)(?: (?:for|to|of|on|at) (?:[\w'-]+ ){1,5}?)?(?: ?(?:is|"
        r":|=))+ ?(?:still |now )?[\"'`]?[^\s\"'`]{4,64}"
    ),
)
_said = found_by(*_WRITTEN_OUT)
_in_address = found_by(r"\b[a-z][a-z0-9+.-]{1,10}://[^\s/:@<>{}$]{1,64}:([^\s/:@<>{}$*]{3,64})@[a-z0-9.-]+")
_advice = re.compile(
    r"\b(?:(?:must|should|may|can|has to|have to|need(?:s)? to) (?:not )?(?:be|have|contain|use|include)|"
    r"such as|like|for example|e\.g\.|instead of|never use|do not use|don't use|avoid|at least|characters?|"
    r"minimum|maximum|case[- ]sensitive|expires?|policy|format|regex|rejected|accepts?|strength|invalid|"
    r"error code|placeholder|dummy|made[- ]up|changed (?:it|since)|has been changed|no longer (?:valid|"
    r"works)|revoked|in place of|replace (?:it|this|with)|your (?:own )?(?:password|key|token|pin)|"
    r"documentation|manual (?:says|gives))\b"
)
_NEXT_OPTION = re.compile(r"[,;&][a-z_]+=")
_ASKED = re.compile(
    r"[<\[{(].*|\$.*|%.*|\*{3,}.*|x{4,}|\.{3,}|•+|your.*|my(?:password|pass|secret|token).*|changeme.*|"
    r"os\.environ.*|getpass.*|(?:env|config|settings|process|self|args|options|params|request|user|this|"
    r"input|get)[.(_\[].*|none|null|true|false|\w+\(.*|p4ssw0rd.?|password\d*.?|123456\d*|qwerty\d*|hunter2"
)


def _find(text: str) -> Iterator[Span]:
    for finder in (_key, _token):
        yield from finder(text)
    for start, end in _in_address(text):
        secret = text[start:end].rpartition("@")[0].rpartition(":")[2]
        if secret not in ("password", "pass", "pwd", "secret", "token", "xxx", "yourpassword"):
            yield start, end
    for start, end in _said(text):
        if _MEETING.search(around(text, start, end, _REACH)):
            continue
        # In a line of options another setting may follow: password=secret,ip=10.0.0.1
        value = re.split(r"[\s:=>\"'`]", _NEXT_OPTION.split(text[start:end])[0])[-1].rstrip(".,;!?)")
        if _is_secret(value) and not _ASKED.fullmatch(value) and not _is_advice(text, start, end):
            yield start, end


def _is_advice(text: str, start: int, end: int) -> bool:
    near = sentence_of(text, start, end)
    return (
        _advice.search(near) is not None
        and re.search(r"\b(?:log ?in|user ?name|use it|help yoursel)", near) is None
    )


def _is_secret(value: str) -> bool:
    """Whether the word after "password" is one: words of prose have neither digits nor odd signs."""
    if len(value) < 4 or ("@" in value and "." in value.rpartition("@")[2]) or "//" in value:
        return False
    digits = any(map(str.isdigit, value))
    letters = any(map(str.isalpha, value))
    odd = any(not character.isalnum() and character not in "-'/_.*<>[](){}" for character in value)
    return (digits and (letters or len(value) >= 4)) or (letters and odd)


DETECTOR = Detector(
    "credential",
    r"private key|putty-user-key|akia|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk_live_|aiza|"
    r"npm_[0-9a-z]{36}|pypi-[0-9a-z]|sg\.[0-9a-z_-]{22}\.|eyj|passw|mot de passe|cyfrinair|pass ?phrase|"
    r"pass ?code|log-?in|credentials|\bpwd\b|_pwd\b|p/w|\bpw\b|secret|access key|api[ _-]?key|token|bearer|"
    r"\bpin\b|\bpsk\b|\bssid\b|\bwpa|wi-?fi (?:key|code)|licen[cs]e key|key ?safe|(?:door|alarm|keypad|"
    r"access|gate|entry) code|://[^\s/:@]+:[^\s/:@]+@",
    _find,
)
