"""looks_like: what words cannot express, by a named detector with its own file and tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Annotated

from pydantic import AfterValidator, Field

from rules.conditions.condition import Atoms, Condition, Found, Post, summary
from rules.conditions.scope import Scope, WordsSpec, found_at
from rules.detectors import DETECTORS
from rules.detectors.detector import AnyDetector, Detector, PostDetector, Reads, TooManyCandidates
from rules.facts import Need
from rules.files.values import one_or_more
from rules.matching.haystack import Haystack, View
from rules.matching.phrases import as_written
from rules.matching.places import Place
from rules.normal import normalise
from rules.profile import Profile

_MARKS = re.compile(r"(?m)^[ ]{0,3}>[> ]*")

MOST = 2000
"""Places of one detector in one post that are weighed against what excuses them."""

Name = StrEnum("Name", {name.replace("-", "_").upper(): name for name in DETECTORS})  # type: ignore[misc]


def _ready(names: tuple[Name, ...]) -> tuple[Name, ...]:
    """The names as they came. Raises ValueError for a detector that is not installed."""
    for name in names:
        if problem := DETECTORS[name.value].ready():
            raise ValueError(f"'{name.value}' {problem}")
    return names


class LooksLikeSpec(WordsSpec):
    """Holds when any of these detectors finds something."""

    looks_like: Annotated[tuple[Name, ...], one_or_more(Name), Field(min_length=1), AfterValidator(_ready)]

    def made(self, _profile: Profile, /) -> "LooksLike":
        """The condition; without ``in``, each detector looks where its kind of thing stands."""
        detectors = tuple(DETECTORS[name.value] for name in self.looks_like)
        return LooksLike(
            tuple((detector, self.scope(usual=detector.zones)) for detector in detectors), self.confidence
        )


@dataclass(frozen=True, slots=True)
class LooksLike:
    """Some detectors, each with the zones in which it looks."""

    detectors: tuple[tuple[AnyDetector, Scope], ...]
    confidence: float = 1.0
    cost: int = 30
    parts: tuple[Condition, ...] = ()

    @property
    def words(self) -> str:
        """The question in a few words."""
        return summary("looks like", tuple(detector.name for detector, _ in self.detectors))

    def atoms(self) -> Atoms:
        """What must be there before a detector looks, and the phrases that excuse."""
        found = _sought(self.detectors)
        for _, scope in self.detectors:
            found |= scope.atoms()
        return found

    def triggers(self) -> Atoms | None:
        """A detector looks only where its own first sign was found; some need none."""
        if any(not (detector.trigger or detector.words) for detector, _ in self.detectors):
            return None
        return _sought(self.detectors)

    def needs(self) -> frozenset[Need]:
        """What the scopes of its detectors ask for."""
        return frozenset(need for _, scope in self.detectors for need in scope.needs())

    def places(self, post: Post) -> tuple[Place, ...]:
        """Every place that a detector finds."""
        return tuple(place for pair in self.detectors for place in _found_by(*pair, post))

    def find(self, post: Post) -> Found | None:
        """The places that the detectors find."""
        return found_at(self.places(post), self.confidence)


def _sought(detectors: tuple[tuple[AnyDetector, Scope], ...]) -> Atoms:
    patterns = frozenset(detector.trigger for detector, _ in detectors if detector.trigger)
    words = frozenset(as_written(word) for detector, _ in detectors for word in detector.words)
    return Atoms(words, patterns)


def _found_by(detector: AnyDetector, scope: Scope, post: Post) -> tuple[Place, ...]:
    found = tuple(islice(_all_by(detector, scope, post), MOST + 1))
    kept = scope.kept(post, found[:MOST])
    if not kept and len(found) > MOST:
        # All so far are excused; nobody knows whether the next one is.
        raise TooManyCandidates(detector.name)
    return kept


def _all_by(detector: AnyDetector, scope: Scope, post: Post) -> Iterator[Place]:
    hay = post.haystack
    signs = _zones_with_signs(detector, post)
    if isinstance(detector, PostDetector):
        if signs or not (detector.trigger or detector.words):
            yield from detector.find(post.reading)
        return
    zones = signs & set(hay.zones(scope.zones))
    for view in hay.views:
        if view.zone in zones and not view.disguised:
            yield from _in_view(detector, hay, view)


def _in_view(detector: Detector, hay: Haystack, view: View) -> Iterator[Place]:
    text, normal = hay.texts[view.zone], view.normal
    if detector.reads is Reads.DISPLAYED:
        for start, end in detector.find(text):
            yield Place(view.zone, start, end)
        return
    if hay.families[view.zone] == "quoted" and ">" in text:
        # A quoted sentence goes on after the mark of the next line.
        normal = normalise(_MARKS.sub(lambda marks: " " * len(marks[0]), text))
    for start, end in detector.find(normal.text):
        yield Place(view.zone, *normal.displayed(start, end))


def _zones_with_signs(detector: AnyDetector, post: Post) -> set[int]:
    hits = post.hits
    zones = {view.zone for view, _, _ in hits.patterns.get(detector.trigger, ())}
    for word in detector.words.intersection(hits.phrases):
        zones |= {view.zone for view, _, _ in hits.phrases[word]}
    return zones
