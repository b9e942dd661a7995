"""The key ``scanners`` of a list file: who is asked about posts, how long, and what silence means."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from rules.facts import Scanner
from rules.files.values import Size, Whole

_PLACE = r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})"
_SOCKET = re.compile(_PLACE)
_URL = re.compile(rf"https?://{_PLACE}/?")
_MOST = 25 << 20  # octets: what the front takes by default, so that by default nothing is too large


def _is(text: str, form: re.Pattern[str]) -> bool:
    match = form.fullmatch(text)
    return match is not None and 0 < int(match[2]) < 65536


def _socket(text: str) -> str:
    if not _is(text, _SOCKET):
        raise ValueError(f"should be HOST:PORT, not '{text}'")
    return text


def _url(text: str) -> str:
    if not _is(text, _URL):
        raise ValueError(f"should be http://HOST:PORT or https://HOST:PORT, not '{text}'")
    return text.rstrip("/")


class Absent(StrEnum):
    """What becomes of a post about which a scanner said nothing."""

    HOLD = "hold"
    TEMPFAIL = "tempfail"
    IGNORE = "ignore"


Socket = Annotated[str, AfterValidator(_socket)]
Seconds = Annotated[Whole, Field(ge=1, le=30)]
"""All are asked at once, and the client waits for scanners and list server together: 90 seconds at most."""


class _Asked(BaseModel):
    """One scanner; more than ``max_size`` octets are not sent to it, and it is absent for them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    absent: Absent = Absent.HOLD
    max_size: Annotated[Size, Field(ge=1)] = _MOST


class Clamd(_Asked):
    """A clamd that listens on TCP."""

    at: Socket
    seconds: Seconds = 20


class Spamd(_Asked):
    """SpamAssassin's spamd."""

    at: Socket
    seconds: Seconds = 15


class Rspamd(_Asked):
    """A worker of rspamd's that scans."""

    at: Annotated[str, AfterValidator(_url)]
    seconds: Seconds = 10


Asked: TypeAlias = Clamd | Spamd | Rspamd


def _place(value: Any) -> Any:
    return {"at": value} if isinstance(value, str) else value


def _written(kind: type[BaseModel]) -> BeforeValidator:
    return BeforeValidator(_place, json_schema_input_type=str | kind)


class Scanners(BaseModel):
    """The scanners of a list; where only the place is said, the rest is as usual."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clamd: Annotated[Clamd | None, _written(Clamd)] = None
    spamd: Annotated[Spamd | None, _written(Spamd)] = None
    rspamd: Annotated[Rspamd | None, _written(Rspamd)] = None

    @property
    def asked(self) -> Mapping[Scanner, Asked]:
        """Those that the list file names."""
        each = ((Scanner.CLAMD, self.clamd), (Scanner.SPAMD, self.spamd), (Scanner.RSPAMD, self.rspamd))
        return {scanner: asked for scanner, asked in each if asked is not None}
