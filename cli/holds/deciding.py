"""Decides on held posts: who, which, may they, are they sure; then through the desk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection

from cli import session
from cli.holds.listing import tell_of_notices
from cli.holds.origin import origin_of
from cli.output import Ink, Piece, complain, confirm, remark, say, table
from cli.person import login, people_of
from cli.wording import age, posts
from gateway import queue, versions
from gateway.desk import AlreadyDecided, Desk, Order, ReasonMissing
from gateway.errors import CouldNotBeDone, GivenWrong
from gateway.faults import Point, fault
from gateway.holds import Decision, Hold, NewNotice, OctetsLost, Outcome
from gateway.notices.compose import decision_notices
from gateway.people import acting
from gateway.settings import Settings
from gateway.store.database import Store
from gateway.versions import Published
from rules.policy import Policy

_DONE = {Outcome.RELEASE: "released", Outcome.REJECT: "rejected", Outcome.DISCARD: "discarded"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to become of posts."""

    outcome: Outcome
    clause: str = ""
    reason: str = ""


@dataclass
class UnknownClause(GivenWrong):
    """A clause that the list's policy does not have."""

    clause: str
    list: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"no clause '{self.clause}' on {self.list}; there are {', '.join(self.known)}"


@dataclass
class SomeLeft(CouldNotBeDone):
    """Of several posts, some could not be decided; each was named before."""

    left: int
    asked: int

    def __str__(self) -> str:
        return (
            f"{self.left} of {self.asked} posts were left as they are; 'gatepost queue list' shows what waits"
        )


@dataclass
class Bench:
    """The desks of this command line: one per list, under the policy that counts there."""

    store: Store
    settings: Settings
    given: str | None
    _policies: dict[str, Policy] = field(default_factory=dict)

    def policy(self, hold: Hold) -> Policy:
        """The policy in force on the hold's list; of a list that is served no more, the one that held it."""
        if hold.list not in self._policies:
            found = self.store.read(lambda connection: _in_force(connection, hold))
            self._policies[hold.list] = Policy.from_canonical(found.canonical)
        return self._policies[hold.list]

    def actor(self, hold: Hold) -> str:
        """The address of whoever decides. Raises NotAllowed, naming those who may."""
        people = people_of(self.policy(hold).profile, self.settings)
        return acting(people, login(), self.given).address

    def desk(self, hold: Hold) -> Desk:
        """The desk that takes decisions on the hold's list."""
        profile = self.policy(hold).profile

        def compose(decided: Hold, decision: Decision) -> tuple[NewNotice, ...]:
            return decision_notices(profile, decided, decision)

        window = timedelta(seconds=self.settings.undo_seconds)
        return Desk(people_of(profile, self.settings), window, compose)

    def find(self, prefix: str) -> Hold:
        """The hold of an id or its first characters."""
        return self.store.read(lambda connection: queue.find(connection, prefix))


def _in_force(connection: Connection, hold: Hold) -> Published:
    for one in versions.current(connection):
        if one.list == hold.list:
            return one
    return versions.version(connection, hold.list, hold.version)


def decide(prefixes: Sequence[str], wish: Wish, given: str | None, *, yes: bool) -> None:
    """Decide on one post or several; these are shown first and asked about, as is what cannot be told."""
    with session.store() as store:
        bench = Bench(store, session.settings(), given)
        holds = tuple({hold.id: hold for hold in map(bench.find, prefixes)}.values())
        for hold in holds:
            _check(bench, hold, wish)
        open_ones = [hold for hold in holds if hold.waits]
        if open_ones and (len(holds) > 1 or wish.outcome is Outcome.DISCARD):
            _preview(holds)
            confirm(f"{wish.outcome.value.capitalize()} {posts(len(open_ones))}", yes=yes)
        if wish.outcome is Outcome.RELEASE:
            _warn(store, open_ones, bench.settings.undo_seconds)
        left = sum(not _decided(bench, hold, wish, alone=len(holds) == 1) for hold in holds)
        tell_of_notices(store)
    if left:
        raise SomeLeft(left, len(holds))


def _check(bench: Bench, hold: Hold, wish: Wish) -> None:
    # All of it before the first is decided: a wrong word must not leave half of them done.
    bench.actor(hold)
    if wish.outcome is not Outcome.REJECT:
        return
    if not (wish.clause.strip() or wish.reason.strip()):
        raise ReasonMissing(hold.id)
    policy = bench.policy(hold)
    if wish.clause and wish.clause not in hold.clauses and policy.clause(wish.clause) is None:
        raise UnknownClause(wish.clause, hold.list, tuple(clause.clause for clause in policy.clauses))


def _preview(holds: Sequence[Hold]) -> None:
    now = session.now()
    table(
        ("id", "state", "list", "age", "author", "subject", "clauses"),
        [
            (h.id, h.state, h.list, age(h.received, now), h.author, h.discreet_subject, ", ".join(h.clauses))
            for h in holds
        ],
    )


def _warn(store: Store, holds: Sequence[Hold], window: int) -> None:
    """Say where nobody may accept the author's signature when the post goes out."""
    for hold in holds:
        for concern in origin_of(store, hold).concerns(session.now(), timedelta(seconds=window)):
            remark(f"{hold.id}: {concern}")


def _decided(bench: Bench, hold: Hold, wish: Wish, *, alone: bool) -> bool:
    order = Order(hold.id, wish.outcome, bench.actor(hold), wish.clause, wish.reason)
    desk = bench.desk(hold)
    try:
        if wish.outcome is Outcome.RELEASE and hold.waits:
            bench.store.read(lambda connection: queue.octets(connection, hold.digest))
        done = bench.store.write(lambda connection: desk.decide(connection, order, session.now()))
        fault(Point.DECISION_COMMITTED)
    except (AlreadyDecided, OctetsLost) as error:
        if alone:
            raise
        complain(f"{hold.id}: {error}" if isinstance(error, OctetsLost) else str(error))
        return False
    _tell(done, bench.settings.undo_seconds)
    return True


def _tell(hold: Hold, window: int) -> None:
    decision = hold.decision
    if decision is None:
        return
    say(
        Piece(_DONE[decision.action], Ink.GOOD),
        f" {hold.id} ({hold.discreet_subject or 'no subject'}) as {decision.by}",
    )
    if window:
        say(f"  It takes effect in {window} s; until then: gatepost queue undo {hold.id}")
    if decision.action is Outcome.REJECT and hold.told:
        say(Piece(f"  The author is not told: {hold.told}", Ink.CARE))


def leave_note(prefix: str, text: str, given: str | None) -> None:
    """Leave a note on a post for the other moderators."""
    with session.store() as store:
        bench = Bench(store, session.settings(), given)
        hold = bench.find(prefix)
        by, desk = bench.actor(hold), bench.desk(hold)
        store.write(lambda connection: desk.remark(connection, hold.id, by, text, session.now()))
        tell_of_notices(store)
    say(f"noted on {hold.id} as {by}")


def take_back(prefix: str, given: str | None) -> None:
    """Undo the decision on a post. Raises TooLate or NothingToUndo."""
    with session.store() as store:
        bench = Bench(store, session.settings(), given)
        hold = bench.find(prefix)
        by, desk = bench.actor(hold), bench.desk(hold)
        undone = store.write(lambda connection: desk.undo(connection, hold.id, by, session.now()))
        tell_of_notices(store)
    say(f"undone: {undone.id} waits again ({undone.state.value})")


__all__ = ["Bench", "Wish", "decide", "leave_note", "take_back"]
