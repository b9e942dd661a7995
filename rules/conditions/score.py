"""score: evidence that counts only together, each piece with a weight, some of it against.

Every part that holds adds its weight times its confidence. The whole holds
when the sum is at least what is asked for. What speaks against and rests on a
scanner that has not answered counts whole. The whole is then as sure as

    1 - at_least / (2 * sum)

that is one half where the sum is just reached, three quarters at twice as
much, and never certain.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, NamedTuple, Self

from pydantic import AfterValidator, Field, model_validator

from rules.conditions.condition import Atoms, Condition, ConditionSpec, Found, Measure, Post, Spec
from rules.conditions.scope import apart
from rules.facts import Need, Scanner, scanners_among
from rules.profile import Profile

if TYPE_CHECKING:
    from rules.conditions.combine import AnySpec

_DIGITS = 9
"""Sums are compared to so many decimals, so that 0.7 and 0.1 are 0.8."""


def _counts(weight: float) -> float:
    if not weight:
        raise ValueError("should not be 0, which counts for nothing")
    return weight


class Weighed(Spec):
    """A condition and what it adds when it holds; a negative weight speaks against."""

    weight: Annotated[
        float, Field(strict=True, allow_inf_nan=False, ge=-1000, le=1000), AfterValidator(_counts)
    ]
    when: "AnySpec"


class Weighing(Spec):
    """What is weighed, and the sum that is asked for."""

    at_least: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=1000)]
    of: Annotated[tuple[Weighed, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _within_reach(self) -> Self:
        most = sum(part.weight for part in self.of if part.weight > 0)
        if round(most, _DIGITS) < self.at_least:
            raise ValueError(
                f"asks for at least {self.at_least:g}, and its weights add up to {most:g} at most"
            )
        return self


class ScoreSpec(ConditionSpec):
    """Holds when the weights of the conditions that hold add up to enough."""

    score: Weighing

    def made(self, profile: Profile, /) -> "Score":
        """The condition, what speaks for it first, each ordered by cost."""
        made = ((part.weight, part.when.made(profile)) for part in self.score.of)
        parts = [
            Part(weight, condition, condition.triggers(), scanners_among(condition.needs()))
            for weight, condition in made
        ]
        ordered = sorted(parts, key=lambda part: (part.weight < 0, part.condition.cost))
        return Score(tuple(ordered), self.score.at_least, self.confidence)


class Part(NamedTuple):
    """A condition that counts with a weight, and its triggers, worked out once."""

    weight: float
    condition: Condition
    required: Atoms | None
    scanners: tuple[Scanner, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """Conditions whose weights add up to at least so much. ``weighed``: what speaks for it first."""

    weighed: tuple[Part, ...]
    at_least: float
    confidence: float = 1.0

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions that are weighed."""
        return tuple(part.condition for part in self.weighed)

    @property
    def weights(self) -> tuple[float, ...]:
        """What each of the parts adds, in their order."""
        return tuple(part.weight for part in self.weighed)

    @property
    def words(self) -> str:
        """The question in a few words."""
        return f"score: at least {self.at_least:g}"

    @property
    def cost(self) -> int:
        """The dearest part's."""
        return max(part.cost for part in self.parts)

    def atoms(self) -> Atoms:
        """What any part seeks."""
        together = Atoms()
        for part in self.parts:
            together |= part.atoms()
        return together

    def triggers(self) -> Atoms | None:
        """Those of the parts without which the sum is out of reach; None where the others suffice.

        As long as all that are left out do not reach the sum together, parts
        are left out: first those that may hold without any atom, which would
        make the whole a question to every post, then those with the most atoms.
        """
        left_out = 0.0
        together: Atoms | None = None
        for part in sorted(self._positive(), key=_what_spares_most_first):
            if round(left_out + part.weight, _DIGITS) < self.at_least:
                left_out += part.weight
            elif part.required is None:
                return None
            else:
                together = part.required | (together or Atoms())
        return together

    def needs(self) -> frozenset[Need]:
        """What any part needs."""
        return frozenset(need for part in self.parts for need in part.needs())

    def find(self, post: Post) -> Found | None:
        """What the positive parts found, when the sum is reached."""
        likely = [part for part in self._positive() if post.hits.may_hold(part.required)]
        if round(sum(part.weight for part in likely), _DIGITS) < self.at_least:
            return None
        speak_for = _found(likely, post)
        if _sum(speak_for) < self.at_least:
            return None
        total = _sum(speak_for + _found([part for part in self.weighed if part.weight < 0], post))
        if total < self.at_least:
            return None
        positive = [answer for _, answer in speak_for]
        detail = next((answer.detail for answer in positive if answer.detail), "")
        sure = 1 - self.at_least / (2 * total)
        return Found(
            apart(place for answer in positive for place in answer.places), sure * self.confidence, detail
        )

    def measure(self, post: Post) -> Measure:
        """The sum, reached or not."""
        return Measure(_sum(_found(self.weighed, post)), "sum", f"at least {self.at_least:g}")

    def _positive(self) -> list[Part]:
        return [part for part in self.weighed if part.weight > 0]


def _found(weighed: Iterable[Part], post: Post) -> list[tuple[float, Found]]:
    may_hold = post.hits.may_hold
    answered = post.facts.answered
    found: list[tuple[float, Found]] = []
    for weight, condition, required, scanners in weighed:
        if scanners and weight < 0 and not answered(scanners):
            found.append((weight, Found()))
        elif may_hold(required) and (answer := condition.find(post)) is not None:
            found.append((weight, answer))
    return found


def _sum(found: list[tuple[float, Found]]) -> float:
    return round(sum(weight * answer.confidence for weight, answer in found), _DIGITS)


def _what_spares_most_first(part: Part) -> tuple[bool, int]:
    return part.required is not None, -len(part.required or ())
