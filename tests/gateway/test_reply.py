"""Every reply that the gateway can give: one well-formed line of printable ASCII, from a closed set of templates."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gateway
from gateway.reply import Reply
from gateway.smtp import responses
from gateway.smtp.lmtp import Protocol

ROOM = Path(gateway.__file__).parent
WELL_FORMED = re.compile(r"([245])[0-9]{2} \1\.[0-9]{1,3}\.[0-9]{1,3} [ -~]*")
LONGEST_LINE = 512  # octets with CRLF (RFC 5321, 4.5.3.1.5)
NASTY = "a\r\n250 2.0.0 Ok\x00\x1b[2J\x7fäöü\u2028\ud800" * 50

# Where replies are made: whatever else answers a client takes one of these.
MAKERS = {
    "reply.py": "the sheet, and held or queued, with ids",
    "smtp/address.py": "source routes",
    "gate.py": "refused, with a clause and whom to ask",
    "inline.py": "relayed, with what the next hop said",
    "floods.py": "too much is held, in posts or in octets",
    "duties/deliver.py": "our own deliveries, which no client hears of",
    "relay/dialogue.py": "one recipient refused, nothing sent",
    "relay/replies.py": "the next hop's own words",
}


@dataclass(frozen=True, slots=True)
class Template:
    """A reply as it stands in the code; an f-string has something nasty in each of its places."""

    place: str
    code: int
    subject: int
    detail: int
    text: str
    fixed: bool


def templates() -> Iterator[Template]:
    """All calls of Reply in the gateway whose numbers are written out."""
    for file in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reply"
            ):
                continue
            place = f"{file.relative_to(ROOM)}"
            numbers = [each.value if isinstance(each, ast.Constant) else None for each in node.args[:3]]
            fixed = isinstance(node.args[3], ast.Constant)
            if None in numbers:
                assert place == "relay/replies.py", "only a next hop chooses the numbers of its reply"
                numbers = [250, 0, 0]
            yield Template(f"{place}:{node.lineno}", *numbers, _text(node.args[3]), fixed)  # type: ignore[misc]


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    words = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    return NASTY.join(str(word) for word in words) or NASTY


TEMPLATES = tuple(templates())


def test_replies_are_made_in_few_places() -> None:
    assert len(TEMPLATES) > 40
    assert {one.place.partition(":")[0] for one in TEMPLATES} == set(MAKERS)


@pytest.mark.parametrize("one", TEMPLATES, ids=lambda one: one.place)
def test_every_template_is_one_line_of_printable_ascii_whose_codes_agree(one: Template) -> None:
    line = str(Reply(one.code, one.subject, one.detail, one.text))
    assert WELL_FORMED.fullmatch(line), line
    assert len(line) + 2 <= LONGEST_LINE
    assert line.startswith(f"{one.code} {one.code // 100}.")
    if one.fixed:
        assert line.endswith(one.text), "what is written out needs no mending"
        assert len(one.text) <= 200


@given(
    st.integers(min_value=2, max_value=5).filter(lambda kind: kind != 3),
    st.integers(min_value=0, max_value=99),
    st.text(max_size=2000),
)
def test_whatever_is_put_into_one_stays_one_line(kind: int, rest: int, text: str) -> None:
    reply = Reply(kind * 100 + rest, 7, 1, text)
    assert WELL_FORMED.fullmatch(str(reply))
    assert len(str(reply)) + 2 <= LONGEST_LINE
    assert Reply.from_line(str(reply)).enhanced == reply.enhanced


# What is not a Reply because it has no enhanced code (RFC 2034, 3) or many lines.
PLAIN = {"220 ", "250 -", "354 End data with <CR><LF>.<CR><LF>\r\n"}


def test_nothing_else_that_is_sent_looks_like_a_reply() -> None:
    found = set()
    for file in ROOM.joinpath("smtp").glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in docstrings:
                word = node.value.decode("latin-1") if isinstance(node.value, bytes) else str(node.value)
                if re.match(r"[2-5][0-9]{2}(?:[ -]|$)", word) and not isinstance(node.value, int):
                    found.add(word)
    assert found <= {*PLAIN, "250"}


def test_of_us_a_greeting_says_the_name_and_no_more() -> None:
    for protocol in Protocol:
        assert responses.greeting("gate.example", protocol.word) in (
            b"220 gate.example ESMTP\r\n",
            b"220 gate.example LMTP\r\n",
        )


def test_many_lines_are_one_reply() -> None:
    lines = responses.hello("gate.example", "SIZE 1", "DSN").octets.split(b"\r\n")
    assert lines == [b"250-gate.example", b"250-SIZE 1", b"250 DSN", b""]
