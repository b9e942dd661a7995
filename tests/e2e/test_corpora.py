"""Real and difficult messages through a running gateway: each relayed, held or refused; none lost or altered."""

import re
import smtplib
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway import queue
from gateway.store.database import Store
from tests.given.near import Near
from tests.given.shared import shared
from tests.given.sink import Sink

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tests" / "messages"
LIST = "physics@lists.example"
OURS = re.compile(rb"X-Gatepost-Loop: [0-9a-f]{32}\r\nReceived: from [^\r\n]*\r\n(?:\t[^\r\n]*\r\n)+")


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as it went, and what was said to it; its sender's address is its own."""

    name: str
    octets: bytes
    sender: str
    code: int
    reply: str

    @property
    def hold(self) -> str:
        """The id under which it waits, "" when it does not."""
        return self.reply.split()[-1] if "held for moderation" in self.reply else ""


@dataclass(frozen=True, slots=True)
class Site:
    """A gateway, and what is behind it."""

    gatepost: Near
    onwards: Sink

    def kept(self) -> dict[str, bytes]:
        """The octets of all holds, by id."""
        store = Store.open(f"sqlite:///{self.gatepost.folder / 'gatepost.db'}")
        try:
            return store.read(
                lambda c: {
                    one.id: queue.octets(c, queue.get(c, one.id).digest)
                    for one in queue.waiting(c, queue.Filter())
                }
            )
        finally:
            store.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Sink("smtp") as onwards:
        gatepost = Near(tmp_path_factory.mktemp("gatepost"), onwards.url, packs="hygiene, ipem")
        with gatepost:
            yield Site(gatepost, onwards)


def send(site: Site, name: str, octets: bytes) -> Sent:
    sender = f"{name}@member.example"
    with smtplib.SMTP(*site.gatepost.smtp, timeout=30) as client:
        client.ehlo("client.example")
        client.mail(sender, () if octets.isascii() else ("BODY=8BITMIME",))
        client.rcpt(LIST)
        code, reply = client.data(octets)
    return Sent(name, octets, sender, code, reply.decode())


def send_all(site: Site, files: Iterable[Path]) -> tuple[Sent, ...]:
    """Send files, those with LF alone as a mail program would: with CRLF."""
    ready = [(f"m{number}-{_slug(file)}", as_sent(file.read_bytes())) for number, file in enumerate(files)]
    with ThreadPoolExecutor(4) as clients:
        return tuple(clients.map(lambda one: send(site, *one), ready))


def _slug(file: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", file.stem.lower())[:40].strip("-")


def as_sent(octets: bytes) -> bytes:
    octets = octets if b"\r" in octets else octets.replace(b"\n", b"\r\n")
    return octets if octets.endswith(b"\r\n") or not octets else octets + b"\r\n"


def must_be_refused(octets: bytes) -> bool:
    """Whether line ends are mixed, or a NUL is in it."""
    rest = octets.replace(b"\r\n", b"")
    return any(sign in rest for sign in (b"\r", b"\n", b"\0"))


def account_for(site: Site, all_sent: tuple[Sent, ...]) -> Counter[str]:
    """Each message is in exactly one place and as it was; returns how many are where."""
    kept = site.kept()
    copies = [
        one for one in site.onwards.received if one.reverse_path in {s.sender.encode() for s in all_sent}
    ]
    places: Counter[str] = Counter()
    for sent in all_sent:
        found = [one.octets for one in copies if one.reverse_path == sent.sender.encode()]
        if sent.hold:
            assert (found, kept[sent.hold]) == ([], sent.octets), sent.name
            places["held"] += 1
        elif sent.code == 250:
            assert len(found) == 1, sent.name
            assert found[0].endswith(sent.octets), sent.name
            assert OURS.fullmatch(found[0].removesuffix(sent.octets)), sent.name
            places["relayed"] += 1
        else:
            assert found == [], sent.name
            assert 500 <= sent.code < 600, (sent.name, sent.reply)
            assert re.match(r"5\.\d\.\d [A-Z]", sent.reply), sent.reply
            places["refused"] += 1
        assert must_be_refused(sent.octets) <= (sent.reply == "5.5.2 Bare CR, LF or NUL not allowed")
    return places


def no_exception(site: Site) -> None:
    ill = [line for line in site.gatepost.journal() if "error" in line or line["event"] == "reader_lost"]
    assert ill == []


def test_our_own_difficult_messages_are_relayed_or_held_as_they_came(site: Site) -> None:
    files = sorted(OWN.glob("*.eml"))
    assert len(files) >= 12
    places = account_for(site, send_all(site, files))
    assert places["refused"] == 0
    assert min(places["held"], places["relayed"]) >= 3
    no_exception(site)


@pytest.mark.parametrize(
    "sign", [b"\n", b"\r", b"\0", b"\r\r\n", b"\n.\n", b"\n.\r\n", b"\r.\r"], ids=lambda sign: repr(sign)
)
def test_mixed_line_ends_and_nul_are_refused(site: Site, sign: bytes) -> None:
    octets = b"Subject: mixed\r\n\r\nBefore" + sign + b"after.\r\n"
    assert must_be_refused(octets)
    sent = send(site, f"mixed-{sign.hex()}", octets)
    assert (sent.code, sent.reply) == (550, "5.5.2 Bare CR, LF or NUL not allowed")
    assert account_for(site, (sent,)) == {"refused": 1}


def test_every_open_post_of_the_corpus_is_relayed_or_held_as_it_came(site: Site) -> None:
    folder = shared("corpus/eml")
    # Numbers divisible by three are sealed until the closing note on judgement.
    files = [file for file in sorted(folder.glob("*.eml")) if int(file.name[:4]) % 3]
    places = account_for(site, send_all(site, files))
    assert places["held"] + places["relayed"] == len(files)
    no_exception(site)


def test_every_malformed_message_is_relayed_held_or_refused_with_a_reason(site: Site) -> None:
    folder = shared("torture")
    files = sorted(folder.glob("*.eml"))
    places = account_for(site, send_all(site, files))
    assert places.total() == len(files)
    no_exception(site)
