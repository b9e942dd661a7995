"""Gathers the facts that a policy needs about one post for one list."""

from gateway.addresses import Served, within
from gateway.trace import Trace
from rules.authentication import believed
from rules.facts import Authentication, Facts, Standing
from rules.message import Envelope
from rules.reading import Reading


def gather(in_force: Served, reading: Reading, envelope: Envelope, trace: Trace) -> Facts:
    """The facts about a post. Cheap: nothing here leaves the process."""
    return Facts(
        standing=standing(in_force, reading),
        authentication=authentication(in_force, reading, envelope),
        trusted=within(envelope.client, in_force.trusted),
        looped=trace.looped(reading.scan, in_force.list),
    )


def standing(in_force: Served, reading: Reading) -> Standing:
    """What the author is to the list; several authors, or none, are nobody's member."""
    if in_force.members is None:
        return Standing.UNKNOWN
    author = reading.author
    known = author is not None and author.address.lower() in in_force.members
    return Standing.MEMBER if known else Standing.NONMEMBER


def authentication(in_force: Served, reading: Reading, envelope: Envelope) -> Authentication:
    """What the list's border found out about the author; nothing unless it is the border that sends."""
    border = in_force.profile.border
    if not within(envelope.client, in_force.border) or not border.authserv_id:
        return Authentication()
    return believed(reading.scan, border.authserv_id, (border.authserv_id,))
