"""like: what reads like a clause's own examples, sentence by sentence; learned, not written down."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationInfo, model_validator

from rules.conditions.condition import Atoms, Condition, Found, Measure, Post
from rules.conditions.mentions import Group, names_of
from rules.conditions.scope import DISGUISED, MOST, QUOTED, Scope, WordsSpec
from rules.conditions.scope import apart as places_apart
from rules.facts import NOTHING_SAID, Need
from rules.features import Named, apart, features
from rules.files.values import Share
from rules.learned import Judged, judge
from rules.matching.places import Place
from rules.profile import Profile
from rules.text.passages import Spans, passages

FLOOR = 0.25
"""Passages less sure than this are not worth a note."""

EVEN = 0.5
"""As sure as not."""

CLASSES: Mapping[Group, str] = {
    Group.ORGANISATION: "organisation",
    Group.STAFF: "staff",
    Group.PARTNERS: "partner",
    Group.COMPANIES: "company",
}
"""Those whom a list file names count as what they are, so that lessons about one list serve another."""


class LikeSpec(WordsSpec):
    """Holds when a passage reads like the clause's must_hold examples, and unlike what must pass.

    With ``at_least`` it is a test beside others: it holds when one is as sure
    as that. ``of`` is the clause, as pack/id; a clause file does not say it.
    """

    like: Literal["examples"]
    at_least: Share | None = None
    of: Annotated[str, Field(exclude=False)] = ""

    @model_validator(mode="before")
    @classmethod
    def _of_its_clause(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, dict) and info.context:
            return {**value, "of": info.context["clause"]}
        return value

    def made(self, profile: Profile, /) -> "Like":
        """The condition, with the names in this list's profile."""
        pack, _, clause = self.of.partition("/")
        return Like(pack, clause, self.scope(), class_of_names(profile), self.at_least, self.confidence)


def class_of_names(profile: Profile) -> Mapping[str, str]:
    """The names of the list file as they are sought, each with its class."""
    found: dict[str, str] = {}
    for group, kind in CLASSES.items():
        for name in names_of(group, profile):
            found.setdefault(name, kind)
    return found


@dataclass(frozen=True, slots=True)
class Like:
    """Passages of some zones that are like the examples of a clause."""

    pack: str
    clause: str
    scope: Scope
    classes: Mapping[str, str] = field(hash=False)
    at_least: float | None = None
    confidence: float = 1.0
    words: str = "like: examples"
    cost: int = 40
    parts: tuple[Condition, ...] = ()

    def atoms(self) -> Atoms:
        """The names that count as their class, and the phrases that excuse."""
        return Atoms(names=frozenset(self.classes)) | self.scope.atoms()

    def triggers(self) -> Atoms | None:
        """It may hold whatever the words are."""
        return None

    def needs(self) -> frozenset[Need]:
        """What its scope asks for."""
        return self.scope.needs()

    def places(self, post: Post) -> tuple[Place, ...]:
        """The passages that are more like the examples than not, or as much as is asked for."""
        enough = EVEN if self.at_least is None else self.at_least
        return self.scope.kept(post, [place for sure, place in self._passages(post, enough)])

    def find(self, post: Post) -> Found | None:
        """The passages; as sure as the surest of them, where it does not say how sure is enough."""
        floor = FLOOR if self.at_least is None else self.at_least
        passages = self._passages(post, floor)
        found = [(sure, place) for sure, place in passages if self.scope.kept(post, (place,))]
        if not found:
            return None
        surest, first = max(found, key=lambda pair: (pair[0], -pair[1].start))
        others = [place for sure, place in found if sure >= EVEN and not place.overlaps(first)]
        confidence = surest if self.at_least is None else 1.0
        return Found(places_apart((first, *others)), confidence * self.confidence)

    def measure(self, post: Post) -> Measure | None:
        """How sure the passage makes one that is most like the examples, however little that is."""
        best = next(self._passages(post, 0.0), None)
        if best is None:
            return None
        sure, place = best
        asked = "" if self.at_least is None else f"at least {self.at_least:g}"
        shown = post.haystack.texts[place.zone][place.start : place.end]
        return Measure(sure, "likeness", asked, shown)

    def _passages(self, post: Post, floor: float) -> Iterator[tuple[float, Place]]:
        """The passages that are sure enough, the surest first, none overlapping another."""
        column = post.weights[self.pack].clauses.index(self.clause)
        judged = self._judged(post)
        if judged.surest[column] < floor:
            return
        sure = judged.confidence[:, column]
        kept: list[Place] = []
        for at in (-sure).argsort(kind="stable"):
            if sure[at] < floor or len(kept) >= MOST:
                return
            place = _place(post, *map(int, judged.passages[at]))
            if post.haystack.families[place.zone] not in self.scope.zones:
                continue
            if not any(place.overlaps(other) for other in kept):
                kept.append(place)
                yield float(sure[at]) * (DISGUISED if place.disguised else 1.0), place

    def _judged(self, post: Post) -> Judged:
        # All clauses of a pack are columns of one table: what one asked for answers the others too.
        if self.pack not in post.judged:
            hay = post.haystack
            seen = features(hay.text, self._named(post), hay.starts)
            post.judged[self.pack] = judge(post.weights[self.pack], _all_passages(post), seen)
        return post.judged[self.pack]

    def _named(self, post: Post) -> tuple[Named, ...]:
        return apart(
            (start, end, self.classes[name])
            for name in self.classes.keys() & post.hits.phrases.keys()
            for _, start, end in post.hits.phrases[name]
        )


def _all_passages(post: Post) -> Spans:
    """The passages of all views, as spans of the haystack, but those that repeat what the list has said."""
    hay = post.haystack
    said = [post.facts.said if family == QUOTED else NOTHING_SAID for family in hay.families]
    found = [passages(hay.texts[view.zone], view.normal, said[view.zone]) + view.start for view in hay.views]
    return np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64)


def _place(post: Post, start: int, end: int) -> Place:
    """Where a passage is displayed, without the blanks around it and its full stop."""
    hay = post.haystack
    place = hay.views[bisect_right(hay.starts, start) - 1].place(start, end)
    shown = hay.texts[place.zone][place.start : place.end]
    words = shown.strip().removesuffix(".") or shown
    first = place.start + shown.find(words)
    return replace(place, start=first, end=first + len(words))
