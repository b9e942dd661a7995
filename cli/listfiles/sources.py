"""Whether anything can say who wrote a list's posts, and what only records while nothing can."""

from gateway.settings import Settings
from rules.files.force import ClauseStatus
from rules.policy import Policy


def unsourced(policy: Policy, settings: Settings) -> str:
    """What to tell of a list for which nothing says who wrote a post; "" where something does."""
    border = policy.profile.border
    if border.networks or settings.authentication.resolver != "off":
        return ""
    names = _needing(policy)
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


def held_unproved(policy: Policy) -> str:
    """Whose posts wait where the resolver that should say who wrote them does not answer; "" for nobody's."""
    held = {
        # Without its members, a list knows no address that could be imitated.
        "unverified-member": "members' addresses" if policy.profile.members else "",
        "unverified-office": "moderators', owners' and official addresses",
    }
    whose = " and ".join(filter(None, (held.get(name, "") for name in _needing(policy))))
    around = ", but not through its border," if policy.profile.border.networks else ""
    return f"{whose}{around}" if whose else ""


def _needing(policy: Policy) -> list[str]:
    return [
        clause.clause for clause in policy.clauses if clause.live_with and clause.status is ClauseStatus.LIVE
    ]
