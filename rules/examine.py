"""What each clause asked of a post, what held and by how much: for people who look into a policy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat

from rules.conditions.condition import Condition, Found, Measure, Measured, Post, Span
from rules.conditions.score import Score
from rules.evaluate import nominated
from rules.policy import Policy, Watch
from rules.verdict import Finding, Quote
from rules.wording import finding_of, quotes_of


@dataclass(frozen=True, slots=True)
class Step:
    """One condition examined: ``depth`` in its clause, what it asked, whether it held, and what it showed.

    ``weight`` is what it adds in a score; ``measure`` says how near it was to
    holding, where that can be said.
    """

    depth: int
    words: str
    held: bool
    confidence: float
    detail: str
    quotes: tuple[Quote, ...] = ()
    weight: float | None = None
    measure: Measure | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A phrase or pattern for which a clause was looked at, and where it stands first in a zone."""

    sought: str
    zone: str
    text: str
    disguised: bool


@dataclass(frozen=True, slots=True)
class Examination:
    """One clause examined.

    ``nominated``: evaluation would have looked at it, because of one of the
    ``signs``, or ``always``, because it can hold without any. ``problem`` is
    what it raised, "" otherwise.
    """

    clause: str
    pack: str
    threshold: float
    nominated: bool
    always: bool
    signs: tuple[Sign, ...]
    finding: Finding | None
    steps: tuple[Step, ...]
    seconds: float
    problem: str = ""


def examine(policy: Policy, post: Post, seconds: Callable[[], float]) -> tuple[Examination, ...]:
    """Return what each clause that is not off asked and found; ``seconds`` is a clock: rules have none."""
    looked_at = {watch.clause.name for watch in nominated(policy, post)}
    return tuple(
        _examined(watch, post, watch.clause.name in looked_at, seconds) for watch in policy.compiled.watches
    )


def _examined(watch: Watch, post: Post, is_nominated: bool, seconds: Callable[[], float]) -> Examination:
    began = seconds()
    finding: Finding | None = None
    problem, steps = "", tuple[Step, ...]()
    try:
        found = watch.condition.find(post)
        spent = seconds() - began
        finding = finding_of(watch.clause, found, post) if found is not None else None
        steps = tuple(_steps(watch.condition, post, 0))
    except Exception as raised:  # noqa: BLE001  the promise: doubt is a hold, never an exception
        spent, problem = seconds() - began, f"{type(raised).__name__}: {raised}"
    return Examination(
        watch.clause.clause,
        watch.clause.pack,
        watch.clause.threshold,
        is_nominated,
        watch.triggers is None,
        tuple(_signs(watch, post)),
        finding,
        steps,
        spent,
        problem,
    )


def _steps(condition: Condition, post: Post, depth: int, weight: float | None = None) -> Iterator[Step]:
    found = condition.find(post)
    measure = condition.measure(post) if isinstance(condition, Measured) else None
    quotes = quotes_of(found.places, post) if found is not None else ()
    confidence = found.confidence if found is not None else 0.0
    yield Step(
        depth, condition.words, found is not None, confidence, _detail(found, quotes), quotes, weight, measure
    )
    weights = condition.weights if isinstance(condition, Score) else repeat(None)
    for part, its_weight in zip(condition.parts, weights, strict=False):
        yield from _steps(part, post, depth + 1, its_weight)


def _detail(found: Found | None, quotes: tuple[Quote, ...]) -> str:
    if found is None:
        return ""
    more = f" and {len(quotes) - 3} more" if len(quotes) > 3 else ""
    return ", ".join(f"“{quote.text}”" for quote in quotes[:3]) + more or found.detail


def _signs(watch: Watch, post: Post) -> Iterator[Sign]:
    if watch.triggers is None:
        return
    hits = post.hits
    for phrase in sorted((watch.triggers.phrases | watch.triggers.names) & hits.phrases.keys()):
        yield from _in_each_zone(phrase, hits.phrases[phrase], post)
    for pattern in sorted(watch.triggers.patterns & hits.patterns.keys()):
        yield from _in_each_zone(pattern, hits.patterns[pattern], post)


def _in_each_zone(sought: str, spans: tuple[Span, ...], post: Post) -> Iterator[Sign]:
    seen = set[int]()
    for view, start, end in spans:
        if view.zone not in seen:
            seen.add(view.zone)
            place = view.place(start, end)
            text = post.haystack.texts[place.zone][place.start : place.end]
            yield Sign(sought, post.reading.zones[place.zone].name, text, view.disguised)
