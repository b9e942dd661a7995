"""Starts serving a list, shows what is served, and lets its verdicts act."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from cli import session
from cli.listfiles.copies import carry_along, copy_of, place_for
from cli.listfiles.list_file import Change, rewrite
from cli.listfiles.past import Met, last_met
from cli.listfiles.published import policy_of, publish, served
from cli.listfiles.settle import put
from cli.listfiles.sources import unsourced
from cli.output import Ink, Piece, confirm, emit, remark, say, table
from cli.person import whose
from gateway import versions
from gateway.errors import CouldNotBeDone, GivenWrong
from gateway.store.database import Store
from gateway.versions import Published
from rules.policy import Policy
from rules.profile import Mode, Person, Profile, read_profile

_LAST = 200  # posts looked back on before a list is enforced
_SHOWN = 10


@dataclass
class NoNextHop(GivenWrong):
    """A list file that can be checked but not served."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path}: no next_hop; say where the list server takes mail, as in 'next_hop: lmtp://127.0.0.1:8024'"


@dataclass
class AlreadyServed(CouldNotBeDone):
    """A list, or one of its addresses, that is served already."""

    address: str
    list: str

    def __str__(self) -> str:
        return (
            f"{self.address} belongs to {self.list}, which is served already; 'gatepost lists set' changes it"
        )


def add_list(file: Path, by: str | None) -> None:
    """Copy a list file beside gatepost.toml, prove it, publish it. Whatever is raised, nothing changed."""
    profile = read_profile(file)
    if profile.next_hop is None:
        raise NoNextHop(file)
    settings = session.settings()
    with session.store(create=True) as store:
        _refuse_twice(store, profile)
        target = place_for(settings.folder, profile)
        made = carry_along(file, target)
        changes = (*made.changes, *_starting(profile))
        author = whose(profile, settings, by)
        told: list[str] = []

        def put_into_force(policy: Policy) -> int:
            told.append(unsourced(policy, settings))
            return publish(store, policy, author, f"added from {file.name}")

        with made.in_place():
            number = rewrite(target, file, changes, put_into_force)
    say(Piece(f"{profile.list} is served", Ink.GOOD), f" (version {number}); its file is {target}.")
    _advise(profile)
    for sentence in filter(None, told):
        remark(sentence)


def _starting(profile: Profile) -> tuple[Change, ...]:
    return () if profile.mode is not None else (Change(("mode",), Mode.SHADOW.value),)


def _advise(profile: Profile) -> None:
    if profile.mode is not Mode.ENFORCE:
        say(
            f"It is in shadow: posts pass, verdicts are recorded. Then: gatepost lists enforce {profile.name}"
        )
    if not (profile.moderators or profile.owners):
        remark("Nobody may decide on its posts yet: name 'moderators' or 'owners' in its file.")


def _refuse_twice(store: Store, profile: Profile) -> None:
    for one in store.read(versions.current):
        there = policy_of(one).profile
        taken = {address.lower() for address in (there.list, *there.aliases)}
        for address in (profile.list, *profile.aliases):
            if address.lower() in taken:
                raise AlreadyServed(address, one.list)


def list_lists(*, as_json: bool) -> None:
    """Print the served lists."""
    with session.store() as store:
        published = store.read(versions.current)
    profiles = [(one, policy_of(one).profile) for one in published]
    if as_json:
        for one, profile in profiles:
            emit(_brief(one, profile))
        return
    table(
        ("list", "version", "mode", "next hop", "packs"),
        [
            (
                one.list,
                str(one.number),
                _mode(profile),
                ", ".join(profile.hop_urls) or "-",
                ", ".join(profile.packs),
            )
            for one, profile in profiles
        ],
    )


def _mode(profile: Profile) -> str:
    return (profile.mode or Mode.SHADOW).value


def _brief(one: Published, profile: Profile) -> dict[str, Any]:
    return {
        "list": one.list,
        "version": one.number,
        "mode": _mode(profile),
        "next_hop": profile.model_dump(mode="json", include={"next_hop"})["next_hop"],
        "packs": list(profile.packs),
    }


def show_list(name: str, *, as_json: bool) -> None:
    """Print what is in force on a list."""
    with session.store() as store:
        one = served(store, name)
    profile = policy_of(one).profile
    settled = {
        name: kept.model_dump(mode="json", exclude_defaults=True) for name, kept in profile.clauses.items()
    }
    if as_json:
        emit(
            _brief(one, profile)
            | {
                "digest": one.digest,
                "aliases": list(profile.aliases),
                "purpose": profile.purpose,
                "moderators": [person.address for person in profile.moderators],
                "owners": [person.address for person in profile.owners],
                "members": None if profile.members is None else len(profile.members),
                "scanners": _scanners(profile),
                "clauses": settled,
                "file": str(copy_of(session.settings().folder, one.list)),
            }
        )
        return
    for title, value in _lines(one, profile):
        say(Piece(f"{title:<12}", Ink.BOLD), value or "-")
    for clause, keys in settled.items():
        say(Piece(f"{clause:<12}", Ink.BOLD), ", ".join(f"{key}: {value}" for key, value in keys.items()))


def _lines(one: Published, profile: Profile) -> tuple[tuple[str, str], ...]:
    members = "not known here" if profile.members is None else str(len(profile.members))
    return (
        ("list", one.list),
        ("aliases", ", ".join(profile.aliases)),
        ("version", f"{one.number}, {one.digest[:12]}"),
        ("mode", _mode(profile)),
        ("next hop", ", ".join(profile.hop_urls)),
        ("packs", ", ".join(profile.packs)),
        ("moderators", _names(profile.moderators)),
        ("owners", _names(profile.owners)),
        ("members", members),
        ("scanners", ", ".join(_scanners(profile))),
        ("purpose", " ".join(profile.purpose.split())),
    )


def _scanners(profile: Profile) -> list[str]:
    return [scanner.value for scanner in profile.scanners.asked] if profile.scanners else []


def _names(people: Sequence[Person]) -> str:
    return ", ".join(f"{person.address}{f' ({person.user})' if person.user else ''}" for person in people)


def enforce_list(name: str, by: str | None, *, yes: bool) -> None:
    """Show what the last posts would have met, ask, and let verdicts act."""
    with session.store() as store:
        one = served(store, name)
        if policy_of(one).profile.mode is Mode.ENFORCE:
            say(f"{one.list} is enforced already; nothing was changed.")
            return

        def job(connection: Connection) -> tuple[Met, ...]:
            return last_met(connection, one.list, _LAST)

        _tell_past(one.list, store.read(job))
        confirm(f"Let verdicts act on {one.list}", yes=yes)
        number = put(store, one.list, Change(("mode",), Mode.ENFORCE.value), by)
    say(Piece(f"{one.list} is enforced", Ink.GOOD), f" (version {number}).")


def _tell_past(name: str, past: Sequence[Met]) -> None:
    if not past:
        say(f"No post to {name} has been judged yet.")
        return
    stopped = [met for met in past if met.stopped]
    say(f"Of the last {len(past)} posts to {name}, {len(stopped)} would not have passed at once.")
    table(
        ("when", "would meet", "clauses"),
        [(f"{met.at:%Y-%m-%d %H:%M} UTC", met.action, ", ".join(met.clauses)) for met in stopped[:_SHOWN]],
    )
    if len(stopped) > _SHOWN:
        say(f"... and {len(stopped) - _SHOWN} more.")
