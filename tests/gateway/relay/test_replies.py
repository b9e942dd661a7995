"""A next hop's replies are read whole, capped, and made harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.relay.replies import Heard, ReplyReader


def _read(octets: bytes) -> list[Heard]:
    return ReplyReader().feed(octets)


def test_a_reply_in_pieces_is_one_reply() -> None:
    reader = ReplyReader()
    heard = [each for octet in b"250-a\r\n250 b\r\n" for each in reader.feed(bytes([octet]))]
    assert heard == [Heard(250, ("a", "b"))]
    assert not reader.pending


def test_several_replies_come_in_their_order() -> None:
    assert [each.code for each in _read(b"250 a\r\n550\r\n354 go\r\n")] == [250, 550, 354]


@pytest.mark.parametrize(
    "octets",
    [
        b"hello\r\n",
        b"250 a\n",
        b"99 a\r\n",
        b"650 a\r\n",
        b"150 a\r\n",
        b"250_a\r\n",
        b"250 a\rb\r\n",
        b"250-a\r\n550 b\r\n",
        b"250 " + b"x" * 600 + b"\r\n",
        b"x" * 512,
        b"250-more\r\n" * 101,
    ],
)
def test_what_is_no_reply_ends_the_connection(octets: bytes) -> None:
    reader = ReplyReader()
    assert reader.feed(octets) == []
    assert reader.problem


def test_replies_before_the_nonsense_count() -> None:
    reader = ReplyReader()
    assert reader.feed(b"250 ok\r\nnonsense\r\n") == [Heard(250, ("ok",))]
    assert reader.problem


def test_a_reply_of_a_hundred_lines_is_read() -> None:
    (heard,) = _read(b"250-more\r\n" * 99 + b"250 end\r\n")
    assert len(heard.lines) == 100


@pytest.mark.parametrize(
    ("octets", "passed_on"),
    [
        (b"550 5.1.1 No such user\r\n", "550 5.1.1 No such user"),
        (b"550 No such user\r\n", "550 5.0.0 No such user"),
        (b"550 4.1.1 No such user\r\n", "550 5.0.0 4.1.1 No such user"),
        (b"450-4.2.0 Greylisted,\r\n450 4.2.0 come back\r\n", "450 4.2.0 Greylisted, come back"),
        (b"421 4.3.2 Going down\r\n", "451 4.3.2 Going down"),
        (b"251 2.1.5 Forwarded\r\n", "250 2.1.5 Forwarded"),
        (b"554 \x1b[2J\0\xe9\r\n", "554 5.0.0 ?[2J??"),
        (b"554\r\n", "554 5.0.0 "),
    ],
)
def test_a_refusal_keeps_its_class_and_enhanced_code(octets: bytes, passed_on: str) -> None:
    assert str(_read(octets)[0].reply) == passed_on


@given(st.lists(st.binary(max_size=40) | st.sampled_from([b"250 ok\r\n", b"250-", b"\r\n", b"550 no"])))
def test_any_octets_are_harmless_replies_or_none(pieces: list[bytes]) -> None:
    reader = ReplyReader()
    for each in [each for piece in pieces for each in reader.feed(piece)]:
        text = str(each.reply)
        assert text.isprintable()
        assert text.isascii()
        assert each.reply.code // 100 in (2, 4, 5)
