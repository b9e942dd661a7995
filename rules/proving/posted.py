"""Makes the message that an example stands for: proper (RFC 5322), and the same for the same example."""

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from rules.facts import Facts
from rules.files.yamlfile import read_octets
from rules.message import Envelope, Message
from rules.proving.example import USUAL_AUTHOR, Attached, Example

_LINE = 76
_ENDS = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Posted:
    """An example as a message, with the facts that it states."""

    message: Message
    facts: Facts


def posted(example: Example, folder: Path, to: str) -> Posted:
    """Return the example as it would arrive for the list ``to``. Raises Unreadable for a missing file."""
    if example.message is not None:
        octets = _with_crlf(read_octets(folder / example.message))
    elif example.raw is not None:
        octets = _with_crlf(example.raw.encode())
    else:
        octets = _built(example, folder, to)
    envelope = Envelope(_reverse_path(example), (to.encode(),))
    return Posted(Message(envelope, octets), example.facts.facts)


def _reverse_path(example: Example) -> bytes:
    if example.sender is not None:
        return example.sender.encode()
    author = (example.from_ or (USUAL_AUTHOR,))[0]
    return author.rpartition("<")[2].rstrip("> ").encode()


def _built(example: Example, folder: Path, to: str) -> bytes:
    fields = [
        ("From", ", ".join(example.from_ or (USUAL_AUTHOR,))),
        ("To", ", ".join(example.to or (to,))),
        ("Subject", "A post" if example.subject is None else example.subject),
        ("Date", "Mon, 04 May 2026 09:00:00 +0000"),
        ("Message-ID", f"<{_digest(example)}@member.example>"),
    ]
    fields += [(name, value) for name, values in example.headers.items() for value in values]
    # What the example states replaces the usual field of that name; two From fields are a case of their own.
    stated = {name.lower() for name in example.headers} - {"from"}
    kept = [field for at, field in enumerate(fields) if at >= 5 or field[0].lower() not in stated]
    header = "".join(f"{name}: {_field_value(name, value)}\r\n" for name, value in kept)
    return header.encode(errors="replace") + b"MIME-Version: 1.0\r\n" + _body(example, folder)


def _body(example: Example, folder: Path) -> bytes:
    texts = [
        _text(kind, text)
        for kind, text in (("plain", example.text), ("html", example.html))
        if text is not None
    ]
    if not texts:
        texts = [_text("plain", "")]
    whole = texts[0] if len(texts) == 1 else _multipart("alternative", texts)
    if not example.attach:
        return whole
    return _multipart("mixed", [whole, *(_attached(item, folder) for item in example.attach)])


def _text(kind: str, text: str) -> bytes:
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: '
    octets = _with_crlf(text.encode(errors="replace"))
    plain = octets.isascii() and all(len(line) < 990 for line in octets.split(b"\r\n"))
    # A hard-wrapped post stays readable in a failing test; anything else is safest in base64.
    return head.encode() + (b"7bit\r\n\r\n" + octets if plain else b"base64\r\n\r\n" + _wrapped(octets))


def _attached(item: Attached, folder: Path) -> bytes:
    if item.file is not None:
        octets = read_octets(folder / item.file)
    elif item.base64 is not None:
        octets = base64.b64decode("".join(item.base64.split()))
    else:
        octets = (item.text or "").encode(errors="replace")
    name = _encoded_word(item.name).replace('"', "")
    place = "inline" if item.inline else "attachment"
    head = (
        f'Content-Type: {item.type}; name="{name}"\r\n'
        f'Content-Disposition: {place}; filename="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + _wrapped(octets)


def _multipart(kind: str, parts: list[bytes]) -> bytes:
    boundary = f"{kind}-{hashlib.sha256(b''.join(parts)).hexdigest()[:24]}"
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return head + body + b"--" + boundary.encode() + b"--\r\n"


def _field_value(name: str, value: str) -> str:
    line = " ".join(value.split())
    if name.lower() in ("from", "to", "cc", "sender", "reply-to") and not line.isascii():
        display, bracket, address = line.partition("<")
        return f"{_encoded_word(display.strip())} {bracket}{address}"
    return _encoded_word(line)


def _encoded_word(text: str) -> str:
    """The text in ASCII (RFC 2047), in words of at most 75 characters; each holds whole characters."""
    if text.isascii():
        return text
    pieces = [text[at : at + 10] for at in range(0, len(text), 10)]
    return " ".join(
        f"=?utf-8?B?{base64.b64encode(piece.encode(errors='replace')).decode()}?=" for piece in pieces
    )


def _wrapped(octets: bytes) -> bytes:
    encoded = base64.b64encode(octets)
    return b"".join(encoded[at : at + _LINE] + b"\r\n" for at in range(0, len(encoded), _LINE))


def _with_crlf(octets: bytes) -> bytes:
    ended = _ENDS.sub(b"\r\n", octets)
    return ended if ended.endswith(b"\r\n") else ended + b"\r\n"


def _digest(example: Example) -> str:
    return hashlib.sha256(example.model_dump_json().encode()).hexdigest()[:20]
