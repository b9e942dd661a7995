"""Turns one kind of notice about a post into rows, one for each person it goes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.holds import NewNotice
from gateway.notices.kinds import Kind
from gateway.notices.letter import Letter, message_id, octets
from gateway.notices.post import Post
from gateway.notices.telling import is_posting_address, writable
from gateway.notices.template import fill
from rules.profile import Person, Profile


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why and when notices about a post go out; ``decision_id`` is None where no decision caused them."""

    profile: Profile
    post: Post
    due: datetime
    decision_id: int | None = None


def to_moderators(
    occasion: Occasion, kind: Kind, values: Mapping[str, str], besides: str = ""
) -> tuple[NewNotice, ...]:
    """A notice for each moderator, or owner where there is none, but for the person named ``besides``."""
    people = occasion.profile.moderators or occasion.profile.owners
    addresses = dict.fromkeys(p.address for p in people if not _is(p, besides))
    return tuple(
        _notice(occasion, kind, values, address)
        for address in addresses
        if writable(address) and not is_posting_address(occasion.profile, address)
    )


def to_author(occasion: Occasion, kind: Kind, values: Mapping[str, str]) -> tuple[NewNotice, ...]:
    """A notice for the author at the return path; nothing where the author may not be told."""
    path = occasion.post.reverse_path.decode("ascii", "replace")
    if occasion.post.untold or not writable(path):
        return ()
    return (_notice(occasion, kind, values, path),)


def _notice(occasion: Occasion, kind: Kind, values: Mapping[str, str], recipient: str) -> NewNotice:
    return NewNotice(
        cause=f"{kind}:{occasion.post.id}:{occasion.decision_id or 0}:{recipient}",
        kind=kind,
        list=occasion.profile.address,
        hold_id=occasion.post.id,
        recipient=recipient,
        octets=octets(_letter(occasion, kind, values, recipient)),
        due=occasion.due,
        decision_id=occasion.decision_id,
    )


def _letter(occasion: Occasion, kind: Kind, values: Mapping[str, str], recipient: str) -> Letter:
    post, profile = occasion.post, occasion.profile
    text = fill(kind, {**post.places(profile), **values})
    local, _, domain = profile.address.rpartition("@")
    first = message_id(f"{post.id}.{Kind.MODERATOR_HELD}", recipient, domain)
    decision = f".{occasion.decision_id}" if occasion.decision_id else ""
    own = message_id(f"{post.id}.{kind}{decision}", recipient, domain)
    return Letter(
        sender=f"{local}-owner@{domain}",
        sender_name=f"{profile.name} list",
        recipient=recipient,
        subject=text.subject,
        body=text.body,
        date=occasion.due,
        message_id=own,
        answers=_answered(kind, post.message_id, first),
        automatic="auto-replied" if kind.to_author else "auto-generated",
    )


def _answered(kind: Kind, posted: str, first: str) -> str:
    """The Message-ID that a notice answers: the author's post, or the moderators' first notice of it."""
    if kind.to_author:
        return posted
    return "" if kind is Kind.MODERATOR_HELD else first


def _is(person: Person, name: str) -> bool:
    known = {person.address.casefold(), (person.user or "").casefold(), (person.name or "").casefold()}
    return bool(name) and name.casefold() in known
