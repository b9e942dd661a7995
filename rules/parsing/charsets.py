"""decoded(octets, charset) -> str: text, by an allow-list of character sets, never an exception.

Python knows codecs that are no character sets of mail (``unicode_escape``,
``idna``) and raises on odd names; only the names below reach a codec.
"""

import re

_NAMES = {
    "": "utf-8",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "646": "utf-8",
    "unknown-8bit": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    # The octets 0x80 to 0x9F are no letters in ISO 8859-1; what calls itself so is Windows' set (WHATWG).
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "macintosh": "mac-roman",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "cp932": "cp932",
    "euc-jp": "euc-jp",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso-2022-jp": "iso2022_jp_2",
    "iso-2022-jp-2": "iso2022_jp_2",
    "iso-2022-kr": "iso2022_kr",
    "tis-620": "tis-620",
    "windows-874": "cp874",
}
_NAMES |= {f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 11, 13, 14, 15, 16)}
_NAMES |= {"iso-8859-9": "cp1254", "iso-8859-8-i": "iso8859-8"}
_NAMES |= {f"windows-125{n}": f"cp125{n}" for n in range(9)} | {f"cp125{n}": f"cp125{n}" for n in range(9)}
_SHOWN_BY_FEW = {
    "utf-7": "utf-7",
    "unicode-1-1-utf-7": "utf-7",
    "utf-32": "utf-32",
    "utf-32le": "utf-32-le",
    "utf-32be": "utf-32-be",
    "hz-gb-2312": "hz",
    "ebcdic-cp-us": "cp037",
    "ibm037": "cp037",
    "cp037": "cp037",
}
"""Read as what they say, and still doubtful: most programs show something else."""
_HIGH = bytes(range(0x80, 0x100))
_OVERLONG = re.compile(rb"[\xc0\xc1]([\x80-\xbf])")


def is_known(charset: str) -> bool:
    """Return whether text in that character set can be read ("" is: the default)."""
    return _label(charset) in _NAMES


def _label(charset: str) -> str:
    return charset.strip("\"' \t").lower()[:40]


def decoded(octets: bytes, charset: str = "") -> str:
    """Return the text; what does not fit its character set is read as UTF-8, else as Windows-1252.

    >>> decoded(b"caf\\xe9", "no-such-set")
    'café'
    """
    label = _label(charset) if charset else ""
    named = _NAMES.get(label) or _SHOWN_BY_FEW.get(label, "utf-8")
    if named == "utf-16" and octets[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        named = _without_mark(octets)
    for name in (named, "utf-8") if named != "utf-8" else ("utf-8",):
        try:
            return octets.decode(name)
        except UnicodeError:
            continue
    text = octets.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    # One octet gone astray in a text of UTF-8 does not make it Windows-1252.
    if broken * 4 < len(octets) - len(octets.translate(None, _HIGH)):
        return text
    return octets.decode("cp1252", "replace")


def _without_mark(octets: bytes) -> str:
    """Programs differ on which end comes first where no mark says so; only one reading is text."""
    return "utf-16-le" if octets[1::2].count(0) > octets[0::2].count(0) else "utf-16-be"


def otherwise(octets: bytes, charset: str = "") -> str:
    """Return how a program reads the octets that keeps to what is declared, or guesses; "" where all
    agree.
    """
    if b"\0" in octets and octets.count(0) * 4 > len(octets):
        wide = "utf-32-le" if octets.count(0) * 3 > 2 * len(octets) else _without_mark(octets)
        return octets.decode(wide, "replace")
    if octets.isascii() or _NAMES.get(_label(charset)) != "utf-8":
        return ""
    try:
        octets.decode()
    except UnicodeError:
        short = _OVERLONG.sub(lambda match: bytes((match[0][0] << 6 & 0x7F | match[1][0] & 0x3F,)), octets)
        return short.decode("utf-8", "replace")
    return ""


def displayed(octets: bytes, charset: str = "") -> str:
    """Return the text as lines end in it: with LF alone, and without NUL, which no store keeps."""
    return with_line_ends(decoded(octets, charset))


def with_line_ends(text: str) -> str:
    """Return the text with LF alone for a line's end, and without NUL."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").removeprefix("\ufeff")
