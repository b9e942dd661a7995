"""Commands in any order, single and pipelined, and messages of any kind, against a running gateway with a sink behind."""

import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, takewhile

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gateway import queue
from gateway.store.database import Store
from tests.given.front import Client
from tests.given.near import Near
from tests.given.sink import Sink
from tests.given.watch import MIB, LoopWatch, forget_most_memory, memory, most_memory
from tests.model.rfc5321 import COMMANDS, LINE_LIMIT, MAX_SIZE, Command, Kind, Session, of_message, stuffed

OURS = re.compile(rb"(?:X-Gatepost-Loop: [0-9a-f]{32}\r\n)?Received: from [^\r\n]*\r\n(?:\t[^\r\n]*\r\n)+")
REPLY = re.compile(r"[2-5][0-9][0-9] [2-5]\.[0-9]{1,3}\.[0-9]{1,3} [ -~]{1,400}")
WITHOUT_ENHANCED = re.compile(r"(?:220|250|354) [ -~]{1,400}")  # a greeting, a hello, the word to go on
NUMBERS = count()

LINES = st.sampled_from(
    (
        *(
            b"",
            b".",
            b"..",
            b".x",
            b"Text",
            b"\t",
            b" ",
            b"QUIT",
            b"RSET",
            b"DATA",
            b"MAIL FROM:<smuggled@evil.example>",
        ),
        *(
            b"Please vote for the Blue Party.",
            b"\xc3\xa9",
            b"x" * 998,
            b"y" * (LINE_LIMIT - 1),
            b"--",
            b"> quoted",
        ),
    )
)
ODD = st.sampled_from(
    (b"\n", b"\r", b"\0", b"\n.\r\n", b"\r.\r\n", b"\n.\n", b"z" * (LINE_LIMIT + 1), b"v" * 70 + b"\r\n")
)
USUAL = tuple(next(c for c in COMMANDS if c.kind is kind) for kind in (Kind.HELLO, Kind.MAIL, Kind.RCPT))
SPLITS = st.sampled_from((1_000_000, 1, 2, 3, 7, 1460))


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    """What is said after DATA, unstuffed: mostly good lines, at times what must be refused."""
    number = next(NUMBERS)
    head = f"From: Ann <ann@member.example>\r\nSubject: Number {number}\r\nMessage-ID: <{number}@x.example>\r\n\r\n"
    body = b"".join(line + b"\r\n" for line in draw(st.lists(LINES, max_size=8)))
    if draw(st.integers(0, 3)) == 0:
        body += draw(ODD) + b"\r\n"
    if draw(st.integers(0, 9)) == 0:
        body += b"filling the size up to the limit, and over it\r\n" * (MAX_SIZE // 46)
    return head.encode() + body


@dataclass(frozen=True, slots=True)
class Site:
    """A gateway, and the sink behind it."""

    gatepost: Near
    sink: Sink

    def kept(self, ident: str) -> bytes:
        """The octets of a hold."""
        store = Store.open(f"sqlite:///{self.gatepost.folder / 'gatepost.db'}")
        try:
            return store.read(lambda c: queue.octets(c, queue.get(c, ident).digest))
        finally:
            store.close()


class Conversation(RuleBasedStateMachine):
    """What the client does; the model says what must come of it."""

    site: Site

    @initialize()
    def connect(self) -> None:
        self.client = Client(self.site.gatepost.smtp)
        # Each piece goes out by itself, and none waits for the answer to the one before.
        self.client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.model = Session()

    @precondition(lambda self: not self.model.open)
    @rule()
    def connect_again(self) -> None:
        self.client.socket.close()
        self.connect()

    @rule(commands=st.lists(st.sampled_from(COMMANDS), min_size=1, max_size=6), split=SPLITS)
    def pipeline(self, commands: list[Command], split: int) -> None:
        """Several commands in one go, cut anywhere. After DATA a client has to wait (RFC 2920, 3.1)."""
        together = list(takewhile(lambda command: command.kind not in (Kind.LAST, Kind.DATA), commands))
        self.say_all(together or commands[:1], split)

    @rule()
    def begin(self) -> None:
        """The usual way to a transaction, which commands at random seldom find."""
        self.say_all(list(USUAL), 1_000_000)

    @rule(content=contents(), split=SPLITS)
    def post(self, content: bytes, split: int) -> None:
        """A whole transaction, after whatever was said before."""
        self.begin()
        self.data(content, split)

    def say_all(self, commands: list[Command], split: int) -> None:
        """Send them, and compare each reply with what the model expects."""
        if not self.model.open:
            return
        ready = [(c, c.line.replace(b"{}", b"%d" % next(NUMBERS))) for c in commands]
        self.send(b"".join(line for _, line in ready), split)
        for command, line in ready:
            expected = self.model.say(Command(command.kind, line, command.code))
            self.hear(expected, line)
            if not self.model.open:
                assert self.client.reply() == ""
                return

    @precondition(lambda self: self.model.open)
    @rule(content=contents(), split=SPLITS)
    def data(self, content: bytes, split: int) -> None:
        if not self.model.open:
            return
        self.client.send(b"DATA\r\n")
        expected = self.model.data()
        self.hear(expected, b"DATA")
        if expected == "354":
            self.message(content, split)
        elif not self.model.open:
            assert self.client.reply() == ""

    def message(self, content: bytes, split: int) -> None:
        """Send a message, and see what became of it."""
        sender, recipients = self.model.taken()
        before = len(self.site.sink.received)
        self.send(stuffed(content), split if len(content) < 5000 else 1_000_000)
        expected = of_message(content)
        reply = self.hear(expected, content)
        if expected == "550":
            self.model.open = False
            assert self.client.reply() == ""
        if expected != "250":
            assert len(self.site.sink.received) == before
        elif "held for moderation as " in reply:
            assert self.site.kept(reply.split()[-1]) == content
        else:
            self.arrives(before, sender, recipients, content)

    def arrives(self, before: int, sender: bytes, recipients: tuple[bytes, ...], content: bytes) -> None:
        """It is at the sink as it was, once for each recipient, and nothing else is."""
        deadline = time.monotonic() + 10
        wanted = sorted(set(recipients))
        while sorted({r for one in self.site.sink.received[before:] for r in one.recipients}) != wanted:
            assert time.monotonic() < deadline, (wanted, self.site.sink.received[before:])
            time.sleep(0.005)
        for one in self.site.sink.received[before:]:
            assert one.reverse_path == sender
            assert one.octets.endswith(content)
            assert OURS.fullmatch(one.octets.removesuffix(content)), one.octets

    @precondition(lambda self: self.model.recipients)
    @rule(content=contents())
    def talk_too_early(self, content: bytes) -> None:
        """The message comes with DATA, before the 354: two servers would disagree what it is."""
        if self.model.open:
            self.client.send(b"DATA\r\n" + stuffed(content))
            self.hear("554", b"DATA")
            self.model.open = False
            assert self.client.reply() == ""

    @precondition(lambda self: self.model.recipients)
    @rule(content=contents(), share=st.floats(0, 0.99))
    def leave_in_the_middle(self, content: bytes, share: float) -> None:
        """A client that vanishes before the end of its data has sent nothing."""
        if not self.model.open:
            return
        before = len(self.site.sink.received)
        self.client.send(b"DATA\r\n")
        self.hear("354", b"DATA")
        octets = stuffed(content)[:-2]
        self.client.send(octets[: int(len(octets) * share)])
        self.client.socket.close()
        self.connect()
        assert len(self.site.sink.received) == before

    def send(self, octets: bytes, split: int) -> None:
        for start in range(0, len(octets), split):
            self.client.send(octets[start : start + split])

    def hear(self, expected: str, said: bytes) -> str:
        """The reply, which is one well-formed line of printable ASCII, hellos aside."""
        reply = self.client.reply()
        assert reply.startswith(expected), (expected, reply, said[:200], self.model)
        assert REPLY.fullmatch(reply) or WITHOUT_ENHANCED.fullmatch(reply), reply
        return reply

    def teardown(self) -> None:
        if hasattr(self, "client"):
            self.client.socket.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    limits = f"max_size = {MAX_SIZE}\nline_limit = {LINE_LIMIT}\n"
    with (
        Sink("smtp") as sink,
        Near(tmp_path_factory.mktemp("gatepost"), sink.url, settings=limits) as gatepost,
    ):
        yield Site(gatepost, sink)


def test_a_running_gateway_behaves_as_the_model_says(site: Site) -> None:
    profile = settings()
    laps = settings(
        profile, max_examples=max(60, profile.max_examples // 10), stateful_step_count=30, deadline=None
    )
    pid = site.gatepost.pid
    forget_most_memory(pid)
    before = memory(pid)
    Conversation.site = site
    with LoopWatch(site.gatepost.smtp, pid) as watch:
        run_state_machine_as_test(Conversation, settings=laps)  # type: ignore[no-untyped-call]
    assert watch.answers > 50
    # Aims are 50 ms and one session's share; other processes have these cores too.
    assert watch.blocked < 0.25
    assert most_memory(pid) - before < 2 * (MAX_SIZE + 4 * MIB)
    assert [line for line in site.gatepost.journal() if "error" in line] == []
    assert not any(b"smuggled" in one.reverse_path for one in site.sink.received)
    assert len(site.sink.received) > 10
