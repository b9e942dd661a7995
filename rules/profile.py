"""What a list file says of its list and organisation."""

import base64
import hashlib
import ipaddress
import re
from email.utils import getaddresses
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic import WithJsonSchema as JsonSchema

from rules.files.force import ClauseAction, ClauseStatus
from rules.files.values import Share, Text, Whole
from rules.files.yamlfile import Document, read_octets, read_text, read_yaml, validated
from rules.matching.phrases import checked
from rules.next_hop import NextHops
from rules.scanners import Scanners

_ADDRESS = re.compile(r"[^\s@<>\x00-\x20]+@[^\s@<>\x00-\x20]+")


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError(f"should be an address, such as list@lists.example.org, not '{text}'")
    return text


def _network(text: str) -> str:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ValueError(f"should hold networks, such as 192.0.2.0/24, not '{text}'") from error
    return text


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(f"should be a time zone, such as Europe/London, not '{text}'") from error
    return text


Address = Annotated[str, AfterValidator(_address)]
Network = Annotated[str, AfterValidator(_network)]


class _Part(BaseModel):
    """A mapping in a list file: unknown keys are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Mode(StrEnum):
    """Whether verdicts hold posts, or only record what they would have done."""

    SHADOW = "shadow"
    ENFORCE = "enforce"


class Nonmembers(StrEnum):
    """What a list does with posts from addresses that are not its members'."""

    HOLD = "hold"
    PASS = "pass"  # noqa: S105  a word of the list file, not a password


class Person(_Part):
    """A moderator or owner; ``user`` is the operating-system account that acts as them."""

    address: Address
    name: str = ""
    user: str = ""


class Logo(_Part):
    """An image of the organisation's, inlined so that a published version needs no file."""

    digest: str
    octets: str

    @classmethod
    def of(cls, octets: bytes) -> Self:
        """The logo with these octets, which are kept in base64."""
        return cls(digest=hashlib.sha256(octets).hexdigest(), octets=base64.b64encode(octets).decode())


class Organisation(_Part):
    """Whose list it is; ``official_senders`` are the addresses that may speak for it."""

    names: tuple[Text, ...] = ()
    domain: str = ""
    official_senders: tuple[Address, ...] = ()
    staff: tuple[Text, ...] = ()
    partners: tuple[Text, ...] = ()
    logo: Annotated[Logo | None, JsonSchema({"type": "string"})] = None


class Border(_Part):
    """The hosts of ours that write Authentication-Results, and the name under which they do."""

    networks: tuple[Network, ...] = ()
    authserv_id: str = ""


class Quotas(_Part):
    """How many posts an hour are held, of one author and in all: None "as the settings say", 0 any number."""

    author: Annotated[Whole, Field(ge=0)] | None = None
    list: Annotated[Whole, Field(ge=0)] | None = None


class LocalSettings(_Part):
    """How one list departs from a clause; None is "as the clause says", ``expiry`` counts days."""

    status: ClauseStatus | None = None
    action: ClauseAction | None = None
    threshold: Share | None = None
    phrases: Annotated[tuple[Text, ...], AfterValidator(checked)] = ()
    expiry: Annotated[Whole, Field(ge=1, le=3650)] | None = None


def _person(value: Any) -> Any:
    return {"address": value} if isinstance(value, str) else value


People = tuple[
    Annotated[
        Person,
        BeforeValidator(_person, json_schema_input_type=str | Person),
    ],
    ...,
]
Members = Annotated[
    tuple[Address, ...] | None,
    JsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class Profile(_Part):
    """A list and its organisation; ``members`` is None where nobody says who they are.

    Files that a list file names are read into it.
    """

    list: Address
    aliases: tuple[Address, ...] = ()
    purpose: str = ""
    packs: tuple[Text, ...] = ("hygiene", "civil")
    organisation: Organisation = Organisation()
    company_members: tuple[Text, ...] = ()
    next_hop: NextHops | None = None
    moderators: People = ()
    owners: People = ()
    trusted_networks: tuple[Network, ...] = ()
    timezone: Annotated[str, AfterValidator(_timezone)] = "UTC"
    mode: Mode | None = None
    members: Members = None
    member_names: tuple[Text, ...] = ()
    nonmembers: Nonmembers = Nonmembers.PASS
    border: Border = Border()
    scanners: Scanners | None = None
    quotas: Quotas | None = None
    clauses: dict[str, LocalSettings] = {}

    @property
    def address(self) -> str:
        """The posting address."""
        return self.list

    @property
    def name(self) -> str:
        """The local part of the posting address."""
        return self.list.partition("@")[0]

    @property
    def domain(self) -> str:
        """The domain of the posting address, in lower case."""
        return self.list.partition("@")[2].lower()

    @property
    def hop_urls(self) -> tuple[str, ...]:
        """Where the list server takes mail, in order of preference; empty when the file does not say."""
        return tuple(hop.url for hop in self.next_hop or ())

    @model_validator(mode="after")
    def _hold_needs_members(self) -> Self:
        if self.nonmembers is Nonmembers.HOLD and self.members is None:
            raise ValueError("'nonmembers: hold' needs 'members': addresses, or the name of a file with them")
        return self


def read_profile(path: Path) -> Profile:
    """Return what the list file says. Raises Unreadable, whatever the file's bytes are."""
    return profile_of(read_yaml(path))


def profile_of(document: Document) -> Profile:
    """Return the profile in a list file already read; the members' file and the logo are read here."""
    value = dict(document.value)
    folder = document.path.parent
    if isinstance(value.get("members"), str):
        addresses, names = _members(folder / value["members"])
        value["members"] = addresses
        given = value.get("member_names", [])
        value["member_names"] = [*given, *names] if isinstance(given, list) else given
    if "next_hop" in value:
        value["next_hop"] = _with_certificates(folder, value["next_hop"])
    organisation = value.get("organisation")
    if isinstance(organisation, dict) and isinstance(organisation.get("logo"), str):
        logo = _logo(document, organisation["logo"])
        value["organisation"] = {**organisation, "logo": logo.model_dump()}
    return validated(Profile, Document(document.path, value, document.lines))


def _logo(document: Document, name: str) -> Logo:
    from rules.pictures.sketching import sketch_of  # and so Pillow, only where there is a logo

    octets = read_octets(document.path.parent / name)
    if sketch_of(octets) is None:
        problem = (
            f"'logo' names {name}, which is no picture that can be searched for; "
            "it should be a PNG, JPEG, GIF, TIFF, WebP or BMP of 24 pixels or more"
        )
        raise document.refuse(("organisation", "logo"), problem)
    return Logo.of(octets)


def _with_certificates(folder: Path, hops: Any) -> Any:
    """The next hops with the text of each file that ``ca`` names in its place."""
    if isinstance(hops, list):
        return [_with_certificates(folder, hop) for hop in hops]
    if isinstance(hops, dict) and isinstance(hops.get("ca"), str):
        return {**hops, "ca": read_text(folder / hops["ca"])}
    return hops


def _members(path: Path) -> tuple[list[str], list[str]]:
    """Addresses and names; one address a line, with or without a display name; what follows # is a remark."""
    lines = (line.partition("#")[0].strip() for line in read_text(path).splitlines())
    found = [(name, address) for name, address in getaddresses([line for line in lines if line]) if address]
    return sorted({address for _, address in found}), sorted({name for name, _ in found if name})
