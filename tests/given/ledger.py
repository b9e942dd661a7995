"""Every message that clients owe, by number, and what became of it: the clients' log against sinks and store."""

import smtplib
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from gateway.queue import Filter
from gateway.store import codec
from tests.given.client import DEFAULT_SENDER, post
from tests.given.gatepost import LIST
from tests.given.near import Near
from tests.given.sink import Received, Sink

CLEAN = "Which build-up cap do you use for the 10 MV beam?"
FLAGGED = "Please vote for the Blue Party on Thursday, they deserve our support."
OWNER = LIST.replace("@", "-owner@")
BODIES = {"relayed": CLEAN, "held": FLAGGED, "stored": CLEAN}
_TO = {"relayed": (LIST,), "held": (LIST,), "stored": (LIST, OWNER)}
ROUTES = tuple(BODIES)
"""Relayed inside DATA; held; stored, since LMTP's replies to two recipients may differ, and delivered later."""


@dataclass
class Owed:
    """One message that a client owes: how often it was tried, and what was replied last."""

    number: int
    route: str
    octets: bytes
    to: tuple[str, ...]
    tries: int = 0
    code: int = 0
    text: str = ""

    @property
    def accepted(self) -> bool:
        return self.code == 250


@dataclass(frozen=True)
class Held:
    """A post in the queue, and which of the messages it is."""

    id: str
    state: str
    number: int


@dataclass(frozen=True)
class Figures:
    """What an accounting found; ``duplicates`` are copies beyond the first, ``counted`` what was feared to be."""

    messages: int
    held: int
    copies: int
    duplicates: int
    counted: int
    unknown: int
    lost: int


@dataclass
class Ledger:
    """``sink`` is the list server; what it took counts, whether or not its reply arrived."""

    gatepost: Near
    sink: Sink
    owed: list[Owed] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def owe(self, route: str, more: str = "") -> Owed:
        """A new message that will take this route."""
        with self._lock:
            number = len(self.owed)
            octets = post(
                f"{BODIES[route]}\n{more}\nPost {number}.", f"Post {number}", ident=f"post-{number}"
            )
            self.owed.append(Owed(number, route, octets, _TO[route]))
            return self.owed[-1]

    def copies(self, owed: Owed) -> Counter[bytes]:
        """How often the list server took it, by recipient."""
        ours = [each for each in self.sink.received if number_of(each) == owed.number]
        return Counter(address for each in ours for address in each.recipients)

    def settle(self) -> Figures:
        """Fail unless each message is where its client was told that it is, once."""
        assert self.gatepost.run("admin", "verify")
        taken = _by_number(self.sink.received)
        holds = self._holds()
        listed = {one["id"] for one in self.gatepost.lines("queue", "list", "--all")}
        assert len(listed) == min(len(holds), Filter().most)
        assert listed <= {hold.id for hold in holds}
        waiting: dict[int, list[Held]] = {}
        for hold in holds:
            waiting.setdefault(hold.number, []).append(hold)
        lost = [each.number for each in self.owed if not _found(each, taken, waiting)]
        assert not lost, f"lost: {[(self.owed[number], waiting.get(number)) for number in lost[:5]]}"
        again = {number: more for number, copies in taken.items() if (more := _beyond_first(copies))}
        assert all(self.owed[number].tries > 1 for number in again), "doubled, and nobody repeated it"
        duplicates, counted = sum(again.values()), len(self.gatepost.events("possible_duplicate"))
        assert duplicates <= counted, f"{duplicates} doubled, {counted} counted"
        for received in self.sink.received:
            assert received.octets.endswith(self.owed[number_of(received)].octets), "altered"
        unknown = sum(hold.state == "unknown" for hold in holds)
        copies = sum(sum(each.values()) for each in taken.values())
        return Figures(len(self.owed), len(holds), copies, duplicates, counted, unknown, 0)

    def _holds(self) -> list["Held"]:
        query = "SELECT hold.id, state, body FROM hold JOIN octets ON octets.digest = hold.digest"
        with closing(sqlite3.connect(self.gatepost.folder / "gatepost.db", timeout=10)) as store:
            return [
                Held(each, state, _number(codec.expanded(body))) for each, state, body in store.execute(query)
            ]

    def hours_pass(self) -> None:
        """Leases run out and tries fall due, in a stopped gateway's store: nobody waits for that here."""
        with closing(sqlite3.connect(self.gatepost.folder / "gatepost.db", timeout=10)) as store, store:
            store.execute("UPDATE delivery SET lease = lease - 7200000000 WHERE lease IS NOT NULL")
            store.execute("UPDATE delivery SET due = due - 7200000000 WHERE state = 'waiting'")
            store.execute("UPDATE notice SET lease = lease - 7200000000 WHERE lease IS NOT NULL")

    def owing(self) -> int:
        """How many deliveries are still owed to the list server."""
        return len(self.owed_deliveries())

    def owed_deliveries(self) -> list[tuple[object, ...]]:
        """Their rows: id, state, attempts, when due, until when leased, the last reply."""
        query = "SELECT id, state, attempts, due, lease, reply FROM delivery WHERE state IN ('waiting', 'sending', 'dotted')"
        with closing(sqlite3.connect(self.gatepost.folder / "gatepost.db", timeout=10)) as store:
            return store.execute(query).fetchall()


def number_of(received: Received) -> int:
    """Which of the messages it is."""
    return _number(received.octets)


def offer(owed: Owed, address: tuple[str, int], seconds: float = 20) -> bool:
    """One try, as an MTA makes it: whether it was accepted. Trouble on the way counts as no reply."""
    owed.tries += 1
    try:
        with smtplib.SMTP(*address, timeout=seconds) as client:
            client.ehlo("client.example")
            transact(client, owed)
    except (OSError, smtplib.SMTPException):
        owed.code, owed.text = 0, ""
    return owed.accepted


def transact(client: smtplib.SMTP, owed: Owed) -> None:
    """One transaction on a connection, whose replies are kept in ``owed``. Raises what smtplib raises."""
    owed.code, owed.text = 0, ""
    code, text = client.mail(DEFAULT_SENDER)
    for address in owed.to:
        if code == 250:
            code, text = client.rcpt(address)
    if code == 250:
        code, text = client.data(owed.octets)
    owed.code, owed.text = code, text.decode()
    if code != 250:
        client.rset()


def insist(owed: Owed, address: Callable[[], tuple[str, int]], seconds: float = 60) -> Owed:
    """Try until it is accepted; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not offer(owed, address()):
        assert time.monotonic() < deadline, owed
        time.sleep(0.05)
    return owed


def _number(octets: bytes) -> int:
    return int(octets.rpartition(b"Post ")[2].split(b".")[0])


def _by_number(received: tuple[Received, ...]) -> dict[int, Counter[bytes]]:
    found: dict[int, Counter[bytes]] = {}
    for each in received:
        found.setdefault(number_of(each), Counter()).update(each.recipients)
    return found


def _beyond_first(copies: Counter[bytes]) -> int:
    return sum(times - 1 for times in copies.values())


def _found(owed: Owed, taken: dict[int, Counter[bytes]], waiting: dict[int, list[Held]]) -> bool:
    """Whether what the client was told is true."""
    copies, holds = taken.get(owed.number, Counter()), waiting.get(owed.number, [])
    each = [copies[address.encode()] for address in owed.to]
    told, _, said = owed.text.rpartition(" ")
    if not owed.accepted:
        return not holds  # the client has it; the list server too, when its reply was lost
    if "held" in told:
        state = holds[0].state if holds else ""
        # What was flagged reaches the list by a release alone.
        most = (
            0
            if owed.route == "held" and state in ("held", "releasing")
            else 1
            if owed.route == "held"
            else owed.tries
        )
        return [hold.id for hold in holds] == [said] and (state == "released") <= each[0] <= most
    if "queued" in told:
        asked = [hold for hold in holds if hold.state in ("unknown", "release_failed")]
        return all(times <= 1 for times in each) and len(asked) == len(holds) >= each.count(0)
    return "relayed" in owed.text and min(each) >= 1 and not holds
