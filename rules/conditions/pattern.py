"""pattern: expressions of RE2 on normalised text; linear in time whatever the post."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from rules.conditions.condition import Atoms, Condition, Found, Measure, Post, summary
from rules.conditions.scope import Scope, WordsSpec, found_at
from rules.facts import Need
from rules.files.values import Texts, Whole
from rules.matching.patterns import PatternRefused, matches
from rules.matching.phrases import Sought
from rules.matching.places import Place
from rules.profile import Profile


def compilable(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """The patterns as they came. Raises ValueError for one that RE2 refuses or that matches nothing."""
    for pattern in patterns:
        try:
            empty = matches(pattern, "")
        except PatternRefused as refused:
            raise ValueError(f"holds '{pattern}', which RE2 does not take: {refused}") from refused
        if empty:
            raise ValueError(f"holds '{pattern}', which matches nothing at all: it would hold for every post")
    return patterns


Patterns = Annotated[Texts, AfterValidator(compilable)]


class PatternSpec(WordsSpec):
    """Holds when ``at_least`` different patterns of the list match."""

    pattern: Patterns
    except_: Annotated[Sought | None, Field(alias="except")] = None
    at_least: Annotated[Whole, Field(ge=1)] = 1

    def made(self, _profile: Profile, /) -> "Pattern":
        """The condition; the list's profile does not matter."""
        return Pattern(frozenset(self.pattern), self.scope(), self.at_least, self.confidence)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Any of some patterns in some zones."""

    patterns: frozenset[str]
    scope: Scope
    at_least: int = 1
    confidence: float = 1.0
    cost: int = 10
    parts: tuple[Condition, ...] = ()

    @property
    def words(self) -> str:
        """The question in a few words."""
        return summary("pattern", tuple(sorted(self.patterns)))

    def atoms(self) -> Atoms:
        """The patterns, and the phrases that excuse them."""
        return self.triggers() | self.scope.atoms()

    def triggers(self) -> Atoms:
        """One of the patterns must match."""
        return Atoms(patterns=self.patterns)

    def needs(self) -> frozenset[Need]:
        """What its scope asks for."""
        return self.scope.needs()

    def places(self, post: Post) -> tuple[Place, ...]:
        """Every place that counts, of every pattern."""
        return tuple(place for places in self._by_pattern(post) for place in places)

    def find(self, post: Post) -> Found | None:
        """The places, when enough different patterns match."""
        by_pattern = self._by_pattern(post)
        if len(by_pattern) < self.at_least:
            return None
        return found_at(tuple(place for places in by_pattern for place in places), self.confidence)

    def measure(self, post: Post) -> Measure | None:
        """How many different ones are there, where more than one is asked for."""
        if self.at_least == 1:
            return None
        return Measure(len(self._by_pattern(post)), "different patterns", f"at least {self.at_least}")

    def _by_pattern(self, post: Post) -> list[tuple[Place, ...]]:
        hits = post.hits
        there = sorted(self.patterns.intersection(hits.patterns))
        return [kept for pattern in there if (kept := self.scope.kept(post, hits.places_of_pattern(pattern)))]
