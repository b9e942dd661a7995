"""phrase: whole words, in any case, seen through disguises."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from rules.conditions.condition import Atoms, Condition, Found, Post, summary
from rules.conditions.scope import Scope, WordsSpec, found_at
from rules.facts import Need
from rules.files.values import Whole, YesNo
from rules.matching.phrases import Sought, as_written
from rules.matching.places import Place
from rules.profile import Profile


class PhraseSpec(WordsSpec):
    """Holds when ``at_least`` different phrases of the list stand in the text."""

    phrase: Sought
    except_: Annotated[Sought | None, Field(alias="except")] = None
    at_least: Annotated[Whole, Field(ge=1)] = 1
    disguised: YesNo = True

    def made(self, _profile: Profile, /) -> "Phrase":
        """The condition; the list's profile does not matter."""
        return Phrase(
            frozenset(map(as_written, self.phrase)),
            self.scope(disguised=self.disguised),
            self.at_least,
            self.confidence,
        )


@dataclass(frozen=True, slots=True)
class Phrase:
    """Any of some phrases in some zones; ``local`` ones come from the list file."""

    phrases: frozenset[str]
    scope: Scope
    at_least: int = 1
    confidence: float = 1.0
    local: bool = False
    cost: int = 10
    parts: tuple[Condition, ...] = ()

    @property
    def words(self) -> str:
        """The question in a few words."""
        return summary("phrase", tuple(sorted(self.phrases)))

    def atoms(self) -> Atoms:
        """The phrases, and those that excuse them."""
        return self.triggers() | self.scope.atoms()

    def triggers(self) -> Atoms:
        """One of the phrases must be there."""
        return Atoms(names=self.phrases) if self.local else Atoms(phrases=self.phrases)

    def needs(self) -> frozenset[Need]:
        """No facts are needed."""
        return frozenset()

    def places(self, post: Post) -> tuple[Place, ...]:
        """Every place that counts, of every phrase."""
        return tuple(place for places in self._by_phrase(post) for place in places)

    def find(self, post: Post) -> Found | None:
        """The places, when enough different phrases are there."""
        by_phrase = self._by_phrase(post)
        if len(by_phrase) < self.at_least:
            return None
        return found_at(tuple(place for places in by_phrase for place in places), self.confidence)

    def _by_phrase(self, post: Post) -> list[tuple[Place, ...]]:
        hits = post.hits
        there = sorted(self.phrases.intersection(hits.phrases))
        return [kept for phrase in there if (kept := self.scope.kept(post, hits.places(phrase)))]
