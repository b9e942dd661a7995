"""What a clause may do, and whether it is in force, in the words of clause and list files."""

from enum import StrEnum

from rules.verdict import Action, Status


class ClauseAction(StrEnum):
    """What a clause asks for when it finds; no clause makes a post pass."""

    NOTE = "note"
    HOLD = "hold"
    REJECT = "reject"
    DISCARD = "discard"

    @property
    def action(self) -> Action:
        """The action as verdicts compare it."""
        return Action[self.name]


class ClauseStatus(StrEnum):
    """Whether a clause acts, only records, or is not examined at all."""

    LIVE = "live"
    SHADOW = "shadow"
    OFF = "off"

    @property
    def status(self) -> Status:
        """The status of its findings; an examined clause that does not act is in shadow."""
        return Status.LIVE if self is ClauseStatus.LIVE else Status.SHADOW
