"""all_of, any_of and none_of: conditions made of conditions, and the schema of any condition."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Discriminator, Field, Tag

from rules.conditions.address import AddressSpec
from rules.conditions.attachment import AttachmentSpec
from rules.conditions.condition import Atoms, Condition, ConditionSpec, Found, Post, Spec, kind_of
from rules.conditions.fact import FactSpec
from rules.conditions.header import HeaderSpec
from rules.conditions.language import LanguageSpec
from rules.conditions.like import LikeSpec
from rules.conditions.link import LinkSpec
from rules.conditions.looks_like import LooksLikeSpec
from rules.conditions.mentions import MentionsSpec
from rules.conditions.near import NearSpec
from rules.conditions.pattern import PatternSpec
from rules.conditions.phrase import PhraseSpec
from rules.conditions.picture import PictureSpec
from rules.conditions.scan import ScanSpec
from rules.conditions.scanner import ScannerSpec
from rules.conditions.scope import apart
from rules.conditions.score import ScoreSpec, Weighed, Weighing
from rules.conditions.sender import SenderSpec
from rules.conditions.size import SizeSpec
from rules.conditions.words import VocabularySpec
from rules.facts import Need, Scanner, scanners_among
from rules.profile import Profile

KINDS = (
    "all_of",
    "any_of",
    "none_of",
    "score",
    "phrase",
    "words",
    "pattern",
    "near",
    "mentions",
    "looks_like",
    "like",
    "header",
    "sender",
    "address",
    "size",
    "attachment",
    "picture",
    "link",
    "scan",
    "scanner",
    "fact",
    "language",
)


class AllOfSpec(ConditionSpec):
    """Holds when every condition of the list does."""

    all_of: Annotated[tuple["AnySpec", ...], Field(min_length=1)]

    def made(self, profile: Profile, /) -> "AllOf":
        """The condition, its parts ordered by cost."""
        parts = [spec.made(profile) for spec in self.all_of]
        return AllOf(tuple(sorted(parts, key=lambda part: part.cost)), self.confidence)


class AnyOfSpec(ConditionSpec):
    """Holds when one condition of the list does."""

    any_of: Annotated[tuple["AnySpec", ...], Field(min_length=1)]

    def made(self, profile: Profile, /) -> "AnyOf":
        """The condition."""
        return AnyOf(tuple(spec.made(profile) for spec in self.any_of), self.confidence)


class NoneOfSpec(ConditionSpec):
    """Holds when no condition of the list does."""

    none_of: Annotated[tuple["AnySpec", ...], Field(min_length=1)]

    def made(self, profile: Profile, /) -> "NoneOf":
        """The condition, its parts ordered by cost."""
        parts = [spec.made(profile) for spec in self.none_of]
        return NoneOf(tuple(sorted(parts, key=lambda part: part.cost)), self.confidence)


AnySpec = Annotated[
    Annotated[AllOfSpec, Tag("all_of")]
    | Annotated[AnyOfSpec, Tag("any_of")]
    | Annotated[NoneOfSpec, Tag("none_of")]
    | Annotated[ScoreSpec, Tag("score")]
    | Annotated[PhraseSpec, Tag("phrase")]
    | Annotated[VocabularySpec, Tag("words")]
    | Annotated[PatternSpec, Tag("pattern")]
    | Annotated[NearSpec, Tag("near")]
    | Annotated[MentionsSpec, Tag("mentions")]
    | Annotated[LooksLikeSpec, Tag("looks_like")]
    | Annotated[LikeSpec, Tag("like")]
    | Annotated[HeaderSpec, Tag("header")]
    | Annotated[SenderSpec, Tag("sender")]
    | Annotated[AddressSpec, Tag("address")]
    | Annotated[SizeSpec, Tag("size")]
    | Annotated[AttachmentSpec, Tag("attachment")]
    | Annotated[PictureSpec, Tag("picture")]
    | Annotated[LinkSpec, Tag("link")]
    | Annotated[ScanSpec, Tag("scan")]
    | Annotated[ScannerSpec, Tag("scanner")]
    | Annotated[FactSpec, Tag("fact")]
    | Annotated[LanguageSpec, Tag("language")],
    Discriminator(
        lambda value: kind_of(value, KINDS),
        custom_error_type="kind",
        custom_error_message=f"a condition is keys with exactly one of {', '.join(KINDS)}",
    ),
]


# What score weighs is any condition, which is known only here.
for _spec in (Weighed, Weighing, ScoreSpec):
    _spec.model_rebuild()


def every(spec: Spec) -> Iterator[Spec]:
    """A condition's spec, and those of all conditions that it is made of."""
    yield spec
    for name in type(spec).model_fields:
        value = getattr(spec, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Spec):
                yield from every(part)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; as sure as its least sure part. ``parts`` are in order of cost."""

    parts: tuple[Condition, ...]
    confidence: float = 1.0
    words: str = "all of"
    required: tuple[Atoms, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        required = [atoms for part in self.parts if (atoms := part.triggers()) is not None]
        object.__setattr__(self, "required", tuple(required))

    @property
    def cost(self) -> int:
        """The dearest part's."""
        return max(part.cost for part in self.parts)

    def atoms(self) -> Atoms:
        """What any part seeks."""
        return _united(self.parts)

    def triggers(self) -> Atoms | None:
        """Of the parts that cannot hold without words, the one with the fewest."""
        return min(self.required, key=len, default=None)

    def needs(self) -> frozenset[Need]:
        """What any part needs."""
        return _needed(self.parts)

    def find(self, post: Post) -> Found | None:
        """What the parts found, when all did."""
        if not all(map(post.hits.may_hold, self.required)):
            return None
        found: list[Found] = []
        for part in self.parts:
            answer = part.find(post)
            if answer is None:
                return None
            found.append(answer)
        return _joined(found, min(answer.confidence for answer in found) * self.confidence)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; as sure as its surest part."""

    parts: tuple[Condition, ...]
    confidence: float = 1.0
    words: str = "any of"
    required: tuple[Atoms | None, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "required", tuple(part.triggers() for part in self.parts))

    @property
    def cost(self) -> int:
        """The dearest part's."""
        return max(part.cost for part in self.parts)

    def atoms(self) -> Atoms:
        """What any part seeks."""
        return _united(self.parts)

    def triggers(self) -> Atoms | None:
        """All parts' together; None as soon as one part may hold without words."""
        together = Atoms()
        for atoms in self.required:
            if atoms is None:
                return None
            together |= atoms
        return together

    def needs(self) -> frozenset[Need]:
        """What any part needs."""
        return _needed(self.parts)

    def find(self, post: Post) -> Found | None:
        """What the parts found that hold, the surest first."""
        may_hold = post.hits.may_hold
        found = [
            answer
            for part, required in zip(self.parts, self.required, strict=True)
            if (required is None or may_hold(required)) and (answer := part.find(post)) is not None
        ]
        if not found:
            return None
        found.sort(key=lambda answer: -answer.confidence)
        return _joined(found, found[0].confidence * self.confidence)


@dataclass(frozen=True, slots=True)
class NoneOf:
    """No part holds; never so where a part asks a scanner that has not answered."""

    parts: tuple[Condition, ...]
    confidence: float = 1.0
    words: str = "none of"
    scanners: tuple[Scanner, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scanners", scanners_among(_needed(self.parts)))

    @property
    def cost(self) -> int:
        """The dearest part's."""
        return max(part.cost for part in self.parts)

    def atoms(self) -> Atoms:
        """What any part seeks."""
        return _united(self.parts)

    def triggers(self) -> Atoms | None:
        """It holds best where there are no words at all."""
        return None

    def needs(self) -> frozenset[Need]:
        """What any part needs."""
        return _needed(self.parts)

    def find(self, post: Post) -> Found | None:
        """Found, with nothing to show, when every part says no."""
        if self.scanners and not post.facts.answered(self.scanners):
            return None
        if any(part.find(post) is not None for part in self.parts):
            return None
        return Found(confidence=self.confidence)


def _united(parts: tuple[Condition, ...]) -> Atoms:
    together = Atoms()
    for part in parts:
        together |= part.atoms()
    return together


def _needed(parts: tuple[Condition, ...]) -> frozenset[Need]:
    return frozenset(need for part in parts for need in part.needs())


def _joined(found: list[Found], confidence: float) -> Found:
    places = apart(place for answer in found for place in answer.places)
    detail = next((answer.detail for answer in found if answer.detail), "")
    return Found(places, confidence, detail)
