"""What a rule may know that the message does not say, looked up once before any rule runs."""

from dataclasses import dataclass, field
from enum import StrEnum


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
    """What is believed of the author's identity; ``source`` is "border:ID" or "none"."""

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
class Facts:
    """Facts about one post for one list.

    ``looped``: the post carries our own mark for this list. ``trusted``: it
    came from one of the list's ``trusted_networks``.
    """

    standing: Standing = Standing.UNKNOWN
    authentication: Authentication = field(default_factory=Authentication)
    trusted: bool = False
    looped: bool = False


class Need(StrEnum):
    """A fact that a policy asks for."""

    STANDING = "standing"
    AUTHENTICATION = "authentication"
