"""What is fuzzed: one function each, from octets to nothing, that fails where a law is broken. Seeds beside them."""

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.relay.replies import LONGEST_REPLY, MOST_LINES, Heard, ReplyReader
from gateway.reply import Reply
from gateway.smtp.address import Path as MailPath
from gateway.smtp.address import forward_path, reverse_path
from rules.clause import load_clause
from rules.errors import Unreadable
from rules.parsing.addresses import mailboxes
from rules.scan import scan
from rules.zones import divide

ROOT = Path(__file__).parents[2]
_FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-"))


def pre_scan(octets: bytes) -> None:
    """A scan is made of any octets; its fields stand in the header in their order."""
    found = scan(octets)
    assert found.size == len(octets)
    assert 0 <= found.header_size <= found.size
    at = 0
    for field in found.fields:
        place = octets.find(field.name + b":" + field.value, at)
        assert at <= place < found.header_size
        at = place + len(field.name) + 1 + len(field.value)
    assert len({ambiguity.kind for ambiguity in found.ambiguities}) == len(found.ambiguities)
    assert scan(octets) == found


def address(octets: bytes) -> None:
    """An envelope address is taken as it stands or refused; what is taken holds nothing that ends a command."""
    for parse in (reverse_path, forward_path):
        found = parse(octets)
        if isinstance(found, Reply):
            assert found.permanent
            continue
        assert isinstance(found, MailPath)
        assert octets == b"<" + found.address + b">" + found.rest
        assert not set(found.address) & {0, 10, 13}
        found.address.decode("utf-8")
        again = parse(b"<" + found.address + b">")
        assert again == MailPath(found.address, b"")
    for mailbox in mailboxes(octets):
        assert "\n" not in mailbox.address


def replies(octets: bytes) -> None:
    """Replies are the same however they are cut, within their caps, and harmless once we say them ourselves."""
    cut, stream = (octets[:1] or b"\0")[0] % 7 + 1, octets[1:]
    whole, pieces = ReplyReader(), ReplyReader()
    heard = whole.feed(stream)
    in_pieces: list[Heard] = []
    for start in range(0, len(stream), cut):
        if not pieces.problem:
            in_pieces += pieces.feed(stream[start : start + cut])
    assert in_pieces == heard
    assert bool(pieces.problem) == bool(whole.problem)
    for each in heard:
        assert 0 < len(each.lines) <= MOST_LINES
        assert stream.count(b"%d" % each.code) >= len(each.lines)
        assert sum(map(len, each.lines)) <= LONGEST_REPLY
        said = str(each.reply)
        assert said.isascii()
        assert said.isprintable()
        assert Reply.from_line(said).enhanced == each.reply.enhanced
        assert said[0] == {2: "2", 3: "4", 4: "4", 5: "5"}[each.kind]


def clause(octets: bytes) -> None:
    """A clause file is a clause, or unreadable with the sentence that says why."""
    file = _FOLDER / "tone.yaml"
    file.write_bytes(octets)
    try:
        load_clause(file, "house")
    except Unreadable as problem:
        sentence = str(problem)
        assert str(file) in sentence
        assert len(sentence) < 4000


def zones(octets: bytes) -> None:
    """What a reader sees is divided without loss: no line is in no zone, none is made up."""
    text = octets.decode("utf-8", "replace")
    found = divide(text)
    assert all(zone.text for zone in found)
    assert Counter(said for zone in found for said in _said(zone.text)) == Counter(_said(text))


def _said(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


@dataclass(frozen=True, slots=True)
class Target:
    """A function to be fuzzed, where its first inputs come from, and how long an input may be."""

    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    longest: int = 4096


def _messages() -> list[bytes]:
    files = [*sorted((ROOT / "tests" / "messages").glob("*.eml"))]
    for folder in (ROOT.parent, ROOT.parents[1]):
        files += sorted((folder / "shared" / "torture").glob("*.eml"))
    return [file.read_bytes() for file in files]


def _addresses() -> list[bytes]:
    return [
        *(
            b"<ann@member.example>",
            b"<>",
            b'<"a b"@x.example> SIZE=1',
            b"<a@[192.0.2.1]>",
            b"<a@[IPv6:2001:db8::1]>",
        ),
        *(
            b"<postmaster>",
            b"<@a,@b:c@d.example>",
            "<jürgen@größe.example>".encode(),
            b"<a..b@c>",
            b'<"\\""@c>',
        ),
        *(
            b"Ann <ann@member.example>, bob@b.example (Bob)",
            b'group: "a, b" <a@b.c>, <d@e.f>;',
            b"=?utf-8?q?a?= <x@y>",
        ),
    ]


def _replies() -> list[bytes]:
    return [
        *(
            b"\x01250-a.example\r\n250-SIZE 5\r\n250 8BITMIME\r\n",
            b"\x03220 hello\r\n354 go on\r\n",
            b"\x00550\r\n",
        ),
        *(
            b"\x02421 4.3.2 Going down\r\n",
            b"\x05550-5.1.1 No\r\n550 5.1.1 such user\r\n",
            b"\x06250 \x1b[31m\xff\r\n",
        ),
    ]


def _clauses() -> list[bytes]:
    return [file.read_bytes() for file in sorted((ROOT / "rules" / "packs").glob("*/*.yaml"))]


TARGETS = {
    "scan": Target(pre_scan, _messages, 16_384),
    "address": Target(address, _addresses, 1024),
    "replies": Target(replies, _replies, 4096),
    "clause": Target(clause, _clauses, 8192),
    "zones": Target(zones, _messages, 8192),
}
