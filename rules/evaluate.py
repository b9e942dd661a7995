"""Judges a reading by a policy: the facts that it asks for, and the verdict; never an exception."""

from collections.abc import Iterable, Iterator

from rules.conditions.condition import Post
from rules.facts import Absence, Facts, Need, Scanner, scanners_among
from rules.matching.haystack import lay_out
from rules.matching.matcher import hits_of
from rules.message import Envelope
from rules.policy import Policy, Watch
from rules.reading import Reading
from rules.scanners import Absent
from rules.verdict import DOUBT, Finding, Verdict
from rules.wording import doubt_of, finding_of, unscanned_of


def needs(policy: Policy, reading: Reading) -> frozenset[Need]:
    """Return the facts that judging this reading asks for."""
    asked = policy.compiled.needs
    return asked - {Need.SAID} if Need.SAID in asked and reading.zone("quoted") is None else asked


def evaluate(policy: Policy, reading: Reading, facts: Facts, envelope: Envelope) -> Verdict:
    """Return the verdict; a post that cannot be searched, or on which a clause raises, is in doubt."""
    doubts = [*reading.scan.excess, *reading.doubts]
    findings: list[Finding] = []
    try:
        post = posted(policy, reading, facts, envelope)
        watches = tuple(nominated(policy, post))
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
    unscanned = [unscanned_of(*silent) for silent in absences(policy, facts, Absent.HOLD)]
    return _verdict(policy, findings, doubts, unscanned)


def absences(policy: Policy, facts: Facts, absent: Absent) -> tuple[tuple[Scanner, Absence], ...]:
    """Return the scanners that said nothing and whose absence means this to the list.

    Those count whose answer could have changed what happens to the post: a
    clause that acts asks for it.
    """
    if not facts.scanners or policy.profile.scanners is None:
        return ()
    relied_on = scanners_among(policy.compiled.relied_on)
    asked = policy.profile.scanners.asked
    return tuple(
        (scanner, said)
        for scanner, said in facts.scanners.items()
        if isinstance(said, Absence)
        and scanner in relied_on
        and scanner in asked
        and _meant(asked[scanner].absent, said) is absent
    )


def _meant(absent: Absent, said: Absence) -> Absent:
    # A scanner that is well and will not judge this post will not judge it at its next try either.
    return Absent.HOLD if absent is Absent.TEMPFAIL and said.since is None else absent


def posted(policy: Policy, reading: Reading, facts: Facts, envelope: Envelope) -> Post:
    """The post as conditions ask it, its words found. Raises what searching raises."""
    hay = lay_out(reading)
    hits = hits_of(policy.compiled.matchers, hay)
    return Post(reading, facts, envelope, policy.profile, hay, hits, policy.weights)


def nominated(policy: Policy, post: Post) -> Iterator[Watch]:
    """The clauses that can hold: an atom of theirs was found, or they need none."""
    compiled = policy.compiled
    indexes = set(compiled.always)
    for phrase in post.hits.phrases:
        indexes.update(compiled.nominated_by.get(phrase, ()))
    for pattern in post.hits.patterns:
        indexes.update(compiled.nominated_by.get("\n" + pattern, ()))
    return (compiled.watches[index] for index in sorted(indexes))


def _verdict(policy: Policy, findings: list[Finding], doubts: list[str], unscanned: list[Finding]) -> Verdict:
    if doubts:
        findings = [finding for finding in findings if finding.clause != DOUBT]
        findings.append(doubt_of(policy.clause(f"hygiene/{DOUBT}"), doubts[0]))
    # A silent scanner is no doubt: in shadow, where even what it finds goes on, its silence holds nothing.
    return Verdict(_strictest_first((*findings, *unscanned)), bool(doubts), policy.digest)


def _strictest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda found: (not found.acts, -found.action, -found.confidence)))
