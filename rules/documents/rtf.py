"""read_rtf(octets): Rich Text Format, read token by token in one pass (RTF 1.9.1)."""

import re
from dataclasses import dataclass, replace

from rules.documents.document import Document, Draft

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
_TOKENS_CAP = 600_000
_DEPTH_CAP = 2000
_PIECES_CAP = 20_000  # a citation's field holds a whole library entry
# What a reader does not see; neither are starred destinations ("\*") that are not named below.
_UNSEEN = frozenset(
    b"fonttbl colortbl stylesheet listtable listoverridetable rsidtbl generator themedata colorschememapping"
    b" datastore latentstyles xmlnstbl objdata filetbl".split()
)
_SEEN_THOUGH_STARRED = frozenset(
    {b"annotation", b"atnauthor", b"shptxt", b"footnote", b"fldinst", b"shppict"}
)
_LABELS = {
    b"title": "Title",
    b"subject": "Subject",
    b"author": "Author",
    b"keywords": "Keywords",
    b"doccomm": "Comments",
    b"company": "Company",
    b"manager": "Manager",
    b"operator": "Last saved by",
}
_SIGNS = {b"tab": "\t", b"cell": "\t", b"emdash": "—", b"endash": "–", b"bullet": "•"}
_SIGNS |= dict.fromkeys((b"par", b"line", b"sect", b"page", b"row"), "\n")
_SIGNS |= {b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”"}
_SYMBOLS = {b"~": " ", b"_": "-", b"\n": "\n", b"\r": "\n", b"\\": "\\", b"{": "{", b"}": "}"}
_CODEPAGES = frozenset({437, 850, 852, 866, 874, 932, 936, 949, 950, *range(1250, 1259)})
_TARGET = re.compile(r'HYPERLINK\s+"?([^"\s]{1,2000})')
_NOT_HEX = bytes(set(range(256)) - set(b"0123456789abcdefABCDEF"))


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds between a pair of braces; ``skip`` characters stand in for a Unicode one."""

    seen: bool = True
    label: str = ""
    field: bool = False
    picture: bool = False
    skip: int = 1


def read_rtf(octets: bytes) -> Document:
    """Return what a text in RTF says, with its properties, notes, comments and pictures."""
    draft = Draft("rtf")
    reader = _Reader(draft)
    at = 0
    for _ in range(_TOKENS_CAP):
        match = _TOKEN.match(octets, at)
        if match is None or draft.full:
            break
        at = match.end()
        if match[1] == b"bin" and match[2]:
            # Raw octets follow, which may look like anything.
            length = max(0, int(match[2]))
            reader.raw(octets[at : at + length])
            at += length
        else:
            reader.take(match)
    else:
        draft.doubt("is longer than the part of it that was read")
    reader.end()
    return draft.done()


class _Reader:
    """Takes tokens, and knows in which group it is."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._outer: list[_Group] = []
        self._group = _Group()
        self._starred = False
        self._skipping = 0
        self._high = 0
        self._codepage = "cp1252"
        self._octets = bytearray()
        self._aside: list[str] = []  # the text of a property or of a field's instruction
        self._picture: list[bytes] = []

    def take(self, match: re.Match[bytes]) -> None:
        """Take a token."""
        word, parameter, hexadecimal, symbol, brace, text = match.groups()
        if text is not None:
            self._characters(text)
        elif hexadecimal is not None:
            self._characters(bytes((int(hexadecimal, 16),)))
        elif word is not None:
            self._flush()
            self._word(word, int(parameter) if parameter else None)
        elif symbol is not None:
            self._symbol(symbol)
        elif brace is not None:
            self._flush()
            self._open() if brace == b"{" else self._close()

    def raw(self, octets: bytes) -> None:
        """Take octets of a picture as they are."""
        if self._group.picture:
            self._draft.picture(octets)

    def end(self) -> None:
        """Close what was left open."""
        self._flush()
        while self._outer:
            self._close()

    def _open(self) -> None:
        if len(self._outer) >= _DEPTH_CAP:
            self._draft.doubt(f"has groups that are nested more than {_DEPTH_CAP} deep")
            return
        self._outer.append(self._group)

    def _close(self) -> None:
        if not self._outer:
            return
        inner, self._group = self._group, self._outer.pop()
        if inner.label and not self._group.label:
            self._draft.property(inner.label, "".join(self._aside))
            self._aside = []
        if inner.field and not self._group.field:
            for target in _TARGET.findall("".join(self._aside)):
                self._draft.link(target)
            self._aside = []
        if inner.picture and not self._group.picture:
            octets = b"".join(self._picture).translate(None, _NOT_HEX)
            self._draft.picture(bytes.fromhex(octets[: len(octets) // 2 * 2].decode("ascii")))
            self._picture = []

    def _word(self, word: bytes, parameter: int | None) -> None:
        starred, self._starred = self._starred, False
        if word in _UNSEEN or (starred and word not in _SEEN_THOUGH_STARRED):
            self._group = replace(self._group, seen=False)
        elif word in _LABELS:
            self._group = replace(self._group, label=_LABELS[word])
        elif word == b"fldinst":
            self._group = replace(self._group, field=True)
        elif word == b"pict":
            self._group = replace(self._group, picture=True)
        elif word in _SIGNS:
            self._write(_SIGNS[word])
        elif parameter is not None:
            self._number(word, parameter)

    def _number(self, word: bytes, parameter: int) -> None:
        if word == b"u":
            self._unit(parameter & 0xFFFF)
            self._skipping = self._group.skip
        elif word == b"uc":
            self._group = replace(self._group, skip=max(0, min(parameter, 10)))
        elif word == b"ansicpg" and parameter in _CODEPAGES:
            self._codepage = f"cp{parameter}"
        elif word == b"ansicpg" and parameter == 65001:
            self._codepage = "utf-8"

    def _unit(self, unit: int) -> None:
        if 0xD800 <= unit < 0xDC00:
            self._high = unit
        elif 0xDC00 <= unit < 0xE000:
            if self._high:
                self._write(chr(0x10000 + ((self._high - 0xD800) << 10) + unit - 0xDC00))
            self._high = 0
        else:
            self._write(chr(unit))

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._starred = True
        elif symbol in _SYMBOLS:
            self._flush()
            self._write(_SYMBOLS[symbol])

    def _characters(self, octets: bytes) -> None:
        if self._skipping:
            skipped = min(self._skipping, len(octets))
            self._skipping -= skipped
            octets = octets[skipped:]
        if self._group.picture:
            self._picture.append(octets)
        else:
            self._octets += octets

    def _flush(self) -> None:
        self._skipping = 0
        if self._octets:
            self._write(self._octets.decode(self._codepage, "replace"))
            self._octets.clear()

    def _write(self, text: str) -> None:
        if self._group.label or self._group.field:
            if len(self._aside) < _PIECES_CAP:
                self._aside.append(text)
            else:
                self._draft.doubt(f"has a property or a field of more than {_PIECES_CAP} pieces")
        elif self._group.seen and not self._group.picture:
            self._draft.say(text)
