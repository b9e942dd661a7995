"""The post that a notice is about, whether it is about to be held or has been."""

from dataclasses import dataclass
from datetime import datetime

from gateway.holds import Hold, NewHold
from gateway.masking import Masks
from gateway.notices.wording import one_line, when
from gateway.transactions import Arrival
from rules.profile import Profile
from rules.verdict import Finding


@dataclass(frozen=True, slots=True)
class Post:
    """What notices need to know of a post.

    ``id`` is the hold's. ``untold`` is "" where the author may be told, else why not.
    """

    id: str
    reverse_path: bytes
    author: str
    subject: str
    message_id: str
    findings: tuple[Finding, ...]
    untold: str
    received: datetime

    @property
    def masks(self) -> Masks:
        """What must not be seen of it."""
        return Masks(self.findings)

    @property
    def safe_subject(self) -> str:
        """The subject as a moderator's mailbox may show it."""
        return self.masks.subject(one_line(self.subject, 200)) or "(none)"

    def places(self, profile: Profile) -> dict[str, str]:
        """What every template may name."""
        return {
            "id": self.id,
            "name": profile.name,
            "list": profile.address,
            "author": self.masks.hide(one_line(self.author, 200)) or "(none)",
            "subject": self.safe_subject,
            "received": when(self.received, profile.timezone),
            "untold": self.untold,
        }


def of_hold(hold: Hold) -> Post:
    """The post of a hold in the store."""
    return Post(
        id=hold.id,
        reverse_path=hold.reverse_path,
        author=hold.author,
        subject=hold.subject,
        message_id=hold.message_id,
        findings=hold.findings,
        untold=hold.told,
        received=hold.received,
    )


def of_new_hold(hold: NewHold, arrival: Arrival) -> Post:
    """The post of a hold that is about to be stored."""
    return Post(
        id=hold.id,
        reverse_path=arrival.message.envelope.reverse_path,
        author=hold.author,
        subject=hold.subject,
        message_id=hold.message_id,
        findings=hold.verdict.findings,
        untold=hold.told,
        received=arrival.received,
    )
