"""`gatepost admin verify`: what does not hold, what to do about it, and the repair of what can be."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from cli import session
from cli.administration.keeper import keeper
from cli.output import Ink, Piece, confirm, emit, say
from gateway.audit import head
from gateway.invariants import clients
from gateway.invariants.problem import Problem
from gateway.store.database import Store
from gateway.store.errors import StoreBroken, StoreForeign, StoreUnreadable
from gateway.verify import repair, verify


def check(
    by: str | None, *, mend: bool, yes: bool, as_json: bool, log: Path | None = None, sink: Path | None = None
) -> None:
    """Say what does not hold; with ``mend``, repair what can be and look again. Exits 1 if not all holds.

    ``log``: what clients were told; ``sink``: what the list server got. Raises LogWrong for either,
    and NotAllowed for a repair by somebody who may not.
    """
    told = clients.read_log(log) if log else ()
    got = clients.read_sink(sink) if sink else None
    with _looked_at() as store:
        who = keeper(store, by) if mend else ""
        problems = verify(store)
        mended: tuple[str, ...] = ()
        if mend:
            mended = _mended(store, problems, who, yes=yes, quiet=as_json)
            problems = verify(store)
        problems += store.read(lambda connection: tuple(clients.promised(connection, told, got)))
        number, digest = store.read(head)
    if as_json:
        last = {"number": number, "digest": digest}
        found = [_row(problem) for problem in problems]
        emit({"sound": not problems, "problems": found, "repaired": list(mended), "head": last})
    else:
        _list(problems)
        _conclude(problems, mend=mend, mended=bool(mended))
        if number:
            say(f"The audit's last entry is number {number}, digest {digest}.")
    if problems:
        raise typer.Exit(1)


@contextmanager
def _looked_at() -> Iterator[Store]:
    """The store; where it is broken, whoever verifies it is not advised to verify it."""
    try:
        with session.store() as store:
            yield store
    except StoreForeign:
        raise
    except StoreBroken as broken:
        raise StoreUnreadable(broken.where, broken.problem) from broken


def _mended(store: Store, problems: Sequence[Problem], by: str, *, yes: bool, quiet: bool) -> tuple[str, ...]:
    mendable = [problem for problem in problems if problem.mend is not None]
    if not mendable:
        return ()
    if not quiet:
        _list(problems)
    one = "the one thing that does not hold"
    many = f"{len(mendable)} of {len(problems)} things that do not hold"
    confirm(f"Repair {one if len(problems) == 1 else many}", yes=yes)
    said = repair(store, mendable, by)
    if not quiet:
        for sentence in said:
            say(Piece("repaired ", Ink.GOOD), sentence)
    return said


def _list(problems: Sequence[Problem]) -> None:
    for problem in problems:
        say(Piece("broken  ", Ink.BAD), f"{problem.invariant}  {problem.says}")
        say(f"            {problem.advice}")


def _conclude(problems: Sequence[Problem], *, mend: bool, mended: bool) -> None:
    if not problems:
        say(Piece("The store is sound.", Ink.GOOD))
        return
    say("1 thing does not hold." if len(problems) == 1 else f"{len(problems)} things do not hold.")
    mendable = sum(problem.mend is not None for problem in problems)
    if mendable and not mend:
        which = "it" if len(problems) == 1 else f"{mendable} of them"
        say(f"'gatepost admin verify --repair' repairs {which}, and loses nothing by it.")
    if mend and not mended:
        say("Nothing was repaired, because nothing of it can be without a loss: do what is advised above.")


def _row(problem: Problem) -> dict[str, object]:
    return {
        "invariant": problem.invariant,
        "says": problem.says,
        "next": problem.advice,
        "repairable": problem.mend is not None,
    }
