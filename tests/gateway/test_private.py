"""Whatever becomes of a post, the journal has no word of it and no address (T69), in either format."""

import json
import logging
from pathlib import Path
from typing import Literal

import pytest

from gateway.duties.deliver import Deliver
from gateway.duties.expire import Expire
from gateway.duties.notify import Notify
from gateway.duties.purge import Purge
from gateway.holds import Outcome
from gateway.settings import JournalSettings, QuotaSettings
from tests.given.client import post
from tests.given.duties import House
from tests.given.gate import CHEMISTRY, PHYSICS, Gatehouse, served
from tests.given.gatepost import HOUSE
from tests.given.sink import Behaviour, Sink
from tests.given.store import ANN, AUTHOR, BEN, keep

WORDS = ("Nettlethorpe", "Quillfeather", "Blue Party", "zebra", "member.example", "lists.example>", "ann@")
FORGED = '\r\n{"event": "forged"}\r\n'
SENDER = b"ann@member.example"
PASSES = post("Alfred Nettlethorpe asks about zebra crossings.", "Quillfeather")
HELD = post("Please vote for the Blue Party, says Nettlethorpe.", "Quillfeather")


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


def fates(house: Gatehouse, sink: Sink) -> list[str]:
    """Let a post meet each fate that there is; what the clients were told."""
    said = [house.said(PASSES), house.said(HELD), house.said(HELD)]
    said.append(house.said(HELD.replace(b"Quill", b"Another quill")))
    said.append(house.said(b"X: \xff\x1b\r\n" + HELD, PHYSICS, CHEMISTRY))
    said.append(house.said(b"Received: from x by y\r\n" * 31 + PASSES))
    said.append(house.said(HELD, CHEMISTRY))
    refusal = b"554 5.7.1 Nettlethorpe at ann@member.example is not wanted\r\n"
    sink.behaviour = Behaviour(replies={"DOT": refusal})
    said.append(house.said(PASSES + b"zebra\r\n"))
    return said


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_fate_of_a_post_writes_a_word_of_it(
    tmp_path: Path, form: Literal["json", "console"], heard: pytest.LogCaptureFixture
) -> None:
    with Sink("smtp") as sink:
        lists = (served(sink.url), served(sink.url, CHEMISTRY, (HOUSE,), action="reject"))
        house = Gatehouse(tmp_path, *lists)
        house.quotas, house.journalled = QuotaSettings(author=1), JournalSettings(format=form)
        with house:
            said = fates(house, sink)
    assert {reply[:3] for reply in said} >= {"250", "452", "550", "554"}, said
    assert "Nettlethorpe" in said[-1], "the client is told the list server's words, the journal is not"
    written = house.lines.getvalue()
    assert written.count("\n") >= len(said) - 1
    assert [word for word in WORDS if word in written.replace(PHYSICS, "").replace(CHEMISTRY, "")] == []
    assert [word for word in WORDS if word in heard.text] == []
    assert written.isascii() or form == "console"
    assert "\x1b" not in written


def test_no_duty_writes_a_word_or_an_address_of_what_it_carries_out(tmp_path: Path) -> None:
    with Sink("smtp") as sink:
        house = House(tmp_path, sink.url, sink.url)
        octets = b"Subject: Quillfeather\r\n\r\nNettlethorpe saw a zebra.\r\n"
        for outcome in (Outcome.RELEASE, Outcome.REJECT, Outcome.DISCARD):
            house.decide(keep(house.store, subject="Quillfeather", octets=octets), outcome)
        keep(house.store, subject="Quillfeather", octets=octets)
        house.wait(minutes=5)
        for duty in (Deliver, Notify):
            house.round(duty)
        house.wait(days=40)
        for duty in (Expire, Notify, Purge):
            house.round(duty)
    written = house.lines.getvalue()
    assert {json.loads(line)["event"] for line in written.splitlines()} >= {
        "released",
        "notice_sent",
        "expired",
    }
    secret = (*WORDS, AUTHOR.decode(), ANN, BEN)
    assert [word for word in secret if word in written] == []


def test_a_field_that_looks_like_a_line_of_the_journal_adds_none(tmp_path: Path) -> None:
    with Sink("smtp") as sink, Gatehouse(tmp_path, served(sink.url)) as house:
        house.admit(HELD, client="192.0.2.7", helo=f"x{FORGED}")
        assert house.events("forged") == []
        assert all(line.isprintable() for line in house.lines.getvalue().splitlines())
