"""sender: who wrote the post, as far as the message, the list file and the facts say."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from rules.conditions.condition import ConditionSpec, Found, Post, Question, Spec, summary
from rules.conditions.mentions import Group, names_of
from rules.facts import Need, Standing
from rules.files.values import Values, one_or_more
from rules.identity.likeness import Seeming, seeming
from rules.identity.marks import Marks, marks_of
from rules.matching.phrases import as_written
from rules.parsing.addresses import Address, mailboxes
from rules.profile import Profile

_LONGEST = 2_000
"""Octets of a Reply-To field that are looked at: it names one mailbox, or a few."""


class Who(StrEnum):
    """What an author may be to the list."""

    OFFICIAL = "official"
    OFFICIAL_VERIFIED = "official-verified"
    OFFICIAL_ADDRESS = "official-address"
    ORGANISATION = "organisation"
    COMPANY = "company"
    MODERATOR = "moderator"
    LIST = "list"
    MEMBER = "member"
    NONMEMBER = "nonmember"
    UNKNOWN = "unknown"
    NULL = "null"
    SEVERAL = "several"
    NONE = "none"


_STANDINGS = {
    Who.MEMBER: Standing.MEMBER,
    Who.NONMEMBER: Standing.NONMEMBER,
    Who.UNKNOWN: Standing.UNKNOWN,
}


class SenderTest(Spec):
    """Who it may be: any of what is said here is enough."""

    is_: Annotated[tuple[Who, ...], one_or_more(Who), Field(alias="is")] = ()
    resembles: Annotated[tuple[Seeming, ...], one_or_more(Seeming)] = ()
    domain: Values | None = None
    address: Values | None = None
    name: Values | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.is_ or self.resembles or self.domain or self.address or self.name):
            raise ValueError("should say who: is, resembles, domain, address or name")
        return self


def _worded(value: Any) -> Any:
    return value if isinstance(value, Mapping | SenderTest) else {"is": value}


class SenderSpec(ConditionSpec):
    """Holds when the author is one of those."""

    sender: Annotated[
        SenderTest,
        BeforeValidator(_worded, json_schema_input_type=Who | tuple[Who, ...] | SenderTest),
    ]

    def made(self, profile: Profile, /) -> "Sender":
        """The condition, with the names of companies in this list's profile."""
        like = tuple(f"like {kind.value}" for kind in self.sender.resembles)
        said = (*self.sender.is_, *like, *(self.sender.domain or ()), *(self.sender.address or ()))
        return Sender(
            test=self.sender,
            names=tuple(map(as_written, self.sender.name or ())),
            companies=names_of(Group.COMPANIES, profile) if Who.COMPANY in self.sender.is_ else (),
            marks=marks_of(profile) if self.sender.resembles else None,
            confidence=self.confidence,
            words=summary("sender", said or self.sender.name or ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender(Question):
    """A question about the author."""

    test: SenderTest
    names: tuple[str, ...]
    companies: tuple[str, ...]
    marks: Marks | None = None

    def needs(self) -> frozenset[Need]:
        """Standing and authentication, where the question is about them."""
        asked = set(self.test.is_)
        needs = {Need.STANDING} if asked & _STANDINGS.keys() else set()
        if asked & {Who.OFFICIAL, Who.OFFICIAL_VERIFIED} or self.marks:
            needs.add(Need.AUTHENTICATION)
        return frozenset(needs)

    def find(self, post: Post) -> Found | None:
        """The author as the detail."""
        authors = post.reading.authors
        if self.marks and (likeness := self._likeness(self.marks, post)):
            return self.found(likeness)
        if any(self._is(who, post) for who in self.test.is_) or any(map(self._fits, authors)):
            return self.found(
                ", ".join(author.address or author.display for author in authors[:3]) or "no author"
            )
        return None

    def _likeness(self, marks: Marks, post: Post) -> str:
        author = post.reading.author
        if author is None:
            return ""
        values = post.reading.scan.values("reply-to")
        answers = tuple(mailbox for value in values for mailbox in mailboxes(value[:_LONGEST]))
        found = seeming(author, answers, marks, post.facts, post.profile.domain)
        return next((found[kind] for kind in self.test.resembles if kind in found), "")

    def _fits(self, author: Address) -> bool:
        test, address = self.test, author.address.casefold()
        if any(address == given.casefold() for given in test.address or ()):
            return True
        if any(in_domain(author.domain, domain) for domain in test.domain or ()):
            return True
        shown = as_written(author.display) if self.names else ""
        return any(_has_words(shown, name) for name in self.names)

    def _is(self, who: Who, post: Post) -> bool:
        match who:
            case Who.MEMBER | Who.NONMEMBER | Who.UNKNOWN:
                return post.facts.standing is _STANDINGS[who]
            case Who.NULL:
                return post.envelope.reverse_path == b""
            case Who.SEVERAL:
                return len(post.reading.authors) > 1
            case Who.NONE:
                return not post.reading.authors
            case _:
                author = post.reading.author
                return author is not None and self._author_is(who, author, post)

    def _author_is(self, who: Who, author: Address, post: Post) -> bool:
        profile, address = post.profile, author.address.casefold()
        if who is Who.COMPANY:
            return self._of_company(author)
        if who is Who.ORGANISATION:
            return in_domain(author.domain, profile.organisation.domain)
        if who is Who.LIST:
            return address in {own.casefold() for own in (profile.list, *profile.aliases)}
        if who is Who.MODERATOR:
            return address in {person.address.casefold() for person in (*profile.moderators, *profile.owners)}
        if address not in {sender.casefold() for sender in profile.organisation.official_senders}:
            return False
        return who is Who.OFFICIAL_ADDRESS or _believed(post, who is Who.OFFICIAL_VERIFIED)

    def _of_company(self, author: Address) -> bool:
        shown = f"{as_written(author.display)} {author.domain.replace('-', ' ').replace('.', ' ')}"
        return any(
            _has_words(shown, name) or _has_words(shown, name.replace(" ", "")) for name in self.companies
        )


def in_domain(host: str, domain: str) -> bool:
    """Whether a host is the domain or lies below it.

    >>> in_domain("mail.example.org", "Example.org"), in_domain("badexample.org", "example.org")
    (True, False)
    """
    wanted = domain.casefold().lstrip(".")
    return bool(wanted) and (host == wanted or host.endswith("." + wanted))


def _believed(post: Post, proof: bool) -> bool:
    """An official address is believed where nobody could contradict it, or only when there is proof."""
    facts, border = post.facts, post.profile.border
    if facts.trusted or facts.authentication.vouches:
        return True
    # A list that names its border hears of its official senders from there, and from nowhere else.
    return not (proof or border.networks or border.authserv_id) and facts.authentication.source == "none"


def _has_words(text: str, words: str) -> bool:
    return f" {words} " in f" {text} "
