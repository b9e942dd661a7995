"""One post to several lists: each list's share is relayed, held or refused, once, whatever the others do."""

import smtplib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.given.behaviour import Behaviour
from tests.given.client import DEFAULT_SENDER, post
from tests.given.gatepost import LIST, MODERATOR
from tests.given.near import Near
from tests.given.sink import Sink

OTHER, THIRD = "chemistry@lists.example", "biology@lists.example"
FLAGGED = "Please vote for the Blue Party on Thursday."


@dataclass(frozen=True, slots=True)
class Site:
    """Two lists on one hop, of which one judges politics; a third list on a hop of its own."""

    gatepost: Near
    onwards: Sink
    apart: Sink
    notices: Sink

    def send(self, body: str, ident: str, *to: str) -> str:
        """The one reply of SMTP."""
        with smtplib.SMTP(*self.gatepost.smtp, timeout=20) as client:
            client.ehlo("client.example")
            client.mail(DEFAULT_SENDER)
            assert [client.rcpt(address)[0] for address in to] == [250] * len(to)
            code, text = client.data(post(body, ident=ident))
        return f"{code} {text.decode()}"

    def send_lmtp(self, body: str, ident: str, *to: str) -> list[str]:
        """The replies of LMTP, one for each recipient."""
        with smtplib.LMTP(*self.gatepost.ports["lmtp"]) as client:
            client.ehlo("client.example")
            client.mail(DEFAULT_SENDER)
            assert [client.rcpt(address)[0] for address in to] == [250] * len(to)
            replies = [client.data(post(body, ident=ident)), *(client.getreply() for _ in to[1:])]
        return [f"{code} {text.decode()}" for code, text in replies]

    def copies(self, ident: str, count: int) -> list[tuple[str, str]]:
        """Which recipient got a post through which hop, once there are ``count``, and a moment later still."""
        until = time.monotonic() + 10
        while len(found := self._copies(ident)) < count and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.2)
        assert self._copies(ident) == found
        assert len(found) == count
        return found

    def _copies(self, ident: str) -> list[tuple[str, str]]:
        mark = f"<{ident}@".encode()
        return sorted(
            (name, address.decode())
            for name, sink in (("onwards", self.onwards), ("apart", self.apart))
            for one in sink.received
            if mark in one.octets
            for address in one.recipients
        )


def list_file(site_folder: Path, address: str, hop: str, packs: str) -> str:
    text = (site_folder / "physics.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(("list:", "next_hop:", "packs:"))]
    file = site_folder / f"{address.partition('@')[0]}.yaml"
    file.write_text("\n".join([f"list: {address}", f"next_hop: {hop}", f"packs: [{packs}]", *lines]) + "\n")
    return str(file)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("gatepost")
    with Sink("smtp") as onwards, Sink("lmtp") as apart, Sink("smtp") as notices:
        settings = f'[lmtp]\nlisten = "127.0.0.1:0"\n[submission]\nurl = "{notices.url}"\n'
        gatepost = Near(folder, onwards.url, settings=settings)
        gatepost.run("lists", "add", list_file(folder, OTHER, onwards.url, "hygiene"))
        gatepost.run("lists", "add", list_file(folder, THIRD, apart.url, "hygiene"))
        with gatepost:
            yield Site(gatepost, onwards, apart, notices)


def test_lists_on_one_hop_that_all_pass_are_relayed_in_one_go(site: Site) -> None:
    assert site.send("A question.", "together", LIST, OTHER).startswith("250 2.0.0 Ok: relayed")
    assert site.copies("together", 2) == [("onwards", OTHER), ("onwards", LIST)]


def test_lists_on_different_hops_that_all_pass_each_get_it_once(site: Site) -> None:
    assert site.send("A question.", "apart", LIST, OTHER, THIRD).startswith("250 2.0.0 Ok: queued as")
    assert site.copies("apart", 3) == [("apart", THIRD), ("onwards", OTHER), ("onwards", LIST)]


def test_what_one_list_holds_goes_on_to_the_others_and_follows_when_it_is_released(site: Site) -> None:
    said = site.send(FLAGGED, "mixed", LIST, OTHER, THIRD)
    assert said.startswith("250 2.0.0 Ok: held for moderation as ")
    assert site.copies("mixed", 2) == [("apart", THIRD), ("onwards", OTHER)]
    site.gatepost.run("queue", "release", said.split()[-1], "--as", MODERATOR, "--yes")
    assert site.copies("mixed", 3) == [("apart", THIRD), ("onwards", OTHER), ("onwards", LIST)]


def test_lmtp_tells_each_recipient_the_truth(site: Site) -> None:
    first, second, third = site.send_lmtp(FLAGGED, "lmtp", LIST, OTHER, THIRD)
    assert first.startswith("250 2.0.0 Ok: held for moderation as ")
    assert second.startswith("250 2.0.0 Ok: relayed")
    assert third.startswith("250 2.0.0 Ok: relayed")
    assert site.copies("lmtp", 2) == [("apart", THIRD), ("onwards", OTHER)]


def test_a_hop_that_refuses_one_of_two_recipients_leaves_that_one_to_a_moderator(site: Site) -> None:
    site.onwards.behaviour = Behaviour(recipients={OTHER.encode(): b"550 5.1.1 No such list\r\n"})
    try:
        said = site.send("A question.", "refused", LIST, OTHER)
        assert said.startswith("250 2.0.0 Ok: queued as ")
        assert site.copies("refused", 1) == [("onwards", LIST)]
        until = time.monotonic() + 10
        while not (found := _failed(site)) and time.monotonic() < until:
            time.sleep(0.1)
        (one,) = found
        assert one["list"] == OTHER
    finally:
        site.onwards.behaviour = Behaviour()
    told = [octets for octets in _notices(site) if str(one["id"]).encode() in octets]
    assert any(b"No such list" in octets for octets in told)
    site.gatepost.run("queue", "release", str(one["id"]), "--as", MODERATOR, "--yes")
    assert site.copies("refused", 2) == [("onwards", OTHER), ("onwards", LIST)]


def _failed(site: Site) -> list[dict[str, object]]:
    return [one for one in site.gatepost.lines("queue", "list") if one["state"] == "release_failed"]


def _notices(site: Site) -> list[bytes]:
    site.notices.wait(1)
    time.sleep(0.3)
    return [one.octets for one in site.notices.received]


def test_the_lists_other_addresses_go_on_unjudged(site: Site) -> None:
    owner, leave = (LIST.replace("@", f"-{word}@") for word in ("owner", "leave"))
    assert site.send(FLAGGED, "owner", owner, leave).startswith("250 2.0.0 Ok: relayed")
    assert site.copies("owner", 2) == [("onwards", leave), ("onwards", owner)]


def test_the_store_is_sound_and_no_exception_is_in_the_journal(site: Site) -> None:
    assert "sound" in site.gatepost.run("admin", "verify")
    assert [line for line in site.gatepost.journal() if "error" in line] == []
