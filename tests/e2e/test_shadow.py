"""A list in shadow: every post goes on, and what would have happened is on record."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.given.client import post, submit
from tests.given.gatepost import MODERATOR
from tests.given.near import Near
from tests.given.sink import Sink

FLAGGED = "Please vote for the Blue Party on Thursday."


@dataclass(frozen=True, slots=True)
class Site:
    """A gateway whose one list is in shadow; its clause would reject."""

    gatepost: Near
    onwards: Sink
    notices: Sink

    def said(self, octets: bytes) -> str:
        code, text = submit(self.gatepost.smtp, octets)
        return f"{code} {text}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Sink("smtp") as onwards, Sink("smtp") as notices:
        gatepost = Near(
            tmp_path_factory.mktemp("gatepost"),
            onwards.url,
            settings=f'[submission]\nurl = "{notices.url}"\n',
            more="clauses: {party: {action: reject}}\n",
        )
        gatepost.run("lists", "set", "physics", "mode", "shadow", "--as", MODERATOR)
        with gatepost:
            yield Site(gatepost, onwards, notices)


def queue_of(site: Site) -> list[object]:
    return site.gatepost.lines("queue", "list", "--all")


def test_a_post_that_would_be_refused_is_relayed_and_nobody_hears_of_it(site: Site) -> None:
    octets, waiting = post(FLAGGED, ident="refused"), queue_of(site)
    assert site.said(octets).startswith("250 2.0.0 Ok: relayed")
    assert site.onwards.received[-1].octets.endswith(octets)
    line = [line for line in site.gatepost.journal() if line["event"] == "relayed"][-1]
    assert line["lists"] == {"physics@lists.example": "shadow reject"}
    assert [hold["id"] for hold in queue_of(site)] == [hold["id"] for hold in waiting]
    assert not [notice for notice in site.notices.received if b"<refused@" in notice.octets]


def test_doubt_is_a_hold_all_the_same(site: Site) -> None:
    octets = b"X-Filler: x\r\n" * 1500 + post("Who can read this?", ident="doubt")
    assert "held for moderation as" in site.said(octets)
    (one,) = site.gatepost.lines("queue", "list")
    assert one["clauses"] == ["unreadable"]
    site.notices.wait(1)
    site.gatepost.run("queue", "discard", one["id"], "--as", MODERATOR, "--yes")


def test_loops_and_refusals_of_smtp_act_all_the_same(site: Site) -> None:
    hop = b"Received: from a.example by b.example; Sun, 22 Nov 2026 10:00:00 +0000\r\n"
    assert site.said(hop * 30 + post("Again.", ident="loop")).startswith("554 5.4.6 ")
    assert site.said(b"Subject: mixed\r\n\r\nOne\nTwo\r\n").startswith("550 5.5.2 ")


def test_enforcing_shows_what_would_have_been(site: Site) -> None:
    submit(site.gatepost.smtp, post(FLAGGED, ident="shown"))
    time.sleep(0.8)  # what became of a relayed post is recorded within half a second of the reply
    asked = site.gatepost.attempt("lists", "enforce", "physics", "--as", MODERATOR)
    assert asked.returncode == 2
    assert "would not have passed at once" in asked.stdout
    assert "party" in asked.stdout
