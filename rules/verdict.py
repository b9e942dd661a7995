"""What judging returns: actions, quotes, findings and the verdict that unites them."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

DOUBT = "unreadable"
"""The clause (of the pack ``hygiene``) under which a message is held that could not be judged."""

UNSCANNED = "unscanned"
"""The clause (of the pack ``hygiene``) under which a message is held that a scanner said nothing about."""


class Action(IntEnum):
    """What may happen to a post with no human; a larger value is stricter (Postfix access(5), RFC 5429)."""

    PASS = 0
    NOTE = 1
    HOLD = 2
    REJECT = 3
    DISCARD = 4

    @property
    def word(self) -> str:
        """The action as files and JSON write it."""
        return self.name.lower()


class Status(StrEnum):
    """Whether a clause acts, or only records what it would have done."""

    LIVE = "live"
    SHADOW = "shadow"


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a message: ``start`` and ``end`` count code points in the zone's displayed text.

    ``sentence`` is the whole sentence around ``text``, cut to a readable length.
    """

    zone: str
    text: str
    start: int
    end: int
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One clause whose condition held.

    ``action`` is NOTE when ``confidence`` (0 to 1) is below the clause's
    threshold; such a finding does not count as found. ``says`` is the
    finished sentence with the quote in it; where ``sensitive``, use
    ``masked`` everywhere but in front of a moderator who asked for it.
    """

    clause: str
    pack: str
    title: str
    action: Action
    status: Status
    confidence: float
    says: str
    ask: str
    mend: str
    quotes: tuple[Quote, ...]
    sensitive: bool = False
    masked: str = ""

    @property
    def found(self) -> bool:
        """Whether the clause's threshold was reached."""
        return self.action > Action.NOTE

    @property
    def acts(self) -> bool:
        """Whether this finding takes part in the verdict's action."""
        return self.status is Status.LIVE

    @property
    def discreet(self) -> str:
        """The sentence for notices, listings, journal and audit: masked where the clause is sensitive."""
        return self.masked if self.sensitive else self.says


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings on one post for one list, strictest first, and what follows from them.

    ``doubt`` says that the message could not be read, or that a rule raised:
    such a verdict holds whatever the list's mode. ``policy`` is the policy's
    digest.
    """

    findings: tuple[Finding, ...] = ()
    doubt: bool = False
    policy: str = ""
    action: Action = field(init=False)

    def __post_init__(self) -> None:
        live = [finding.action for finding in self.findings if finding.acts]
        strictest = max(live, default=Action.PASS)
        if self.doubt:
            strictest = max(strictest, Action.HOLD)
        object.__setattr__(self, "action", strictest)

    @property
    def clauses(self) -> tuple[str, ...]:
        """Bare ids of the live clauses that were found, strictest first, without repeats."""
        return tuple(dict.fromkeys(f.clause for f in self.findings if f.acts and f.found))
