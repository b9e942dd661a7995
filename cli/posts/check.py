"""`gatepost rules check`: judges message files and says, for each, what would happen and why."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from cli.found import as_finding
from cli.output import Ink, Piece, complain, emit, say
from cli.posts.archive import NoMessages, Post, posts
from cli.posts.judging import Judged
from cli.posts.together import Together
from gateway.confined.one import Reader
from rules.policy import Policy
from rules.verdict import Action, Finding

_INKS = {
    Action.PASS: Ink.GOOD,
    Action.NOTE: Ink.GOOD,
    Action.HOLD: Ink.CARE,
    Action.REJECT: Ink.BAD,
    Action.DISCARD: Ink.BAD,
}


def check(policy: Policy, paths: Iterable[Path], reader: Reader, *, archive: bool, as_json: bool) -> bool:
    """Judge every message under the paths and print each; False when a path held no message."""
    count: Counter[Action] = Counter()
    complete = True
    for judged in Together(policy, reader, archive).judged(partial(_under, tuple(paths))):
        if isinstance(judged, NoMessages):
            complain(str(judged))
            complete = False
            continue
        count[judged.verdict.action] += 1
        emit(as_object(policy, judged)) if as_json else _tell(judged)
    if not as_json and sum(count.values()) > 1:
        each = ", ".join(f"{number} {action.word}" for action, number in sorted(count.items()))
        say(f"\n{sum(count.values())} posts: {each}.")
    return complete


def _under(paths: tuple[Path, ...]) -> Iterator[Post | NoMessages]:
    for path in paths:
        try:
            yield from posts(path)
        except NoMessages as error:
            yield error


def as_object(policy: Policy, judged: Judged) -> dict[str, Any]:
    """One judged message as its line of JSON says it."""
    return {
        "file": judged.name,
        "action": judged.verdict.action.word,
        "findings": [as_finding(finding) for finding in judged.verdict.findings],
        "policy": {"digest": policy.digest},
        "ms": round(judged.milliseconds, 3),
    }


def _tell(judged: Judged) -> None:
    action = judged.verdict.action
    say(Piece(judged.name, Ink.BOLD), "  ", Piece(action.word, _INKS[action]))
    for finding in judged.verdict.findings:
        say("  ", *story(finding))


def story(finding: Finding) -> tuple[Piece, ...]:
    """A finding in a line for people: masked where it is sensitive, and saying so where it does not act."""
    why = "" if finding.found else " (below its threshold)"
    if not finding.acts:
        why += " (shadow: recorded only)"
    name = f"{finding.pack}/{finding.clause}"
    return Piece(name, _INKS[finding.action]), Piece(f"{why}: {finding.discreet}")
