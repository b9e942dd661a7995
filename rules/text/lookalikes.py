"""PLAIN, ALWAYS, MIXED, LEET: characters that stand for others, by when they may be taken for them."""

PLAIN = {
    **dict.fromkeys(map(ord, "‘’‚‛′ʼ`´"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-"),
    ord("⁄"): "/",
    ord("•"): "*",
    # These look like nothing at all, though Unicode calls them letters or marks.
    **dict.fromkeys(
        (
            0x034F,
            0x115F,
            0x1160,
            0x17B4,
            0x17B5,
            0x180B,
            0x180C,
            0x180D,
            0x3164,
            0xFFA0,
            *range(0xFE00, 0xFE10),
        )
    ),
    **dict.fromkeys((0x2800, 0x2028, 0x2029, 0x85), " "),
}
"""Punctuation that only looks finer, and characters that cannot be seen."""

_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
ALWAYS = {
    **{ord(odd): latin for odd, latin in {**_SMALL_CAPITALS, "ı": "i", "ɑ": "a", "ɡ": "g", "ⅼ": "l"}.items()},
    **{0x1F150 + i: chr(97 + i) for i in range(26)},
    **{0x1F170 + i: chr(97 + i) for i in range(26)},
    **{0x1F1E6 + i: chr(97 + i) for i in range(26)},
}
"""Letters that no honest text of ours is written in: small capitals, and letters in boxes and circles."""

_CYRILLIC = dict(
    zip("асеорхуіјѕԁһӏԛԝгпткмнвАВЕЅІЈКМНОРСТХУҮԌ", "aceopxyijsdhlqwrntkmhbABESIJKMHOPCTXYYG", strict=True)
)
_GREEK = dict(zip("αεικνορτυχγηωςΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeikvoptuxynwsABEZHIKMNOPTYX", strict=True))
MIXED = {ord(odd): latin for odd, latin in (_CYRILLIC | _GREEK).items()}
"""Cyrillic and Greek letters that look Latin; only for words that otherwise are Latin."""

LEET = str.maketrans("0134578@$!", "oieastbasi")
"""Digits and signs that pose as letters."""
