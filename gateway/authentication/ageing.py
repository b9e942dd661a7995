"""How the signatures of a held post stand: when it came, now, and what a moderator should know of it.

Verifiers behind us may refuse a signature that has expired or does not hold
any more, and with it the post (RFC 6376, 3.5 and 6.1). That is told; it
keeps nothing from going out.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from gateway.authentication.examined import Examined, State
from gateway.authentication.signature import MOST, signatures
from rules.scan import scan

if TYPE_CHECKING:
    from gateway.authentication.authenticator import Authenticator


_STRICT = ("quarantine", "reject")
_UNSIGNED = (
    "The author's domain asks others to {} mail that it does not stand behind: without a signature that "
    "holds, others may refuse the post."
)


@dataclass(frozen=True, slots=True)
class Aged:
    """A signature; ``before`` and ``now`` are None where nobody has looked."""

    domain: str
    selector: str
    before: State | None
    now: State | None
    expires: datetime | None

    def concern(self, at: datetime) -> str:
        """What a moderator should know at that time, as a sentence; "" for nothing."""
        of = f"The signature of {self.domain}"
        if self.expires is not None and self.expires <= at:
            return f"{of} has expired ({self.expires:%Y-%m-%d %H:%M} UTC): others may refuse the post now."
        if self.before is State.FAILS:
            return f"{of} did not hold when the post came."
        if self.now is State.FAILS:
            held = " held when the post came, and" if self.before is State.HOLDS else ""
            return f"{of}{held} does not hold now: others may refuse the post."
        return ""


async def aged(
    octets: bytes, kept: Examined, authenticator: "Authenticator | None" = None
) -> tuple[Aged, ...]:
    """The signatures of a message that could count, the author's first where they were looked at.

    ``kept``: how they stood when the post came. Without an ``authenticator``, nobody looks again.
    """
    scanned = await asyncio.to_thread(scan, octets)
    again = await authenticator.signed(octets, scanned) if authenticator else ()
    now = {(one.domain, one.selector): one.state for one in again}
    before = {(one.domain, one.selector): one.state for one in kept.signed}
    ends = {(one.domain, one.selector): one.expires for one in reversed(signatures(scanned))}
    looked_at = dict.fromkeys((*before, *now)) or dict.fromkeys(ends)
    return tuple(
        Aged(*name, before.get(name), now.get(name), ends.get(name)) for name in list(looked_at)[:MOST]
    )


def concerns(
    found: tuple[Aged, ...], at: datetime, soon: timedelta = timedelta(0), policy: str = ""
) -> tuple[str, ...]:
    """What a moderator should know, where no signature will do: one that holds carries the post.

    ``soon``: how long it will take until the post goes out; ``policy``: what
    the author's domain asks others to do with what it has not signed.
    """
    told = tuple(one.concern(at + soon) for one in found)
    if not all(told):
        return ()
    return (*told, *([_UNSIGNED.format(policy)] if policy in _STRICT else ()))
