"""Gathers the facts about one post for one list. Cheap: nothing here leaves the process."""

from gateway.addresses import Served, within
from gateway.trace import Trace
from rules.facts import Authentication, Facts
from rules.message import Envelope
from rules.reading import Reading
from rules.standing import border_results, standing


def gather(in_force: Served, reading: Reading, envelope: Envelope, trace: Trace) -> Facts:
    """The facts about a post; Authentication-Results count only when the list's border itself sends."""
    from_border = within(envelope.client, in_force.border)
    return Facts(
        standing=standing(in_force.profile, reading),
        authentication=border_results(in_force.profile, reading.scan) if from_border else Authentication(),
        trusted=within(envelope.client, in_force.trusted),
        looped=trace.looped(reading.scan, in_force.list),
    )
