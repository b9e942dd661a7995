"""Judges a reading by a policy: the facts that it asks for, and the verdict; never an exception."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rules.conditions.condition import Condition, Post
from rules.facts import Facts, Need
from rules.matching.haystack import lay_out
from rules.matching.matcher import hits_of
from rules.message import Envelope
from rules.policy import Policy, Watch
from rules.reading import Reading
from rules.verdict import DOUBT, Finding, Verdict
from rules.wording import doubt_of, finding_of


@dataclass(frozen=True, slots=True)
class Step:
    """One condition examined: ``depth`` in its clause, what it asked, whether it held, and what it showed."""

    depth: int
    words: str
    held: bool
    confidence: float
    detail: str


@dataclass(frozen=True, slots=True)
class Examination:
    """One clause examined, for `rules explain`.

    ``nominated``: evaluation would have looked at it, because a word of its
    was found or because it can hold without any. ``problem`` is what it
    raised, "" otherwise.
    """

    clause: str
    pack: str
    nominated: bool
    finding: Finding | None
    steps: tuple[Step, ...]
    seconds: float
    problem: str = ""


def needs(policy: Policy, reading: Reading) -> frozenset[Need]:  # noqa: ARG001  later conditions ask by reading
    """Return the facts that judging this reading asks for."""
    return policy.compiled.needs


def evaluate(policy: Policy, reading: Reading, facts: Facts, envelope: Envelope) -> Verdict:
    """Return the verdict; a post that cannot be searched, or on which a clause raises, is in doubt."""
    doubts = [*reading.scan.excess, *reading.doubts]
    findings: list[Finding] = []
    try:
        post = _posted(policy, reading, facts, envelope)
        watches = tuple(_nominated(policy, post))
    except Exception as problem:  # noqa: BLE001  the promise: doubt is a hold, never an exception
        doubts.append(f"The search for words failed ({type(problem).__name__}).")
        watches = ()
    for watch in watches:
        try:
            found = watch.condition.find(post)
            if found is not None:
                findings.append(finding_of(watch.clause, found, post))
        except Exception as problem:  # noqa: BLE001  the promise: doubt is a hold, never an exception
            doubts.append(f"Clause {watch.clause.name} failed ({type(problem).__name__}).")
    return _verdict(policy, findings, doubts)


def examine(
    policy: Policy, reading: Reading, facts: Facts, envelope: Envelope, seconds: Callable[[], float]
) -> tuple[Examination, ...]:
    """Return what each clause that is not off asked and found; ``seconds`` is a clock, since rules have none.

    Raises what searching raises: this is for people who look into a policy.
    """
    post = _posted(policy, reading, facts, envelope)
    nominated = {watch.clause.name for watch in _nominated(policy, post)}
    return tuple(
        _examined(watch, post, watch.clause.name in nominated, seconds) for watch in policy.compiled.watches
    )


def _posted(policy: Policy, reading: Reading, facts: Facts, envelope: Envelope) -> Post:
    hay = lay_out(reading)
    hits = hits_of(policy.compiled.matchers, hay)
    return Post(reading, facts, envelope, policy.profile, hay, hits)


def _nominated(policy: Policy, post: Post) -> Iterator[Watch]:
    """The clauses that can hold: an atom of theirs was found, or they need none."""
    compiled = policy.compiled
    indexes = set(compiled.always)
    for phrase in post.hits.phrases:
        indexes.update(compiled.nominated_by.get(phrase, ()))
    for pattern in post.hits.patterns:
        indexes.update(compiled.nominated_by.get("\n" + pattern, ()))
    return (compiled.watches[index] for index in sorted(indexes))


def _verdict(policy: Policy, findings: list[Finding], doubts: list[str]) -> Verdict:
    if doubts:
        findings = [finding for finding in findings if finding.clause != DOUBT]
        findings.append(doubt_of(policy.clause(f"hygiene/{DOUBT}"), doubts[0]))
    return Verdict(_strictest_first(findings), bool(doubts), policy.digest)


def _strictest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda found: (not found.acts, -found.action, -found.confidence)))


def _examined(watch: Watch, post: Post, nominated: bool, seconds: Callable[[], float]) -> Examination:
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
    return Examination(watch.clause.clause, watch.clause.pack, nominated, finding, steps, spent, problem)


def _steps(condition: Condition, post: Post, depth: int) -> Iterator[Step]:
    found = condition.find(post)
    detail, confidence = "", 0.0
    if found is not None:
        hay = post.haystack
        quoted = [f"“{hay.texts[place.zone][place.start : place.end]}”" for place in found.places[:3]]
        detail, confidence = ", ".join(quoted) or found.detail, found.confidence
    yield Step(depth, condition.words, found is not None, confidence, detail)
    for part in condition.parts:
        yield from _steps(part, post, depth + 1)
