"""decoded_codes(text) -> what stands in a text in base64, percent signs, entities and the like.

People and programs paste it as it is.
"""

import base64
import binascii
import html as markup
import re
from collections.abc import Iterator
from contextlib import suppress

import re2

_CODE = r"[A-Za-z0-9+/_-]"
_GATE = re2.Set.SearchSet()
_BASE64 = _GATE.Add(rf"{_CODE}{{20,}}|(?:{_CODE}{{12,}}[ \t]*\n[ \t>]*){{2}}")
_NUMBERED = _GATE.Add(
    r"(?i)(?:&#x?[0-9a-f]{1,7};?){3}|(?:%[0-9a-f]{2}){3}|(?:=[0-9a-f]{2}){3}|(?:\\u[0-9a-f]{4}){3}"
    r"|(?:[0-9a-f]{2}[ ,:]){8}"
)
_UUENCODED = _GATE.Add(r"(?:^|\n)begin [0-7]{3,4} \S")
_GATE.Compile()
_RUN = re.compile(rf"(?<![\w+/=-]){_CODE}{{12,}}(?:[ \t]*\n[ \t>]*{_CODE}{{4,}}){{0,2000}}={{0,2}}")
_PAIRS = {
    re.compile(r"(?:%[0-9a-fA-F]{2}[\w ]{0,20}){3,}"): re.compile(r"%(..)"),
    re.compile(r"(?:=[0-9a-fA-F]{2}[\w ]{0,20}){3,}"): re.compile(r"=(..)"),
    re.compile(r"(?:\\u00[0-9a-fA-F]{2}){3,}"): re.compile(r"\\u00(..)"),
    re.compile(r"\b(?:[0-9a-fA-F]{2}[ ,:]){8,}[0-9a-fA-F]{2}\b"): re.compile(r"(..)[ ,:]?"),
}
_UU = re.compile(r"^begin [0-7]{3,4} \S[^\n]{0,200}\n((?:[ -`]{1,80}\n)++)", re.MULTILINE)
_ENTITIES = re.compile(r"(?:&#[xX]?[0-9a-fA-F]{1,7};?\s?){3,}")
_SHORTEST = 6
_CODE_LEAST = 20
_SAID = 0.9
"""The share of characters that are letters, blanks or punctuation in what is text."""


def decoded_codes(text: str) -> str:
    """Return what the codes say, a line each; only what is text, for most long codes are keys and pictures.

    >>> decoded_codes("see dm90ZSBmb3IgYmx1ZQo= there")
    'vote for blue'
    """
    seen = _GATE.Match(text.encode(errors="replace"))
    if not seen:
        return ""
    found = [*_from_base64(text)] if _BASE64 in seen else []
    found += _from_numbers(text) if _NUMBERED in seen else []
    found += _from_uuencode(text) if _UUENCODED in seen else []
    return "\n".join(words for code in found if (words := " ".join(code.split())))


def _from_base64(text: str) -> Iterator[str]:
    for match in _RUN.finditer(text):
        code = re.sub(r"[\s>=]", "", match[0])
        if len(code) < _CODE_LEAST:
            continue
        code = code.replace("-", "+").replace("_", "/")
        try:
            octets = base64.b64decode(code[: len(code) - (len(code) % 4 == 1)] + "==")
        except binascii.Error:
            continue
        if words := _words(octets):
            yield words


def _from_numbers(text: str) -> Iterator[str]:
    for run, pair in _PAIRS.items():
        for match in run.finditer(text):
            octets = pair.sub(lambda code: chr(int(code[1], 16)), match[0]).encode("latin-1", "replace")
            if words := _words(octets):
                yield words
    for match in _ENTITIES.finditer(text):
        yield markup.unescape(match[0])


def _from_uuencode(text: str) -> Iterator[str]:
    for match in _UU.finditer(text):
        octets = b""
        for line in match[1].encode("ascii", "replace").split(b"\n"):
            with suppress(binascii.Error):
                octets += binascii.a2b_uu(line)
        if words := _words(octets.rstrip(b"\0")):
            yield words


def _words(octets: bytes) -> str:
    """The octets as text, "" where they are none."""
    try:
        text = octets.decode()
    except UnicodeError:
        return ""
    said = sum(
        character.isalpha() or character.isspace() or character in ".,;:!?'\"()-" for character in text
    )
    return text if len(text) >= _SHORTEST and said >= _SAID * len(text) else ""
