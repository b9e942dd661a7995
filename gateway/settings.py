"""Every setting with its type, unit and default: from `gatepost.toml`, then from `GATEPOST_…` variables."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    PrivateAttr,
    ValidationError,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from gateway import complaints
from gateway.confined.limits import MEMORY, SECONDS
from gateway.hosts import File, Hostname, Listen, Nameserver, Networks, StoreUrl, Submission

CONFIG_VARIABLE = "GATEPOST_CONFIG"
DEFAULT_CONFIG = Path("gatepost.toml")


@dataclass
class SettingsWrong(Exception):
    """A settings file, or an environment variable, that cannot be used."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        # Python takes true for 1.
        raise ValueError(value)  # noqa: TRY004  pydantic turns only a ValueError into a complaint
    return value


Whole = Annotated[int, BeforeValidator(_no_truth)]
Positive = Annotated[Whole, Field(gt=0)]


def _reserve(given: object) -> object:
    if given == "auto" or (isinstance(given, int) and not isinstance(given, bool) and given >= 0):
        return given
    if isinstance(given, str) and given.isdecimal():
        return int(given)
    raise ValueError(given)


Reserve = Annotated[
    int | Literal["auto"], PlainValidator(_reserve), Field(description='a whole number from 0, or "auto"')
]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SmtpSettings(_Section):
    """Mail in by SMTP; LMTP shares everything but ``listen``."""

    listen: Listen = "127.0.0.1:8025"
    hostname: Hostname = ""  # "" is the machine's own name
    max_size: Positive = 26_214_400  # octets
    line_limit: Positive = 65_536  # octets in a line of the message
    connections: Positive = 200
    per_client: Positive = 50  # connections from one address (a /64 for IPv6)
    recipients: Positive = 100
    command_timeout: Positive = 300  # seconds
    session_timeout: Positive = 1200  # seconds
    data_timeout: Positive = 600  # seconds for one message
    min_rate: Positive = 500  # octets a second, after 30 s
    front_networks: Networks = (
        "127.0.0.0/8",
        "::1/128",
    )  # MTAs of ours in front, see `gateway.ours`
    proxy_networks: Networks = ()  # load balancers: each connection begins with a PROXY header
    xclient_networks: Networks = ()  # who may say, by XCLIENT, that another client is speaking
    xforward_networks: Networks = ()  # who may say, by XFORWARD, whom they have a message from


class SmtpsSettings(_Section):
    """Mail in by SMTP under TLS from the first octet (RFC 8314); shares everything with SMTP."""

    listen: Listen = ""


class LmtpSettings(_Section):
    """Mail in by LMTP (RFC 2033): one reply per recipient."""

    listen: Listen = ""


class TlsSettings(_Section):
    """What we show to clients that ask for TLS; files are relative to the settings file's folder."""

    certificate: File = ""  # PEM, with the chain; "" offers no TLS
    key: File = ""  # PEM; "" when it stands in the certificate's file
    handshake_timeout: Positive = 10  # seconds
    handshakes: Positive = 50  # under way at once on one port


class HttpSettings(_Section):
    """`/healthz` and `/metrics`; keep it on a loopback address."""

    listen: Listen = ""


class StoreSettings(_Section):
    """Where holds, decisions and versions are kept; a relative path starts at the settings file's folder."""

    url: StoreUrl = "sqlite:///gatepost.db"
    min_free: Reserve = "auto"  # octets left on the store's disk, else 452; "auto" as `store.disk` says
    allow_network: bool = False  # True starts on a network file system, on one's own responsibility


class RelaySettings(_Section):
    """Mail out to the list server; all in seconds."""

    connect_timeout: Positive = 10
    command_timeout: Positive = 30
    data_timeout: Positive = 60  # from the final dot to the reply
    deadline: Positive = 90  # judging and handing on, for all recipients: a proxying Postfix waits 100
    idle: Positive = 60  # an unused connection is closed after this
    connections: Positive = 20  # per next hop
    give_up_after: Positive = 432_000  # a release is retried for five days


class SubmissionSettings(_Section):
    """The server that takes the notices we write."""

    url: Submission = ""


class JournalSettings(_Section):
    """A message's life as log lines on standard output."""

    format: Literal["json", "console"] = "json"
    addresses: bool = False  # True writes addresses as they are; False a keyed hash


class RetentionSettings(_Section):
    """How long a message's octets and words are kept after its decision, and how long it may wait."""

    octets_days: Positive = 30
    hold_days: Positive = 14  # a hold nobody decided expires then
    records_days: Annotated[Whole, Field(ge=8)] = 90  # what came and was relayed or refused; repeats take 7
    quotes_days: Positive = 90  # what a list said may be quoted so long without being judged again


class QuotaSettings(_Section):
    """How much is held in an hour before clients are asked to wait; 0 is no limit."""

    author: Annotated[Whole, Field(ge=0)] = 1000  # of one author, or client that is not ours, on one list
    list: Annotated[Whole, Field(ge=0)] = 5000
    total: Annotated[Whole, Field(ge=0)] = 20_000
    author_octets: Annotated[Whole, Field(ge=0)] = 524_288_000  # twenty posts as large as posts may be
    total_octets: Annotated[Whole, Field(ge=0)] = 10_737_418_240  # twenty authors' share, as in the posts
    digest_after: Annotated[Whole, Field(ge=0)] = 20  # posts of one list, then one notice for all that follow
    digest_minutes: Annotated[Whole, Field(gt=0, le=1440)] = 10


class ReaderSettings(_Section):
    """Child processes that read what would take long, and open what is attached."""

    processes: Positive = 1
    seconds: Positive = SECONDS  # of CPU for one message
    memory: Positive = MEMORY  # octets
    ocr: bool = False  # read the text in pictures, by the system's tesseract


class AuthenticationSettings(_Section):
    """Who wrote a post, asked of the DNS where the list's border does not say."""

    resolver: Nameserver = "off"
    seconds: Positive = 5  # for all questions about one message
    queries: Positive = 20  # about one message; what is remembered costs none


class AdminSettings(_Section):
    """Someone who may do everything."""

    address: str
    name: str = ""
    user: str = ""


class Settings(BaseSettings):
    """All settings. Raises SettingsWrong, from `load`, for anything it does not know."""

    model_config = SettingsConfigDict(
        env_prefix=complaints.PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    smtp: SmtpSettings = SmtpSettings()
    smtps: SmtpsSettings = SmtpsSettings()
    lmtp: LmtpSettings = LmtpSettings()
    tls: TlsSettings = TlsSettings()
    http: HttpSettings = HttpSettings()
    store: StoreSettings = StoreSettings()
    relay: RelaySettings = RelaySettings()
    submission: SubmissionSettings = SubmissionSettings()
    journal: JournalSettings = JournalSettings()
    retention: RetentionSettings = RetentionSettings()
    quotas: QuotaSettings = QuotaSettings()
    readers: ReaderSettings = ReaderSettings()
    authentication: AuthenticationSettings = AuthenticationSettings()
    undo_seconds: Annotated[Whole, Field(ge=0)] = 120
    admins: Annotated[
        tuple[AdminSettings, ...], Field(description="[[admins]] entries, each with an address")
    ] = ()
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
        return prefix + str(self.folder / self.store.url.removeprefix(prefix))


def load(file: Path | None = None) -> Settings:
    """Return the settings of ``file``, else of `GATEPOST_CONFIG`, else of `./gatepost.toml`.

    Raises SettingsWrong naming the file and the key.
    """
    path = (file or Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_CONFIG)).absolute()
    text = _read(path)
    try:
        settings = Settings(**_keys(path, text))
    except ValidationError as error:
        raise _wrong(path, text, error) from error
    except SettingsError as error:
        name, problem = complaints.not_json(Settings, os.environ) or ("GATEPOST_…", str(error))
        raise SettingsWrong(f"environment variable {name}", problem) from error
    settings._file = path
    return settings


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsWrong(
            str(path), "no such settings file; 'gatepost init DIR' writes one, --config FILE names one"
        ) from None
    except UnicodeDecodeError as error:
        raise SettingsWrong(str(path), "is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise SettingsWrong(str(path), f"cannot be read: {error.strerror}") from error


def _keys(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Not TOML, or a number or a nesting beyond what Python takes.
        raise SettingsWrong(str(path), f"cannot be read as TOML: {error}") from error


def _wrong(path: Path, text: str, error: ValidationError) -> SettingsWrong:
    first = error.errors()[0]
    variable = complaints.variable(first["loc"], os.environ)
    line = complaints.line(text, first["loc"])
    where = f"environment variable {variable}" if variable else f"{path}:{line}" if line else str(path)
    return SettingsWrong(where, complaints.complaint(Settings, first))
