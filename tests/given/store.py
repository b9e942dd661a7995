"""Stores and posts for tests of what is kept."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from gateway import queue
from gateway.desk import Desk, Order
from gateway.holds import Decision, Hold, NewDelivery, NewHold, NewNotice, Outcome
from gateway.people import People, Person
from gateway.store.database import Store
from gateway.store.ids import new_id
from gateway.transactions import Arrival, Judgement, Prior
from rules.message import Envelope, Message
from rules.verdict import Action, Finding, Quote, Status, Verdict

NOW = datetime(2026, 7, 3, 9, 5, tzinfo=UTC)
LIST = "physics@lists.example"
ANN, BEN = "ann@lists.example", "ben@lists.example"
AUTHOR = b"ada@example.org"
PEOPLE = People(LIST, (Person(ANN, "Ann", "ann"), Person(BEN, user="ben")))
WINDOW = timedelta(seconds=120)
NHS = "943 476 5919"


@cache
def _made_once() -> bytes:
    # Making the tables takes longer than most tests.
    with TemporaryDirectory() as folder:
        Store.open(url(Path(folder)), create=True).close()
        return (Path(folder) / "gatepost.db").read_bytes()


def new_store(folder: Path) -> Store:
    """A new store in the folder."""
    file = folder / "gatepost.db"
    file.touch(mode=0o600)
    file.write_bytes(_made_once())
    return Store.open(url(folder))


def url(folder: Path) -> str:
    """The URL of the folder's store."""
    return f"sqlite:///{folder / 'gatepost.db'}"


def finding(clause: str = "endorsement", *, sensitive: bool = False, words: str = "best in class") -> Finding:
    """A finding that holds, with one quote."""
    return Finding(
        clause=clause,
        pack="ipem",
        title="No advertising",
        action=Action.HOLD,
        status=Status.LIVE,
        confidence=1.0,
        says=f"The post praises '{words}'.",
        ask="Is it plain information?",
        mend="State the facts.",
        quotes=(Quote("own", words, 4, 4 + len(words), f"It is {words}."),),
        sensitive=sensitive,
        masked="The post praises something." if sensitive else "",
    )


def verdict(*findings: Finding) -> Verdict:
    """A verdict of these findings."""
    return Verdict(findings or (finding(),), policy="d" * 64)


def message(octets: bytes = b"Subject: Hello\r\n\r\nIt is best in class.\r\n") -> Message:
    """A message to the list."""
    return Message(Envelope(AUTHOR, (LIST.encode(),), (b"BODY=8BITMIME",), "192.0.2.7"), octets)


def arrival(octets: bytes | None = None, *, key: bytes | None = None, at: datetime = NOW) -> Arrival:
    """A post that has come; its key is its own unless given."""
    post = message() if octets is None else message(octets)
    judgement = Judgement(LIST, post.envelope.recipients, 1, verdict(), "enforce")
    name = new_id()
    return Arrival(name, key or name.encode().ljust(32, b"."), post, at, (judgement,))


def new_hold(
    *findings: Finding, subject: str = "Hello", recipients: tuple[bytes, ...] = (LIST.encode(),)
) -> NewHold:
    """A hold to be made."""
    return NewHold(
        new_id(), LIST, 1, recipients, AUTHOR.decode(), subject, "<1@example.org>", verdict(*findings)
    )


def keep(store: Store, *findings: Finding, subject: str = "Hello", octets: bytes | None = None) -> str:
    """Hold a post and return the hold's id."""
    hold = new_hold(*findings, subject=subject)
    assert store.write(lambda c: queue.hold(c, arrival(octets), (hold,))) is None
    return hold.id


def keep_passing(store: Store, post: Arrival) -> Prior | None:
    """Store a passing post that could not be relayed inside DATA."""
    passing = NewDelivery(LIST, (LIST.encode(),), 1, AUTHOR.decode(), "Hello", "<1@example.org>")
    return store.write(lambda c: queue.hold(c, post, (), (passing,)))


def compose(hold: Hold, decision: Decision) -> tuple[NewNotice, ...]:
    """One notice about the decision."""
    cause = f"decided {hold.id} {decision.id} {BEN}"
    return (NewNotice(cause, "decided", hold.list, hold.id, BEN, b"Subject: Decided\r\n\r\n", decision.at),)


DESK = Desk(PEOPLE, WINDOW, compose)


def decide(
    store: Store, hold_id: str, action: Outcome = Outcome.RELEASE, by: str = ANN, at: datetime = NOW
) -> Hold:
    """Decide on a hold, with a reason."""
    order = Order(hold_id, action, by, reason="because")
    return store.write(lambda connection: DESK.decide(connection, order, at))


def show(store: Store, hold_id: str) -> Hold:
    """The hold as it stands."""

    def job(connection: Connection) -> Hold:
        return queue.get(connection, hold_id)

    return store.read(job)
