"""A hold as a value: the post that waits, why, and what was decided on it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.errors import CouldNotBeDone, GivenWrong
from gateway.masking import MASK as MASK
from gateway.masking import Masks
from rules.verdict import Finding, Verdict


class HoldState(StrEnum):
    """Where a held post stands. RELEASING includes the undo window of a release."""

    HELD = "held"
    RELEASING = "releasing"
    RELEASED = "released"
    REJECTED = "rejected"
    DISCARDED = "discarded"
    EXPIRED = "expired"
    RELEASE_FAILED = "release_failed"
    UNKNOWN = "unknown"


WAITING = (HoldState.HELD, HoldState.RELEASE_FAILED, HoldState.UNKNOWN)
"""The states in which a moderator is asked."""


PASSED_ON = "a passing post that the list server did not take"
"""Why the author of mail that no policy judged is told nothing."""


class Outcome(StrEnum):
    """What is decided on a hold; EXPIRE is what time decides."""

    RELEASE = "release"
    REJECT = "reject"
    DISCARD = "discard"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class NewHold:
    """A post for one list, to be held. ``told`` is "" when its author may be told, else why not.

    ``days`` is how long it may wait; 0 leaves that to the settings.
    ``sentences``: what its list has said once it is released.
    """

    id: str
    list: str
    version: int
    recipients: tuple[bytes, ...]
    author: str
    subject: str
    message_id: str
    verdict: Verdict
    told: str = ""
    days: int = 0
    sentences: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A passing post for one list that could not be relayed inside DATA.

    ``version`` to ``told`` describe the hold that it becomes if the next hop finally refuses it.
    ``sentences``: what its list has said with it, as good as relayed.
    """

    list: str
    recipients: tuple[bytes, ...]
    version: int = 0
    author: str = ""
    subject: str = ""
    message_id: str = ""
    findings: tuple[Finding, ...] = ()
    told: str = PASSED_ON
    sentences: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A message of ours; a second one with the same ``cause`` is not written."""

    cause: str
    kind: str
    list: str
    hold_id: str | None
    recipient: str
    octets: bytes
    due: datetime
    decision_id: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided. Until ``effective`` it can be undone; ``undone`` says when it was."""

    id: int
    action: Outcome
    by: str
    at: datetime
    effective: datetime
    clause: str = ""
    reason: str = ""
    undone: datetime | None = None
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A moderator's note for the other moderators."""

    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A held post with all that was found and decided, but without its octets.

    ``decision`` is the one in force, ``reply`` the next hop's last word.
    """

    id: str
    transaction_id: str
    list: str
    version: int
    state: HoldState
    received: datetime
    reverse_path: bytes
    recipients: tuple[bytes, ...]
    parameters: tuple[bytes, ...]
    digest: str
    author: str
    subject: str
    message_id: str
    clauses: tuple[str, ...]
    findings: tuple[Finding, ...]
    sensitive: bool
    told: str
    row_version: int
    reply: str
    decision: Decision | None = None
    remarks: tuple[Remark, ...] = ()
    recipient_parameters: tuple[tuple[bytes, tuple[bytes, ...]], ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a moderator is asked."""
        return self.state in WAITING

    @property
    def discreet_subject(self) -> str:
        """The subject for notices, listings, journal and audit."""
        return discreet(self.subject, self.findings)


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of the queue; ``subject`` is masked where a sensitive quote lies in it."""

    id: str
    list: str
    state: HoldState
    received: datetime
    author: str
    subject: str
    clauses: tuple[str, ...]
    sensitive: bool
    version: int
    decision: Decision | None


@dataclass
class NoSuchHold(GivenWrong):
    """No hold, on the lists asked about, has this id."""

    prefix: str

    def __str__(self) -> str:
        return f"No held post has the id {self.prefix!r}; 'gatepost queue list' shows those that wait."


@dataclass
class AmbiguousId(GivenWrong):
    """More than one hold's id starts like this."""

    prefix: str
    ids: tuple[str, ...]

    def __str__(self) -> str:
        if not self.ids:
            return f"The id {self.prefix!r} is too short; give at least two characters."
        return f"The id {self.prefix!r} fits {', '.join(self.ids)}; give more of it."


@dataclass
class OctetsLost(CouldNotBeDone):
    """The message itself is not to be had, so it cannot go anywhere."""

    digest: str


@dataclass
class OctetsGone(OctetsLost):
    """The message itself was purged; only its record is left."""

    def __str__(self) -> str:
        return "The message was deleted when its time of keeping was over; only its record is left."


@dataclass
class OctetsMissing(OctetsLost):
    """Nobody purged the message, and the store does not have it: a failing disk, or somebody's hand."""

    def __str__(self) -> str:
        return (
            "The message is missing from the store and is sent to nobody: tell your administrator, who sees "
            "with 'gatepost admin verify' what else is missing and can restore a backup; without one, "
            "discard it and ask its author to post again."
        )


@dataclass
class OctetsBroken(OctetsLost):
    """What the store has is not the message that came: a failing disk, or somebody's hand."""

    def __str__(self) -> str:
        return (
            "The message is damaged in the store and is sent to nobody: restore a backup, or discard it and "
            "ask its author to post again; 'gatepost admin verify' names what else is broken."
        )


def discreet(subject: str, findings: tuple[Finding, ...]) -> str:
    """The subject as listings may show it: not at all where a sensitive clause's words stand in it."""
    return Masks(findings).subject(subject)
