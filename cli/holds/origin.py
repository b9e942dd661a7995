"""Who wrote a held post, as it was found when it came, and how its signatures stand now."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cli import session
from cli.output import Ink, Piece, remark
from gateway import queue, transactions
from gateway.authentication.ageing import Aged, aged, concerns
from gateway.authentication.examined import Examined
from gateway.errors import GatewayError
from gateway.holds import Hold, OctetsLost
from gateway.settings import AuthenticationSettings
from gateway.store.database import Store


@dataclass(frozen=True, slots=True)
class Origin:
    """What was found, and the signatures; none where the message itself is lost."""

    found: Examined
    signatures: tuple[Aged, ...] = ()

    def concerns(self, at: datetime, soon: timedelta = timedelta(0)) -> tuple[str, ...]:
        """What a moderator should know before the post goes out."""
        return concerns(self.signatures, at, soon, self.found.policy)

    def lines(self, at: datetime) -> Iterator[tuple[str | Piece, ...]]:
        """As a person reads it."""
        identity = self.found.authentication
        if identity.source != "none":
            results = f"DMARC {identity.dmarc}, DKIM {identity.dkim}, SPF {identity.spf}"
            yield (f"Who wrote it: {results} (source: {identity.source})",)
        for one in self.signatures:
            if one.expires is not None and not one.concern(at):
                yield (f"The signature of {one.domain} expires {one.expires:%Y-%m-%d %H:%M} UTC",)
        for concern in self.concerns(at):
            yield (Piece(concern, Ink.CARE),)

    def as_object(self) -> dict[str, Any]:
        """As `queue show --json` prints it."""
        identity = self.found.authentication
        return {
            "dmarc": identity.dmarc.value,
            "dkim": identity.dkim.value,
            "spf": identity.spf.value,
            "source": identity.source,
            "policy": self.found.policy or None,
            "signatures": [
                {
                    "domain": one.domain,
                    "selector": one.selector,
                    "when_received": one.before.value if one.before else None,
                    "now": one.now.value if one.now else None,
                    "expires": one.expires.isoformat() if one.expires else None,
                }
                for one in self.signatures
            ],
        }


def origin_of(store: Store, hold: Hold) -> Origin:
    """The origin of a held post; its signatures are looked at again where a resolver is set."""
    found = store.read(lambda connection: transactions.identity(connection, hold.transaction_id, hold.list))
    with suppress(OctetsLost):
        octets = store.read(lambda connection: queue.octets(connection, hold.digest))
        return Origin(found, asyncio.run(_looked_at(octets, found, session.settings().authentication)))
    return Origin(found)


async def _looked_at(octets: bytes, found: Examined, settings: AuthenticationSettings) -> tuple[Aged, ...]:
    if settings.resolver == "off" or b"dkim-signature:" not in octets.lower():
        return await aged(octets, found)
    from gateway.authentication.made import authenticator  # and so the DNS, only for those who ask it

    try:
        by = authenticator(settings)
    except GatewayError as error:
        remark(str(error))
        return await aged(octets, found)
    try:
        return await aged(octets, found, by)
    finally:
        await by.close()
