"""DMARC (RFC 9989): the record that a domain's mail is under, found by walking up the DNS, and alignment."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gateway.authentication.resolver import Kind, Lookups

_DEEPEST = 8
"""Names that one walk asks about: of a deeper one, itself and what is left of seven labels."""
_VERSION = re.compile(r"v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)")


class Policy(StrEnum):
    """What a domain asks receivers to do with mail that fails."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Record:
    """A DMARC record; ``psd`` is "y" for a public suffix, "n" for what is certainly none, else "u"."""

    p: Policy = Policy.NONE
    sp: Policy | None = None
    np: Policy | None = None
    psd: str = "u"
    strict_dkim: bool = False
    strict_spf: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What one walk found: records by their domain, the longest name first."""

    start: str
    records: tuple[tuple[str, Record], ...]

    @property
    def organisation(self) -> str:
        """The organizational domain (RFC 9989, 4.10.2)."""
        for domain, record in self.records:
            if record.psd == "n":
                return domain
            if record.psd == "y" and domain != self.start:
                depth = domain.count(".") + 2
                return ".".join(self.start.split(".")[-depth:])
        return self.records[-1][0] if self.records else self.start

    @property
    def policy(self) -> tuple[str, Record] | None:
        """The record that counts for mail of the domain: its own, the organisation's, the suffix's."""
        by_domain = dict(self.records)
        organisation = self.organisation
        for domain in (self.start, organisation):
            if domain in by_domain:
                return domain, by_domain[domain]
        suffix = [(domain, record) for domain, record in self.records if record.psd == "y"]
        return suffix[0] if suffix else None


def record_of(texts: tuple[str, ...]) -> Record | None:
    """Return the one DMARC record among TXT records; None where there is none, or more than one.

    What is malformed in it, and what nobody knows, counts for nothing.

    >>> record_of(("v=DMARC1; p=reject; adkim=s",))
    Record(p=<Policy.REJECT: 'reject'>, sp=None, np=None, psd='u', strict_dkim=True, strict_spf=False)
    """
    found = [text for text in texts if _VERSION.match(text)]
    if len(found) != 1:
        return None
    tags: dict[str, str] = {}
    for part in found[0].split(";")[1:]:
        name, equals, value = part.partition("=")
        if equals:
            tags.setdefault(name.strip().lower(), value.strip().lower())
    return Record(
        p=_policy(tags.get("p")) or Policy.NONE,
        sp=_policy(tags.get("sp")),
        np=_policy(tags.get("np")),
        psd=tags["psd"] if tags.get("psd") in ("y", "n") else "u",
        strict_dkim=tags.get("adkim") == "s",
        strict_spf=tags.get("aspf") == "s",
    )


def _policy(value: str | None) -> Policy | None:
    return Policy(value) if value in tuple(Policy) else None


def steps(domain: str) -> Iterator[str]:
    """Yield the names of which a walk from ``domain`` asks for a record, at most eight.

    >>> list(steps("a.mail.example.com"))
    ['a.mail.example.com', 'mail.example.com', 'example.com', 'com']
    """
    labels = domain.split(".")
    yield domain
    rest = labels[1:] if len(labels) <= _DEEPEST else labels[-(_DEEPEST - 1) :]
    for at in range(len(rest)):
        yield ".".join(rest[at:])


async def walk(lookups: Lookups, domain: str) -> Found:
    """Walk the DNS upwards from a domain. Raises LookupFailed.

    All steps are asked at once, because most walks go to the end.
    """
    names = list(steps(domain))
    asked = [lookups.texts(f"_dmarc.{name}") for name in names]
    records = []
    for name, texts in zip(names, await asyncio.gather(*asked), strict=True):
        record = record_of(texts)
        if record is None:
            continue
        records.append((name, record))
        if record.psd == "n" or (record.psd == "y" and name != domain):
            break
    return Found(domain, tuple(records))


async def asked_policy(lookups: Lookups, found: Found) -> Policy | None:
    """What the domain asks for mail that fails: p, or sp or np of a record above it; None for nothing.

    Raises LookupFailed.
    """
    if found.policy is None:
        return None
    domain, record = found.policy
    if domain == found.start:
        return record.p
    if record.np is not None and not (await lookups.ask(found.start, Kind.A)).exists:
        return record.np
    return record.sp or record.p


async def aligned(lookups: Lookups, author: Found, domain: str, *, strict: bool) -> bool:
    """Whether a domain that is proved speaks for the author's. Raises LookupFailed."""
    if domain == author.start:
        return True
    if strict or not _related(domain, author):
        return False
    return (await walk(lookups, domain)).organisation == author.organisation


def _related(domain: str, author: Found) -> bool:
    # No organisation is the same for names that do not end alike; nothing need be asked.
    organisation = author.organisation
    return domain == organisation or domain.endswith("." + organisation)
