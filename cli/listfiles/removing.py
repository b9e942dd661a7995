"""Stops serving a list, once it is clear what becomes of the posts that wait."""

import sys
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, func, select

from cli import session
from cli.holds.deciding import Wish, decide
from cli.listfiles.published import policy_of, served
from cli.output import Ink, Piece, confirm, on_terminal, say
from cli.person import whose
from cli.wording import posts
from gateway import queue, versions
from gateway.errors import CouldNotBeDone, GivenWrong
from gateway.holds import Outcome
from gateway.store.database import Store
from gateway.store.tables import DELIVERY

_OWED = ("waiting", "sending", "dotted")  # states of a delivery that is not over
_REASON = "This list is no longer moderated here; please ask its owner where to post."


class Fate(StrEnum):
    """What may become of posts that wait when their list goes."""

    RELEASE = "release"
    REJECT = "reject"
    DISCARD = "discard"
    KEEP = "keep"


@dataclass
class FateWanted(GivenWrong):
    """Posts wait, and nobody said what becomes of them."""

    list: str
    waiting: int

    def __str__(self) -> str:
        fates = ", ".join(fate.value for fate in Fate)
        asked = f"say what becomes of them with --holds ({fates})"
        return f"{posts(self.waiting)} to {self.list} waiting: {asked}; nothing was done"


@dataclass
class StillLeaving(CouldNotBeDone):
    """Posts that the list server has not got yet; without the list nobody would know where to."""

    list: str
    leaving: int

    def __str__(self) -> str:
        way = f"{posts(self.leaving)} still on the way to {self.list}"
        return f"{way}, which stays served until 'gatepost serve' has sent them"


def remove_list(name: str, holds: str | None, by: str | None, *, yes: bool) -> None:
    """Serve a list no more; its versions, holds, audit and file stay."""
    with session.store() as store:
        one = served(store, name)
        waiting = _ids(store, one.list)
    fate = _fate(one.list, len(waiting), holds)
    confirm(f"Serve {one.list} no more", yes=yes)
    if waiting and fate is not Fate.KEEP:
        reason = _REASON if fate is Fate.REJECT else ""
        decide(waiting, Wish(Outcome(fate.value), "", reason), by, yes=True)
    author = whose(policy_of(one).profile, session.settings(), by)
    why = f"posts that waited: {fate.value}" if waiting else ""

    def job(connection: Connection) -> None:
        if leaving := _leaving(connection, one.list):
            raise StillLeaving(one.list, leaving)
        versions.remove(connection, one.list, author, why, session.now())

    with session.store() as store:
        store.write(job)
    say(Piece(f"{one.list} is served no more", Ink.GOOD), "; its file, versions and records stay.")


def _leaving(connection: Connection, address: str) -> int:
    owed = select(func.count()).where(DELIVERY.c.list == address, DELIVERY.c.state.in_(_OWED))
    return connection.scalar(owed) or 0


def _ids(store: Store, address: str) -> tuple[str, ...]:
    asked = queue.Filter(lists=(address,))
    return tuple(summary.id for summary in store.read(lambda connection: queue.waiting(connection, asked)))


def _fate(address: str, waiting: int, given: str | None) -> Fate:
    """What becomes of waiting posts: as given, else as the person at the terminal says. Raises FateWanted."""
    if given in tuple(Fate):
        return Fate(given)
    if given is not None:
        raise FateWanted(address, waiting)
    if not waiting:
        return Fate.KEEP
    if not (sys.stdin.isatty() and on_terminal(sys.stderr)):
        raise FateWanted(address, waiting)
    say(f"{posts(waiting)} to {address} waiting. What becomes of them: release, reject, discard or keep?")
    answer = sys.stdin.readline().strip().lower()
    if answer not in tuple(Fate):
        raise FateWanted(address, waiting)
    return Fate(answer)
