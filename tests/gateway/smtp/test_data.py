"""The octets after DATA: every way to cut them gives the same message, and no stray line end ends one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.smtp.data import DataReader, Fault
from tests.given.strays import STRAYS


def read(chunks, size_limit=10_000, line_limit=1000):
    """Feeds chunks until the end of data, as a session does."""
    reader = DataReader(size_limit, line_limit)
    octets, left = b"", iter(chunks)
    while not reader.ended and (chunk := next(left, None)) is not None:
        octets += reader.feed(chunk)
    return reader, octets


def cut(octets, places):
    edges = (0, *sorted(place % (len(octets) + 1) for place in places), len(octets))
    return tuple(octets[start:end] for start, end in pairwise(edges))


def stuffed(content):
    return (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:]


lines = st.lists(
    st.one_of(st.sampled_from([b"", b".", b"..", b".x", b"x."]), st.binary(max_size=12)).map(
        lambda line: bytes(octet for octet in line if octet not in b"\r\n\0")
    ),
    max_size=8,
)


@given(lines, st.lists(st.integers(min_value=0), max_size=12), st.binary(max_size=8))
def test_content_arrives_byte_identical_however_it_is_cut(lines, places, after):
    content = b"".join(line + b"\r\n" for line in lines)
    sent = stuffed(content) + b".\r\n"
    reader, octets = read(cut(sent, places))
    assert (reader.ended, reader.fault, octets) == (True, Fault.NONE, content)
    assert reader.size == len(content)
    reader, octets = read((sent + after,))
    assert (reader.rest, octets) == (after, content)


@given(st.binary(max_size=40) | st.lists(st.sampled_from([b"\r", b"\n", b".", b"\0", b"x"])).map(b"".join))
def test_a_message_without_fault_has_only_whole_line_ends(content):
    sent = content + b"\r\n.\r\n"
    whole, octets = read((sent,))
    assert whole.ended
    if whole.fault is Fault.NONE:
        assert not set(octets.replace(b"\r\n", b"")) & {0, 10, 13}
    single, again = read(bytes([octet]) for octet in sent)
    assert single.fault is whole.fault
    assert single.size == whole.size
    if whole.fault is Fault.NONE:
        assert again == octets


@pytest.mark.parametrize("stray", STRAYS)
@pytest.mark.parametrize("before", [b"", b"Subject: x\r\n\r\nfirst line"])
@pytest.mark.parametrize("after", [b"", b"more\r\n", b"MAIL FROM:<a@b.example>\r\n"])
def test_a_stray_line_end_is_a_fault_wherever_it_stands_and_however_it_is_cut(stray, before, after):
    sent = before + stray + after + b"\r\n.\r\nQUIT\r\n"
    for place in range(len(sent)):
        reader, octets = read((sent[:place], sent[place:]))
        assert (reader.ended, reader.fault) == (True, Fault.STRAY), place
        assert not set(octets.replace(b"\r\n", b"")) & {0, 10, 13}, place


@pytest.mark.parametrize("content", [b"", b".", b"x\r\n.", b"x\r\n.\r", b"x\r\n", b"x\r", b"x\r\n..\r\n"])
def test_without_its_end_a_message_has_not_ended(content):
    reader, _ = read((content,))
    assert not reader.ended


def test_a_line_may_be_as_long_as_the_limit_and_no_longer():
    for length, fault in ((999, Fault.NONE), (1000, Fault.NONE), (1001, Fault.LONG_LINE)):
        for step in (1, 7, 5000):
            sent = b"a\r\n" + b"." + b"." * length + b"\r\nb\r\n.\r\n"
            reader, _ = read(tuple(sent[i : i + step] for i in range(0, len(sent), step)))
            assert (reader.ended, reader.fault) == (True, fault), (length, step)


def test_lines_that_are_short_one_by_one_are_not_long_together():
    reader, octets = read((b"x" * 700 + b"\r\n",) * 9 + (b".\r\n",))
    assert (reader.fault, len(octets)) == (Fault.NONE, 9 * 702)


def test_what_is_over_the_size_limit_is_not_kept():
    reader, octets = read((b"x" * 998 + b"\r\n",) * 11 + (b".\r\n",))
    assert (reader.ended, reader.fault) == (True, Fault.TOO_BIG)
    assert len(octets) <= 10_000


def test_a_stray_line_end_after_the_limit_is_still_seen():
    reader, _ = read((b"x" * 998 + b"\r\n",) * 11 + (b".\nHELP\r\n.\r\n",))
    assert reader.fault is Fault.STRAY


def test_one_that_has_the_size_of_the_limit_is_taken():
    reader, octets = read((b"x" * 998 + b"\r\n",) * 10 + (b".\r\n",))
    assert (reader.fault, len(octets)) == (Fault.NONE, 10_000)
