"""credential: private keys, access tokens, and passwords written out."""

import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, around, found_by

# A passcode of a meeting to which the list is invited is meant for the list.
_MEETING = re.compile(
    r"\b(?:webinar|zoom|teams|webex|meeting id|meet\.google|dial[ -]?in|join (?:us|the|by))\b"
)
_REACH = 160

_key = found_by(r"-----begin (?:[a-z0-9]+ ){0,3}private key(?: block)?-----")
_token = found_by(
    r"\b(?:akia[0-9a-z]{16}|gh[pousr]_[0-9a-z]{36,}|github_pat_[0-9a-z_]{40,}|glpat-[0-9a-z_-]{20,}|"
    r"xox[abprs]-[0-9a-z-]{20,}|sk_live_[0-9a-z]{20,}|aiza[0-9a-z_-]{35}|"
    r"eyj[0-9a-z_-]{10,}\.eyj[0-9a-z_-]{10,}\.[0-9a-z_-]{10,})"
)
_said = found_by(
    r"\b(?:password|passwd|passphrase|pass ?code|pwd|p/w|pw|secret key|api[ _-]?key)\b"
    r"(?: (?:for|to|on) (?:[\w./-]+ ){1,5}?)?(?: ?(?:is|:|=|->)+ ?| )[\"'`]?[^\s\"'`]{4,64}"
    r"|\bpin(?: code| number)? ?(?:is|:|=) ?\d{4,8}\b"
)
_in_address = found_by(r"\b[a-z][a-z0-9+.-]{1,10}://[^\s/:@]{1,64}:([^\s/:@]{3,64})@[a-z0-9.-]+")


def _find(text: str) -> Iterator[tuple[int, int]]:
    for finder in (_key, _token, _in_address):
        yield from finder(text)
    for start, end in _said(text):
        if _MEETING.search(around(text, start, end, _REACH)):
            continue
        value = re.split(r"[\s:=>\"'`]", text[start:end])[-1]
        if _is_secret(value.rstrip(".,;!?)")):
            yield start, end


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
    r"private key|akia|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk_live_|aiza|eyj|passw|pass ?phrase|"
    r"pass ?code|"
    r"\bpwd\b|p/w|\bpw\b|secret key|api[ _-]?key|\bpin\b|://[^\s/:@]+:[^\s/:@]+@",
    _find,
)
