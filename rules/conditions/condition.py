"""What every condition is: a question about a post, answered with places and a confidence, or None.

Each family of conditions has a file with two classes: the *spec*, which is the
schema of what a clause file says (pydantic), and the condition made from it
(a frozen dataclass), which is what a policy runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from rules.facts import NOTHING_SAID, Facts, Need
from rules.files.values import Share
from rules.learned import Judged, Weights
from rules.matching.haystack import Haystack, View
from rules.matching.places import Place
from rules.message import Envelope
from rules.profile import Profile
from rules.reading import Reading
from rules.zones import Family

FAMILIES = tuple(each.value for each in Family)
"""The zones that a clause may name; the numbered ones (``attachment-3``) go by their family."""


@dataclass(frozen=True, slots=True)
class Atoms:
    """What a condition seeks in a post's words.

    ``names`` are phrases that come from the list file; they go to the list's
    own small matcher, so that lists with the same packs share the large one.
    """

    phrases: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def __or__(self, other: "Atoms") -> "Atoms":
        return Atoms(self.phrases | other.phrases, self.patterns | other.patterns, self.names | other.names)

    @property
    def all(self) -> frozenset[str]:
        """Every atom, whatever its sort; patterns bear a mark that no phrase can have."""
        return self.phrases | self.names | frozenset("\n" + pattern for pattern in self.patterns)

    def __len__(self) -> int:
        return len(self.phrases) + len(self.patterns) + len(self.names)


Span = tuple[View, int, int]
"""A view, and a start and end in the haystack."""


@dataclass(frozen=True, slots=True)
class Hits:
    """The atoms that were found, and where in the views; displayed places are worked out when asked for."""

    phrases: Mapping[str, tuple[Span, ...]]
    patterns: Mapping[str, tuple[Span, ...]]
    # Two sets are compared by the smaller one, a set and a mapping by the whole mapping.
    _phrases: frozenset[str] = field(init=False, repr=False, compare=False)
    _patterns: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_phrases", frozenset(self.phrases))
        object.__setattr__(self, "_patterns", frozenset(self.patterns))

    def may_hold(self, triggers: Atoms | None) -> bool:
        """Whether what must be found for a condition to hold was found; a quick look that saves long ones."""
        return triggers is None or not (
            triggers.phrases.isdisjoint(self._phrases)
            and triggers.names.isdisjoint(self._phrases)
            and triggers.patterns.isdisjoint(self._patterns)
        )

    def places(self, phrase: str) -> tuple[Place, ...]:
        """Where the phrase stands in displayed text."""
        return tuple(view.place(start, end) for view, start, end in self.phrases.get(phrase, ()))

    def places_of_pattern(self, pattern: str) -> tuple[Place, ...]:
        """Where the pattern matches displayed text."""
        return tuple(view.place(start, end) for view, start, end in self.patterns.get(pattern, ()))


@dataclass(frozen=True, slots=True)
class Post:
    """All that a condition may ask about.

    ``weights`` are those of each pack by its name; ``judged`` keeps what they
    said of the haystack.
    """

    reading: Reading
    facts: Facts
    envelope: Envelope
    profile: Profile
    haystack: Haystack
    hits: Hits
    weights: Mapping[str, Weights] = field(default_factory=dict)
    judged: dict[str, Judged] = field(default_factory=dict, repr=False, compare=False)

    def as_if_new(self) -> "Post":
        """The post on a list that has said nothing before."""
        return replace(self, facts=replace(self.facts, said=NOTHING_SAID), judged={})


@dataclass(frozen=True, slots=True)
class Found:
    """A condition held: where, how sure one is (0 to 1), and in words where there is no place to show."""

    places: tuple[Place, ...] = ()
    confidence: float = 1.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """How near a condition is to holding, for `rules explain`: ``there`` of something, ``asked`` how much.

    ``asked`` is "" where the clause's threshold decides. ``shown`` are the
    post's words that come nearest, where there are any.
    """

    there: float
    of: str
    asked: str = ""
    shown: str = ""


@runtime_checkable
class Measured(Protocol):
    """A condition that can say by how much it holds or fails; None where there is nothing to measure."""

    def measure(self, post: Post) -> Measure | None: ...


class Condition(Protocol):
    """A question about a post. ``cost`` orders the questions of an all_of, cheapest first."""

    @property
    def cost(self) -> int: ...

    @property
    def words(self) -> str:
        """The question in a few words, for `rules explain`."""

    @property
    def parts(self) -> "tuple[Condition, ...]":
        """The conditions it is made of."""

    def atoms(self) -> Atoms: ...

    def triggers(self) -> Atoms | None:
        """Atoms of which one must be found for this condition to hold; None when it may hold without."""

    def needs(self) -> frozenset[Need]: ...

    def find(self, post: Post) -> Found | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What conditions about the message, not its words, have in common."""

    confidence: float = 1.0
    words: str = ""
    cost: int = 0
    parts: tuple[Condition, ...] = field(default=())

    def atoms(self) -> Atoms:
        """No words are sought."""
        return Atoms()

    def triggers(self) -> Atoms | None:
        """It may hold without any words."""
        return None

    def needs(self) -> frozenset[Need]:
        """No facts are needed."""
        return frozenset()

    def found(self, detail: str, places: tuple[Place, ...] = ()) -> Found:
        """The answer yes, with this condition's confidence."""
        return Found(places, self.confidence, detail)


class Spec(BaseModel):
    """A mapping in a clause file: unknown keys are refused, and a value says only what it says."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ConditionSpec(Spec):
    """What every kind of condition may say beside its kind."""

    confidence: Share = 1.0

    def made(self, profile: Profile, /) -> Condition:
        """The condition for a list with this profile."""
        raise NotImplementedError


def kind_of(value: Any, kinds: tuple[str, ...]) -> str | None:
    """The kind of condition that a mapping or a spec is: the one of ``kinds`` that is among its keys."""
    keys = value.keys() if isinstance(value, Mapping) else getattr(type(value), "model_fields", {})
    there = [kind for kind in kinds if kind in keys]
    return there[0] if len(there) == 1 else None


def summary(kind: str, value: Any) -> str:
    """A condition as one short line for people.

    >>> summary("phrase", ("vote for", "vote against"))
    'phrase: vote for, vote against'
    """
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"{kind}: {text if len(text) <= 70 else text[:69] + '…'}"
