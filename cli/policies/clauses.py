"""`gatepost rules list` and `show`: what clauses say, in a pack or in force on a list."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli import session
from cli.listfiles.published import policy_of, served
from cli.output import Ink, Piece, emit, say, table
from cli.policies.proof import shipped
from rules.clause import Clause, Examples, InForce
from rules.errors import NoSuchClause, NoSuchPack
from rules.pack import Pack, find_pack, read_untaught


def list_clauses(what: str | None, *, as_json: bool) -> None:
    """Print the clauses of a pack, of a served list, or of every shipped pack."""
    rows = tuple(_clauses(what))
    if as_json:
        for pack, clause in rows:
            emit(_brief(pack, clause))
        return
    table(
        ("clause", "action", "status", "threshold", "title"),
        [
            (f"{pack}/{clause.clause}", clause.action, clause.status, f"{clause.threshold:g}", clause.title)
            for pack, clause in rows
        ],
    )


def _clauses(what: str | None) -> Iterator[tuple[str, Clause]]:
    if what is None:
        for name in shipped():
            yield from _of_pack(name)
        return
    try:
        found = find_pack(what, Path())
    except NoSuchPack:
        for clause in _in_force(what):
            yield clause.pack, clause
        return
    yield from _of_pack(str(found))


def _of_pack(name: str) -> Iterator[tuple[str, Clause]]:
    pack = read_untaught(find_pack(name, Path()))
    for clause in pack.clauses:
        yield pack.name, clause


def _in_force(name: str) -> tuple[InForce, ...]:
    with session.store() as store:
        return policy_of(served(store, name)).clauses


def show_clause(name: str, list_name: str | None, *, as_json: bool) -> None:
    """Print one clause: of a served list, with its settings there, or of a pack, with its examples."""
    pack, clause, examples = _on_list(name, list_name) if list_name else _in_packs(name)
    if as_json:
        emit(_whole(pack, clause, examples))
        return
    say(Piece(f"{pack}/{clause.clause}: {clause.title}", Ink.HEAD))
    say(f"From {clause.source.document}, “{clause.source.heading}”")
    kind = ", sensitive" if clause.sensitive else ""
    say(f"{clause.action}, {clause.status}, threshold {clause.threshold:g}{kind}")
    for title, text in (
        ("Says", clause.says),
        ("Asks the moderator", clause.ask),
        ("To mend it", clause.mend),
    ):
        say(Piece(f"\n{title}: ", Ink.BOLD), " ".join(text.split()))
    if isinstance(clause, InForce) and clause.phrases:
        say(Piece("\nPhrases of this list: ", Ink.BOLD), ", ".join(clause.phrases))
    for title, chosen in (("Must be held", examples.must_hold), ("Must pass", examples.must_pass)):
        if chosen:
            say(Piece(f"\n{title}", Ink.BOLD))
        for example in chosen:
            words = " ".join((example.text or example.subject or example.html or "").split())
            say(f"  {example.name}: ", Piece(words[:160], Ink.QUIET))


def _on_list(name: str, list_name: str) -> tuple[str, Clause, Examples]:
    clauses = _in_force(list_name)
    for clause in clauses:
        if name in (clause.clause, clause.name):
            return clause.pack, clause, Examples()
    raise NoSuchClause(name, tuple(clause.name for clause in clauses))


def _in_packs(name: str) -> tuple[str, Clause, Examples]:
    wanted, _, short = name.rpartition("/")
    packs: list[Pack] = [
        read_untaught(find_pack(one, Path())) for one in ((wanted,) if wanted else shipped())
    ]
    for pack in packs:
        for clause in pack.clauses:
            if clause.clause == short:
                return pack.name, clause, pack.examples(clause)
    raise NoSuchClause(
        name, tuple(f"{pack.name}/{clause.clause}" for pack in packs for clause in pack.clauses)
    )


def _brief(pack: str, clause: Clause) -> dict[str, Any]:
    return {
        "clause": clause.clause,
        "pack": pack,
        "title": clause.title,
        "action": clause.action.value,
        "status": clause.status.value,
        "threshold": clause.threshold,
    }


def _whole(pack: str, clause: Clause, examples: Examples) -> dict[str, Any]:
    return _brief(pack, clause) | {
        "document": clause.source.document,
        "heading": clause.source.heading,
        "sensitive": clause.sensitive,
        "says": clause.says,
        "ask": clause.ask,
        "mend": clause.mend,
        "must_hold": [example.name for example in examples.must_hold],
        "must_pass": [example.name for example in examples.must_pass],
    }
