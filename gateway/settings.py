"""Every setting with its type, unit and default: from `gatepost.toml`, then from `GATEPOST_…` variables."""

import ipaddress
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

CONFIG_VARIABLE = "GATEPOST_CONFIG"
DEFAULT_CONFIG = Path("gatepost.toml")
_SERVER = re.compile(r"smtp://([A-Za-z0-9_.-]+|\[([0-9A-Fa-f:.]+)\]):([0-9]{1,5})")
_HOSTNAME = re.compile(r"[A-Za-z0-9_.-]{1,255}|\[[0-9A-Za-z:.]{1,60}\]")


@dataclass
class SettingsWrong(Exception):
    """A settings file, or an environment variable, that cannot be used."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


def _host_and_port(value: str) -> str:
    host, colon, port = value.rpartition(":")
    if value and not (colon and host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError('must be "HOST:PORT", as in "127.0.0.1:8025", or "" for off')
    return value


def _submission(value: str) -> str:
    if value and not _is_server(value):
        raise ValueError('must be "smtp://HOST:PORT", as in "smtp://127.0.0.1:25", or "" for none')
    return value


def _is_server(url: str) -> bool:
    parts = _SERVER.fullmatch(url)
    if parts is None or not 0 < int(parts[3]) < 65536:
        return False
    return parts[2] is None or _is_network(parts[2])


def _is_network(value: str) -> bool:
    try:
        # Not strict: "10.1.2.3/8" is taken for the network it lies in, by everything that asks.
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _hostname(value: str) -> str:
    # It stands in replies, in EHLO and in trace fields: a line end here would be a line of its own there.
    if value and not _HOSTNAME.fullmatch(value):
        raise ValueError(
            'must be a host name in ASCII, as in "mail.example.org", or "" for the machine\'s own'
        )
    return value


def _networks(values: tuple[str, ...]) -> tuple[str, ...]:
    wrong = next((value for value in values if not _is_network(value)), None)
    if wrong is not None:
        raise ValueError(f'must be networks, as in ["127.0.0.0/8", "::1/128"]; {wrong!r} is none')
    return values


Listen = Annotated[str, AfterValidator(_host_and_port)]
Positive = Annotated[int, Field(gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SmtpSettings(_Section):
    """Mail in by SMTP; LMTP shares everything but ``listen``."""

    listen: Listen = "127.0.0.1:8025"
    hostname: Annotated[str, AfterValidator(_hostname)] = ""  # "" is the machine's own name
    max_size: Positive = 26_214_400  # octets
    line_limit: Positive = 65_536  # octets in a line of the message
    connections: Positive = 200
    per_client: Positive = 50  # connections from one address (a /64 for IPv6)
    recipients: Positive = 100
    command_timeout: Positive = 300  # seconds
    session_timeout: Positive = 1200  # seconds
    data_timeout: Positive = 600  # seconds for one message
    min_rate: Positive = 500  # octets a second, after 30 s
    # MTAs of ours in front
    front_networks: Annotated[tuple[str, ...], AfterValidator(_networks)] = ("127.0.0.0/8", "::1/128")


class LmtpSettings(_Section):
    """Mail in by LMTP (RFC 2033): one reply per recipient."""

    listen: Listen = ""


class HttpSettings(_Section):
    """`/healthz` and `/metrics`; keep it on a loopback address."""

    listen: Listen = ""


class StoreSettings(_Section):
    """Where holds, decisions and versions are kept; a relative path starts at the settings file's folder."""

    url: str = "sqlite:///gatepost.db"
    min_free: Annotated[int, Field(ge=0)] = 67_108_864  # octets left on the disk, else 452


class RelaySettings(_Section):
    """Mail out to the list server; all in seconds."""

    connect_timeout: Positive = 10
    command_timeout: Positive = 30
    data_timeout: Positive = 60  # from the final dot to the reply
    idle: Positive = 60  # an unused connection is closed after this
    connections: Positive = 20  # per next hop
    give_up_after: Positive = 432_000  # a release is retried for five days


class SubmissionSettings(_Section):
    """The server that takes the notices we write."""

    url: Annotated[str, AfterValidator(_submission)] = ""


class JournalSettings(_Section):
    """A message's life as log lines on standard output."""

    format: Literal["json", "console"] = "json"
    addresses: bool = False  # True writes addresses as they are; False a keyed hash


class RetentionSettings(_Section):
    """How long a message's octets and words are kept after its decision, and how long it may wait."""

    octets_days: Positive = 30
    hold_days: Positive = 14  # a hold nobody decided expires then


class ReaderSettings(_Section):
    """Child processes that read what would take long."""

    processes: Positive = 1
    seconds: Positive = 10
    memory: Positive = 536_870_912  # octets


class AdminSettings(_Section):
    """Someone who may do everything."""

    address: str
    name: str = ""
    user: str = ""


class Settings(BaseSettings):
    """All settings. Raises SettingsWrong, from `load`, for anything it does not know."""

    model_config = SettingsConfigDict(
        env_prefix="GATEPOST_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    smtp: SmtpSettings = SmtpSettings()
    lmtp: LmtpSettings = LmtpSettings()
    http: HttpSettings = HttpSettings()
    store: StoreSettings = StoreSettings()
    relay: RelaySettings = RelaySettings()
    submission: SubmissionSettings = SubmissionSettings()
    journal: JournalSettings = JournalSettings()
    retention: RetentionSettings = RetentionSettings()
    readers: ReaderSettings = ReaderSettings()
    undo_seconds: Annotated[int, Field(ge=0)] = 120
    admins: tuple[AdminSettings, ...] = ()
    _file: Path = PrivateAttr(default=DEFAULT_CONFIG)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before the file."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @property
    def file(self) -> Path:
        """The settings file, absolute."""
        return self._file

    @property
    def folder(self) -> Path:
        """The folder of the settings file, where `lists/` and a relative store stand."""
        return self._file.parent

    @property
    def store_url(self) -> str:
        """The store's URL with an absolute path."""
        prefix = "sqlite:///"
        if not self.store.url.startswith(prefix):
            return self.store.url
        return prefix + str(self.folder / self.store.url.removeprefix(prefix))


def load(file: Path | None = None) -> Settings:
    """Return the settings of ``file``, else of `GATEPOST_CONFIG`, else of `./gatepost.toml`.

    Raises SettingsWrong naming the file and the key.
    """
    path = (file or Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_CONFIG)).absolute()
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsWrong(
            str(path), "no such settings file; 'gatepost init DIR' writes one, --config FILE names one"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsWrong(str(path), f"cannot be read: {error}") from error
    try:
        settings = Settings(**data)
    except ValidationError as error:
        raise SettingsWrong(*_located(path, data, error)) from error
    except SettingsError as error:
        problem = f"{error}; give a list as JSON, as in '[\"10.0.0.0/8\"]'"
        raise SettingsWrong("environment variables GATEPOST_…", problem) from error
    settings._file = path
    return settings


def _located(path: Path, data: dict[str, Any], error: ValidationError) -> tuple[str, str]:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    variable = "GATEPOST_" + key.upper().replace(".", "__")
    where = f"environment variable {variable}" if variable in os.environ else str(path)
    if first["type"] == "extra_forbidden":
        return where, f"unknown key '{key}'; deploy/gatepost.toml lists every key"
    given = "" if isinstance(data, dict) and first["type"] == "missing" else f" (given: {first['input']!r})"
    return where, f"key '{key}': {first['msg'].removeprefix('Value error, ')}{given}"
