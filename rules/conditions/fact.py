"""fact: what is known of the post beside its words: standing, authentication, loops, automatic mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from rules.conditions.condition import ConditionSpec, Found, Post, Question, Spec, summary
from rules.conditions.header import is_own
from rules.facts import Need, Result, Standing
from rules.files.values import one_or_more
from rules.profile import Nonmembers, Profile


class Known(StrEnum):
    """Things that are so or not."""

    AUTOMATIC = "automatic"
    LOOPED = "looped"
    RETURNED = "returned"
    FOREIGN_LIST = "foreign-list"
    TRUSTED = "trusted"
    AUTHENTICATED = "authenticated"
    MEMBERS_ONLY = "members-only"
    EMPTY = "empty"


Results = Annotated[tuple[Result, ...], one_or_more(Result), Field(min_length=1)]
Standings = Annotated[tuple[Standing, ...], one_or_more(Standing), Field(min_length=1)]


class FactTest(Spec):
    """One of ``so`` is so, and every other thing said here is as said."""

    so: Annotated[tuple[Known, ...], one_or_more(Known)] = ()
    standing: Standings | None = None
    dmarc: Results | None = None
    dkim: Results | None = None
    spf: Results | None = None


def _worded(value: Any) -> Any:
    return value if isinstance(value, Mapping | FactTest) else {"so": value}


class FactSpec(ConditionSpec):
    """Holds when the facts are so."""

    fact: Annotated[
        FactTest, BeforeValidator(_worded, json_schema_input_type=Known | tuple[Known, ...] | FactTest)
    ]

    def made(self, _profile: Profile, /) -> "Fact":
        """The condition; the list's profile does not matter."""
        said = tuple(known.value for known in self.fact.so) or tuple(sorted(self.fact.model_fields_set))
        return Fact(test=self.fact, confidence=self.confidence, words=summary("fact", said))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Question):
    """A question about facts."""

    test: FactTest

    def needs(self) -> frozenset[Need]:
        """Standing and authentication, where the question is about them."""
        needs = {Need.STANDING} if self.test.standing else set()
        if self.test.dmarc or self.test.dkim or self.test.spf or Known.AUTHENTICATED in self.test.so:
            needs.add(Need.AUTHENTICATION)
        return frozenset(needs)

    def find(self, post: Post) -> Found | None:
        """The first fact that is so, in words, as the detail."""
        test, identity = self.test, post.facts.authentication
        if test.standing and post.facts.standing not in test.standing:
            return None
        for wanted, result in (
            (test.dmarc, identity.dmarc),
            (test.dkim, identity.dkim),
            (test.spf, identity.spf),
        ):
            if wanted and result not in wanted:
                return None
        if not test.so:
            return self.found(f"standing {post.facts.standing.value}, DMARC {identity.dmarc.value}")
        so = next((known for known in test.so if is_so(known, post)), None)
        return None if so is None else self.found(_SAID[so])


_SAID = {
    Known.AUTOMATIC: "mail sent by a machine",
    Known.LOOPED: "mail that has already been through this gateway",
    Known.RETURNED: "mail that this list has already sent out",
    Known.FOREIGN_LIST: "mail of another list",
    Known.TRUSTED: "mail from a trusted network",
    Known.AUTHENTICATED: "an author whose domain stands behind the post",
    Known.MEMBERS_ONLY: "a list for members only",
    Known.EMPTY: "a post without words",
}


def is_so(known: Known, post: Post) -> bool:
    """Whether the thing is so of this post."""
    reading = post.reading
    match known:
        case Known.AUTOMATIC:
            return reading.automatic
        case Known.LOOPED:
            return post.facts.looped
        case Known.TRUSTED:
            return post.facts.trusted
        case Known.AUTHENTICATED:
            return post.facts.authenticated
        case Known.MEMBERS_ONLY:
            return post.profile.nonmembers is Nonmembers.HOLD
        case Known.EMPTY:
            return not reading.attachments and not any(
                zone.text.strip() for zone in reading.zones if zone.name != "subject"
            )
        case Known.RETURNED:
            values = (*reading.field("List-Id"), *reading.field("X-BeenThere"))
            return any(is_own(value, post.profile) for value in values)
        case Known.FOREIGN_LIST:
            return any(not is_own(value, post.profile) for value in reading.field("List-Id"))
