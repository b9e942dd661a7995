"""near: two things close to each other, by words between them or in one sentence."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from rules.conditions.condition import Atoms, Condition, Found, Measure, Post, Spec, kind_of
from rules.conditions.looks_like import LooksLikeSpec
from rules.conditions.mentions import MentionsSpec
from rules.conditions.pattern import PatternSpec
from rules.conditions.phrase import PhraseSpec
from rules.conditions.scope import Scope, WordsCondition, WordsSpec, Zones, found_at
from rules.conditions.words import VocabularySpec
from rules.facts import Need
from rules.files.values import Whole, YesNo
from rules.matching.phrases import Sought
from rules.matching.places import Place, nearest, pairs, same_sentence, words_between
from rules.profile import Profile

_LONGEST_WORD = 24
_MOST_PAIRS = 400
_SIDES = ("phrase", "words", "pattern", "mentions", "looks_like")

Side = Annotated[
    Annotated[Sought, Tag("phrases")]
    | Annotated[PhraseSpec, Tag("phrase")]
    | Annotated[VocabularySpec, Tag("words")]
    | Annotated[PatternSpec, Tag("pattern")]
    | Annotated[MentionsSpec, Tag("mentions")]
    | Annotated[LooksLikeSpec, Tag("looks_like")],
    Discriminator(
        lambda value: "phrases" if isinstance(value, list | tuple) else kind_of(value, _SIDES),
        custom_error_type="kind",
        custom_error_message=f"should be a list of phrases, or one of {', '.join(_SIDES)}",
    ),
]


class Order(StrEnum):
    """Whether it matters which of the two stands first."""

    ANY = "any"
    FIRST_BEFORE_SECOND = "first-before-second"


class Nearness(Spec):
    """The two things, and how near they must be: words at most between them, or one sentence."""

    first: Side
    second: Side
    within: Annotated[Whole, Field(le=200)] | Literal["sentence"] = "sentence"
    order: Order = Order.ANY


class NearSpec(WordsSpec):
    """Holds when the two things stand near each other in one zone."""

    near: Nearness
    disguised: YesNo = True

    def made(self, profile: Profile, /) -> "Near":
        """The condition, with the names in this list's profile where a side mentions them."""
        within = self.near.within
        return Near(
            _side(self.near.first, profile, self.in_),
            _side(self.near.second, profile, self.in_),
            None if within == "sentence" else within,
            self.near.order,
            self.scope(disguised=self.disguised),
            self.confidence,
        )


@dataclass(frozen=True, slots=True)
class Near:
    """Two conditions on words whose places lie close; ``within`` None is one sentence."""

    first: WordsCondition
    second: WordsCondition
    within: int | None
    order: Order
    scope: Scope
    confidence: float = 1.0
    cost: int = 20
    required: tuple[Atoms | None, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "required", (self.first.triggers(), self.second.triggers()))

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The two sides."""
        return (self.first, self.second)

    @property
    def words(self) -> str:
        """The question in a few words."""
        distance = "in one sentence" if self.within is None else f"at most {self.within} words apart"
        return f"near: both, {distance}"

    def atoms(self) -> Atoms:
        """What both sides seek, and the phrases that excuse."""
        return self.first.atoms() | self.second.atoms() | self.scope.atoms()

    def triggers(self) -> Atoms | None:
        """The smaller side's: both must be there."""
        return min((atoms for atoms in self.required if atoms is not None), key=len, default=None)

    def needs(self) -> frozenset[Need]:
        """What its scope asks for."""
        return self.scope.needs()

    def places(self, post: Post) -> tuple[Place, ...]:
        """For each pair that lies near, the stretch from the first word to the last."""
        if not all(map(post.hits.may_hold, self.required)):
            return ()
        # A word that the list has said may come near a new one: what is near decides, not its sides.
        whole = post.as_if_new() if post.facts.said else post
        firsts = self.first.places(whole)
        seconds = self.second.places(whole) if firsts else ()
        near = pairs(firsts, seconds, partial(self._near, post.haystack.texts))
        return self.scope.kept(post, [first.to(second) for first, second in islice(near, _MOST_PAIRS)])

    def find(self, post: Post) -> Found | None:
        """The stretches that hold both."""
        return found_at(self.places(post), self.confidence)

    def measure(self, post: Post) -> Measure | None:
        """How many words lie between the nearest two, where both are there."""
        pair = nearest(self.first.places(post), self.second.places(post))
        if pair is None:
            return None
        text = post.haystack.texts[pair[0].zone]
        asked = "one sentence" if self.within is None else f"at most {self.within}"
        if self.order is Order.FIRST_BEFORE_SECOND:
            asked += ", in this order"
        stretch = pair[0].to(pair[1])
        words = words_between(text, *pair)
        return Measure(words, "words between", asked, text[stretch.start : stretch.end])

    def _near(self, texts: tuple[str, ...], first: Place, second: Place) -> bool:
        if self.order is Order.FIRST_BEFORE_SECOND and second.start < first.end:
            return False
        text = texts[first.zone]
        if self.within is None:
            return same_sentence(text, first, second)
        if first.gap(second) > (self.within + 1) * _LONGEST_WORD:
            return False
        return words_between(text, first, second) <= self.within


def _side(side: Side, profile: Profile, zones: Zones | None) -> WordsCondition:
    """A side reads the zones of the whole condition, unless it names its own."""
    if isinstance(side, tuple):
        side = PhraseSpec(phrase=side)
    if side.in_ is None and zones is not None:
        side = side.model_copy(update={"in_": zones})
    return side.made(profile)
