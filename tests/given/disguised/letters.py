"""Disguises of letters: others that look alike, signs that pose as letters, letters apart, lines broken."""

import unicodedata

from tests.given.disguised.carrier import PHRASE, SHOWN, Disguise, words

_P = PHRASE


def _mapped(letters: str, others: str) -> str:
    return _P.translate(str.maketrans(dict(zip(letters, others, strict=True))))


def _apart(between: str, words_apart: str | None = None) -> str:
    return (between if words_apart is None else words_apart).join(between.join(word) for word in _P.split())


def _styled(first: int, shift: int = ord("a")) -> str:
    return "".join(chr(first + ord(letter) - shift) if letter != " " else letter for letter in _P)


def _marked(mark: str) -> str:
    return "".join(letter + mark for letter in _P)


_ALIKE = {
    "cyrillic": "ѕресіаl оffеr",
    "cyrillic first letter": "ѕpecial оffer",
    "cyrillic throughout a word": "special оffеr",
    "greek inside": "speciαl offεr",
    "greek at the edges": "specia\u03b9 \u03bfffer".replace("\u03b9", "l"),
    "greek capital": "SΡΕCΙΑL ΟFFΕR",
    "armenian": "speciaլ օffer",
    "armenian s": "տpecial offer".replace("տ", "s").replace("o", "օ"),
    "cherokee": "ᏚᏢᎬᏟᎥᎪᏞ offer",
    "full width": "ｓｐｅｃｉａｌ ｏｆｆｅｒ",
    "mathematical bold": _styled(0x1D41A),
    "mathematical fraktur": _styled(0x1D586),
    "mathematical monospace": _styled(0x1D68A),
    "mathematical italic sans": _styled(0x1D622),
    "circled": _styled(0x24D0),
    "circled negative": "🅢🅟🅔🅒🅘🅐🅛 🅞🅕🅕🅔🅡",
    "squared": "🅂🄿🄴🄲🄸🄰🄻 🄾🄵🄵🄴🅁",
    "squared negative": "🆂🅿🅴🅲🅸🅰🅻 🅾🅵🅵🅴🆁",
    "parenthesised": _styled(0x249C),
    "regional indicators": "🇸🇵🇪🇨🇮🇦🇱 🇴🇫🇫🇪🇷",
    "regional indicators apart": "🇸 🇵 🇪 🇨 🇮 🇦 🇱  🇴 🇫 🇫 🇪 🇷",
    "small capitals": "ꜱᴘᴇᴄɪᴀʟ ᴏꜰꜰᴇʀ",
    "raised": "ˢᵖᵉᶜⁱᵃˡ ᵒᶠᶠᵉʳ",
    "lowered and raised": "ₛₚₑcᵢₐₗ ₒffₑᵣ",
    "roman numerals": "speⅽⅰaⅼ offer",
    "letters of phonetics": "ѕрɛсɩаl ɔffɛr".replace("ɔ", "o").replace("ɛ", "e"),
    "dotless": "specıal offer",
    "script g and alpha": "speciɑl offer",
    "long s": "ſpecial offer",
    "strokes": "sp€cial øffer",
    "estimated sign": "sp℮cial off℮r",
    "accents": "spéciâl öffèr",
    "accents apart": unicodedata.normalize("NFD", "spéciâl öffèr"),
    "dots below": "ṣpẹcịạḷ ọffẹṛ",
    "struck through": _marked("\u0336"),
    "underlined": _marked("\u0332"),
    "clouded": _marked("\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307"),
    "enclosed": _marked("\u20dd"),
    "emoji selectors": _marked("\ufe0f"),
    "keycaps": _marked("\u20e3"),
    "turned letters": "ɹǝɟɟo ןɐıɔǝds",
    "capital i for l": "speciaI offer",
    "mixed case": "sPeCiAl OfFeR",
    "lisu": "ꓢꓑꓰꓚꓲꓮꓡ offer",
    "coptic": "speⲥial ⲟffer",
    "deseret": "special 𐐬ffer",
    "double-struck": _styled(0x1D552),
    "tags around": "spe\U000e0061cial of\U000e007ffer",
}

_UNSEEN = {
    f"unseen {ord(mark):04x}": mark.join(_P)
    for mark in "\u00ad\u034f\u061c\u115f\u17b4\u180e\u200b\u200c\u200d\u200e\u2060\u2061\u2064\u2066\u206a\u3164\ufeff\ufff9\ufe00\U000e0100\U000e0020\U0001d173"
} | {
    f"blank {ord(blank):04x}": blank.join(_P.split())
    for blank in "\u00a0\u1680\u2000\u2003\u2007\u2009\u200a\u202f\u205f\u3000\u2028\u2029\u0085\u2800\u3164\t\v\f"
}

_POSING = {
    "digits": "sp3c14l 0ff3r",
    "dollar": "$pecial offer",
    "at": "speci@l offer",
    "bang": "spec!al offer",
    "bar": "specia| offer",
    "plus": "special offer".replace("offer", "0ff3r!!"),
    "euro": "sp€ci@l 0ff€r",
    "bracket": "spe(ial offer",
    "broken bar": "spec¡al offer",
    "section": "§pecial offer",
    "yen and pound": "specia£ offer",
    "all at once": "$p3c!@1 0ff3r",
    "cent": "spe¢ial offer",
    "superscript digits": "sp³cial offer",
    "circled nought": "special ⓪ffer",
    "full width signs": "＄pecial offer",
    "vowel doubled": "speeecial offeeer",
    "every letter doubled": "ssppeecciiaall ooffffeerr",
    "letters drawn out": "sssspecial offerrrr",
    "first letter twice": "sspecial ooffer",
}

_SPREAD = {
    "blanks": _apart(" ", "  "),
    "single blanks": _apart(" "),
    "single blanks after an article": "here is a " + _apart(" "),
    "single blanks before words": _apart(" ") + " for you",
    "one word apart": "s p e c i a l offer",
    "the other word apart": "special o f f e r",
    "article and one word apart": "a s p e c i a l offer",
    "two blanks": _apart("  "),
    "dots": _apart("."),
    "dots and blanks": _apart(".", " "),
    "dots with blanks": _apart(". "),
    "hyphens": _apart("-"),
    "hyphens by word": _apart("-", " "),
    "underlines": _apart("_"),
    "asterisks": _apart("*"),
    "asterisks around": " ".join(f"*{letter}*" for letter in _P.replace(" ", "")),
    "commas": _apart(", "),
    "slashes": _apart("/", " "),
    "bars": _apart("|"),
    "tildes": _apart("~"),
    "middle dots": _apart("·"),
    "bullets": _apart("•"),
    "ellipses": _apart("…"),
    "dashes": _apart(" – "),
    "brackets": "".join(f"({letter})" for letter in _P.replace(" ", "")),
    "square brackets": "".join(f"[{letter}]" for letter in _P.replace(" ", "")),
    "hearts": _apart("♥"),
    "smileys": _apart("😀"),
    "apostrophes": _apart("'"),
    "plus signs": _apart("+"),
    "colons": _apart(":"),
    "equals": _apart("="),
    "hashes": _apart("#"),
    "in two letters": "sp ec ia l of fe r",
    "in mixed pieces": "s pe c i al o ff e r",
    "digits apart": "s p 3 c 1 a l 0 f f 3 r",
    "digits and dots": "s.p.3.c.1.a.l 0.f.f.3.r",
    "capitals apart": _apart(" ").upper(),
    "tabs": _apart("\t"),
    "wide blanks": _apart("\u2003"),
    "thin blanks": _apart("\u2009", " "),
    "one letter a line": _apart("\r\n"),
    "one letter a line, with blank ones": _apart("\r\n\r\n"),
    "two blanks between words": "special  offer",
    "many blanks between words": "special" + " " * 60 + "offer",
    "lines between words": "special\r\n\r\n\r\noffer",
    "dots between words": "special...offer",
    "dashes between words": "special--offer",
    "underline between words": "special_offer",
    "asterisks around one word": "a *special* offer",
    "underlines around one word": "a _special_ offer",
    "glued with capitals": "SpecialOffer",
    "hash tag": "#specialoffer",
    "hyphenated": "spe-cial of-fer",
    "dotted syllables": "spe.cial of.fer",
    "underlined syllables": "spe_cial of_fer",
    "starred syllables": "spe*cial of*fer",
    "slashed syllables": "spe/cial of/fer",
    "hyphen at the line's end": "here is a spe-\r\ncial offer",
    "soft hyphen at the line's end": "here is a spe\u00ad\r\ncial offer",
    "hyphen character at the line's end": "here is a spe\u2010\r\ncial offer",
    "syllables a line": "spe\r\ncial\r\nof\r\nfer",
    "masked letter": "spec*al offer",
    "masked letters": "sp**ial offer",
    "masked with hashes": "spec#al off#r",
    "masked with a question mark": "spec?al offer",
    "masked with an underline": "spec_al offer",
    "masked with a dot in the middle": "spec·al offer",
    "masked with a bullet": "spec•al offer",
    "masked with a picture": "spec😀al offer",
    "masked with a block": "spec█al offer",
}

_LINES = {
    "in quoted lines": "> special\r\n> offer",
    "in twice quoted lines": "> > special\r\n> > offer",
    "in lines quoted with bars": "| special\r\n| offer",
    "spread over quoted lines": "\r\n".join(f"> {letter}" for letter in _P.replace(" ", "")),
    "below an attribution": "On 3 May 2026, Bo <bo@b.example> wrote:\r\n> special\r\n> offer",
    "below an invented attribution": "On 3 May 2026, Bo <bo@b.example> wrote:\r\n\r\nspecial offer",
    "below an invented header": "From: Bo\r\nSent: Monday\r\nTo: Ann\r\nSubject: x\r\n\r\nspecial offer",
    "below an invented forward": "---------- Forwarded message ---------\r\n\r\nspecial offer",
    "in a signature": "-- \r\nspecial offer",
    "in a signature's two lines": "-- \r\nAnn, your special\r\noffer",
    "in a signature without a mark": "Best wishes,\r\nAnn Harker\r\nPhysicist\r\nTel. 01632 960000\r\nspecial offer",
    "in a disclaimer": "This email is confidential and for the addressee only. If in error, special offer, delete it.",
    "in a list's footer": "________________________________\r\nTo unsubscribe, special offer, click here",
    "far to the right": " " * 2000 + "special offer",
    "far below": "\r\n" * 2000 + "special offer",
    "in a long line": "x " * 30_000 + "special offer " + "x " * 30_000,
    "in a line that is a word": "x" * 50_000 + " special offer " + "x" * 50_000,
    "turned round by a character": "\u202ereffo laiceps\u202c",
    "turned round in an isolate": "\u2067\u202ereffo laiceps\u202c\u2069",
    "two pieces turned round": "\u202elaiceps\u202c \u202ereffo\u202c",
    "after a table": "a\tb\tc\r\n1\t2\t3\r\nspecial offer",
    "column of two": "special |\r\noffer   |",
}
_OUTSIDE = tuple(
    name for name in _LINES if name.startswith(("in ", "below", "spread over", "turned", "two pieces"))
)

DISGUISES = (
    *(
        Disguise(f"letters: {name}", words(text), SHOWN)
        for name, text in _ALIKE.items()
        if name != "turned letters"
    ),
    Disguise("letters: turned letters", words(_ALIKE["turned letters"])),
    *(
        Disguise(f"letters: {name}", words(f"Here is a {text} for you."), SHOWN)
        for name, text in _UNSEEN.items()
    ),
    *(
        Disguise(f"posing: {name}", words(f"Here is a {text} for you."), SHOWN)
        for name, text in _POSING.items()
    ),
    *(Disguise(f"apart: {name}", words(text), SHOWN) for name, text in _SPREAD.items()),
    *(
        Disguise(f"lines: {name}", words(text), "all" if name in _OUTSIDE else SHOWN)
        for name, text in _LINES.items()
    ),
)
