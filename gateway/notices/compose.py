"""Composes the notices that an event in a post's life calls for: rows, committed with what caused them."""

from collections.abc import Iterable
from datetime import datetime

from gateway.holds import Decision, Hold, NewHold, NewNotice, Outcome
from gateway.notices.kinds import Kind
from gateway.notices.post import Post, of_hold, of_new_hold
from gateway.notices.template import fill
from gateway.notices.wording import one_line, own_lines, reasons, when
from gateway.notices.writing import Occasion, to_author, to_moderators
from gateway.reply import printable
from gateway.transactions import Arrival
from rules.profile import Profile
from rules.verdict import Finding


def held_notices(
    profile: Profile, arrival: Arrival, hold: NewHold, decide_by: datetime
) -> tuple[NewNotice, ...]:
    """What moderators and author are told when a post is held; due at once."""
    post = of_new_hold(hold, arrival)
    occasion = Occasion(profile, post, arrival.received)
    by = when(decide_by, profile.timezone)
    clause = next((one_line(f.clause) for f in post.findings if f.acts and f.found), "CLAUSE")
    moderators = to_moderators(
        occasion,
        Kind.MODERATOR_HELD,
        {
            "decide_by": by,
            "clause": clause,
            "findings": reasons(post.findings, "finding-to-moderator", post.masks),
            "told": _told(post),
        },
    )
    findings = reasons(post.findings, "finding-to-author", post.masks)
    author = to_author(occasion, Kind.AUTHOR_HELD, {"decide_by": by, "findings": findings})
    return (*moderators, *author)


def decision_notices(profile: Profile, hold: Hold, decision: Decision) -> tuple[NewNotice, ...]:
    """What the other moderators and the author are told of a decision; due when it takes effect.

    The author of a released post is told when the list server has it: `released_notices`.
    """
    post = of_hold(hold)
    occasion = Occasion(profile, post, decision.effective, decision.id)
    if decision.action is Outcome.EXPIRE:
        return _expired(occasion)
    quiet = decision.action in (Outcome.RELEASE, Outcome.DISCARD)
    outcome = fill(f"outcome-{decision.action.value}", post.places(profile)).body.strip()
    moderators = to_moderators(
        occasion,
        Kind.MODERATOR_DECIDED,
        {
            "outcome": outcome,
            "by": one_line(decision.by),
            "at": when(decision.at, profile.timezone),
            "clause": _cited(post, decision.clause),
            "reason": post.masks.hide(own_lines(decision.reason)),
            "told": "" if quiet else _told(post),
        },
        besides=decision.by,
    )
    return (*moderators, *(_rejected(occasion, decision) if decision.action is Outcome.REJECT else ()))


def released_notices(profile: Profile, hold: Hold, now: datetime) -> tuple[NewNotice, ...]:
    """What the author is told once the list server has the post."""
    return to_author(_told_at(profile, hold, now), Kind.AUTHOR_RELEASED, {})


def refused_notices(
    profile: Profile, hold: Hold, now: datetime, refused: Iterable[bytes], reply: str
) -> tuple[NewNotice, ...]:
    """What moderators and author are told when the list server refuses for good, in its own words."""
    # A post that nobody decided on was only passed on, and moderators hear of it for the first time.
    kind = Kind.MODERATOR_RELEASE_FAILED if hold.decision else Kind.MODERATOR_DELIVERY_FAILED
    occasion = _told_at(profile, hold, now)
    values = {"recipients": _listed(refused), "reply": _quoted(occasion.post, reply)}
    moderators = to_moderators(occasion, kind, {**values, "told": _told(occasion.post)})
    return (*moderators, *to_author(occasion, Kind.AUTHOR_REFUSED, values))


def lost_notices(
    profile: Profile, hold: Hold, now: datetime, owed: Iterable[bytes], why: str
) -> tuple[NewNotice, ...]:
    """What moderators are told when the message itself is lost; its author is not: nobody refused it."""
    occasion = _told_at(profile, hold, now)
    values = {"recipients": _listed(owed), "why": printable(why, 400)}
    return to_moderators(occasion, Kind.MODERATOR_LOST, values)


def unknown_notices(
    profile: Profile, hold: Hold, now: datetime, recipients: Iterable[bytes]
) -> tuple[NewNotice, ...]:
    """What moderators are told when nobody knows whether the list server has the post: no answer came."""
    kind = Kind.MODERATOR_UNKNOWN if hold.decision else Kind.MODERATOR_DELIVERY_UNKNOWN
    return to_moderators(_told_at(profile, hold, now), kind, {"recipients": _listed(recipients)})


def _expired(occasion: Occasion) -> tuple[NewNotice, ...]:
    at = {"at": when(occasion.due, occasion.profile.timezone)}
    moderators = to_moderators(occasion, Kind.MODERATOR_EXPIRED, {**at, "told": _told(occasion.post)})
    return (*moderators, *to_author(occasion, Kind.AUTHOR_EXPIRED, at))


def _rejected(occasion: Occasion, decision: Decision) -> tuple[NewNotice, ...]:
    post = occasion.post
    values = {
        "clause": _cited(post, decision.clause),
        "reason": post.masks.hide(own_lines(decision.reason)),
        "mend": _mend(post.findings, decision.clause),
    }
    return to_author(occasion, Kind.AUTHOR_REJECTED, values)


def _cited(post: Post, clause: str) -> str:
    titles = (one_line(f.title) for f in post.findings if f.clause == clause)
    title = next(titles, "")
    return f"{title} ({one_line(clause)})" if title else one_line(clause)


def _mend(findings: tuple[Finding, ...], clause: str) -> str:
    return next((one_line(f.mend) for f in findings if f.clause == clause), "")


def _told(post: Post) -> str:
    return fill("untold" if post.untold else "told", {"untold": post.untold}).body.strip()


def _listed(addresses: Iterable[bytes]) -> str:
    return printable(", ".join(address.decode("ascii", "replace") for address in addresses), 400)


def _quoted(post: Post, reply: str) -> str:
    # Masked before it is cut or its letters replaced: half a number would not be recognised.
    return printable(post.masks.hide(reply), 400)


def _told_at(profile: Profile, hold: Hold, now: datetime) -> Occasion:
    return Occasion(profile, of_hold(hold), now, hold.decision.id if hold.decision else None)
