"""What stands in the place of a verdict where judging was not done in time: a doubt, so it is held."""

from rules.policy import Policy
from rules.verdict import DOUBT, Action, Finding, Status, Verdict

LATE = "Judging this message took longer than its sender waits, so no clause has looked at it."


def unjudged(policy: Policy) -> Verdict:
    """Return the verdict on a message of which nothing is known but that its time was up.

    It never rejects, whatever its header shows: half of the facts could make a clause refuse what all
    of them would let pass.
    """
    late = Finding(
        clause=DOUBT,
        pack="hygiene",
        title="Not judged in time",
        action=Action.HOLD,
        status=Status.LIVE,
        confidence=1.0,
        says=LATE,
        ask="May this go to the list? It may be quite ordinary; you are the first to read it.",
        mend="",  # the post is not to blame, so nobody is told to change it
        quotes=(),
    )
    return Verdict((late,), doubt=True, policy=policy.digest)
