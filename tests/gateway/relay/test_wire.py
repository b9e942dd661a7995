"""What goes over the wire can hold only one end of data, and comes out as it went in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.relay import wire

# Bytes that matter to framing, in every order, with a little of anything else.
hostile = st.lists(
    st.sampled_from([b"\r\n", b".", b"\r", b"\n", b"\0", b"a", b"\r\n.\r\n", b"\xff", b"\x85"]), max_size=12
).map(b"".join)
lawful = st.lists(st.sampled_from([b"\r\n", b".", b"a", b"..", b"\xff"]), max_size=20).map(
    lambda parts: b"".join(parts) + b"\r\n"
)


def _stuffed(octets: bytes) -> bytes | None:
    try:
        return wire.dot_stuff(octets)
    except ValueError:
        return None


@given(st.binary(max_size=60) | hostile | lawful)
def test_any_octets_come_out_as_they_went_in_or_are_refused(octets: bytes) -> None:
    stuffed = _stuffed(octets)
    assert stuffed is None or wire.unstuff(stuffed) == octets


@given(st.binary(max_size=60) | hostile | lawful)
def test_the_end_of_data_stands_once_and_last(octets: bytes) -> None:
    stuffed = _stuffed(octets)
    if stuffed is not None:
        sent = b"\r\n" + stuffed + wire.END_OF_DATA
        assert sent.count(b"\r\n.\r\n") == 1
        assert sent.endswith(b"\r\n.\r\n")
        assert not {b"\r", b"\n", b"\0"} & set(sent.replace(b"\r\n", b"").split(b"a"))


@given(hostile)
def test_only_whole_lines_without_stray_controls_are_sent(octets: bytes) -> None:
    rest = octets.replace(b"\r\n", b"")
    good = not any(c in rest for c in b"\r\n\0") and (not octets or octets.endswith(b"\r\n"))
    assert (_stuffed(octets) is not None) == good


@pytest.mark.parametrize("octets", [b"a\rb\r\n", b"a\nb\r\n", b"a\0\r\n", b"a", b"a\r\n.\n.\r\n", b"\r\n\r"])
def test_a_message_that_could_smuggle_is_refused(octets: bytes) -> None:
    with pytest.raises(ValueError, match="message"):
        wire.dot_stuff(octets)


@pytest.mark.parametrize("address", [b"a\r\nRCPT TO:<evil@x>@y", b"a\n@y", b"a\0@y", b"a\x7f@y"])
def test_an_address_cannot_carry_a_second_command(address: bytes) -> None:
    with pytest.raises(ValueError, match="control"):
        wire.rcpt(address)
    with pytest.raises(ValueError, match="control"):
        wire.mail(address, ())


def test_an_address_goes_out_as_it_came() -> None:
    assert wire.rcpt(b'"odd one"@x.example') == b'RCPT TO:<"odd one"@x.example>\r\n'
    assert wire.mail(b"", (b"BODY=8BITMIME",)) == b"MAIL FROM:<> BODY=8BITMIME\r\n"
