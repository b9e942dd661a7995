"""Says whether an author may be told anything: nobody gets mail because of a forged post (RFC 3834)."""

import re

from rules.facts import Facts, Result
from rules.message import Envelope
from rules.profile import Profile
from rules.reading import Reading

UNVERIFIED = "unverified"
NO_RETURN_PATH = "no return path"
AUTOMATIC = "automatic mail"
ROBOT = "the return path belongs to a program"
OURS = "the return path is an address of the list"
UNUSABLE = "the return path cannot be written to"

_ROBOT = re.compile(
    r"mailer-daemon|postmaster|listserv|majordomo|mailman|sympa|no-?reply|do-?not-?reply|bounces?|owner|root"
    r"|owner-.*|.*-owner|.*-request|.*-relay|.*-bounces?(\+.*)?|bounces?[+=-].*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[!-;=?-~]{1,64}@[A-Za-z0-9.:\[\]-]{1,255}")


def may_tell(profile: Profile, envelope: Envelope, reading: Reading, facts: Facts) -> str:
    """Return "" where the author may be told, at the return path; else why not, as in "unverified".

    ``facts`` believe Authentication-Results only where the list's border wrote them.
    """
    if not envelope.reverse_path:
        return NO_RETURN_PATH
    path = envelope.reverse_path.decode("ascii", "replace")
    if not writable(path):
        return UNUSABLE
    if reading.automatic:
        return AUTOMATIC
    if _ROBOT.fullmatch(path.rpartition("@")[0]):
        return ROBOT
    if belongs_to_list(profile, path):
        return OURS
    if facts.trusted or _vouched_for(path, reading, facts):
        return ""
    return UNVERIFIED


def belongs_to_list(profile: Profile, address: str) -> bool:
    """Whether mail to ``address`` would come back to the list, its aliases or its robots."""
    local, _, domain = address.casefold().rpartition("@")
    for own in (profile.address, *profile.aliases):
        name, _, place = own.casefold().rpartition("@")
        if domain == place and (local == name or local.startswith((f"{name}-", f"{name}+"))):
            return True
    return False


def is_posting_address(profile: Profile, address: str) -> bool:
    """Whether mail to ``address`` would be a post: a notice must never become one."""
    return address.casefold() in {own.casefold() for own in (profile.address, *profile.aliases)}


def writable(address: str) -> bool:
    """Whether ``address`` is plain ASCII without quoting, so that it can stand in a header field as it is."""
    return _ADDRESS.fullmatch(address) is not None


def _vouched_for(path: str, reading: Reading, facts: Facts) -> bool:
    author = reading.author
    found = facts.authentication
    if author is None or found.source == "none" or found.dmarc is not Result.PASS:
        return False
    # DMARC speaks for From. The notice goes to the return path, which its
    # writer may have chosen to annoy a third person: it must be as well known.
    return found.spf is Result.PASS or _aligned(path, author.address)


def _aligned(path: str, author: str) -> bool:
    one, other = (address.casefold().rpartition("@")[2] for address in (path, author))
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
