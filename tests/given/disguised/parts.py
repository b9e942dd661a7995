"""Disguises by the tree of parts: where a phrase stands, and what its part says of itself."""

from tests.given.disguised.carrier import (
    HELLO,
    PHRASE,
    Disguise,
    in_base64,
    in_quoted_printable,
    multipart,
    part,
    post,
)

_TEXT = "Content-Type: text/plain; charset=utf-8\r\n"
_HTML = "Content-Type: text/html; charset=utf-8\r\n"
_BARE = HELLO.removeprefix(b"--b\r\n")
_INNER = f"From: c@d.example\r\nSubject: Old\r\n{_TEXT}\r\n{PHRASE}\r\n"


def _nested(depth: int) -> bytes:
    inside = part(_TEXT, PHRASE, f"b{depth}") + f"--b{depth}--\r\n".encode()
    for level in range(depth - 1, -1, -1):
        fields = f'Content-Type: multipart/mixed; boundary="b{level + 1}"\r\n'
        inside = part(fields, inside, f"b{level}") + f"--b{level}--\r\n".encode()
    return post('Content-Type: multipart/mixed; boundary="b0"\r\n', inside)


def _after(fields: str, body: bytes | str = PHRASE) -> bytes:
    """A mixed post whose second part has these fields."""
    return multipart("mixed", HELLO, part(fields, body))


_TREES = {
    "nested six deep": _nested(6),
    "nested thirty deep": _nested(30),
    "second alternative is plain": multipart("alternative", HELLO, part(_TEXT, PHRASE)),
    "first alternative is plain": multipart("alternative", part(_TEXT, PHRASE), HELLO),
    "alternative html differs": multipart("alternative", HELLO, part(_HTML, f"<p>{PHRASE}</p>")),
    "alternative html comes first": multipart("alternative", part(_HTML, f"<p>{PHRASE}</p>"), HELLO),
    "alternative of an unknown text": multipart(
        "alternative", HELLO, part("Content-Type: text/x-amp-html\r\n", f"<p>{PHRASE}</p>")
    ),
    "alternative of enriched text": multipart(
        "alternative", HELLO, part("Content-Type: text/enriched\r\n", "<bold>spe</bold>cial offer")
    ),
    "alternative of rich text": multipart(
        "alternative",
        HELLO,
        part("Content-Type: text/rtf\r\n", r"{\rtf1\ansi{\fonttbl\f0 Arial;}\f0 spe{\b cial} \'6fffer\par}"),
    ),
    "alternative of xhtml": multipart(
        "alternative", HELLO, part("Content-Type: application/xhtml+xml\r\n", "<html><p>spe<b>cial</b> offer")
    ),
    "alternative of a calendar": multipart(
        "alternative",
        HELLO,
        part("Content-Type: text/calendar\r\n", f"BEGIN:VCALENDAR\r\nSUMMARY:{PHRASE}\r\nEND:VCALENDAR"),
    ),
    "related root is not the first": post(
        'Content-Type: multipart/related; boundary="b"; start="<r>"\r\n',
        HELLO + part(_HTML + "Content-ID: <r>\r\n", f"<p>{PHRASE}</p>") + b"--b--\r\n",
    ),
    "related leaf that nothing refers to": multipart("related", HELLO, part(_HTML, f"<p>{PHRASE}</p>")),
    "part of an unknown multipart": multipart("unheard-of", HELLO, part(_TEXT, PHRASE)),
    "part of a report": multipart("report", HELLO, part("Content-Type: message/delivery-status\r\n", PHRASE)),
    "part of a digest": multipart("digest", b"--b\r\n\r\n" + _INNER.encode() + b"\r\n"),
    "signed part": multipart(
        "signed", part(_TEXT, PHRASE), part("Content-Type: application/pgp-signature\r\n", "x")
    ),
    "appledouble": multipart("appledouble", HELLO, part("Content-Type: application/applefile\r\n", PHRASE)),
    "message within": _after("Content-Type: message/rfc822\r\n", _INNER),
    "message within as an attachment": _after(
        "Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=a.eml\r\n", _INNER
    ),
    "message within by its name": _after(
        'Content-Type: application/octet-stream; name="a.eml"\r\nContent-Transfer-Encoding: base64\r\n',
        in_base64(
            f"From: c@d.example\r\nSubject: Old\r\nContent-Transfer-Encoding: base64\r\n\r\n{in_base64(PHRASE).decode()}"
        ),
    ),
    "subject of a message within": _after(
        "Content-Type: message/rfc822\r\n", f"From: c@d.example\r\nSubject: {PHRASE}\r\n\r\nhello\r\n"
    ),
    "attachment within a message within": _after(
        "Content-Type: message/rfc822\r\n",
        b"Content-Type: multipart/mixed; boundary=i\r\n\r\n"
        + part("Content-Disposition: attachment; filename=a.txt\r\n", PHRASE, "i")
        + b"--i--\r\n",
    ),
    "headers alone": _after("Content-Type: text/rfc822-headers\r\n", f"Subject: {PHRASE}\r\n"),
    "global message": _after("Content-Type: message/global\r\n", _INNER),
    "news article": _after("Content-Type: message/news\r\n", _INNER),
    "no final boundary": post("Content-Type: multipart/mixed; boundary=b\r\n", HELLO + part(_TEXT, PHRASE)),
    "preamble": post(
        "Content-Type: multipart/mixed; boundary=b\r\n", f"{PHRASE}\r\n".encode() + HELLO + b"--b--\r\n"
    ),
    "preamble after the stock sentence": post(
        "Content-Type: multipart/mixed; boundary=b\r\n",
        f"This is a multi-part message in MIME format.\r\n{PHRASE}\r\n".encode() + HELLO + b"--b--\r\n",
    ),
    "preamble after a dash": post(
        "Content-Type: multipart/mixed; boundary=b\r\n", f"--\r\n{PHRASE}\r\n".encode() + HELLO + b"--b--\r\n"
    ),
    "epilogue": post(
        "Content-Type: multipart/mixed; boundary=b\r\n", HELLO + b"--b--\r\n" + PHRASE.encode() + b"\r\n"
    ),
}

_LABELS = {
    "attachment that is text": _TEXT + "Content-Disposition: attachment\r\n",
    "attachment without a type": "Content-Disposition: attachment; filename=x\r\n",
    "octets that are text": "Content-Type: application/octet-stream\r\n",
    "octets called a picture": 'Content-Type: image/png; name="a.png"\r\n',
    "octets called a document": "Content-Type: application/msword\r\nContent-Disposition: inline\r\n",
    "octets called a film": "Content-Type: video/mp4\r\n",
    "octets called a font": "Content-Type: font/woff\r\n",
    "octets called a model": "Content-Type: model/stl\r\n",
    "type in capitals": "CONTENT-TYPE: TEXT/PLAIN\r\n",
    "type with a trailing semicolon": "Content-Type: text/plain;\r\n",
    "type of one word": "Content-Type: text\r\n",
    "type that is empty": "Content-Type:\r\n",
    "type with a slash too many": "Content-Type: text/plain/html\r\n",
    "type in quotes": 'Content-Type: "text/plain"\r\n',
    "type with a comment": "Content-Type: text/(hello)plain\r\n",
    "type folded at each blank": "Content-Type:\r\n text/plain;\r\n\tcharset=utf-8\r\n",
    "type with blanks in it": "Content-Type: text / plain\r\n",
    "disposition unheard of": _TEXT + "Content-Disposition: unheard-of\r\n",
    "disposition in capitals": _TEXT + 'Content-Disposition: ATTACHMENT; FILENAME="A.BIN"\r\n',
    "disposition twice": _TEXT + "Content-Disposition: inline\r\nContent-Disposition: attachment\r\n",
    "markdown": "Content-Type: text/markdown\r\n",
    "style sheet": "Content-Type: text/css\r\n",
    "data in columns": "Content-Type: text/csv; name=a.csv\r\n",
    "program text": "Content-Type: application/javascript\r\n",
    "data as json": "Content-Type: application/json\r\n",
    "data as xml": "Content-Type: application/xml\r\n",
    "name that is a program": 'Content-Type: text/plain; name="a.exe"\r\n',
    "content that is elsewhere": "Content-Type: message/external-body; access-type=URL\r\n",
    "content in pieces": 'Content-Type: message/partial; id="a"; number=1; total=2\r\n',
}

_DOUBTFUL = {
    "two types of one part": _after(
        _TEXT + "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n", in_base64(PHRASE)
    ),
    "two types, the second a page": _after(_TEXT + _HTML, "spe<b>cial</b> of<i>fer</i>"),
    "two encodings, the first true": _after(
        _TEXT + "Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n", in_base64(PHRASE)
    ),
    "two encodings, the last true": _after(
        _TEXT + "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n", in_base64(PHRASE)
    ),
    "two types of the message": post(_TEXT + _HTML, "spe<b>cial</b> of<i>fer</i>\r\n"),
    "two boundaries": post(
        "Content-Type: multipart/mixed; boundary=a; boundary=b\r\n",
        HELLO + part(_TEXT, PHRASE) + b"--b--\r\n",
    ),
    "boundary of the parent again": post(
        "Content-Type: multipart/mixed; boundary=b\r\n",
        HELLO + part("Content-Type: multipart/mixed; boundary=b\r\n", part(_TEXT, PHRASE)) + b"--b--\r\n",
    ),
    "boundary that begins with the parent's": post(
        "Content-Type: multipart/mixed; boundary=b\r\n",
        HELLO
        + part("Content-Type: multipart/mixed; boundary=bb\r\n", part(_TEXT, PHRASE, "bb") + b"--bb--\r\n")
        + b"--b--\r\n",
    ),
    "boundary continued (RFC 2231)": post(
        'Content-Type: multipart/mixed; boundary*0="b"; boundary*1="c"\r\n',
        part(_TEXT, PHRASE, "bc") + b"--bc--\r\n",
    ),
    "boundary with a comment": post(
        "Content-Type: multipart/mixed; boundary=b (hello)\r\n", HELLO + part(_TEXT, PHRASE) + b"--b--\r\n"
    ),
    "no boundary": post("Content-Type: multipart/mixed\r\n", HELLO + part(_TEXT, PHRASE) + b"--b--\r\n"),
    "empty boundary": post(
        'Content-Type: multipart/mixed; boundary=""\r\n', part(_TEXT, PHRASE, "") + b"----\r\n"
    ),
    "boundary that does not occur": post(
        "Content-Type: multipart/mixed; boundary=q\r\n", HELLO + part(_TEXT, PHRASE)
    ),
    "part behind the end": post(
        "Content-Type: multipart/mixed; boundary=b\r\n",
        HELLO + b"--b--\r\n" + part(_TEXT, PHRASE) + b"--b--\r\n",
    ),
    "base64 behind the end": post(
        "Content-Type: multipart/mixed; boundary=b\r\n",
        HELLO + b"--b--\r\n" + part(_TEXT + "Content-Transfer-Encoding: base64\r\n", in_base64(PHRASE)),
    ),
    "multipart in base64": _after(
        "Content-Type: multipart/mixed; boundary=i\r\nContent-Transfer-Encoding: base64\r\n",
        in_base64(part(_TEXT, PHRASE, "i") + b"--i--\r\n"),
    ),
    "message within in base64": _after(
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n", in_base64(_INNER)
    ),
    "message within in quoted-printable": _after(
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n",
        in_quoted_printable(_INNER),
    ),
    "header line without a colon in a part": multipart(
        "mixed",
        HELLO,
        b"--b\r\nhello\r\nContent-Transfer-Encoding: base64\r\n\r\n" + in_base64(PHRASE) + b"\r\n",
    ),
    "blank before a part's colon": multipart(
        "mixed", HELLO, b"--b\r\nContent-Transfer-Encoding : base64\r\n\r\n" + in_base64(PHRASE) + b"\r\n"
    ),
    "part without a blank line": multipart(
        "mixed", HELLO, b"--b\r\nContent-Type: text/plain\r\n" + PHRASE.encode() + b"\r\n"
    ),
    "boundary line with bare line ends": post(
        "Content-Type: multipart/mixed; boundary=b\r\n",
        b"--b\n\nhello\n--b\n\n" + PHRASE.encode() + b"\n--b--\n",
    ),
    "mime version missing": HELLO[:0]
    + b"From: a@b.example\r\nSubject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    + HELLO
    + part(_TEXT + "Content-Transfer-Encoding: base64\r\n", in_base64(PHRASE))
    + b"--b--\r\n",
    "blank line of blanks in the header": b"From: a@b.example\r\nSubject: s\r\n \r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + in_base64(PHRASE),
}

DISGUISES = (
    *(Disguise(name, octets) for name, octets in _TREES.items()),
    *(Disguise(name, _after(fields)) for name, fields in _LABELS.items()),
    *(Disguise(name, octets, doubtful=True) for name, octets in _DOUBTFUL.items()),
)
