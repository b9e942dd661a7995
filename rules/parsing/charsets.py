"""decoded(octets, charset) -> str: text, by an allow-list of character sets, never an exception.

Python knows codecs that are no character sets of mail (``unicode_escape``,
``idna``, ``utf-7``) and raises on odd names; only the names below
reach a codec.
"""

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
    named = _NAMES.get(_label(charset), "utf-8") if charset else "utf-8"
    for name in (named, "utf-8") if named != "utf-8" else ("utf-8",):
        try:
            return octets.decode(name)
        except UnicodeError:
            continue
    return octets.decode("cp1252", "replace")


def displayed(octets: bytes, charset: str = "") -> str:
    """Return the text as lines end in it: with LF alone, and without NUL, which no store keeps."""
    text = decoded(octets, charset).replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").removeprefix("\ufeff")
