"""The queue is listed and shown without harm, and without a word too many."""

import json
import re

import pytest

from gateway.holds import HoldState
from gateway.reply import NEXT_HOP_LOST
from gateway.store.tables import HOLD
from tests.cli.given import POST, House, finding

PAINTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def test_an_empty_queue_says_so(house: House):
    house.store().close()
    said = house.gatepost("queue", "list")
    assert (said.out, said.code) == ("Nothing waits.\n", 0)


def test_without_a_store_it_says_how_to_make_one(house: House):
    said = house.gatepost("queue", "list")
    assert said.code == 1
    assert "lists add" in said.err
    assert said.err.count("\n") == 1


def test_a_held_post_is_listed_with_what_a_moderator_needs(house: House):
    which = house.holds(POST)
    said = house.gatepost("queue", "list")
    for words in (which, "held", "physics@lists.example.org", "ann@example.org", "Chambers", "conduct"):
        assert words in said.out


def test_json_has_exactly_the_keys_that_others_rely_on(house: House):
    which = house.holds(POST)
    keys = ["id", "list", "state", "author", "subject", "clauses", "received", "version", "decision"]
    for words in (("list",), ("show", which[:6])):
        line = json.loads(house.gatepost("queue", *words, "--json").out)
        assert list(line) == (keys if words[0] == "list" else [*keys, "authentication", "findings"])
        assert (line["id"], line["state"], line["decision"]) == (which, "held", None)
        assert line["received"].endswith("+00:00")


def test_json_says_why_a_post_waits_in_the_words_of_the_text(house: House):
    number = "999 000 0018"
    which = house.holds(POST.replace(b"Nobody", number.encode()), finding(number, sensitive=True))
    text = house.gatepost("queue", "show", which).out
    (found,) = json.loads(house.gatepost("queue", "show", which, "--json").out)["findings"]
    assert number in found["says"]
    assert all(found[key] and found[key] in text for key in ("clause", "says", "ask", "mend"))
    assert (found["pack"], found["action"], found["status"]) == ("civil", "hold", "live")
    assert [quote["text"] for quote in found["quotes"]] == [number]


def test_quoted_words_stand_out_in_the_message(house: House):
    said = house.gatepost("queue", "show", house.holds(POST))
    assert "[[Nobody makes better]] chambers than Lumidose." in said.out


def test_a_held_message_cannot_paint_the_terminal(house: House):
    nasty = POST.replace(b"Chambers", b"\x1b]0;pwned\x07\x9b2J").replace(b"than", b"\x1b[2J\xe2\x80\xae")
    which = house.holds(nasty, subject="a\x1b[31m\u202eb\r\nc")
    for words in (
        ("list",),
        ("show", which),
        ("history", which),
        ("list", "--json"),
        ("show", which, "--json"),
    ):
        assert not PAINTS.search(house.gatepost("queue", *words).out)


def test_attachments_are_listed_and_not_opened(house: House):
    octets = (
        b'From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
        b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment;"
        b' filename="a\x1b.exe"\r\n\r\n'
        b"MZ secret innards\r\n--b--\r\n"
    )
    said = house.gatepost("queue", "show", house.holds(octets))
    assert "Attachment 1" in said.out
    assert ".exe" in said.out
    assert "innards" not in said.out


def test_sensitive_words_are_masked_in_the_list_and_shown_in_full_on_request(house: House):
    number = "999 000 0018"
    octets = POST.replace(b"Nobody", number.encode()).replace(b"Chambers", number.encode())
    which = house.holds(octets, finding(number, sensitive=True), subject=number)
    assert number not in house.gatepost("queue", "list").out
    assert number not in house.gatepost("queue", "list", "--json").out
    assert number in house.gatepost("queue", "show", which).out


def test_decided_posts_are_listed_on_request_only(house: House):
    which = house.holds(POST)
    assert which not in house.gatepost("queue", "list", "--state", "released").out
    assert which in house.gatepost("queue", "list", "--all").out


def test_an_unknown_id_is_one_sentence(house: House):
    house.store().close()
    said = house.gatepost("queue", "show", "zzzz")
    assert (said.code, said.out) == (2, "")
    assert "zzzz" in said.err
    assert said.err.count("\n") == 1


def test_a_costly_message_is_shown_as_any_other(house: House):
    said = house.gatepost("queue", "show", house.holds(POST + b"Which cap do you use?\r\n" * 6000))
    assert "[[Nobody makes better]] chambers than Lumidose." in said.out
    assert "Could not be read" not in said.out


def test_a_message_too_much_for_its_reader_is_shown_by_its_header(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GATEPOST_READERS__MEMORY", "1000000")
    said = house.gatepost("queue", "show", house.holds(POST + b"Which cap do you use?\r\n" * 6000))
    assert said.code == 0
    assert "From: Ann <ann@example.org>" in said.out
    assert "Could not be read for certain: The " in said.out
    assert "Which cap" not in said.out


def test_of_an_unknown_outcome_is_said_what_to_do_and_no_word_of_ours_as_the_list_servers(house: House):
    which = house.holds(POST)
    store = house.store()
    lost = str(NEXT_HOP_LOST)
    store.write(lambda c: c.execute(HOLD.update().values(state=HoldState.UNKNOWN.value, reply=lost)))
    store.close()
    said = " ".join(house.gatepost("queue", "show", which).out.split())
    assert (
        "It is not known whether the list has it: no answer came. Look in the list's archive; "
        "release it if it is not there, else discard it."
    ) in said
    assert "The list server said" not in said
    assert "try again" not in said
