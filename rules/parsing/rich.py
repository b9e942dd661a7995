"""rich_text(content) and enriched(text): the words of RTF and of text/enriched, without their commands."""

import re

from rules.parsing.charsets import decoded

_TOKEN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\u(-?\d{1,6})\??|\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\(.)|([{}])"
    rb"|([\r\n]+)|([^\\{}\r\n]+)",
    re.DOTALL,
)
_LINES = frozenset({b"par", b"line", b"row", b"cell", b"tab", b"sect", b"page"})
_ASIDE = frozenset(
    b"fonttbl colortbl stylesheet info generator pict themedata colorschememapping listtable "
    b"listoverridetable"
    b" rsidtbl datastore latentstyles xmlnstbl objdata filetbl".split()
)
_COMMAND = re.compile(r"<(?!<)/?[a-zA-Z-]{1,60}>")


def rich_text(content: bytes) -> str:
    """Return the text of RTF, hidden text too.

    >>> rich_text(rb"{\\rtf1{\\fonttbl Arial;}vo{\\b te}\\par}")
    'vote\\n'
    """
    pieces: list[bytes] = []
    depth, aside = 0, 0
    for token in _TOKEN.finditer(content):
        hexed, number, word, _, sign, brace, _, text = token.groups(b"")
        if brace:
            depth += 1 if brace == b"{" else -1
            aside = 0 if depth < aside else aside
        elif word in _ASIDE:
            aside = aside or depth
        elif not aside:
            pieces.append(_said(hexed, number, word, sign, text))
    return decoded(b"".join(pieces))


def _said(hexed: bytes, number: bytes, word: bytes, sign: bytes, text: bytes) -> bytes:
    if hexed:
        return bytes((int(hexed, 16),)).decode("cp1252", "replace").encode()
    if number:
        return chr(int(number) % 0x10000).encode("utf-8", "replace")
    if word in _LINES:
        return b"\n"
    return {b"~": b" ", b"_": b"-"}.get(sign, sign if sign in b"\\{}" else b"") + text


def enriched(text: str) -> str:
    """Return the text of text/enriched and text/richtext.

    >>> enriched("<bold>vo</bold>te <<now>")
    'vote <now>'
    """
    return _COMMAND.sub("", text).replace("<<", "<")
