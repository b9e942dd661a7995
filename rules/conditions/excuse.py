"""unless: words that excuse a hit in their sentence, or shortly before it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from rules.conditions.condition import Post
from rules.conditions.vocabulary import Named
from rules.files.values import Text, Whole
from rules.matching.phrases import as_written, problem_of
from rules.matching.places import Place, outside, same_sentence, words_between


class ExcuseSpec(Named):
    """Vocabularies that excuse; with ``before``, only at most so many words before the hit."""

    before: Annotated[Whole, Field(ge=1, le=20)] | None = None


def _seekable(phrase: str) -> str:
    if problem := problem_of(phrase):
        raise ValueError(problem)
    return phrase


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


Item = Annotated[
    Annotated[Text, AfterValidator(_seekable), Tag("phrase")] | Annotated[ExcuseSpec, Tag("words")],
    Discriminator(lambda value: "phrase" if isinstance(value, str) else "words"),
]
Excuses = Annotated[
    tuple[Item, ...],
    BeforeValidator(_listed, json_schema_input_type=tuple[Item, ...] | ExcuseSpec),
    Field(min_length=1),
]


@dataclass(frozen=True, slots=True)
class Excuse:
    """Phrases that excuse a hit in one sentence with them, except within the longer phrases ``excepted``.

    With ``before``, so many words at most may stand from them up to the hit.
    """

    phrases: frozenset[str]
    before: int | None = None
    excepted: frozenset[str] = frozenset()

    @property
    def sought(self) -> frozenset[str]:
        """All that must be sought to know."""
        return self.phrases | self.excepted

    def among(self, post: Post) -> "Standing":
        """Where they stand in a post."""
        places = outside(stand(post, self.phrases), stand(post, self.excepted))
        return Standing(places, self.before)


def excuses_of(items: Iterable[str | ExcuseSpec]) -> tuple[Excuse, ...]:
    """The excuses that a clause file lists, its phrases as one of them."""
    listed = tuple(items)
    named = [item for item in listed if isinstance(item, ExcuseSpec)]
    phrases = frozenset(as_written(item) for item in listed if isinstance(item, str))
    found = [Excuse(item.phrases, item.before, item.excepted) for item in named]
    return (Excuse(phrases), *found) if phrases else tuple(found)


def stand(post: Post, phrases: frozenset[str]) -> tuple[Place, ...]:
    """Where any of the phrases stand in a post."""
    there = phrases.intersection(post.hits.phrases)
    return tuple(place for phrase in there for place in post.hits.places(phrase))


class Standing:
    """Where excusing words stand in a post, in order: only the nearest to a hit can excuse it."""

    def __init__(self, places: Iterable[Place], before: int | None) -> None:
        self._before = before
        self._starts: dict[int, list[int]] = {}
        self._ends: dict[int, list[int]] = {}
        for place in places:
            self._starts.setdefault(place.zone, []).append(place.start)
            self._ends.setdefault(place.zone, []).append(place.end)
        for ordered in (*self._starts.values(), *self._ends.values()):
            ordered.sort()

    def excuse(self, text: str, hit: Place) -> bool:
        """Whether they excuse a hit in its zone's text."""
        starts, ends = self._starts.get(hit.zone, []), self._ends.get(hit.zone, [])
        ended, begun = bisect_right(ends, hit.start), bisect_left(starts, hit.end)
        last = Place(hit.zone, ends[ended - 1], ends[ended - 1]) if ended else None
        if last is not None and self._reaches(text, last, hit):
            return True
        if self._before is not None:
            return False
        if begun > ended:  # one of them overlaps the hit
            return True
        return begun < len(starts) and same_sentence(text, hit, Place(hit.zone, starts[begun], starts[begun]))

    def _reaches(self, text: str, last: Place, hit: Place) -> bool:
        if not same_sentence(text, last, hit):
            return False
        return self._before is None or words_between(text, last, hit) < self._before
