"""`gatepost rules score`: what a policy catches and misses in labelled posts, with intervals."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cli.output import Ink, Piece, emit, remark, say, table
from cli.posts.archive import Post, post
from cli.posts.judging import Judged
from cli.posts.labels import Label
from cli.posts.together import Together
from gateway.confined.one import Reader
from rules.policy import Policy
from rules.verdict import Action, Verdict

_Z = 1.96  # 95 %


@dataclass(frozen=True, slots=True)
class Scored:
    """A labelled post and what the policy says of it."""

    label: Label
    verdict: Verdict

    @property
    def held(self) -> bool:
        """Whether the policy keeps the post from the list."""
        return self.verdict.action >= Action.HOLD


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one row: rightly caught, missed, falsely caught."""

    caught: int
    missed: int
    false: int

    @property
    def precision(self) -> tuple[float, float, float] | None:
        """The share of what was caught that was right, with its interval."""
        return wilson(self.caught, self.caught + self.false)

    @property
    def recall(self) -> tuple[float, float, float] | None:
        """The share of what should be caught that was, with its interval."""
        return wilson(self.caught, self.caught + self.missed)


def wilson(hits: int, trials: int) -> tuple[float, float, float] | None:
    """The share, and the 95 % Wilson interval around it; None of no trials.

    >>> tuple(round(figure, 2) for figure in wilson(9, 10))
    (0.9, 0.6, 0.98)
    """
    if not trials:
        return None
    share = hits / trials
    scale = 1 + _Z**2 / trials
    middle = (share + _Z**2 / (2 * trials)) / scale
    reach = _Z * math.sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2)) / scale
    return share, max(0.0, middle - reach), min(1.0, middle + reach)


def scored(policy: Policy, folder: Path, labels: Iterable[Label], reader: Reader) -> tuple[Scored, ...]:
    """Each labelled post judged. Raises NoMessages for a file that is missing."""
    chosen = tuple(labels)

    def source() -> Iterator[Post]:
        return (post(folder / label.file) for label in chosen)

    return tuple(
        Scored(label, judged.verdict)
        for label, judged in zip(chosen, Together(policy, reader).judged(source), strict=True)
        if isinstance(judged, Judged)
    )


def report(policy: Policy, results: tuple[Scored, ...], *, as_json: bool) -> None:
    """Print the figures, the misses and the false holds."""
    _say_what_is_unknown(policy, results)
    overall = _of_posts(results)
    clauses = sorted({name for result in results for name in (*result.label.cited, *result.verdict.clauses)})
    by_clause = {name: _of_clause(results, name) for name in clauses}
    kinds = sorted({result.label.difficulty for result in results})
    by_kind = {kind: _of_posts(r for r in results if r.label.difficulty == kind) for kind in kinds}
    if as_json:
        emit(_as_object(policy, results, overall, by_clause, by_kind))
        return
    rows = {"all posts": overall, **by_kind, **by_clause}
    say(f"{len(results)} posts, policy {policy.digest[:12]}, 95 % intervals\n")
    table(
        ("what", "caught", "missed", "false", "precision", "recall"),
        [_row(what, tally) for what, tally in rows.items()],
    )
    _listed(
        "Missed", results, _missed, lambda result: ", ".join(result.label.cited) + ": " + result.label.note
    )
    _listed("Held, and should pass", results, _false, _why_held)


def _say_what_is_unknown(policy: Policy, results: tuple[Scored, ...]) -> None:
    """A misspelt clause would count as missed for ever."""
    known = {clause.clause for clause in policy.clauses}
    cited = {name for result in results for name in (*result.label.cited, *result.label.arguable)}
    if strange := sorted(cited - known):
        remark(f"The labels name {', '.join(strange)}, which the list file's policy does not have")


def _of_posts(results: Iterable[Scored]) -> Tally:
    held = [(result.label.hold, result.held) for result in results]
    return Tally(held.count((True, True)), held.count((True, False)), held.count((False, True)))


def _of_clause(results: Iterable[Scored], clause: str) -> Tally:
    caught = missed = false = 0
    for result in results:
        found, cited = clause in result.verdict.clauses, clause in result.label.cited
        caught += found and cited
        missed += cited and not found
        false += found and not cited and clause not in result.label.arguable
    return Tally(caught, missed, false)


def _missed(result: Scored) -> bool:
    return result.label.hold and not result.held


def _false(result: Scored) -> bool:
    return result.held and not result.label.hold


def _why_held(result: Scored) -> str:
    return "; ".join(f"{f.clause}: {f.discreet}" for f in result.verdict.findings if f.acts and f.found)


def _row(what: str, tally: Tally) -> tuple[str, ...]:
    figures = (_figure(tally.precision), _figure(tally.recall))
    return (what, str(tally.caught), str(tally.missed), str(tally.false), *figures)


def _figure(share: tuple[float, float, float] | None) -> str:
    return "-" if share is None else f"{share[0]:.2f} ({share[1]:.2f} to {share[2]:.2f})"


def _listed(
    title: str, results: Iterable[Scored], wanted: Callable[[Scored], bool], why: Callable[[Scored], str]
) -> None:
    chosen = [result for result in results if wanted(result)]
    say(Piece(f"\n{title}: {len(chosen)}", Ink.BOLD))
    for result in chosen:
        say(f"  {result.label.file} ({result.label.difficulty})  {why(result)}")


def _as_object(
    policy: Policy,
    results: tuple[Scored, ...],
    overall: Tally,
    by_clause: dict[str, Tally],
    by_kind: dict[str, Tally],
) -> dict[str, Any]:
    return {
        "policy": {"digest": policy.digest},
        "posts": len(results),
        "all": _tally(overall),
        "clauses": {name: _tally(tally) for name, tally in by_clause.items()},
        "difficulties": {kind: _tally(tally) for kind, tally in by_kind.items()},
        "misses": [asdict(result.label) for result in results if _missed(result)],
        "false_holds": [
            {"file": r.label.file, "clauses": list(r.verdict.clauses), "says": _why_held(r)}
            for r in results
            if _false(r)
        ],
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {**asdict(tally), "precision": _interval(tally.precision), "recall": _interval(tally.recall)}


def _interval(share: tuple[float, float, float] | None) -> dict[str, float] | None:
    if share is None:
        return None
    return dict(zip(("value", "low", "high"), (round(figure, 4) for figure in share), strict=True))
