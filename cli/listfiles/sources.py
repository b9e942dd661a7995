"""Whether anything can say who wrote a list's posts, and what only records while nothing can."""

from gateway.settings import Settings
from rules.files.force import ClauseStatus
from rules.policy import Policy


def unsourced(policy: Policy, settings: Settings) -> str:
    """What to tell of a list for which nothing says who wrote a post; "" where something does."""
    border = policy.profile.border
    if border.networks or settings.authentication.resolver != "off":
        return ""
    names = [
        clause.clause for clause in policy.clauses if clause.live_with and clause.status is ClauseStatus.LIVE
    ]
    if not names:
        return ""
    missing = (
        "border.authserv_id stands without networks"
        if border.authserv_id
        else "Nothing can say who wrote a post"
    )
    return (
        f"{missing}, so {' and '.join(names)} only record. To change that: border.networks in the list file, "
        "or authentication.resolver in gatepost.toml."
    )
