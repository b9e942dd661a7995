"""The key ``next_hop`` of a list file: the servers that take its posts, in order of preference."""

import re
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)

_URL = re.compile(r"(smtp|lmtp)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")
_SHA_256 = re.compile(r"[0-9a-f]{64}")
_PEM = "-----BEGIN CERTIFICATE-----"


def _url(text: str) -> str:
    match = _URL.fullmatch(text)
    if not match or not 0 < int(match[3]) < 65536:
        raise ValueError(f"should be smtp://HOST:PORT or lmtp://HOST:PORT, not '{text}'")
    return text


def _fingerprint(text: str) -> str:
    plain = text.replace(":", "").lower()
    if not _SHA_256.fullmatch(plain):
        raise ValueError("should be a certificate's SHA-256: 64 hexadecimal digits, as openssl prints them")
    return plain


def _certificates(text: str) -> str:
    if _PEM not in text:
        raise ValueError(f"should name a file with certificates in PEM, which has lines '{_PEM}'")
    return text


class HopTls(StrEnum):
    """Whether a next hop is spoken to under TLS."""

    NONE = "none"
    OPPORTUNISTIC = "opportunistic"
    REQUIRED = "required"


class Hop(BaseModel):
    """One server; ``ca`` holds the certificates of the file that the list file names, as text.

    Given but empty is refused: it would quietly mean less proof than was asked for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, AfterValidator(_url)]
    tls: HopTls | None = None
    ca: Annotated[str, AfterValidator(_certificates)] = ""
    fingerprint: Annotated[str, AfterValidator(_fingerprint)] = ""

    @model_validator(mode="after")
    def _proof_needs_tls(self) -> Self:
        if self.ca and self.fingerprint:
            raise ValueError("takes 'ca' or 'fingerprint', not both: one of them proves who it is")
        if (self.ca or self.fingerprint) and self.tls is not HopTls.REQUIRED:
            raise ValueError("needs 'tls: required' for 'ca' or 'fingerprint' to prove anything")
        return self


def _entry(value: Any) -> Any:
    return {"url": _url(value)} if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _different(hops: tuple[Hop, ...]) -> tuple[Hop, ...]:
    if len({hop.url for hop in hops}) < len(hops):
        raise ValueError("names the same server twice")
    return hops


def _as_written(hops: tuple[Hop, ...]) -> Any:
    # One that is only a URL is kept as policies published before kept it: under the same digest.
    values = [hop.model_dump(mode="json", exclude_defaults=True) for hop in hops]
    plain = [value["url"] if value.keys() == {"url"} else value for value in values]
    return plain[0] if len(plain) == 1 else plain


_Entry = Annotated[Hop, BeforeValidator(_entry, json_schema_input_type=str | Hop)]
NextHops = Annotated[
    tuple[_Entry, ...],
    BeforeValidator(_listed, json_schema_input_type=str | Hop | tuple[str | Hop, ...]),
    AfterValidator(_different),
    Field(min_length=1),
    PlainSerializer(_as_written),
]
