"""What the next hops take is what clients are offered, and what a client asked for goes on as it came."""

import itertools
import smtplib
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.given.behaviour import EXTENSIONS, Behaviour
from tests.given.client import post, submit
from tests.given.gatepost import LIST, MODERATOR
from tests.given.near import Near
from tests.given.sink import Sink

OWNER = "physics-owner@lists.example"
FLAGGED = "Please vote for the Blue Party on Thursday."
WITH_DSN = Behaviour((*EXTENSIONS, "DSN"))
MAIL = b"MAIL FROM:<ann@member.example> RET=HDRS ENVID=QQ+2B314159 SIZE="
ASKED = "notify=SUCCESS,delay ORCPT=rfc822;Physics+2Blist@lists.example"


@dataclass(frozen=True, slots=True)
class Site:
    """A gateway whose next hop offers DSN."""

    gatepost: Near
    onwards: Sink

    def offered(self) -> dict[str, str]:
        """What EHLO is answered."""
        with smtplib.SMTP(*self.gatepost.smtp, timeout=20) as client:
            client.ehlo("client.example")
            return dict(client.esmtp_features)

    def send(self, body: str, ident: str, *to: tuple[str, str]) -> str:
        """The reply to a message whose recipients each ask for something."""
        with smtplib.SMTP(*self.gatepost.smtp, timeout=20) as client:
            client.ehlo("client.example")
            assert client.docmd("MAIL FROM:<ann@member.example>", "RET=HDRS ENVID=QQ+2B314159")[0] == 250
            for address, asked in to:
                assert client.docmd(f"RCPT TO:<{address}>", asked)[0] == 250
            code, text = client.data(post(body, ident=ident))
        return f"{code} {text.decode()}"

    def commands(self, ident: str) -> list[bytes]:
        """What the next hop was told before it got this message."""
        until = time.monotonic() + 10
        while not any(f"<{ident}@".encode() in one.octets for one in self.onwards.received):
            assert time.monotonic() < until
            time.sleep(0.02)
        said = list(self.onwards.commands)
        last = max(n for n, command in enumerate(said) if command.startswith(b"MAIL"))
        return said[last:]

    def next_hop(self, behaviour: Behaviour) -> None:
        """Let the next hop behave so from now on, and a post have found it out."""
        self.onwards.behaviour = behaviour
        self.onwards.drop_connections()
        code, _ = submit(self.gatepost.smtp, post("A question.", ident=str(next(_NUMBERS))))
        assert code == 250


_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Sink("smtp", WITH_DSN) as onwards:
        gatepost = Near(tmp_path_factory.mktemp("gatepost"), onwards.url)
        with gatepost:
            yield Site(gatepost, onwards)


@pytest.fixture(autouse=True)
def with_dsn(site: Site) -> None:
    """Tests may come in any order."""
    site.next_hop(WITH_DSN)


def test_what_was_asked_of_a_relayed_post_is_asked_of_the_next_hop(site: Site) -> None:
    said = site.send("A question.", "relayed", (LIST, ASKED), (OWNER, "NOTIFY=NEVER"))
    assert said.startswith("250 2.0.0 Ok: relayed")
    mail, *recipients = site.commands("relayed")
    assert mail.startswith(MAIL)
    assert recipients[:2] == [
        f"RCPT TO:<{LIST}> {ASKED}".encode(),
        f"RCPT TO:<{OWNER}> NOTIFY=NEVER".encode(),
    ]


def test_what_was_asked_of_a_held_post_is_asked_when_it_is_released(site: Site) -> None:
    said = site.send(FLAGGED, "held", (LIST, ASKED))
    assert said.startswith("250 2.0.0 Ok: held for moderation as ")
    site.gatepost.run("queue", "release", said.split()[-1], "--as", MODERATOR, "--yes")
    mail, recipient, *_ = site.commands("held")
    assert mail.startswith(MAIL)
    assert recipient == f"RCPT TO:<{LIST}> {ASKED}".encode()


def test_what_was_asked_of_a_stored_delivery_is_asked_when_it_goes_out(site: Site) -> None:
    said = site.send(FLAGGED, "mixed", (LIST, ASKED), (OWNER, "NOTIFY=NEVER"))
    assert said.startswith("250 2.0.0 Ok: held for moderation as ")
    mail, recipient, *_ = site.commands("mixed")
    assert mail.startswith(MAIL)
    assert recipient == f"RCPT TO:<{OWNER}> NOTIFY=NEVER".encode()


def test_the_smallest_size_is_offered(site: Site) -> None:
    assert int(site.offered()["size"]) == 26_214_400
    site.next_hop(Behaviour(("PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8", "DSN")))
    assert int(site.offered()["size"]) == 1_000_000 - 4096
    with smtplib.SMTP(*site.gatepost.smtp, timeout=20) as client:
        client.ehlo("client.example")
        assert client.docmd("MAIL FROM:<ann@member.example>", "SIZE=999000")[0] == 552


def test_a_next_hop_without_dsn_leaves_the_post_with_its_sender_and_dsn_unoffered(site: Site) -> None:
    site.onwards.behaviour = Behaviour()
    site.onwards.drop_connections()
    assert site.send("A third question.", "without", (LIST, ASKED)).startswith("451 4.3.3")
    assert "dsn" not in site.offered()
    with smtplib.SMTP(*site.gatepost.smtp, timeout=20) as client:
        client.ehlo("client.example")
        assert client.docmd("MAIL FROM:<ann@member.example>", "RET=FULL")[0] == 555


def test_the_trace_of_a_release_says_how_the_post_came(site: Site) -> None:
    with smtplib.SMTP(*site.gatepost.smtp, timeout=20) as client:
        client.helo("old.example")
        client.mail("ann@member.example")
        client.rcpt(LIST)
        _, text = client.data(post(FLAGGED, ident="plain"))
    site.gatepost.run("queue", "release", text.decode().split()[-1], "--as", MODERATOR, "--yes")
    site.commands("plain")
    (arrived,) = [one.octets for one in site.onwards.received if b"<plain@" in one.octets]
    assert b"(Gatepost) with SMTP id" in arrived
