"""Changes a list's file by key, proves it, publishes it: `lists set`, `rules set`, `enable`, `disable`."""

from dataclasses import dataclass
from typing import Any

from cli import session
from cli.listfiles.copies import copy_of
from cli.listfiles.list_file import Change, rewrite, value_of
from cli.listfiles.published import publish, served
from cli.output import say
from cli.person import whose
from gateway.errors import GivenWrong
from gateway.store.database import Store
from rules.policy import Policy


@dataclass
class NotSettable(GivenWrong):
    """A key that cannot be set in this way."""

    key: str
    why: str

    def __str__(self) -> str:
        return f"'{self.key}' cannot be set: {self.why}"


def settle(name: str, key: str, value: str, by: str | None) -> None:
    """Set one key of a list's file. Raises what is wrong with it, having changed nothing."""
    keys = tuple(key.split("."))
    if keys == ("list",):
        raise NotSettable(
            key, "another address is another list; 'gatepost lists add' it, then 'remove' this one"
        )
    if not all(keys):
        raise NotSettable(key, "give it as KEY or KEY.KEY")
    with session.store() as store:
        number = put(store, name, Change(keys, value_of(value)), by)
    say(f"Set {key} on {name}: version {number} is in force.")


def settle_clause(name: str, key: str, value: str, by: str | None) -> None:
    """Set one key of a clause on a list."""
    clause, dot, what = key.partition(".")
    if not (clause and dot and what):
        raise NotSettable(key, "give it as CLAUSE.KEY, such as endorsement.threshold")
    settled: Any = value_of(value)
    if what == "phrases" and isinstance(settled, str):
        settled = [settled]
    with session.store() as store:
        number = put(store, name, Change(("clauses", clause, what), settled), by)
    say(f"Set {clause}.{what} on {name}: version {number} is in force.")


def put(store: Store, name: str, change: Change, by: str | None) -> int:
    """Make one change to the file of a served list, and publish it; returns the version's number."""
    settings = session.settings()
    path = copy_of(settings.folder, served(store, name).list)
    reason = f"{'.'.join(change.keys)} set to {change.value}"

    def put_into_force(policy: Policy) -> int:
        return publish(store, policy, whose(policy.profile, settings, by), reason)

    return rewrite(path, path, (change,), put_into_force)
