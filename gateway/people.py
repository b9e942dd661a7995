"""Who may decide: a list's moderators and owners, and the installation's admins."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from gateway.errors import CouldNotBeDone


class Named(Protocol):
    """What list files and settings say of a person."""

    @property
    def address(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def user(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Person:
    """A person: ``user`` is the operating-system user, "" when unknown."""

    address: str
    name: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Who may decide on the posts of ``list``, or, where that is "", act on the whole installation."""

    list: str
    moderators: tuple[Person, ...] = ()
    owners: tuple[Person, ...] = ()
    admins: tuple[Person, ...] = ()

    @classmethod
    def of(
        cls, list_address: str, moderators: Iterable[Named], owners: Iterable[Named], admins: Iterable[Named]
    ) -> "People":
        """People as a list file and the settings name them."""
        return cls(list_address, _persons(moderators), _persons(owners), _persons(admins))

    @property
    def all(self) -> tuple[Person, ...]:
        """Everybody who may decide, each address once."""
        return tuple({p.address.lower(): p for p in (*self.admins, *self.owners, *self.moderators)}.values())

    def may_decide(self, address: str) -> bool:
        """Whether the person of this address may decide; letter case does not count."""
        return any(person.address.lower() == address.lower() for person in self.all)


@dataclass
class NotAllowed(CouldNotBeDone):
    """Somebody who may not decide on this list's posts, or, without a list, not on the installation."""

    list: str
    who: str
    those: tuple[str, ...]

    def __str__(self) -> str:
        what, where = "act on the whole installation", "'admins' in gatepost.toml"
        if self.list:
            what, where = f"decide on posts to {self.list}", "'moderators' in the list file"
        if not self.those:
            return f"{self.who} may not {what}, and nobody may: name {where}."
        return f"{self.who} may not {what}; these may: {', '.join(self.those)}."


def acting(people: People, user: str, as_address: str | None) -> Person:
    """Return who acts: ``as_address`` (of --as), else whom the operating-system user ``user`` is.

    Raises NotAllowed, naming those who may.
    """
    for person in people.all:
        if as_address is None and user and person.user == user:
            return person
        if as_address is not None and person.address.lower() == as_address.lower():
            return person
    who = as_address or f"The operating-system user {user!r}"
    raise refused(people, who)


def refused(people: People, who: str) -> NotAllowed:
    """The refusal of ``who``, with the addresses of those who may and the users they are known by."""
    those = (f"{p.address} (user {p.user})" if p.user else p.address for p in people.all)
    return NotAllowed(people.list, who, tuple(those))


def _persons(named: Iterable[Named]) -> tuple[Person, ...]:
    return tuple(Person(one.address, one.name, one.user) for one in named)
