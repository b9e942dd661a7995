"""looks_like: what words cannot express, by a named detector with its own file and tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Annotated

from pydantic import Field

from rules.conditions.condition import Atoms, Condition, Found, Post, summary
from rules.conditions.scope import Scope, WordsSpec, found_at
from rules.detectors import DETECTORS
from rules.detectors.detector import Detector, TooManyCandidates
from rules.facts import Need
from rules.files.values import one_or_more
from rules.matching.places import Place
from rules.profile import Profile

MOST = 2000
"""Places of one detector in one post that are weighed against what excuses them."""

Name = StrEnum("Name", {name.replace("-", "_").upper(): name for name in DETECTORS})  # type: ignore[misc]


class LooksLikeSpec(WordsSpec):
    """Holds when any of these detectors finds something."""

    looks_like: Annotated[tuple[Name, ...], one_or_more(Name), Field(min_length=1)]

    def made(self, _profile: Profile, /) -> "LooksLike":
        """The condition; without ``in``, each detector looks where its kind of thing stands."""
        detectors = tuple(DETECTORS[name.value] for name in self.looks_like)
        return LooksLike(
            tuple((detector, self.scope(usual=detector.zones)) for detector in detectors), self.confidence
        )


@dataclass(frozen=True, slots=True)
class LooksLike:
    """Some detectors, each with the zones in which it looks."""

    detectors: tuple[tuple[Detector, Scope], ...]
    confidence: float = 1.0
    cost: int = 30
    parts: tuple[Condition, ...] = ()

    @property
    def words(self) -> str:
        """The question in a few words."""
        return summary("looks like", tuple(detector.name for detector, _ in self.detectors))

    def atoms(self) -> Atoms:
        """What must be there before a detector looks, and the phrases that excuse."""
        found = self.triggers()
        for _, scope in self.detectors:
            found |= scope.atoms()
        return found

    def triggers(self) -> Atoms:
        """A detector looks only where its own first sign was found."""
        return Atoms(patterns=frozenset(detector.trigger for detector, _ in self.detectors))

    def needs(self) -> frozenset[Need]:
        """No facts are needed."""
        return frozenset()

    def places(self, post: Post) -> tuple[Place, ...]:
        """Every place that a detector finds."""
        return tuple(place for pair in self.detectors for place in _found_by(*pair, post))

    def find(self, post: Post) -> Found | None:
        """The places that the detectors find."""
        return found_at(self.places(post), self.confidence)


def _found_by(detector: Detector, scope: Scope, post: Post) -> tuple[Place, ...]:
    found = tuple(islice(_all_by(detector, scope, post), MOST + 1))
    kept = scope.kept(post, found[:MOST])
    if not kept and len(found) > MOST:
        # All so far are excused; nobody knows whether the next one is.
        raise TooManyCandidates(detector.name)
    return kept


def _all_by(detector: Detector, scope: Scope, post: Post) -> Iterator[Place]:
    hay = post.haystack
    zones = {view.zone for view, _, _ in post.hits.patterns.get(detector.trigger, ())}
    zones &= set(hay.zones(scope.zones))
    for view in hay.views:
        if view.zone in zones and not view.disguised:
            for start, end in detector.find(view.normal.text):
                yield view.place(view.start + start, view.start + end)
