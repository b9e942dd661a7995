"""Resolver: questions to the DNS and their answers, cached; Lookups: what one message may ask.

The names asked for come from strangers, so each message has a budget of
time and of queries, and what an answer may hold has a cap.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from gateway.authentication.cache import Cache
from gateway.errors import CouldNotBeDone

SECONDS = 5.0
QUERIES = 20
LARGEST = 8_192
"""Octets of all the records of one answer."""
ENTRIES = 4_096
"""Answers that are kept: some 32 MiB if each were as large as can be, and one or two in practice."""
_AT_ONCE = 64  # questions of all messages that wait for an answer
_NEGATIVE = 60.0  # seconds that "there is no such name" is believed without a time of its own


class Kind(StrEnum):
    """The types of records that are asked for."""

    TXT = "TXT"
    A = "A"
    AAAA = "AAAA"
    MX = "MX"
    PTR = "PTR"


@dataclass(frozen=True, slots=True)
class Records:
    """``values``: texts, addresses, or names without the last dot. ``exists``: there is such a name."""

    values: tuple[str, ...] = ()
    exists: bool = True


NO_SUCH_NAME = Records((), exists=False)


class LookupFailed(Exception):
    """No answer is to be had at present: SERVFAIL, silence, an answer too large, or the budget is spent."""


class NoNameserver(CouldNotBeDone):
    """The system does not say which nameserver it uses."""

    def __str__(self) -> str:
        return 'the system names no nameserver; set authentication.resolver = "HOST:PORT" or "off"'


class Resolver:
    """Asks the DNS. ``server`` is "system" or "ADDRESS:PORT"; raises NoNameserver."""

    def __init__(self, server: str, entries: int = ENTRIES) -> None:
        self._cache: Cache[Records] = Cache(entries)
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._resolver = _configured(server)

    def known(self, name: str, kind: Kind) -> Records | None:
        """The answer, if it is still believed."""
        return self._cache.get((name, kind))

    async def ask(self, name: str, kind: Kind) -> Records:
        """The answer of the DNS. Raises LookupFailed; the caller sets the time limit."""
        try:
            wanted = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError, ValueError):
            return NO_SUCH_NAME  # a name that no zone can have
        try:
            async with self._room:
                found = await self._resolver.resolve(
                    wanted, kind.value, raise_on_no_answer=False, search=False, lifetime=SECONDS
                )
        except dns.resolver.NXDOMAIN as missing:
            self._cache.put((name, kind), NO_SUCH_NAME, _seconds_of(missing, wanted))
            return NO_SUCH_NAME
        except (dns.exception.DNSException, OSError, EOFError) as error:
            raise LookupFailed(f"{name} {kind.value}: {type(error).__name__}") from error
        answer = _answer(found, kind)
        if sum(map(len, answer.values)) > LARGEST:
            raise LookupFailed(f"{name} {kind.value}: the answer is too large")
        self._cache.put((name, kind), answer, found.chaining_result.minimum_ttl)
        return answer


class Lookups:
    """What may be asked for the sake of one message; the same question is asked once.

    Answers out of the cache cost nothing.
    """

    def __init__(self, resolver: Resolver, seconds: float = SECONDS, queries: int = QUERIES) -> None:
        self._resolver = resolver
        self._left = queries
        self._end = asyncio.get_running_loop().time() + seconds
        self._asked: dict[tuple[str, Kind], asyncio.Task[Records]] = {}

    async def ask(self, name: str, kind: Kind) -> Records:
        """The answer of the DNS, or of its cache. Raises LookupFailed, too when the budget is spent."""
        question = (name.rstrip(".").lower(), kind)
        if known := self._resolver.known(*question):
            return known
        task = self._asked.get(question)
        if task is None:
            if self._left <= 0:
                raise LookupFailed(f"{name}: no more queries for this message")
            self._left -= 1
            task = self._asked[question] = asyncio.create_task(self._in_time(*question))
            # Whoever asked may have been called off; its failure is nobody's then.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(task)

    async def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of a name. Raises LookupFailed."""
        return (await self.ask(name, Kind.TXT)).values

    async def _in_time(self, name: str, kind: Kind) -> Records:
        try:
            async with asyncio.timeout_at(self._end):
                return await self._resolver.ask(name, kind)
        except TimeoutError as error:
            raise LookupFailed(f"{name} {kind.value}: no answer in time") from error

    def close(self) -> None:
        """Ask no more."""
        for task in self._asked.values():
            task.cancel()


def _configured(server: str) -> dns.asyncresolver.Resolver:
    system = server == "system"
    try:
        resolver = dns.asyncresolver.Resolver(configure=system)
    except dns.resolver.NoResolverConfiguration as error:
        raise NoNameserver from error
    if not system:
        host, _, port = server.rpartition(":")
        resolver.nameservers = [host.strip("[]")]
        resolver.port = int(port)
    resolver.use_edns(0, 0, 1232)
    return resolver


def _answer(found: dns.resolver.Answer, kind: Kind) -> Records:
    if found.rrset is None:
        return Records()
    records = sorted(found.rrset, key=lambda r: r.preference) if kind is Kind.MX else list(found.rrset)
    return Records(tuple(_text(record, kind) for record in records))


def _text(record: object, kind: Kind) -> str:
    if kind is Kind.TXT:
        # Each octet a character: what is no ASCII is for whoever reads the record to refuse.
        return b"".join(getattr(record, "strings", ())).decode("latin-1")
    if kind in (Kind.A, Kind.AAAA):
        return str(getattr(record, "address", ""))
    name: dns.name.Name = getattr(record, "exchange" if kind is Kind.MX else "target")
    return name.to_text(omit_final_dot=True)


def _seconds_of(missing: dns.resolver.NXDOMAIN, wanted: dns.name.Name) -> float:
    try:
        response = missing.kwargs["responses"][wanted]
        return float(response.resolve_chaining().minimum_ttl) if response.authority else _NEGATIVE
    except (dns.exception.DNSException, KeyError):
        return _NEGATIVE
