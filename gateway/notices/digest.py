"""In a flood, moderators get one notice with the ids of all that was held in a span, written at its end."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from gateway.holds import WAITING, NewNotice
from gateway.notices.kinds import Kind
from gateway.notices.letter import Letter, message_id, octets
from gateway.notices.telling import is_posting_address, writable
from gateway.notices.template import fill
from gateway.notices.wording import one_line, when
from gateway.outbox.notices import Notice
from gateway.store import codec
from gateway.store.tables import HOLD
from rules.profile import Profile

_MOST = 200  # ids in one notice
_GRACE = timedelta(seconds=30)  # between a post's arrival and its commit, at the longest


def digest_notices(profile: Profile, first: datetime, last: datetime) -> tuple[NewNotice, ...]:
    """A notice for each moderator of all that is held from ``first`` to ``last``; a second adds nothing."""
    people = profile.moderators or profile.owners
    addresses = dict.fromkeys(person.address for person in people)
    return tuple(
        NewNotice(
            cause=f"{Kind.MODERATOR_DIGEST}:{profile.address}:{codec.microseconds(first)}:{address}",
            kind=Kind.MODERATOR_DIGEST,
            list=profile.address,
            hold_id=None,
            recipient=address,
            octets=b"",
            due=last + _GRACE,
        )
        for address in addresses
        if writable(address) and not is_posting_address(profile, address)
    )


def digest_letter(connection: Connection, profile: Profile, notice: Notice) -> bytes:
    """The octets of a notice that `digest_notices` made; b"" when nothing of the span waits any more."""
    first = codec.moment(int(notice.cause.split(":")[2]))
    last = notice.since - _GRACE
    lines = _waiting(connection, profile.address, first, last)
    if not lines:
        return b""
    values = {
        "name": profile.name,
        "list": profile.address,
        "first": when(first, profile.timezone),
        "last": when(last, profile.timezone),
        "count": str(len(lines)),
        "posts": "\n".join(lines[:_MOST]),
        "more": f"And {len(lines) - _MOST} more." if len(lines) > _MOST else "",
    }
    text = fill(Kind.MODERATOR_DIGEST, values)
    local, _, domain = profile.address.rpartition("@")
    letter = Letter(
        sender=f"{local}-owner@{domain}",
        sender_name=f"{profile.name} list",
        recipient=notice.recipient,
        subject=text.subject,
        body=text.body,
        date=notice.since,
        message_id=message_id(f"{codec.microseconds(first)}.{notice.kind}", notice.recipient, domain),
        answers="",
        automatic="auto-generated",
    )
    return octets(letter)


def _waiting(connection: Connection, name: str, first: datetime, last: datetime) -> list[str]:
    """Id and clauses of each that waits; no word of the posts, which a flood writes."""
    query = select(HOLD.c.id, HOLD.c.clauses).where(
        HOLD.c.list == name,
        HOLD.c.received >= codec.microseconds(first),
        HOLD.c.received < codec.microseconds(last),
        HOLD.c.state.in_([state.value for state in WAITING]),
    )
    rows = connection.execute(query.order_by(HOLD.c.received))
    return [f"{row.id}  {one_line(', '.join(codec.words_of(row.clauses)))}".rstrip() for row in rows]
