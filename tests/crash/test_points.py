"""Kill -9 at each named moment of a post's walk: restarted, everything is where it should be, once."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from gateway.faults import Point, armed
from tests.crash.edges import unforeseen, watch
from tests.given.client import Address, Sent, persist, post, submit
from tests.given.gatepost import HOUSE, MODERATOR, Gatepost
from tests.given.sink import Sink

CLEAN, HELD = "Which build-up cap do you use?", "Please vote for the Blue Party on Thursday."
RELAYED = (
    Point.TAKEN,
    Point.JUDGING,
    Point.JUDGED,
    Point.RELAY_RECORDED,
    Point.RELAY_BEFORE_DOT,
    Point.RELAY_ANSWERED,
)
KEPT = (Point.TAKEN, Point.HOLD_BEFORE_COMMIT, Point.HOLD_COMMITTED)
RELEASED = (Point.DELIVERY_LEASED, Point.DELIVERY_DOTTED, Point.DELIVERY_ANSWERED, Point.DELIVERY_RECORDED)
TOLD = (Point.NOTICE_LEASED, Point.NOTICE_ANSWERED)
PASSED = {*RELAYED, *KEPT, *RELEASED, *TOLD}


@dataclass
class Site:
    """A gateway between a list server and a submission server."""

    gatepost: Gatepost
    list_server: Sink
    submission: Sink

    def killed_at(self, point: Point, sent: Sent) -> None:
        """Submit until it is taken, through one kill at the point."""
        address = Address()
        self.gatepost.serve(f"{point}=kill")
        address.now = self.gatepost.smtp
        client = threading.Thread(target=persist, args=(sent, address))
        client.start()
        self.gatepost.wait_for_death()
        self.hours_pass()
        self.gatepost.serve()
        address.now = self.gatepost.smtp
        client.join()
        assert sent.accepted

    def hours_pass(self) -> None:
        """Leases run out; nobody waits five minutes for that here."""
        with closing(sqlite3.connect(self.gatepost.folder / "gatepost.db")) as store, store:
            store.execute("UPDATE delivery SET lease = lease - 7200000000 WHERE lease IS NOT NULL")
            store.execute("UPDATE notice SET lease = lease - 7200000000 WHERE lease IS NOT NULL")

    def copies(self, sent: Sent) -> int:
        return sum(received.octets.endswith(sent.octets) for received in self.list_server.received)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Sink("lmtp") as list_server, Sink("smtp") as submission:
        settings = f'[submission]\nurl = "{submission.url}"\n'
        folder = tmp_path_factory.mktemp("points")
        gatepost = Gatepost(folder, list_server.url, packs=HOUSE, settings=settings)
        watch(folder)
        yield Site(gatepost, list_server, submission)
        assert unforeseen(folder) == set()


@pytest.fixture
def site(standing: Site) -> Iterator[Site]:
    """After each kill the store proves itself, without an operator."""
    yield standing
    assert standing.gatepost.run("admin", "verify")
    standing.gatepost.stop()


@pytest.mark.parametrize("point", RELAYED)
def test_what_was_to_be_relayed_is_relayed(site: Site, point: Point) -> None:
    sent = Sent(post(CLEAN, ident=f"relay-{point}"))
    site.killed_at(point, sent)
    # Between the next hop's reply and our record of it a repeat cannot be told from a new try (RFC 1047).
    assert site.copies(sent) == (2 if point is Point.RELAY_ANSWERED else 1)


@pytest.mark.parametrize("point", KEPT)
def test_what_was_to_be_held_is_held_once(site: Site, point: Point) -> None:
    sent = Sent(post(HELD, ident=f"hold-{point}"))
    before = {hold["id"] for hold in site.gatepost.lines("queue", "list", "--all")}
    site.killed_at(point, sent)
    (new,) = {hold["id"] for hold in site.gatepost.lines("queue", "list", "--all")} - before
    assert sent.accepted.endswith(new), "the client is told the id of the one hold"
    assert site.copies(sent) == 0


@pytest.mark.parametrize("point", RELEASED)
def test_what_was_released_leaves_once_or_a_moderator_is_asked(site: Site, point: Point) -> None:
    sent = Sent(post(HELD, ident=f"release-{point}"))
    hold = _held(site, sent)
    site.gatepost.serve(f"{point}=kill")
    site.gatepost.attempt("queue", "release", hold, "--as", MODERATOR, "--yes")
    site.gatepost.wait_for_death()
    site.hours_pass()
    site.gatepost.serve()
    sure = point in (Point.DELIVERY_LEASED, Point.DELIVERY_RECORDED)
    site.gatepost.wait_for(hold, "released" if sure else "unknown", 30)
    assert site.copies(sent) == (0 if point is Point.DELIVERY_DOTTED else 1)


@pytest.mark.parametrize("point", TOLD)
def test_an_author_is_told(site: Site, point: Point) -> None:
    author = f"{point}@member.example"  # one address is told no more than ten times a day
    sent = Sent(post(HELD, sender=author, ident=f"notice-{point}"), author)
    site.killed_at(point, sent)
    hold = sent.accepted.rpartition(" ")[2].encode()
    deadline = time.monotonic() + 30
    while not (told := _to_author(site, author, hold)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert 1 <= told <= 2


def _to_author(site: Site, author: str, hold: bytes) -> int:
    told = (notice for notice in site.submission.received if author.encode() in notice.recipients)
    return sum(hold in notice.octets for notice in told)


def test_our_trouble_is_the_clients_again_and_only_at_that_passage(site: Site) -> None:
    first, second = (Sent(post(CLEAN, ident=f"trouble-{nth}")) for nth in (1, 2))
    site.gatepost.serve(f"{Point.JUDGED}=raise@2")
    assert submit(site.gatepost.smtp, first.octets)[0] == 250
    assert submit(site.gatepost.smtp, second.octets)[0] == 451
    assert submit(site.gatepost.smtp, second.octets)[0] == 250
    assert (site.copies(first), site.copies(second)) == (1, 1)


def test_a_gateway_that_was_halted_goes_on(site: Site) -> None:
    sent = Sent(post(CLEAN, ident="halted"))
    site.gatepost.serve(f"{Point.RELAY_ANSWERED}=halt")
    client = threading.Thread(target=persist, args=(sent, lambda: site.gatepost.smtp))
    client.start()
    deadline = time.monotonic() + 10
    while not site.gatepost.halted and time.monotonic() < deadline:
        time.sleep(0.05)
    assert site.gatepost.halted
    assert not sent.accepted
    os.kill(site.gatepost.pid, signal.SIGCONT)
    client.join()
    assert (sent.tries, site.copies(sent)) == (1, 1)


@pytest.mark.parametrize("told", ["elsewhere=kill", "post.taken=burn", "post.taken", "post.taken=kill@x"])
def test_what_cannot_be_armed_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match=r"is not a valid Point|says neither|invalid literal"):
        armed(told)


def _held(site: Site, sent: Sent) -> str:
    site.gatepost.serve()
    persist(sent, lambda: site.gatepost.smtp)  # type: ignore[arg-type]
    site.gatepost.stop()
    return sent.accepted.rpartition(" ")[2]
