"""A real GNU Mailman behind Gatepost: what members, moderators and subscribers see."""

import base64
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

import dkim
import pytest

from tests.given.client import post, submit
from tests.given.gatepost import LIST, MODERATOR, Gatepost
from tests.given.mailman import HOME, Mailman
from tests.given.sink import Sink
from tests.given.tools import needed
from tests.given.wiretap import Wiretap

SUBSCRIBERS = ("ann@member.example", "bob@member.example")
PRAISE = "Nobody makes better ionisation chambers than Lumidose, simply the best in the world."

pytestmark = [pytest.mark.xdist_group("mailman"), pytest.mark.timeout(180)]


@dataclass
class Site:
    """Everything between a member and the subscribers' mailboxes."""

    gatepost: Gatepost
    mailman: Mailman
    outgoing: Sink
    notices: Sink
    exit: Wiretap


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    needed(HOME / "bin" / "master", "make .mailman/.ready")
    with Sink("smtp") as outgoing, Sink("smtp") as notices:
        mailman = Mailman(tmp_path_factory.mktemp("mailman"), outgoing.port)
        try:
            mailman.start()
            mailman.add_list(LIST, SUBSCRIBERS)
            with Wiretap(mailman.lmtp) as tap:
                gatepost = Gatepost(
                    tmp_path_factory.mktemp("gatepost"),
                    f"lmtp://127.0.0.1:{tap.port}",
                    settings=f'[submission]\nurl = "{notices.url}"\n',
                )
                with gatepost:
                    yield Site(gatepost, mailman, outgoing, notices, tap)
        finally:
            mailman.stop()


def copies(site: Site, ident: str, count: int) -> list[bytes]:
    """The subscribers' copies of one post, when there are ``count``."""
    for _ in range(200):
        found = [one for one in site.outgoing.received if f"<{ident}@".encode() in one.octets]
        if sum(len(one.recipients) for one in found) >= count:
            break
        time.sleep(0.1)
    assert sorted(r for one in found for r in one.recipients) == sorted(
        s.encode() for s in SUBSCRIBERS[:count]
    )
    return [one.octets for one in found]


def openssl(*arguments: str, given: bytes = b"") -> bytes:
    needed("openssl", "apt install openssl")
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout


def test_a_clean_post_reaches_both_subscribers_with_its_signature_intact(site: Site) -> None:
    key = openssl("genrsa", "-traditional", "1024")
    public = b"v=DKIM1; k=rsa; p=" + base64.b64encode(openssl("rsa", "-pubout", "-outform", "DER", given=key))
    octets = post("Which build-up cap do you use at 10 MV?", ident="clean")
    signed = dkim.sign(octets, b"sel", b"member.example", key) + octets
    assert submit(site.gatepost.smtp, signed)[0] == 250
    copies(site, "clean", 2)
    (left,) = [message for message in site.exit.messages if b"<clean@" in message]
    assert left.endswith(signed)
    assert dkim.verify(left, dnsfunc=lambda name, timeout=5: public)
    assert not dkim.verify(left.replace(b"build-up", b"buildup"), dnsfunc=lambda name, timeout=5: public)


def test_a_flagged_post_waits_until_a_moderator_releases_it_and_arrives_once(site: Site) -> None:
    code, text = submit(site.gatepost.smtp, post(PRAISE, ident="praise"))
    assert code == 250
    assert "held for moderation as" in text
    hold = text.split()[-1]
    (shown,) = [line for line in site.gatepost.lines("queue", "list") if line["id"] == hold]
    assert "endorsement" in shown["clauses"]
    assert not [one for one in site.outgoing.received if b"<praise@" in one.octets]
    site.gatepost.run("queue", "release", hold, "--as", MODERATOR, "--yes")
    site.gatepost.wait_for(hold, "released")
    copies(site, "praise", 2)
    assert len([message for message in site.exit.messages if b"<praise@" in message]) == 1


def test_a_rejected_post_never_arrives_and_its_author_is_told_why(site: Site) -> None:
    _, text = submit(site.gatepost.smtp, post(PRAISE, ident="rejected"))
    hold = text.split()[-1]
    site.gatepost.run(
        "queue",
        "reject",
        hold,
        "--clause",
        "endorsement",
        "--reason",
        "Please state facts only",
        "--as",
        MODERATOR,
    )
    for _ in range(100):
        told = [
            one
            for one in site.notices.received
            if one.recipients == (SUBSCRIBERS[0].encode(),) and b"Please state facts only" in one.octets
        ]
        if told:
            break
        time.sleep(0.1)
    assert len(told) == 1
    assert told[0].reverse_path == b""
    assert b"Auto-Submitted: auto-replied" in told[0].octets
    assert not [one for one in site.outgoing.received if b"<rejected@" in one.octets]


def test_a_nonmembers_post_is_held_by_gatepost_alone_and_passes_mailman_once_released(site: Site) -> None:
    address, members = "members@lists.example", "members: [ann@member.example]\nnonmembers: hold\n"
    site.mailman.add_list(address, SUBSCRIBERS)
    file = site.gatepost.folder / "members.yaml"
    text = (site.gatepost.folder / "physics.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace(LIST, address) + members, encoding="utf-8")
    site.gatepost.run("lists", "add", str(file))
    octets = post("May I ask about your linac QA?", sender="zoe@else.example", to=address, ident="nonmember")
    code, text = submit(site.gatepost.smtp, octets, to=address, sender="zoe@else.example")
    deadline = time.monotonic() + 15
    while code == 550 and time.monotonic() < deadline:  # a running gateway learns of a list within a second
        time.sleep(0.2)
        code, text = submit(site.gatepost.smtp, octets, to=address, sender="zoe@else.example")
    assert code == 250
    hold = text.split()[-1]
    (line,) = site.gatepost.lines("queue", "show", hold)
    assert line["clauses"] == ["non-member"]
    site.gatepost.run("queue", "release", hold, "--as", MODERATOR, "--yes")
    copies(site, "nonmember", 2)
