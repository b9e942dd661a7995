"""Runs the examples of clauses: what must be held is found, what must pass is left alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rules.clause import ClauseFile
from rules.conditions.combine import every
from rules.conditions.vocabulary import Named, Vocabularies
from rules.evaluate import evaluate
from rules.files.force import ClauseStatus
from rules.pack import Pack
from rules.policy import Policy, compose
from rules.profile import LocalSettings, Nonmembers, Profile, read_profile
from rules.proving.example import Example
from rules.proving.posted import posted
from rules.reading import read, sketched
from rules.verdict import Finding

ENOUGH = 8
"""Examples of each sort that a shipped clause has at least."""


@dataclass(frozen=True, slots=True)
class Disproof:
    """An example that its clause judges otherwise than it says; ``must_hold`` tells which sort it is of."""

    clause: str
    example: str
    must_hold: bool
    says: str = ""

    def __str__(self) -> str:
        if self.must_hold:
            return f"{self.clause}: must_hold '{self.example}' was not found"
        return f"{self.clause}: must_pass '{self.example}' was found: {self.says}"


def prove(pack: Pack, local: Profile | None = None) -> tuple[Disproof, ...]:
    """Return the examples of a pack that its clauses misjudge; empty when the pack proves itself.

    Examples are judged in the context of the pack's own profile; ``local`` is
    a list whose settings of clauses are to be proved: clauses that are off
    there are left out. Raises RulesError for a profile or example that cannot be read.
    """
    context = read_profile(pack.profile)
    policy = _policy(pack, context, local)
    open_to_all = {Nonmembers.PASS: policy, Nonmembers.HOLD: _policy(pack, _for_members(context), local)}
    return tuple(
        disproof
        for clause in pack.clauses
        if _examined(policy, clause)
        for disproof in _disproofs(pack, clause, open_to_all)
    )


def lint(pack: Pack) -> tuple[str, ...]:
    """Return what a shipped pack should not have, as sentences; that it proves itself is another question."""
    return (*(sentence for clause in pack.clauses for sentence in _weak(pack, clause)), *_unused(pack))


def _disproofs(pack: Pack, clause: ClauseFile, policies: dict[Nonmembers, Policy]) -> Iterator[Disproof]:
    examples = pack.examples(clause)
    folders = {example.name: pack.folder for example in (*clause.must_hold, *clause.must_pass)}
    for example in examples.must_hold:
        if _found(pack, clause, policies, example, folders, held=True) is None:
            yield Disproof(f"{pack.name}/{clause.clause}", example.name, True)
    for example in examples.must_pass:
        if finding := _found(pack, clause, policies, example, folders, held=False):
            yield Disproof(f"{pack.name}/{clause.clause}", example.name, False, finding.says)


def _found(
    pack: Pack,
    clause: ClauseFile,
    policies: dict[Nonmembers, Policy],
    example: Example,
    folders: dict[str, Path],
    *,
    held: bool,
) -> Finding | None:
    """The clause's finding on the example, if it is as sure as the clause asks for.

    A list may ask for more than the clause does; what must be held need not be
    as sure as that, or no list could.
    """
    policy = policies[example.facts.nonmembers or Nonmembers.PASS]
    post = posted(example, folders.get(example.name, pack.folder / "examples"), policy.profile.list)
    reading = sketched(read(post.message.octets))
    verdict = evaluate(policy, reading, post.facts, post.message.envelope)
    in_force = policy.clause(clause.clause)
    asked = in_force.threshold if in_force else 1.0
    enough = min(asked, clause.threshold) if held else asked
    return next((f for f in verdict.findings if f.clause == clause.clause and f.confidence >= enough), None)


def _policy(pack: Pack, context: Profile, local: Profile | None) -> Policy:
    settings = _settings(pack, local) if local else {}
    return compose(context.model_copy(update={"clauses": settings}), (pack,))


def _settings(pack: Pack, local: Profile) -> dict[str, LocalSettings]:
    """The list's settings of this pack's clauses."""
    ours = {name for clause in pack.clauses for name in (clause.clause, f"{pack.name}/{clause.clause}")}
    return {name: settings for name, settings in local.clauses.items() if name in ours}


def _for_members(context: Profile) -> Profile:
    return context.model_copy(update={"nonmembers": Nonmembers.HOLD, "members": context.members or ()})


def _examined(policy: Policy, clause: ClauseFile) -> bool:
    in_force = policy.clause(clause.clause)
    return in_force is not None and in_force.status is not ClauseStatus.OFF


def _unused(pack: Pack) -> Iterator[str]:
    specs = [spec for clause in pack.clauses for spec in every(clause.when)]
    named = {name for spec in specs if isinstance(spec, Named) for name in spec.words}
    for name in Vocabularies(pack.folder).names:
        if name not in named:
            yield f"{pack.name}: no clause asks for the words in words/{name}.yaml"


def _weak(pack: Pack, clause: ClauseFile) -> Iterator[str]:
    examples = pack.examples(clause)
    name = f"{pack.name}/{clause.clause}"
    for sort, held in (("must_hold", examples.must_hold), ("must_pass", examples.must_pass)):
        if len(held) < ENOUGH:
            yield f"{name}: {len(held)} {sort} examples; write at least {ENOUGH}"
    names = [example.name for example in (*examples.must_hold, *examples.must_pass)]
    for twice in sorted({one for one in names if names.count(one) > 1}):
        yield f"{name}: two examples are named '{twice}'; give each a name of its own"
    if clause.says.count("?"):
        yield f"{name}: 'says' asks; the question belongs to 'ask'"
    if not clause.ask.rstrip().endswith("?"):
        yield f"{name}: 'ask' is no question"
