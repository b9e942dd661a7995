"""What was found of who wrote a message, as a value: in memory, and in the record of its arrival."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from rules.facts import Authentication, Result


class State(StrEnum):
    """What is known of one signature."""

    HOLDS = "holds"
    FAILS = "fails"
    TEMPERROR = "temperror"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that could count, and whether it held when it was looked at; ``expires`` is its x=."""

    domain: str
    selector: str
    state: State
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found of one message. ``policy`` is what the author's domain asks for mail that fails."""

    authentication: Authentication = field(default_factory=Authentication)
    signed: tuple[Signed, ...] = ()
    policy: str = ""


NOTHING = Examined()


def as_row(found: Examined) -> dict[str, Any]:
    """Return it as the record of an arrival keeps it."""
    identity = found.authentication
    return {
        "dmarc": identity.dmarc.value,
        "dkim": identity.dkim.value,
        "spf": identity.spf.value,
        "source": identity.source,
        "policy": found.policy,
        "signed": [
            [one.domain, one.selector, one.state.value, int(one.expires.timestamp()) if one.expires else None]
            for one in found.signed
        ],
    }


def of_row(row: Mapping[str, Any]) -> Examined:
    """Return what `as_row` was given."""
    dmarc, dkim, spf = (Result(row[method]) for method in ("dmarc", "dkim", "spf"))
    signed = (
        Signed(
            domain, selector, State(state), None if expires is None else datetime.fromtimestamp(expires, UTC)
        )
        for domain, selector, state, expires in row["signed"]
    )
    return Examined(Authentication(dmarc, dkim, spf, row["source"]), tuple(signed), row["policy"])
