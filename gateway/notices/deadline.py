"""Says how long a post may wait for a moderator before it expires."""

from collections.abc import Iterable

from rules.policy import Policy
from rules.verdict import Finding


def days_to_decide(policy: Policy, findings: Iterable[Finding], default: int) -> int:
    """The shortest expiry, in days, of the clauses that hold a post.

    A clause that says none has ``default``, which is ``retention.hold_days``; so has a post that
    no clause of the policy holds, such as one that could not be read.
    """
    holding = (policy.clause(f"{f.pack}/{f.clause}") for f in findings if f.acts and f.found)
    return min((default if c is None or c.expiry is None else c.expiry for c in holding), default=default)
