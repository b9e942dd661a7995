"""A real Postfix behind Gatepost, and in front of it in each way that deploy/postfix.md shows."""

import json
import re
import smtplib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.given.behaviour import Received
from tests.given.client import post
from tests.given.front import Client
from tests.given.gatepost import HOUSE, LIST_FILE, MODERATOR
from tests.given.mailman import free_port
from tests.given.near import Near
from tests.given.postfix import Postfix, possible, shown
from tests.given.shared import shared
from tests.given.sink import Sink
from tests.given.strays import ENDINGS
from tests.given.wiretap import Wiretap

MESSAGES = Path(__file__).parents[1] / "messages"
PRAISE = "Please vote for the Blue Party."  # what the house's pack holds
OURS = rb"X-Gatepost-Loop: [0-9a-f]{32}\r\nReceived: from [^\r\n]*\r\n(?:\t[^\r\n]*\r\n)+"
PLAIN = "127.0.0.1:10026 inet n - n - - smtpd\n"
# What the Postfix behind refuses, when the recipients are named or when it has the message.
REFUSALS = """\
early = check_sender_access inline:{{later-early@member.example = 450 4.7.9 L}, {never-early@member.example = 550 5.7.9 N}}
late = check_sender_access inline:{{later-late@member.example = 450 4.7.9 L}, {never-late@member.example = 550 5.7.9 N}}
"""
REFUSE = "    -o smtpd_sender_restrictions=$early\n    -o smtpd_end_of_data_restrictions=$late\n"
WAYS = ("behind", "transport", "filter", "proxy")

pytestmark = [pytest.mark.xdist_group("postfix"), pytest.mark.timeout(180)]


@dataclass(frozen=True, slots=True)
class Way:
    """One order of things: where its client posts, and the Postfix in it."""

    name: str
    entry: tuple[str, int]
    postfix: Postfix

    @property
    def list(self) -> str:
        """The list that takes this way; each next hop is a Postfix of its own."""
        return f"{self.name}@lists.example"


@dataclass(frozen=True, slots=True)
class Site:
    """One Gatepost, four Postfixes, and a sink behind all."""

    gatepost: Near
    sink: Sink
    tap: Wiretap  # on the way to the Postfix behind
    ways: dict[str, Way]

    def arrived(self, sender: str, seconds: float = 15) -> tuple[Received, ...]:
        """What the sink has from a sender, once it has something."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := tuple(one for one in self.sink.received if one.reverse_path == sender.encode()):
                return found
            time.sleep(0.02)
        raise AssertionError(f"nothing from {sender}\n" + "".join(w.postfix.log for w in self.ways.values()))


def postfixes(gate: dict[str, int], sink: int) -> dict[str, tuple[Postfix, dict[str, int]]]:
    """The four, not yet started, each with its ports."""
    ports = {way: {**gate, "25": free_port(), "10026": free_port()} for way in WAYS}
    safe = shown(4, "forbid_bare_newline")
    door = "smtp inet n - n - - smtpd\n"
    lmtp = {"transport": shown(1, "lmtp:inet")}
    made = {
        "behind": Postfix(REFUSALS, PLAIN + REFUSE, ports["behind"], sink),
        "transport": Postfix(shown(1, "transport_maps") + safe, door, ports["transport"], sink, **lmtp),
        "filter": Postfix(
            shown(2, "content_filter = ") + safe + REFUSALS,
            door + shown(2, "10026 inet") + REFUSE,
            ports["filter"],
            sink,
        ),
        "proxy": Postfix(safe + REFUSALS, shown(3, "10026 inet") + REFUSE, ports["proxy"], sink),
    }
    return {way: (postfix, ports[way]) for way, postfix in made.items()}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    possible()
    gate = {"8024": free_port(), "8025": free_port()}
    folder = tmp_path_factory.mktemp("gatepost")
    with ExitStack() as stack:
        sink = stack.enter_context(Sink("smtp"))
        made = postfixes(gate, sink.port)
        tap = stack.enter_context(Wiretap(made["behind"][1]["10026"]))
        for postfix, _ in made.values():
            stack.callback(postfix.stop)
        with ThreadPoolExecutor(len(made)) as starters:
            starting = [starters.submit(postfix.start) for postfix, _ in made.values()]
            gatepost = Near(folder, sink.url, settings=f'[lmtp]\nlisten = "127.0.0.1:{gate["8024"]}"\n')
            text = gatepost.config.read_text(encoding="utf-8")
            gatepost.config.write_text(text.replace("127.0.0.1:0", f"127.0.0.1:{gate['8025']}"))
            for way, (_, ports) in made.items():
                # Way 1 has no way back: its list server is the sink.
                port = tap.port if way == "behind" else ports["10026"]
                hop = sink.url if way == "transport" else f"smtp://127.0.0.1:{port}"
                add_list(gatepost, way, hop)
            for one in starting:
                one.result()
        stack.enter_context(gatepost)
        entries = {way: ports["25"] for way, (_, ports) in made.items()} | {"behind": gate["8025"]}
        ways = {way: Way(way, ("127.0.0.1", entries[way]), made[way][0]) for way in made}
        yield Site(gatepost, sink, tap, ways)


def add_list(gatepost: Near, way: str, hop: str) -> None:
    file = gatepost.folder / f"{way}.yaml"
    address = f"{way}@lists.example"
    file.write_text(
        LIST_FILE.format(list=address, hop=hop, moderator=MODERATOR, packs=HOUSE), encoding="utf-8"
    )
    gatepost.run("lists", "add", str(file))


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, site: Site) -> Way:
    return site.ways[request.param]


def send(way: Way, octets: bytes, sender: str, *options: str) -> tuple[int, str]:
    """Submit by this way; the reply that came instead of, or after, the dot."""
    with smtplib.SMTP(*way.entry, timeout=60) as client:
        client.ehlo("client.example")
        code, text = client.mail(sender, options)
        if code == 250:
            code, text = client.rcpt(way.list)
        if code == 250:
            code, text = client.data(octets)
    return code, text.decode()


def added(received: Received, octets: bytes) -> bytes:
    """The header lines that were put above a message, which is otherwise as it was."""
    assert received.octets.endswith(octets), received.octets
    return received.octets.removesuffix(octets)


def test_a_post_goes_through_with_header_lines_above_and_nothing_else(way: Way, site: Site) -> None:
    sender = f"plain-{way.name}@member.example"
    octets = post("..A dot\r\n.\r\n..\r\n.. and more dots\r\n\r\nThe end.  \t", to=way.list, sender=sender)
    assert send(way, octets, sender)[0] == 250
    (received,) = site.arrived(sender)
    above = added(received, octets)
    assert len(re.findall(OURS, above)) == 1
    assert re.fullmatch(rb"(?:X-Gatepost-Loop: .*\r\n|Received: .*\r\n(?:\t.*\r\n)*)+", above)
    assert received.recipients == (way.list.encode(),)


def test_eight_bit_and_utf_8_addresses_go_through_unconverted(way: Way, site: Site) -> None:
    sender = f"jürgen-{way.name}@member.example"
    body = "Größe: 10 µGy, \N{GREEK SMALL LETTER LAMDA} = 3\r\n"
    octets = (
        b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    )
    octets += post(body, to=way.list, sender=sender, subject="Größe")
    with smtplib.SMTP(*way.entry, timeout=60) as client:
        client.ehlo("client.example")
        assert {"8bitmime", "smtputf8"} <= set(client.esmtp_features)
        client.command_encoding = "utf-8"
        assert client.mail(sender, ("BODY=8BITMIME", "SMTPUTF8"))[0] == 250
        assert client.rcpt(way.list)[0] == 250
        assert client.data(octets)[0] == 250
    (received,) = site.arrived(sender)
    added(received, octets)
    assert {b"BODY=8BITMIME", b"SMTPUTF8"} <= set(received.parameters)


def test_a_wish_about_delivery_reports_is_offered_only_where_it_can_be_kept(way: Way, site: Site) -> None:
    """A proxying Postfix hands parameters on as they came, also those that the filter does not know."""
    sender = f"dsn-{way.name}@member.example"
    octets = post("Never mind", to=way.list, sender=sender)
    with smtplib.SMTP(*way.entry, timeout=60) as client:
        client.ehlo("client.example")
        offered = "dsn" in client.esmtp_features
        assert not (offered and way.name == "proxy")
        client.mail(sender)
        assert client.rcpt(way.list, ("NOTIFY=NEVER",) if offered else ())[0] == 250
        assert client.data(octets)[0] == 250
    added(site.arrived(sender)[0], octets)


def test_the_difficult_messages_leave_us_as_they_came(site: Site) -> None:
    """Seen on the way to the Postfix behind, which itself mends fields and breaks lines above 998 octets."""
    way = site.ways["behind"]
    expected = []
    for number, file in enumerate(sorted(MESSAGES.glob("*.eml"))):
        octets = file.read_bytes()
        octets = octets if b"\r" in octets else octets.replace(b"\n", b"\r\n")
        options = () if octets.isascii() else ("BODY=8BITMIME",)
        code, text = send(way, octets, f"m{number}@member.example", *options)
        assert code == 250, (file, text)
        expected += [] if "held for moderation" in text else [octets]
    left = site.tap.messages
    assert len(expected) > 5
    assert [octets for octets in expected if not any(one.endswith(octets) for one in left)] == []


@pytest.mark.parametrize("name", ["behind", "proxy"])
def test_the_reply_about_a_hold_reaches_the_client(site: Site, name: str) -> None:
    way = site.ways[name]
    code, text = send(way, post(PRAISE, to=way.list), "held@member.example")
    assert (code, text.split(": ")[1][:22]) == (250, "held for moderation as")
    hold = text.split()[-1]
    site.gatepost.run("queue", "release", hold, "--as", MODERATOR, "--yes")
    site.gatepost.wait_for(hold, "released")
    added(
        next(
            one for one in site.arrived("held@member.example")[::-1] if one.recipients == (way.list.encode(),)
        ),
        post(PRAISE, to=way.list),
    )


@pytest.mark.parametrize("name", ["transport", "filter"])
def test_a_hold_behind_a_queue_is_a_delivery_to_that_queue(site: Site, name: str) -> None:
    way = site.ways[name]
    sender = f"queued-{name}@member.example"
    assert send(way, post(PRAISE, to=way.list, sender=sender), sender)[0] == 250
    said = wait_for_log(way, r"status=sent \(.*250 2\.0\.0 Ok: held for moderation as (\w+)\)")
    assert site.gatepost.lines("queue", "show", said[1])[0]["author"] == sender


@pytest.mark.parametrize("name", ["behind", "proxy"])
@pytest.mark.parametrize("stage", ["early", "late"])
@pytest.mark.parametrize(("word", "code"), [("later", 450), ("never", 550)])
def test_a_refusal_by_the_postfix_behind_reaches_the_client(
    site: Site, name: str, stage: str, word: str, code: int
) -> None:
    way = site.ways[name]
    sender = f"{word}-{stage}@member.example"
    answer = send(way, post("Hello", to=way.list, sender=sender), sender)
    assert (answer[0], answer[1][:5]) == (code, f"{code // 100}.7.9"), answer
    assert [one for one in site.sink.received if one.reverse_path == sender.encode()] == []


@pytest.mark.parametrize(("word", "status"), [("later", "deferred"), ("never", "bounced")])
def test_a_refusal_behind_a_queue_waits_there_or_bounces(site: Site, word: str, status: str) -> None:
    way = site.ways["filter"]
    sender = f"{word}-late@member.example"
    assert send(way, post("Hello", to=way.list, sender=sender), sender)[0] == 250
    wait_for_log(way, rf"to=<{way.list}>.*status={status} \(host .* said: [45]50 [45]\.7\.9 ")


def test_an_address_that_is_no_list_is_refused_at_the_door(site: Site) -> None:
    for name in ("behind", "transport", "proxy"):
        with smtplib.SMTP(*site.ways[name].entry, timeout=60) as client:
            client.ehlo("client.example")
            client.mail("ann@member.example")
            refusal = client.rcpt("nothing@lists.example")
            assert refusal[0] == 550, (name, refusal)


def test_xforward_is_offered_where_it_is_understood_only(site: Site) -> None:
    with Client(site.gatepost.smtp) as client:
        client.send(b"EHLO client.example\r\n")
        lines = [client.line()]
        while lines[-1][3] == "-":
            lines.append(client.line())
        offered = any(line[4:].startswith("XFORWARD") for line in lines)
        assert client.say("XFORWARD ADDR=192.0.2.1").startswith("250") == offered


def test_no_sequence_makes_two_messages(way: Way, site: Site) -> None:
    nothing_is_smuggled(way, site, ENDINGS)


def test_no_collected_sequence_makes_two_messages(way: Way, site: Site) -> None:
    file = shared("dialogs/smuggling_sequences.json")
    found: list[str] = json.loads(file.read_text(encoding="utf-8"))["bare_end_of_data"]
    assert len(found) >= 10
    # Each takes a session through Postfix: those of ours were tried already.
    nothing_is_smuggled(way, site, tuple({sequence.encode() for sequence in found} - set(ENDINGS)))


def nothing_is_smuggled(way: Way, site: Site, endings: tuple[bytes, ...]) -> None:
    """Post each as the end of a message that carries another, and see that no other comes."""
    for number, sequence in enumerate(endings):
        smuggled = f"smuggled-{way.name}-{number}@evil.example"
        octets = post("One message", to=way.list).removesuffix(b"\r\n") + sequence
        octets += f"MAIL FROM:<{smuggled}>\r\nRCPT TO:<{way.list}>\r\nDATA\r\n".encode()
        octets += post("Another message", to=way.list, sender=smuggled)
        with Client(way.entry) as client:
            client.begin(way.list)
            client.send(octets + b".\r\nQUIT\r\n")
            replies = client.rest()
        assert replies[0][0] in "245", (sequence, replies)
        assert not any(reply.startswith("354") for reply in replies), (sequence, replies)
    # What comes last has come when everything has.
    last = f"last-{way.name}@member.example"
    assert send(way, post("Last", to=way.list, sender=last), last)[0] == 250
    site.arrived(last)
    senders = {one.reverse_path for one in site.sink.received}
    assert not any(b"smuggled" in sender for sender in senders)


def wait_for_log(way: Way, pattern: str, seconds: float = 15) -> re.Match[str]:
    """What matches in that Postfix's log, once it does."""
    deadline = time.monotonic() + seconds
    while not (found := re.search(pattern, way.postfix.log)):
        assert time.monotonic() < deadline, way.postfix.log
        time.sleep(0.05)
    return found
