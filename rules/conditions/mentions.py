"""mentions: the people and bodies that the list file names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from rules.conditions.condition import Atoms, Condition, Found, Post, summary
from rules.conditions.scope import Scope, WordsSpec, found_at
from rules.facts import Need
from rules.files.values import YesNo, one_or_more
from rules.matching.phrases import Sought, as_written, problem_of
from rules.matching.places import Place
from rules.profile import Profile

_FORM = re.compile(r"[\s,]+(ltd|limited|plc|llp|inc|gmbh|bv|b\.v|s\.?a|co)\.?$", re.IGNORECASE)
_TITLES = ("dr", "mr", "mrs", "ms", "miss", "prof", "professor")
_SHORT = 3
"""Letters: a name no longer than this may also be a common word, and is then written small."""


class Group(StrEnum):
    """Those whom a list file names."""

    ORGANISATION = "organisation"
    STAFF = "staff"
    PARTNERS = "partners"
    COMPANIES = "companies"
    OFFICIAL = "official"
    MEMBERS = "members"


class MentionsSpec(WordsSpec):
    """Holds when the text names anybody of these groups."""

    mentions: Annotated[tuple[Group, ...], one_or_more(Group), Field(min_length=1)]
    except_: Annotated[Sought | None, Field(alias="except")] = None
    disguised: YesNo = True

    def made(self, profile: Profile, /) -> "Mentions":
        """The condition, with the names in this list's profile."""
        groups = self.mentions
        names = frozenset(name for group in groups for name in names_of(group, profile))
        return Mentions(groups, names, self.scope(disguised=self.disguised), self.confidence)


@dataclass(frozen=True, slots=True)
class Mentions:
    """Any of the names of some groups in some zones."""

    groups: tuple[Group, ...]
    names: frozenset[str]
    scope: Scope
    confidence: float = 1.0
    cost: int = 10
    parts: tuple[Condition, ...] = ()

    @property
    def words(self) -> str:
        """The question in a few words."""
        return summary("mentions", tuple(group.value for group in self.groups))

    def atoms(self) -> Atoms:
        """The names, and the phrases that excuse them."""
        return self.triggers() | self.scope.atoms()

    def triggers(self) -> Atoms:
        """One of the names must be there."""
        return Atoms(names=self.names)

    def needs(self) -> frozenset[Need]:
        """What its scope asks for."""
        return self.scope.needs()

    def places(self, post: Post) -> tuple[Place, ...]:
        """Every place where one of them is named."""
        hits = post.hits
        there = [
            place for name in sorted(self.names.intersection(hits.phrases)) for place in hits.places(name)
        ]
        return tuple(place for place in self.scope.kept(post, there) if _as_a_name(post, place))

    def find(self, post: Post) -> Found | None:
        """The places where they are named."""
        return found_at(self.places(post), self.confidence)


def names_of(group: Group, profile: Profile) -> tuple[str, ...]:
    """The names of a group as they are sought, each with the other ways in which people write it."""
    match group:
        case Group.ORGANISATION:
            found: Iterable[str] = profile.organisation.names
        case Group.STAFF:
            found = (form for name in profile.organisation.staff for form in _of_person(name))
        case Group.PARTNERS:
            found = profile.organisation.partners
        case Group.COMPANIES:
            found = (form for name in profile.company_members for form in _of_company(name))
        case Group.OFFICIAL:
            found = profile.organisation.official_senders
        case Group.MEMBERS:
            people = (person.name for person in (*profile.moderators, *profile.owners))
            # A first name alone is often a word as well: Will, Mark, Grace.
            found = (name for name in (*profile.member_names, *people) if " " in name.strip())
    return tuple(as_written(name) for name in found if problem_of(name) is None and "*" not in name)


def _of_person(name: str) -> Iterable[str]:
    yield name
    surname = name.split()[-1]
    if surname != name:
        yield from (f"{title} {surname}" for title in _TITLES)
        yield from (f"{title}. {surname}" for title in _TITLES)


def _of_company(name: str) -> Iterable[str]:
    yield name
    bare = _FORM.sub("", name)
    if bare != name:
        yield bare


def _as_a_name(post: Post, place: Place) -> bool:
    text = post.haystack.texts[place.zone][place.start : place.end]
    return len(text) > _SHORT or text != text.lower()
