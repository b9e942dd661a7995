"""phrase: whole words, in any case, seen through disguises."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from rules.conditions.condition import Atoms, Condition, Found, Measure, Post, summary
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
    """Any of some phrases in some zones; ``local`` ones come from the list file.

    ``title`` says what they are where that is shorter than to list them.
    """

    phrases: frozenset[str]
    scope: Scope
    at_least: int = 1
    confidence: float = 1.0
    local: bool = False
    title: str = ""
    cost: int = 10
    parts: tuple[Condition, ...] = ()

    @property
    def words(self) -> str:
        """The question in a few words."""
        return self.title or summary("phrase", tuple(sorted(self.phrases)))

    def atoms(self) -> Atoms:
        """The phrases, and those that excuse them."""
        return self.triggers() | self.scope.atoms()

    def triggers(self) -> Atoms:
        """One of the phrases must be there."""
        return Atoms(names=self.phrases) if self.local else Atoms(phrases=self.phrases)

    def needs(self) -> frozenset[Need]:
        """What its scope asks for."""
        return self.scope.needs()

    def places(self, post: Post) -> tuple[Place, ...]:
        """Every place that counts, of every phrase."""
        return tuple(place for places in self._by_phrase(post) for place in places)

    def find(self, post: Post) -> Found | None:
        """The places, when enough different phrases are there."""
        by_phrase = self._by_phrase(post)
        if len(by_phrase) < self.at_least:
            return None
        return found_at(tuple(place for places in by_phrase for place in places), self.confidence)

    def measure(self, post: Post) -> Measure | None:
        """How many different ones are there, where more than one is asked for."""
        if self.at_least == 1:
            return None
        return Measure(len(self._by_phrase(post)), "different phrases", f"at least {self.at_least}")

    def _by_phrase(self, post: Post) -> list[tuple[Place, ...]]:
        there = sorted(self.phrases.intersection(post.hits.phrases))
        stood = [post.hits.places(phrase) for phrase in there]
        kept = frozenset(self.scope.kept(post, [place for places in stood for place in places]))
        return [left for places in stood if (left := tuple(place for place in places if place in kept))]
