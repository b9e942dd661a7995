"""SPF (RFC 7208): may this client send for this domain? Asked of the DNS within its own limits.

Own code, because the one library for it is from 2020, asks the DNS by
blocking calls through a function that is global to the process, and cannot
be stopped once it runs: in a thread it would go on asking after the budget
is spent. What the RFC leaves to evaluate is small once the DNS is ours.
"""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum

from gateway.authentication.resolver import Kind, LookupFailed, Lookups, Records
from gateway.authentication.spf_macros import Speaker, expanded
from gateway.authentication.spf_record import BadRecord, Mechanism, Qualifier, Record, is_spf, record_of
from gateway.networks import address

MOST_TERMS = 10
"""Terms that ask the DNS, in all records of one evaluation together (4.6.4)."""
MOST_VOID = 2
"""Of these, how many may find nothing."""
_MOST_HOSTS = 10  # of one MX or PTR


class Spf(StrEnum):
    """The results of RFC 7208, 2.6."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"  # noqa: S105  a result, not a password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


_SAID = {
    Qualifier.PASS: Spf.PASS,
    Qualifier.FAIL: Spf.FAIL,
    Qualifier.SOFTFAIL: Spf.SOFTFAIL,
    Qualifier.NEUTRAL: Spf.NEUTRAL,
}


class _Broken(Exception):
    """The records ask for too much, or for what is not there: permerror."""


@dataclass(slots=True)
class _Evaluation:
    lookups: Lookups
    speaker: Speaker
    terms: int = 0
    void: int = 0

    async def of(self, domain: str) -> Spf:
        """The result of a domain's record."""
        record = await self._record(domain)
        if record is None:
            return Spf.NONE
        for mechanism in record.mechanisms:
            if await self._matches(mechanism, domain):
                return _SAID[mechanism.qualifier]
        if not record.redirect:
            return Spf.NEUTRAL
        self._count()
        result = await self.of(expanded(record.redirect, self.speaker, domain))
        if result is Spf.NONE:
            raise _Broken
        return result

    async def _record(self, domain: str) -> Record | None:
        if not _is_name(domain):
            return None
        texts = [text for text in await self.lookups.texts(domain) if is_spf(text)]
        if len(texts) > 1:
            raise _Broken
        return record_of(texts[0]) if texts else None

    async def _matches(self, mechanism: Mechanism, domain: str) -> bool:
        if mechanism.name == "all":
            return True
        if mechanism.network is not None:
            return self.speaker.ip in mechanism.network
        self._count()
        target = expanded(mechanism.domain, self.speaker, domain) if mechanism.domain else domain
        match mechanism.name:
            case "include":
                return await self._included(target)
            case "a":
                return await self._among(target, mechanism, void=True)
            case "mx":
                return await self._exchanger(target, mechanism)
            case "exists":
                return bool((await self._asked(target, Kind.A)).values)
            case _:
                return await self._pointer(target)

    async def _included(self, target: str) -> bool:
        result = await self.of(target)
        if result is Spf.NONE:
            raise _Broken
        return result is Spf.PASS

    async def _exchanger(self, target: str, mechanism: Mechanism) -> bool:
        hosts = (await self._asked(target, Kind.MX)).values
        if len(hosts) > _MOST_HOSTS:
            raise _Broken
        for host in hosts:
            if host and await self._among(host, mechanism, void=False):
                return True
        return False

    async def _pointer(self, target: str) -> bool:
        try:
            names = (await self._asked(self.speaker.ip.reverse_pointer, Kind.PTR)).values
        except LookupFailed:
            return False  # 5.5: a PTR that fails is one that does not match
        wanted = target.lower().rstrip(".")
        for name in names[:_MOST_HOSTS]:
            host = name.lower()
            if (host == wanted or host.endswith("." + wanted)) and await self._confirmed(host):
                return True
        return False

    async def _confirmed(self, host: str) -> bool:
        try:
            addresses = (await self._asked(host, self._kind, void=False)).values
        except LookupFailed:
            return False
        return any(address(text) == self.speaker.ip for text in addresses)

    async def _among(self, host: str, mechanism: Mechanism, *, void: bool) -> bool:
        length = mechanism.length if self.speaker.ip.version == 4 else mechanism.length6
        for text in (await self._asked(host, self._kind, void=void)).values:
            found = address(text)
            if found is not None and self.speaker.ip in ipaddress.ip_network((found, length), strict=False):
                return True
        return False

    async def _asked(self, name: str, kind: Kind, *, void: bool = True) -> Records:
        answer = await self.lookups.ask(name, kind) if _is_name(name) else Records((), exists=False)
        if void and not answer.values:
            self.void += 1
            if self.void > MOST_VOID:
                raise _Broken
        return answer

    @property
    def _kind(self) -> Kind:
        return Kind.A if self.speaker.ip.version == 4 else Kind.AAAA

    def _count(self) -> None:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise _Broken


async def check_host(lookups: Lookups, client: str, sender: str, helo: str) -> Spf:
    """Return whether ``client`` may send as ``sender`` ("" for the null reverse-path: HELO is asked about).

    Whatever the records hold, the result is one of the seven.
    """
    ip = address(client)
    if ip is None:
        return Spf.NONE
    local, _, domain = (sender or f"postmaster@{helo}").rpartition("@")
    speaker = Speaker(ip, local or "postmaster", domain, helo)
    try:
        return await _Evaluation(lookups, speaker).of(domain)
    except LookupFailed:
        return Spf.TEMPERROR
    except (_Broken, BadRecord):
        return Spf.PERMERROR


def _is_name(domain: str) -> bool:
    """Whether the DNS can be asked: two labels or more, none empty or too long."""
    labels = domain.removesuffix(".").split(".")
    return len(labels) > 1 and len(domain) <= 254 and all(0 < len(label) < 64 for label in labels)
