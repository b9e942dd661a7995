"""An explained message on a terminal of 80 columns."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from cli.holds.showing import message
from cli.output import Ink, Piece, fold, highlighted, say
from cli.posts.judging import Judged
from rules.conditions.condition import Measure, Post
from rules.examine import Examination, Sign, Step
from rules.matching import haystack
from rules.policy import Policy
from rules.reading import Reading
from rules.verdict import Quote

_LONGEST = 160  # code points of a post's words shown beside a condition
_SIGNS = 5  # a clause may be looked at for hundreds


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of CPU; those of ``search`` are a part of those of ``judge``."""

    scan: float
    read: float
    search: float
    judge: float


@dataclass(frozen=True, slots=True)
class View:
    """A zone's text as it is searched; ``marks`` are the quotes' places in it."""

    zone: str
    disguised: bool
    text: str
    marks: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, view: haystack.View, post: Post, quotes: Iterable[Quote]) -> Self:
        """The view, with those of the quotes that stand in its zone."""
        name, places = post.reading.zones[view.zone].name, view.normal.places
        marks = {
            (bisect_left(places, quote.start), bisect_left(places, quote.end))
            for quote in quotes
            if quote.zone == name
        }
        return cls(name, view.disguised, view.normal.text, tuple(sorted(marks)))


@dataclass(frozen=True, slots=True)
class Explained:
    """A message, the verdict on it, and how that came about."""

    judged: Judged
    reading: Reading
    views: tuple[View, ...]
    examinations: tuple[Examination, ...]
    times: Times


def tell(policy: Policy, explained: Explained) -> None:
    """Print all of it, the clauses that held first."""
    verdict, times = explained.judged.verdict, explained.times
    say(Piece(f"{explained.judged.name}: {verdict.action.word}", Ink.HEAD))
    message(explained.reading, verdict.findings)
    say(Piece("\nAs it is searched:", Ink.HEAD))
    for view in explained.views:
        _tell_view(view)
    say(Piece(f"\nJudged by policy {policy.digest[:12]}; CPU spent:", Ink.HEAD))
    say(f"  scanning the octets  {times.scan:.2f} ms")
    say(f"  reading them         {times.read:.2f} ms")
    say(f"  searching the words  {times.search:.2f} ms")
    say(f"  judging in all       {times.judge:.2f} ms")
    looked_at = sum(one.nominated for one in explained.examinations)
    say(Piece(f"\n{looked_at} of {len(explained.examinations)} clauses looked at:", Ink.HEAD))
    for one in sorted(explained.examinations, key=_most_telling_first):
        _tell_clause(one)


def _most_telling_first(one: Examination) -> tuple[bool, bool]:
    return one.finding is None, not one.nominated


def _tell_view(view: View) -> None:
    if not view.text.strip():
        return
    undone = ", disguises undone" if view.disguised else ""
    say(Piece(f"{view.zone}{undone}:", Ink.QUIET))
    fold(*highlighted(view.text, view.marks), lead=2, hang=0)


def _tell_clause(one: Examination) -> None:
    name, spent = f"{one.pack}/{one.clause}", f" ({one.seconds * 1000:.2f} ms)"
    say("")
    if one.problem:
        fold(Piece(name, Ink.BAD), f" raised {one.problem}{spent}")
        return
    if one.finding is None:
        why = "" if one.nominated else ": no word of its stands in the post"
        fold(Piece(name, Ink.BOLD), Piece(f" did not hold{why}{spent}", Ink.QUIET))
        if not one.nominated:
            return
    else:
        kind = one.finding.action.word + ("" if one.finding.acts else ", shadow")
        sure = f"confidence {one.finding.confidence:.2f}, threshold {one.threshold:.2f}"
        fold(Piece(name, Ink.CARE), f" held: {kind}, {sure}{spent}")
        fold(one.finding.says, lead=2, hang=0)
    fold(Piece(_why_looked_at(one), Ink.QUIET), lead=2)
    for step in one.steps:
        _tell_step(step, one.threshold)


def _why_looked_at(one: Examination) -> str:
    if one.always:
        return "looked at in every post"
    more = f" and {len(one.signs) - _SIGNS} more" if len(one.signs) > _SIGNS else ""
    return f"looked at for {', '.join(map(_sign, one.signs[:_SIGNS]))}{more}"


def _sign(sign: Sign) -> str:
    how = ", disguised" if sign.disguised else ""
    return f"“{_short(sign.text)}” ({sign.zone}{how})"


def _tell_step(step: Step, threshold: float) -> None:
    weight = f"{step.weight:+g} × " if step.weight is not None else ""
    shown = f": {_short(step.detail)}" if step.held and step.detail else ""
    measured = _measured(step.measure, threshold, held=step.held) if step.measure else ""
    mark = Piece("+", Ink.GOOD) if step.held else Piece("-", Ink.QUIET)
    fold(mark, f" {weight}{step.words}{shown}{measured}", lead=2 + 2 * step.depth)


def _measured(measure: Measure, threshold: float, *, held: bool) -> str:
    asked = measure.asked or f"the threshold {threshold:.2f}"
    shown = f", “{_short(measure.shown)}”" if measure.shown and not held else ""
    return f" ({measure.of}: {measure.there:.4g}, asked: {asked}{shown})"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
