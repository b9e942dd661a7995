"""The lists that are served and the versions of their policies, found by the name a person gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from cli import session
from cli.output import emit, table
from gateway import versions
from gateway.errors import GivenWrong
from gateway.store.database import Store
from gateway.versions import Published

if TYPE_CHECKING:
    from rules.policy import Policy


@dataclass
class NoSuchList(GivenWrong):
    """A name that is no served list's."""

    name: str
    served: tuple[str, ...]

    def __str__(self) -> str:
        known = f"there are {', '.join(self.served)}" if self.served else "'gatepost lists add FILE' adds one"
        return f"no list '{self.name}' is served; {known}"


@dataclass
class SeveralLists(GivenWrong):
    """A local part that several served lists have."""

    name: str
    meant: tuple[str, ...]

    def __str__(self) -> str:
        return f"'{self.name}' may be {' or '.join(self.meant)}; give the whole address"


@dataclass
class OneListWanted(GivenWrong):
    """Both or none of --list-file and --list were given."""

    def __str__(self) -> str:
        return "give either --list-file FILE or --list LIST, to say whose policy judges"


def served(store: Store, name: str) -> Published:
    """The served list of this address or local part, without case. Raises NoSuchList, SeveralLists."""
    return chosen(store.read(versions.current), name)


def chosen(published: Sequence[Published], name: str) -> Published:
    """The one of the lists that the name means."""
    wanted = name.lower()
    whole = [one for one in published if one.list.lower() == wanted]
    meant = whole or [one for one in published if one.list.lower().rpartition("@")[0] == wanted]
    if not meant:
        raise NoSuchList(name, tuple(one.list for one in published))
    if len(meant) > 1:
        raise SeveralLists(name, tuple(one.list for one in meant))
    return meant[0]


def policy_named(list_file: Path | None, name: str | None) -> "Policy":
    """The policy of a list file, or the one in force on a served list. Raises OneListWanted."""
    from rules.policy import load_policy

    if (list_file is None) == (name is None):
        raise OneListWanted
    if list_file is not None:
        return load_policy(list_file)
    with session.store() as store:
        policy = policy_of(served(store, name or ""), store)
        policy.weights  # noqa: B018  read while the store is open
        return policy


def policy_of(published: Published, store: Store | None = None) -> "Policy":
    """The policy that a published version is; ``store`` has what it needs to judge too."""
    # Imported here, because a command that only lists holds never needs the judge.
    from rules.policy import Policy

    if store is None:
        return Policy.from_canonical(published.canonical)

    def weights(digest: str) -> bytes:
        return store.read(lambda connection: versions.weights(connection, digest))

    return Policy.from_canonical(published.canonical, weights)


def publish(store: Store, policy: "Policy", by: str, reason: str) -> int:
    """Put a proved policy into force and return its number; running gateways follow within a second."""

    def job(connection: Connection) -> int:
        return versions.publish(connection, policy, by, reason, session.now())

    return store.write(job)


def list_versions(name: str, *, as_json: bool) -> None:
    """Print the versions of a list's policy, the newest first."""
    with session.store() as store:
        found = served(store, name)
        history = store.read(lambda connection: versions.history(connection, found.list))
    for_people = []
    for version in sorted(history, key=lambda version: -version.number):
        in_force = version.number == found.number
        if as_json:
            emit(_object(version, in_force=in_force))
        else:
            for_people.append(_row(version, in_force=in_force))
    if not as_json:
        table(("version", "when", "by", "why", "digest"), for_people)


def _row(version: Published, *, in_force: bool) -> tuple[str, ...]:
    number = f"{version.number}{' *' if in_force else ''}"
    return number, f"{version.at:%Y-%m-%d %H:%M} UTC", version.by, version.reason, version.digest[:12]


def _object(version: Published, *, in_force: bool) -> dict[str, Any]:
    return {
        "list": version.list,
        "version": version.number,
        "digest": version.digest,
        "by": version.by,
        "at": version.at.isoformat(),
        "reason": version.reason,
        "in_force": in_force,
    }
