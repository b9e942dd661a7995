"""What a list file and a message say of the author's place on the list and of who vouches for them."""

from functools import lru_cache

from rules.authentication import believed
from rules.facts import Authentication, Standing
from rules.profile import Profile
from rules.reading import Reading
from rules.scan import Scan


def standing(profile: Profile, reading: Reading) -> Standing:
    """Return what the author is to the list; several authors, or none, are nobody's member."""
    if profile.members is None:
        return Standing.UNKNOWN
    author = reading.author
    known = author is not None and author.address.lower() in _addresses(profile.members)
    return Standing.MEMBER if known else Standing.NONMEMBER


def border_results(profile: Profile, scan: Scan) -> Authentication:
    """Return what the list's border says of the author.

    The border is the list's host, or the name that the list file gives it;
    only Received fields of these two may stand above what it wrote. Whether
    the message came from the border at all is for the caller to know.
    """
    border = profile.border.authserv_id or profile.domain
    return believed(scan, border, (border, profile.domain))


@lru_cache(maxsize=64)
def _addresses(members: tuple[str, ...]) -> frozenset[str]:
    # Lists have thousands of members, and each post asks for one.
    return frozenset(member.lower() for member in members)
