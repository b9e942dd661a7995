"""`gatepost rules explain`: a message as its judge sees it, each clause, what held and what failed."""

import time
from pathlib import Path
from typing import Any

from cli.holds.showing import message
from cli.output import Ink, Piece, emit, say
from cli.posts.archive import post
from cli.posts.check import as_object
from cli.posts.judging import Case, Judged, prepare
from rules.evaluate import Examination, Step, evaluate, examine
from rules.policy import Policy


def explain(policy: Policy, file: Path, *, as_json: bool) -> None:
    """Print a message's zones, the quotes in them, each clause examined and the time it took."""
    found = post(file)
    began = time.process_time()
    case = prepare(policy, found)
    read = (time.process_time() - began) * 1000
    examinations = examine(policy, case.reading, case.facts, case.envelope, time.process_time)
    verdict = evaluate(policy, case.reading, case.facts, case.envelope)
    judged = Judged(found, verdict, (time.process_time() - began) * 1000)
    if as_json:
        emit(_as_object(policy, judged, case, examinations))
        return
    say(Piece(f"{found.name}: {verdict.action.word}", Ink.HEAD))
    message(case.reading, verdict.findings)
    say(Piece(f"\nRead in {read:.1f} ms of CPU. Clauses, by policy {policy.digest[:12]}:", Ink.HEAD))
    for examination in sorted(examinations, key=lambda one: one.finding is None):
        _tell(examination)


def _tell(one: Examination) -> None:
    name = f"{one.pack}/{one.clause}"
    spent = f" ({one.seconds * 1000:.2f} ms)"
    if one.problem:
        say(Piece(f"\n{name} raised", Ink.BAD), f": {one.problem}{spent}")
        return
    if one.finding is None:
        why = "" if one.nominated else ", no word of its stands in the post"
        say(Piece(f"\n{name}", Ink.BOLD), Piece(f" did not hold{why}{spent}", Ink.QUIET))
        if not one.nominated:
            return
    else:
        kind = one.finding.action.word + ("" if one.finding.acts else ", shadow")
        say(Piece(f"\n{name}", Ink.CARE), f" held: {kind}, confidence {one.finding.confidence:.2f}{spent}")
        say(f"  {one.finding.says}")
    for step in one.steps:
        _tell_step(step)


def _tell_step(step: Step) -> None:
    mark = Piece("+", Ink.GOOD) if step.held else Piece("-", Ink.QUIET)
    shown = f": {step.detail}" if step.held and step.detail else ""
    say("  " + "  " * step.depth, mark, f" {step.words}{shown}")


def _as_object(
    policy: Policy, judged: Judged, case: Case, examinations: tuple[Examination, ...]
) -> dict[str, Any]:
    return as_object(policy, judged) | {
        "zones": [{"name": zone.name, "text": zone.text} for zone in case.reading.zones],
        "doubts": list(case.reading.doubts),
        "clauses": [
            {
                "clause": one.clause,
                "pack": one.pack,
                "nominated": one.nominated,
                "held": one.finding is not None,
                "ms": round(one.seconds * 1000, 3),
                "problem": one.problem,
                "steps": [
                    {"depth": step.depth, "asks": step.words, "held": step.held, "shows": step.detail}
                    for step in one.steps
                ],
            }
            for one in examinations
        ],
    }
