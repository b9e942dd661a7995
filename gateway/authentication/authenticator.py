"""Authenticator: evaluates DKIM, SPF and DMARC of one message, all of them at once, and never raises."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from gateway.authentication import dmarc
from gateway.authentication.examined import Examined, Signed, State
from gateway.authentication.frames import question
from gateway.authentication.resolver import LookupFailed, Lookups, Resolver
from gateway.authentication.signature import Signature, chosen, signatures, tags
from gateway.authentication.spf import Spf, check_host
from gateway.authentication.verifier import NotVerified, Verifier
from rules.authentication import author_domain, domain_of
from rules.facts import Authentication, Result
from rules.message import Envelope
from rules.scan import Scan

LOCAL = "local"
T = TypeVar("T")


class Authenticator:
    """Evaluates messages. ``seconds`` and ``queries`` are the DNS budget of each."""

    def __init__(
        self,
        resolver: Resolver,
        verifier: Verifier,
        *,
        seconds: float,
        queries: int,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._resolver, self._verifier, self._clock = resolver, verifier, clock
        self._seconds, self._queries = seconds, queries

    async def examine(self, octets: bytes, scan: Scan, envelope: Envelope, *, direct: bool) -> Examined:
        """All that is to be found; SPF is asked only where the client is the author's own (``direct``).

        A message with more than one author, or whose author two programs would
        read differently, has no authentication.
        """
        author = author_domain(scan)
        if "." not in author:
            return Examined(Authentication(source=LOCAL))
        lookups = self._lookups()
        try:
            return await self._examined(lookups, author, octets, scan, envelope if direct else None)
        except Exception:  # noqa: BLE001  the promise: whatever a stranger sent or published, no result is all it makes
            return Examined(Authentication(source=LOCAL))
        finally:
            lookups.close()

    async def signed(self, octets: bytes, scan: Scan) -> tuple[Signed, ...]:
        """The signatures of a message as they stand now; never raises."""
        lookups = self._lookups()
        try:
            return await self._signed(lookups, octets, scan, author_domain(scan))
        except Exception:  # noqa: BLE001  as above
            return ()
        finally:
            lookups.close()

    async def close(self) -> None:
        """End the processes that verify."""
        await self._verifier.close()

    def _lookups(self) -> Lookups:
        return Lookups(self._resolver, self._seconds, self._queries)

    async def _examined(
        self, lookups: Lookups, author: str, octets: bytes, scan: Scan, envelope: Envelope | None
    ) -> Examined:
        signed, (spf, sender), found = await asyncio.gather(
            self._signed(lookups, octets, scan, author),
            _spf(lookups, envelope),
            _unless_lost(dmarc.walk(lookups, author)),
        )
        record = found.policy[1] if found and found.policy else dmarc.Record()
        dkim_result = await _dkim(lookups, found, signed, strict=record.strict_dkim)
        spf_result = await _spf_result(lookups, found, spf, sender, strict=record.strict_spf)
        policy = await _unless_lost(dmarc.asked_policy(lookups, found)) if found else None
        return Examined(
            Authentication(_dmarc(found, dkim_result, spf_result), dkim_result, spf_result, LOCAL),
            signed,
            policy.value if policy else "",
        )

    async def _signed(self, lookups: Lookups, octets: bytes, scan: Scan, author: str) -> tuple[Signed, ...]:
        wanted = chosen(signatures(scan), author, self._clock())
        keys = dict(zip(wanted, await asyncio.gather(*(_key(lookups, one) for one in wanted)), strict=True))
        usable = {one.index: key for one, key in keys.items() if key}
        enough = frozenset(one.index for one in wanted if one.domain == author)
        try:
            fields = scan.count("dkim-signature")
            holds = await self._verifier.holds(question(octets, fields, usable, enough)) if usable else {}
        except NotVerified:
            return tuple(Signed(one.domain, one.selector, State.UNKNOWN, one.expires) for one in wanted)
        states = ((one, _state(one, keys[one], holds)) for one in wanted)
        return tuple(
            Signed(one.domain, one.selector, state, one.expires) for one, state in states if state is not None
        )


async def _unless_lost(question: Awaitable[T]) -> T | None:
    """What was asked; None where the DNS cannot say."""
    try:
        return await question
    except LookupFailed:
        return None


async def _key(lookups: Lookups, signature: Signature) -> str | None:
    """The key's record; "" where there is none that could be used, None where the DNS cannot say."""
    try:
        texts = await lookups.texts(signature.key_name)
    except LookupFailed:
        return None
    key = next((text for text in texts if "p" in tags(text)), "")
    return key if key and signature.fits(tags(key)) else ""


def _state(signature: Signature, key: str | None, holds: dict[int, bool]) -> State | None:
    """What became of a signature; None for one that nobody looked at because another was enough."""
    if key is None:
        return State.TEMPERROR
    if not key:
        return State.FAILS
    if signature.index not in holds:
        return State.FAILS if not any(holds.values()) else None
    return State.HOLDS if holds[signature.index] else State.FAILS


async def _spf(lookups: Lookups, envelope: Envelope | None) -> tuple[Spf | None, str]:
    """SPF's result, and the domain that it speaks of; None where the client's address is not known."""
    if envelope is None or not envelope.client:
        return None, ""
    sender = envelope.reverse_path.decode("latin-1")
    local, _, domain = sender.rpartition("@")
    domain = domain_of(domain or envelope.helo)
    path = f"{local}@{domain}" if sender else ""
    return await check_host(lookups, envelope.client, path, envelope.helo), domain


async def _dkim(
    lookups: Lookups, author: dmarc.Found | None, signed: tuple[Signed, ...], *, strict: bool
) -> Result:
    lost = author is None
    for one in signed:
        if one.state is State.HOLDS and author is not None:
            try:
                if await dmarc.aligned(lookups, author, one.domain, strict=strict):
                    return Result.PASS
            except LookupFailed:
                lost = True
    states = {one.state for one in signed}
    if State.TEMPERROR in states or (lost and State.HOLDS in states):
        return Result.TEMPERROR
    if State.UNKNOWN in states:
        return Result.UNKNOWN
    return Result.FAIL if State.FAILS in states else Result.NONE


async def _spf_result(
    lookups: Lookups, author: dmarc.Found | None, spf: Spf | None, domain: str, *, strict: bool
) -> Result:
    match spf:
        case None:
            return Result.UNKNOWN
        case Spf.PASS:
            if author is None:
                return Result.TEMPERROR
            try:
                speaks = await dmarc.aligned(lookups, author, domain, strict=strict)
            except LookupFailed:
                return Result.TEMPERROR
            return Result.PASS if speaks else Result.NONE
        case Spf.TEMPERROR:
            return Result.TEMPERROR
        case Spf.NONE | Spf.NEUTRAL:
            return Result.NONE
        case _:
            return Result.FAIL


def _dmarc(author: dmarc.Found | None, dkim: Result, spf: Result) -> Result:
    if author is None:
        return Result.TEMPERROR
    if author.policy is None:
        return Result.NONE
    if Result.PASS in (dkim, spf):
        return Result.PASS
    if Result.TEMPERROR in (dkim, spf):
        return Result.TEMPERROR
    # Where the client is not the author's own, SPF might have passed for whoever could ask.
    return Result.UNKNOWN if Result.UNKNOWN in (dkim, spf) else Result.FAIL
