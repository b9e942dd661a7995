"""One line an event, and in it no body, no address and no word of an exception."""

import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from gateway.journal import Journal
from gateway.settings import JournalSettings
from gateway.store.errors import StoreLocked

SECRET = "NHS number 943 476 5919 of Alfred Nettlethorpe"
ADDRESS = b"ann@member.example"


def journal(stream: io.StringIO, **settings: Any) -> Journal:
    return Journal(JournalSettings(**settings), b"secret", stream)


def line_of(error: BaseException, **settings: Any) -> str:
    stream = io.StringIO()
    journal(stream, **settings).trouble("admission_failed", error, id="t2345")
    assert stream.getvalue().count("\n") == 1 or settings
    return stream.getvalue()


def raised(error: BaseException) -> BaseException:
    def fail() -> None:
        raise error from error.__cause__

    with pytest.raises(type(error)) as caught:
        fail()
    return caught.value


def test_an_event_is_one_json_line_with_its_time() -> None:
    stream = io.StringIO()
    journal(stream).event("held", id="t2345", clauses=("party",), text="a\r\nb\x1b[2J é")
    (line,) = stream.getvalue().splitlines()
    found = json.loads(line)
    assert (found["event"], found["id"], found["clauses"]) == ("held", "t2345", ["party"])
    assert found["timestamp"].endswith("Z")
    assert line.isascii()
    assert line.isprintable()


def test_addresses_are_keyed_hashes_that_stay_the_same() -> None:
    one = journal(io.StringIO())
    shown = one.address(ADDRESS)
    assert "@" not in shown
    assert shown == one.address(ADDRESS.upper())
    assert shown != one.address(b"bob@member.example")
    assert shown != Journal(JournalSettings(), b"other", io.StringIO()).address(ADDRESS)
    assert one.address(b"") == "<>"


def test_addresses_are_clear_where_the_settings_say_so_and_harmless_even_then() -> None:
    one = journal(io.StringIO(), addresses=True)
    assert one.address(ADDRESS) == "ann@member.example"
    assert one.address(b"\xff@x").isascii()


@pytest.mark.parametrize("form", ["json", "console"])
def test_trouble_names_exception_and_place_and_not_a_word_that_it_said(form: str) -> None:
    line = line_of(raised(ValueError(SECRET)), format=form)
    assert "ValueError" in line
    assert "test_journal.py:" in line
    assert "raised" in line
    # A short number may well stand in a time or an address of memory.
    assert not [word for word in SECRET.split() if word in line and len(word) > 3]


def test_causes_and_groups_are_told_and_silent_too() -> None:
    group = ExceptionGroup(SECRET, [raised(OSError(28, SECRET)), ValueError(SECRET)])
    group.__cause__ = raised(KeyError(SECRET))
    line = line_of(raised(group))
    assert all(name in line for name in ("KeyError", "ExceptionGroup", "OSError ENOSPC", "ValueError"))
    assert "943" not in line
    assert json.loads(line)["error"] == "ExceptionGroup"


def test_a_statements_parameters_are_not_told() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text("INSERT INTO hold VALUES (:body)"), {"body": SECRET})
    engine.dispose()
    assert SECRET in str(caught.value), "else this test proves nothing"
    line = line_of(caught.value)
    assert "943" not in line
    assert "SQLITE_ERROR" in line


def test_the_store_is_named_by_what_is_wrong_with_it() -> None:
    error = StoreLocked("/var/lib/gatepost.db")
    error.__cause__ = sqlite3.OperationalError("locked")
    found = json.loads(line_of(raised(error)))
    assert found["error"] == "StoreLocked"
    assert found["traceback"][0] == "OperationalError"


def test_a_chain_that_bites_its_tail_ends() -> None:
    one, other = ValueError("a"), ValueError("b")
    one.__context__, other.__context__ = other, one
    assert json.loads(line_of(one))["error"] == "ValueError"


def test_a_journal_that_cannot_be_written_stops_no_mail() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    stream = full.open("w", encoding="ascii")
    one = Journal(JournalSettings(), b"secret", stream)
    one.event("held", id="t2345")
    one.trouble("failed", ValueError("x"))
    with pytest.raises(OSError):
        stream.close()
    one.event("held", id="after it was closed")
