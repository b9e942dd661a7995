"""The DKIM-Signature fields of a message (RFC 6376, 3.5): which of them could count, and until when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rules.scan import Scan

MOST = 5
"""Signatures of one message that are verified."""
_FIELD_CAP = 16_384  # octets; a signature with all its fields takes one
_MOST_FIELDS = 50
_ALGORITHMS = {"rsa-sha256": "rsa", "ed25519-sha256": "ed25519"}
_BLANKS = re.compile(r"\s+")
_LABELS = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*")
_NEEDED = ("v", "a", "b", "bh", "d", "h", "s")
_SLOW_CLOCK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Signature:
    """One field that could count. ``index`` is its place among the DKIM-Signature fields.

    ``identity`` is the domain of i=, ``expires`` what x= says, None for never.
    """

    index: int
    domain: str
    selector: str
    algorithm: str
    identity: str
    expires: datetime | None = None

    @property
    def key_name(self) -> str:
        """Where the DNS has its key."""
        return f"{self.selector}._domainkey.{self.domain}"

    def expired(self, now: datetime) -> bool:
        """Whether verifiers may refuse it by now."""
        return self.expires is not None and self.expires < now

    def fits(self, key: Mapping[str, str]) -> bool:
        """Whether a key may be used for it (RFC 6376, 3.6.1)."""
        if key.get("v", "DKIM1") != "DKIM1" or key.get("k", "rsa").lower() != _ALGORITHMS[self.algorithm]:
            return False
        services, hashes = _listed(key.get("s", "*")), _listed(key.get("h", "sha256"))
        if not services & {"*", "email"} or "sha256" not in hashes:
            return False
        return "s" not in _listed(key.get("t", "")) or self.identity == self.domain


def signatures(scan: Scan) -> tuple[Signature, ...]:
    """Return the signatures of a message that could count, in the order of their fields.

    One that covers part of the body only (l=), or does not cover From, counts
    for nothing; so does SHA-1.
    """
    found = []
    for index, value in enumerate(scan.values("dkim-signature")[:_MOST_FIELDS]):
        signature = _signature(index, value) if len(value) <= _FIELD_CAP else None
        if signature is not None:
            found.append(signature)
    return tuple(found)


def chosen(found: tuple[Signature, ...], author: str, now: datetime) -> tuple[Signature, ...]:
    """Return the few that are verified: those of the author's own domain first, then its kin."""

    def distance(signature: Signature) -> int:
        domain = signature.domain
        if domain == author:
            return 0
        return 1 if domain.endswith("." + author) or author.endswith("." + domain) else 2

    usable = [signature for signature in found if not signature.expired(now - _SLOW_CLOCK)]
    return tuple(sorted(usable, key=distance)[:MOST])


def tags(text: str) -> dict[str, str]:
    """Return a tag list (RFC 6376, 3.2) without the blanks in values; {} for one that says a tag twice."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals:
            continue
        if name.strip() in found:
            return {}
        found[name.strip()] = _BLANKS.sub("", value)
    return found


def _signature(index: int, value: bytes) -> Signature | None:
    found = tags(value.decode("ascii", "replace"))
    if any(not found.get(name) for name in _NEEDED) or "l" in found or found["v"] != "1":
        return None
    domain, selector, algorithm = found["d"].lower(), found["s"].lower(), found["a"].lower()
    identity = found.get("i", f"@{domain}").rpartition("@")[2].lower()
    if algorithm not in _ALGORITHMS or "from" not in _listed(found["h"]):
        return None
    if not (_LABELS.fullmatch(domain) and _LABELS.fullmatch(selector) and "." in domain):
        return None
    if identity != domain and not identity.endswith("." + domain):
        return None
    try:
        expires = _moment(found["x"]) if "x" in found else None
    except ValueError:
        return None
    return Signature(index, domain, selector, algorithm, identity, expires)


def _moment(digits: str) -> datetime:
    if not re.fullmatch(r"[0-9]{1,12}", digits):
        raise ValueError("is no time")
    try:
        return datetime.fromtimestamp(int(digits), UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("is no time") from error


def _listed(text: str) -> set[str]:
    return {piece.lower() for piece in text.split(":")}
