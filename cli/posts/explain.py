"""`gatepost rules explain`: a message as its judge sees it, and what each clause made of it."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from cli.found import as_quote
from cli.output import emit
from cli.posts.archive import Post as Found
from cli.posts.check import as_object
from cli.posts.explained import Explained, Times, View, tell
from cli.posts.history import History
from cli.posts.judging import Case, Judged, prepare, spent
from gateway.confined.one import Reader
from rules.conditions.condition import Post
from rules.evaluate import evaluate, needs, posted
from rules.examine import Examination, Step, examine
from rules.facts import NOTHING_SAID, Need
from rules.policy import Policy
from rules.scan import scan

Result = TypeVar("Result")


def explain(policy: Policy, found: Found, reader: Reader, history: History, *, as_json: bool) -> None:
    """Print a message's zones, as displayed and as searched, the quotes in them, each clause, the times."""
    explained = _explained(policy, found, reader, history)
    if as_json:
        emit(_as_object(policy, explained))
    else:
        tell(policy, explained)


def _explained(policy: Policy, found: Found, reader: Reader, history: History) -> Explained:
    policy.compiled  # noqa: B018  done once for all posts, and no part of the time of this one
    _, scanning = _timed(reader, lambda: scan(found.octets))
    case, preparing = _timed(reader, lambda: _prepared(policy, found, reader, history))
    asked, searching = _timed(reader, lambda: _posted(policy, case))
    examinations = examine(policy, asked, time.process_time)
    judging = searching + sum(one.seconds for one in examinations if one.nominated) * 1000
    times = Times(scanning, max(0.0, preparing - scanning), searching, judging)
    verdict = evaluate(policy, case.reading, case.facts, case.envelope)
    judged = Judged(case.name, verdict, preparing + judging)
    quotes = [quote for finding in verdict.findings for quote in finding.quotes]
    views = tuple(View.of(view, asked, quotes) for view in asked.haystack.views)
    return Explained(judged, case.reading, views, examinations, times)


def _prepared(policy: Policy, found: Found, reader: Reader, history: History) -> Case:
    case = prepare(policy, found, reader)
    quotes = Need.SAID in needs(policy, case.reading)
    said = history(policy.profile.list, case.reading) if quotes else NOTHING_SAID
    return replace(case, facts=replace(case.facts, said=said))


def _posted(policy: Policy, case: Case) -> Post:
    return posted(policy, case.reading, case.facts, case.envelope)


def _timed(reader: Reader, action: Callable[[], Result]) -> tuple[Result, float]:
    """What an action returns, and the milliseconds of CPU it took."""
    began = spent(reader)
    result = action()
    return result, (spent(reader) - began) * 1000


def _as_object(policy: Policy, explained: Explained) -> dict[str, Any]:
    reading, times = explained.reading, explained.times
    return as_object(policy, explained.judged) | {
        "zones": [{"name": zone.name, "text": zone.text} for zone in reading.zones],
        "searched": [
            {"zone": view.zone, "disguised": view.disguised, "text": view.text, "marks": view.marks}
            for view in explained.views
        ],
        "doubts": [*reading.scan.excess, *reading.doubts],
        "times": {
            "scan": round(times.scan, 3),
            "read": round(times.read, 3),
            "search": round(times.search, 3),
            "judge": round(times.judge, 3),
        },
        "clauses": [_clause(one) for one in explained.examinations],
    }


def _clause(one: Examination) -> dict[str, Any]:
    return {
        "clause": one.clause,
        "pack": one.pack,
        "threshold": one.threshold,
        "nominated": one.nominated,
        "always": one.always,
        "signs": [
            {"sought": sign.sought, "zone": sign.zone, "text": sign.text, "disguised": sign.disguised}
            for sign in one.signs
        ],
        "held": one.finding is not None,
        "confidence": one.finding.confidence if one.finding else 0.0,
        "ms": round(one.seconds * 1000, 3),
        "problem": one.problem,
        "steps": [_step(step) for step in one.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    measure = step.measure
    return {
        "depth": step.depth,
        "asks": step.words,
        "held": step.held,
        "confidence": round(step.confidence, 4),
        "shows": step.detail,
        "quotes": [as_quote(quote) for quote in step.quotes],
        "weight": step.weight,
        "measure": measure
        and {
            "there": round(measure.there, 4),
            "of": measure.of,
            "asked": measure.asked or "the threshold",
            "shown": measure.shown,
        },
    }
