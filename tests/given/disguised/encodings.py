"""Disguises by encodings and character sets, of bodies and of header fields."""

import base64
import quopri

from tests.given.disguised.carrier import (
    HEADER,
    HELLO,
    PHRASE,
    SHOWN,
    Disguise,
    in_base64,
    in_quoted_printable,
    multipart,
    part,
    post,
    words,
)

_CODED = base64.b64encode(f"Dear all, here is a {PHRASE} for you.".encode()).decode()


def _body(encoding: str, body: bytes | str, charset: str = "utf-8", more: str = "") -> bytes:
    return post(
        f"Content-Type: text/plain; charset={charset}{more}\r\nContent-Transfer-Encoding: {encoding}\r\n",
        body,
    )


def _subject(value: bytes | str) -> bytes:
    octets = value if isinstance(value, bytes) else value.encode()
    return HEADER.replace(b"Subject: Minutes", b"Subject: " + octets) + b"\r\nGood morning.\r\n"


def _field(line: str) -> bytes:
    return post(line + "\r\n", "Good morning.\r\n")


def _called(parameters: str) -> bytes:
    return multipart("mixed", HELLO, part(f"Content-Type: application/pdf; {parameters}\r\n", "%PDF-1.7"))


_SURE = {
    "base64": _body("base64", in_base64(PHRASE)),
    "base64 in lines of four": _body(
        "base64", b"\r\n".join(in_base64(PHRASE)[i : i + 4] for i in range(0, 20, 4))
    ),
    "base64 without padding": _body("base64", base64.b64encode(PHRASE.encode()).rstrip(b"=") + b"\r\n"),
    "base64 in capitals": _body("BASE64", in_base64(PHRASE)),
    "encoding with a comment": _body("base64 (hello)", in_base64(PHRASE)),
    "encoding in quotes": _body('"base64"', in_base64(PHRASE)),
    "encoding with a semicolon": _body("base64;", in_base64(PHRASE)),
    "quoted-printable letters": _body("quoted-printable", in_quoted_printable(PHRASE)),
    "quoted-printable in small letters": _body("quoted-printable", in_quoted_printable(PHRASE).lower()),
    "quoted-printable soft breaks": _body("quoted-printable", "spe=\r\ncial of=\r\nfer\r\n"),
    "quoted-printable soft breaks with blanks": _body("quoted-printable", "spe=  \r\ncial of=\t\r\nfer\r\n"),
    "quoted-printable soft break at the blank": _body("quoted-printable", "special=20=\r\noffer\r\n"),
    "quoted-printable no-break space": _body("quoted-printable", "special=C2=A0offer\r\n"),
    "utf-16 with a mark": _body("base64", in_base64(PHRASE.encode("utf-16")), "utf-16"),
    "utf-16 without a mark, low end first": _body("base64", in_base64(PHRASE.encode("utf-16-le")), "utf-16"),
    "utf-16 without a mark, high end first": _body("base64", in_base64(PHRASE.encode("utf-16-be")), "utf-16"),
    "utf-16le": _body("base64", in_base64(PHRASE.encode("utf-16-le")), "utf-16le"),
    "utf-16 that calls itself utf-8": _body("base64", in_base64(PHRASE.encode("utf-16-le")), "utf-8"),
    "utf-16be that calls itself ascii": _body("base64", in_base64(PHRASE.encode("utf-16-be")), "us-ascii"),
    "latin-1 that calls itself utf-8": _body("8bit", "Café. ".encode("latin-1") + PHRASE.encode() + b"\r\n"),
    "utf-8 with a broken octet": _body("8bit", b"spe\xffcial offer\r\n"),
    "overlong utf-8": _body("8bit", b"spe\xc1\xa3ial offer".replace(b"\xc1\xa3", b"\xc1\xa3") + b"\r\n"),
    "shifts between character sets": _body("7bit", b"spe\x1b(B\x1b(Jcial\x1b(B offer\r\n", "iso-2022-jp"),
    "shifts where there are none": _body("7bit", b"spe\x1b(Bcial o\x1b(Jffer\r\n", "us-ascii"),
    "colours of a terminal": _body("7bit", b"spe\x1b[31mcial\x1b[0m offer\r\n", "us-ascii"),
    "control characters": _body("7bit", b"s\x01p\x02e\x03c\x7fial of\x1ffer\r\n", "us-ascii"),
    "form feed between words": _body("7bit", b"special\x0coffer\r\n", "us-ascii"),
    "full width in shift_jis": _body(
        "base64", in_base64("ｓｐｅｃｉａｌ　ｏｆｆｅｒ".encode("cp932")), "shift_jis"
    ),
    "full width in gb18030": _body(
        "base64", in_base64("ｓｐｅｃｉａｌ　ｏｆｆｅｒ".encode("gb18030")), "gb2312"
    ),
    "cyrillic in koi8-r": _body("base64", in_base64("sреcial оffеr".encode("koi8-r")), "koi8-r"),
    "cyrillic in windows-1251": _body("base64", in_base64("sреcial оffеr".encode("cp1251")), "windows-1251"),
    "greek in iso-8859-7": _body(
        "base64", in_base64("specιal oφfer".replace("φ", "f").encode("iso8859-7")), "iso-8859-7"
    ),
    "flowed text with deleted blanks": _body(
        "7bit", "spe \r\ncial of \r\nfer\r\n", more='; format=flowed; delsp="yes"'
    ),
    "flowed text": _body("7bit", "Here is a special \r\noffer for you.\r\n", more="; format=flowed"),
    "flowed quotation with deleted blanks": _body(
        "7bit", "> spe \r\n> cial offer\r\n", more="; format=flowed; DelSp=Yes"
    ),
    "base64 pasted as text": words(f"Please decode:\r\n{_CODED}\r\n"),
    "base64 pasted in several lines": words(
        "\r\n".join(_CODED[i : i + 16] for i in range(0, len(_CODED), 16))
    ),
    "base64 for links, pasted": words(_CODED.replace("+", "-").replace("/", "_").rstrip("=")),
    "base64 pasted in a sentence": words(f"The key is {_CODED}, please use it."),
    "quoted-printable pasted as text": words(in_quoted_printable(PHRASE).decode()),
    "entities pasted as text": words("".join(f"&#{ord(letter)};" for letter in PHRASE)),
    "entities in hex pasted as text": words("".join(f"&#x{ord(letter):x};" for letter in PHRASE)),
    "percent signs pasted as text": words("".join(f"%{ord(letter):02x}" for letter in PHRASE)),
    "numbers of unicode pasted as text": words("".join(f"\\u{ord(letter):04x}" for letter in PHRASE)),
    "hex pasted as text": words(" ".join(f"{ord(letter):02x}" for letter in PHRASE)),
    "subject in base64": _subject("=?utf-8?b?" + base64.b64encode(PHRASE.encode()).decode() + "?="),
    "subject in quoted-printable": _subject("=?utf-8?q?=73pe=63ial_offer?="),
    "subject in two words": _subject("=?utf-8?q?spe?= =?utf-8?q?cial?= offer"),
    "subject in two sets": _subject("=?utf-8?q?spe?=\r\n =?iso-8859-1?q?cial_offer?="),
    "subject with a language": _subject("=?utf-8*en?q?special?= offer"),
    "subject in an encoded word with blanks": _subject("=?utf-8?q?special offer?="),
    "subject with words glued": _subject("=?utf-8?q?spe?==?utf-8?q?cial?= offer"),
    "subject folded within": _subject("special\r\n offer"),
    "subject in utf-7": _subject("=?utf-7?q?+AHMAcABlAGMAaQBhAGw- offer?=".replace(" ", "_")),
    "subject in utf-16": _subject(
        "=?utf-16?b?" + base64.b64encode(PHRASE.encode("utf-16-be")).decode() + "?="
    ),
    "subject in an unknown set": _subject("=?x-unheard-of?q?special_offer?="),
    "subject in full width": _subject("ｓｐｅｃｉａｌ ｏｆｆｅｒ".encode()),
    "subject with controls": _subject(b"spe\x01cial of\x02fer"),
    "subject with base64 as its text": _subject(_CODED),
    "author's name": post("", "Good morning.\r\n").replace(b"Ann Harker", b"Special Offer"),
    "author's name encoded": post("", "Good morning.\r\n").replace(
        b"Ann Harker", b"=?utf-8?q?=73pecial_offer?="
    ),
    "comment in the author's field": post("", "Good morning.\r\n").replace(
        b"<ann@member.example>", b"<ann@member.example> (special offer)"
    ),
    "recipient's name": post("", "Good morning.\r\n").replace(b"To: ", b"To: special offer <x@y.example>, "),
    "reply address's name": _field("Reply-To: special offer <ann@member.example>"),
    "sender's name": _field("Sender: special offer <ann@member.example>"),
    "comments": _field("Comments: a special offer"),
    "keywords": _field("Keywords: special offer"),
    "organisation": _field("Organization: special offer"),
    "summary": _field("Summary: special offer"),
    "topic of the thread": _field("Thread-Topic: special offer"),
    "description of the content": _field("Content-Description: special offer"),
    "description of a part": multipart(
        "mixed", HELLO, part("Content-Type: image/png\r\nContent-Description: special offer\r\n", "x")
    ),
    "description of a part, encoded": multipart(
        "mixed",
        HELLO,
        part("Content-Type: image/png\r\nContent-Description: =?utf-8?q?=73pecial_offer?=\r\n", "x"),
    ),
    "name of an attachment": _called('name="special offer.pdf"'),
    "name with underlines": _called('name="special_offer.pdf"'),
    "name with dots": _called('name="special.offer.pdf"'),
    "name in percent signs": _called("name*=utf-8''%73pecial%20offer.pdf"),
    "name continued": _called('name*0="spe"; name*1="cial offer.pdf"'),
    "name continued and encoded": _called("name*0*=utf-8''spe; name*1*=%63ial%20; name*2=offer.pdf"),
    "name in encoded words": _called('name="=?utf-8?q?spe?= =?utf-8?q?cial_offer=2Epdf?="'),
    "name turned round": _called('name="\u202efdp.reffo laiceps"'),
    "calendar": multipart(
        "mixed",
        HELLO,
        part(
            "Content-Type: text/calendar\r\n",
            "BEGIN:VCALENDAR\r\nDESCRIPTION:spe\r\n cial\\n offer\r\nEND:VCALENDAR",
        ),
    ),
    "calendar in quoted-printable": multipart(
        "mixed",
        HELLO,
        part(
            "Content-Type: text/calendar\r\n",
            "BEGIN:VCALENDAR\r\nSUMMARY;ENCODING=QUOTED-PRINTABLE:=73pecial=20offer\r\nEND:VCALENDAR",
        ),
    ),
    "calendar with a description in html": multipart(
        "mixed",
        HELLO,
        part(
            "Content-Type: text/calendar\r\n",
            "BEGIN:VCALENDAR\r\nX-ALT-DESC;FMTTYPE=text/html:<p>spe<b>cial</b> offer</p>\r\nEND:VCALENDAR",
        ),
    ),
    "contact": multipart(
        "mixed",
        HELLO,
        part("Content-Type: text/vcard\r\n", "BEGIN:VCARD\r\nNOTE:special\r\n  offer\r\nEND:VCARD"),
    ),
    "contact by its name": multipart(
        "mixed",
        HELLO,
        part(
            'Content-Type: application/octet-stream; name="a.vcf"\r\n',
            "BEGIN:VCARD\r\nORG:special offer\r\nEND:VCARD",
        ),
    ),
    "contact in base64": multipart(
        "mixed",
        HELLO,
        part(
            "Content-Type: text/vcard\r\n",
            "BEGIN:VCARD\r\nNOTE;ENCODING=b:" + base64.b64encode(PHRASE.encode()).decode() + "\r\nEND:VCARD",
        ),
    ),
}

_DOUBTFUL = {
    "utf-7": _body("7bit", b"+AHMAcABlAGMAaQBhAGw- +AG8AZgBmAGUAcg-\r\n", "utf-7"),
    "utf-32": _body("base64", in_base64(PHRASE.encode("utf-32")), "utf-32"),
    "ebcdic": _body("base64", in_base64(PHRASE.encode("cp037")), "ebcdic-cp-us"),
    "idna": _body("7bit", b"xn--special-offer\r\n", "idna"),
    "rot13 as a character set": _body("7bit", b"fcrpvny bssre\r\n", "rot13"),
    "two character sets": _body("7bit", PHRASE + "\r\n", "utf-8; charset=utf-7"),
    "base64 with junk": _body("base64", b"c3Bl!Y2lh-bCBv*ZmZl cg==\r\n"),
    "base64 behind its end": _body("base64", in_base64("Good morning, all.") + in_base64(PHRASE)),
    "base64 with plain text behind": _body(
        "base64", in_base64("Good morning.") + b"\r\n\r\n-- \r\nspecial offer\r\n"
    ),
    "base64 that is none": _body("base64", PHRASE + "\r\n"),
    "uuencode": _body("7bit", 'begin 644 a\r\n-<W!E8VEA;"!O9F9E<@``\r\n`\r\nend\r\n'),
    "uuencode by its name": _body("x-uuencode", 'begin 644 a\r\n-<W!E8VEA;"!O9F9E<@``\r\n`\r\nend\r\n'),
    "yenc by its name": _body("x-yenc", bytes((ord(letter) + 42) % 256 for letter in PHRASE) + b"\r\n"),
    "encoding unheard of": _body("rot13", "fcrpvny bssre\r\n"),
    "encoding misspelt": _body("base-64", in_base64(PHRASE)),
    "nul between letters": _body("8bit", b"\0".join(b"%c" % letter for letter in PHRASE.encode()) + b"\r\n"),
    "nul between letters, in base64": _body(
        "base64", in_base64(b"\0\0".join(b"%c" % letter for letter in PHRASE.encode()))
    ),
    "lines that end in CR": _body("7bit", "Good morning.\rspecial offer\r\n"),
    "quoted-printable that is none": _body("quoted-printable", "special =ZZoffer =\r\n".replace("=ZZ", "")),
}

DISGUISES = (
    *(Disguise(name, octets) for name, octets in _SURE.items()),
    *(Disguise(name, octets, doubtful=True) for name, octets in _DOUBTFUL.items()),
    Disguise(
        "quoted-printable line by line",
        _body("quoted-printable", quopri.encodestring(b"special offer")),
        SHOWN,
    ),
)
