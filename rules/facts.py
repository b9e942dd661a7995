"""What a rule may know that the message does not say, looked up once before any rule runs."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


class Standing(StrEnum):
    """What the author is to the list; ``UNKNOWN`` where the list file names no members."""

    UNKNOWN = "unknown"
    MEMBER = "member"
    NONMEMBER = "nonmember"


class Result(StrEnum):
    """One authentication result. ``UNKNOWN`` never satisfies "pass" (RFC 8601, 2.7)."""

    PASS = "pass"  # noqa: S105  an authentication result, not a password
    FAIL = "fail"
    NONE = "none"
    TEMPERROR = "temperror"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Authentication:
    """What is believed of the author's identity; ``source`` is "border:ID", "local" or "none"."""

    dmarc: Result = Result.UNKNOWN
    dkim: Result = Result.UNKNOWN
    spf: Result = Result.UNKNOWN
    source: str = "none"

    @property
    def vouches(self) -> bool:
        """Whether the author's domain stands behind the post: DMARC passed, or what would make it pass did.

        DKIM and SPF pass here only where they speak of the author's domain.
        """
        if self.dmarc in (Result.FAIL, Result.TEMPERROR):
            return False
        return Result.PASS in (self.dmarc, self.dkim, self.spf)


@dataclass(frozen=True, slots=True)
class Said:
    """The stretches of a post's quoted text that the list has said before: in order, none touching the next.

    ``starts`` and ``ends`` count code points of the displayed text.
    """

    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.starts)

    def holds(self, start: int, end: int) -> bool:
        """Whether the list has said all of this before."""
        at = bisect_right(self.starts, start) - 1
        return at >= 0 and end <= self.ends[at]

    def overlaps(self, start: int, end: int) -> bool:
        """Whether the list has said any of this before."""
        at = bisect_right(self.ends, start)
        return at < len(self.starts) and self.starts[at] < end


NOTHING_SAID = Said()


class Scanner(StrEnum):
    """A program that looks at whole messages."""

    CLAMD = "clamd"
    SPAMD = "spamd"
    RSPAMD = "rspamd"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a scanner said of the post: its verdict, its score if it has one, the name of what it found."""

    verdict: str
    score: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """A scanner that was asked and gave no answer.

    ``why`` ends a sentence. ``since`` is when it failed first after its last
    answer, UTC; None where it is well, and only this post got no answer.
    """

    why: str
    since: datetime | None = None


class Need(StrEnum):
    """A fact that a policy asks for; a scanner's answer goes by the scanner's name."""

    STANDING = "standing"
    AUTHENTICATION = "authentication"
    SAID = "said"
    CLAMD = Scanner.CLAMD.value
    SPAMD = Scanner.SPAMD.value
    RSPAMD = Scanner.RSPAMD.value


Scanned: TypeAlias = Mapping[Scanner, Answer | Absence]
"""What each scanner said that was asked; one that is not in it was not asked."""


def scanners_among(needs: frozenset[Need]) -> tuple[Scanner, ...]:
    """The scanners whose answers are needed."""
    return tuple(scanner for scanner in Scanner if Need(scanner.value) in needs)


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts about one post for one list.

    ``looped``: the post carries our own mark for this list. ``trusted``: it
    came from one of the list's ``trusted_networks``. ``said``: what of its
    quoted text is not new; with nothing known, all of it is judged.
    ``sourced``: somebody would have vouched for the author of a post that is
    what it says: without that, no pass means nothing.
    """

    standing: Standing = Standing.UNKNOWN
    authentication: Authentication = field(default_factory=Authentication)
    trusted: bool = False
    looped: bool = False
    said: Said = NOTHING_SAID
    scanners: Scanned = field(default_factory=dict, hash=False)
    sourced: bool = False

    @property
    def authenticated(self) -> bool:
        """Whether their domain, or a network that the list trusts, says that the author wrote the post."""
        return self.trusted or self.authentication.vouches

    def answered(self, scanners: tuple[Scanner, ...]) -> bool:
        """Whether all of these have answered; what rests on one that has not is neither so nor not so."""
        return all(isinstance(self.scanners.get(scanner), Answer) for scanner in scanners)
