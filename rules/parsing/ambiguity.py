"""in_part, in_content: where two readers of one MIME part would understand different things."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rules.parsing.charsets import is_known
from rules.parsing.fields import HeaderBlock, Structured, structured, unfold

_ENCODINGS = frozenset(
    {"7bit", "8bit", "binary", "quoted-printable", "base64", "x-uuencode", "uuencode", "x-uue"}
)
_IDENTITY = frozenset({"7bit", "8bit", "binary"})
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\r\n\t "
_DOUBLED = ("content-type", "content-transfer-encoding", "content-disposition")
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})
_UNSEEN = frozenset({"message/partial", "message/external-body"})
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
# Only a full first line of uuencoded data follows, so that talk of "begin 644" is not taken for a file.
_UUENCODED = re.compile(rb"^begin [0-7]{3,4} [^\r\n]{1,200}\r?\nM[ -`]{60}\r?\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A place where two readers of mail would understand different things.

    ``kind`` is a short slug that clauses name; ``detail`` is a sentence for a moderator.
    """

    kind: str
    detail: str


def in_part(header: HeaderBlock, kind: Structured, top: bool) -> Iterator[Ambiguity]:
    """Yield what is ambiguous in a part's header; ``top`` is the message's own, judged elsewhere."""
    if not top:
        yield from _in_part_header(header)
    encodings = header.values("content-transfer-encoding")
    encoding = encoding_of(encodings[0]) if encodings else "7bit"
    if encoding not in _ENCODINGS:
        yield Ambiguity("unknown-encoding", "A part is encoded in a way that is not known.")
    elif encoding not in _IDENTITY and kind.value.startswith("multipart/"):
        yield Ambiguity("encoded-multipart", "A multipart is encoded as a whole; some programs decode it.")
    elif encoding not in _IDENTITY and kind.value.startswith("message/"):
        yield Ambiguity(
            "encoded-message", "An attached message is encoded as a whole; some programs decode it."
        )
    yield from _in_type(kind)


def _in_part_header(header: HeaderBlock) -> Iterator[Ambiguity]:
    if header.oddities:
        yield Ambiguity("malformed-part-header", "A line in the header of a part is not a header field.")
    for key in _DOUBLED:
        if len(header.values(key)) > 1:
            yield Ambiguity(f"two-{key}", f"A part has two {key} fields; programs choose different ones.")


def _in_type(kind: Structured) -> Iterator[Ambiguity]:
    if kind.value in _UNSEEN:
        yield Ambiguity("uninspectable", f"A part of type {kind.value} has its content elsewhere.")
    if kind.value in _ENCRYPTED:
        yield Ambiguity("encrypted", "The content is encrypted or sealed and cannot be read here.")
    if kind.value == "application/ms-tnef":
        yield Ambiguity("tnef", "The content is wrapped in Microsoft's own format and cannot be read here.")
    if kind.value and not _TYPE.fullmatch(kind.value):
        yield Ambiguity("malformed-type", "A part's Content-Type is malformed.")
    if kind.commented:
        yield Ambiguity(
            "commented-type", "A part's Content-Type contains a comment, which some programs misread."
        )
    if kind.value.startswith("text/") and not is_known(kind.first("charset").decode("latin-1")):
        yield Ambiguity("unknown-charset", "A text has a character set that is not known.")
    if len(kind.all("charset")) > 1:
        yield Ambiguity("two-charsets", "A text announces two character sets.")


def in_content(header: HeaderBlock, content: bytes) -> Iterator[Ambiguity]:
    """Yield what is ambiguous in a leaf's content, as it is transferred."""
    encoding = encoding_of(next(iter(header.values("content-transfer-encoding")), b""))
    if encoding == "base64":
        if _is_loose_base64(content):
            yield Ambiguity(
                "base64-junk", "A part in base64 contains other characters, or goes on after its end."
            )
    elif b"begin " in content and _UUENCODED.search(content):
        yield Ambiguity(
            "uuencode", "A file stands in the text in uuencode; some programs show it as an attachment."
        )


def _is_loose_base64(content: bytes) -> bool:
    rest = content.translate(None, _BASE64)
    if rest not in (b"", b"=", b"=="):
        return True
    end = content.rstrip()
    return bool(rest) and b"=" in end.rstrip(b"=\r\n\t ")


def encoding_of(value: bytes) -> str:
    """Return a Content-Transfer-Encoding in lower case, "7bit" where the field is empty."""
    return structured(unfold(value)).value.strip("\"' ") or "7bit"
