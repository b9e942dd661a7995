"""seeming(...) -> how an author looks like the organisation without being it; linear in the names' lengths.

Nothing is looked up. What is imitated comes from the list file alone, so
that no pack knows an organisation.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from rules.facts import Facts, Result
from rules.identity.marks import OFFICE, Marks, is_office_alone, is_perhaps_office, words_of
from rules.matching.phrases import as_written
from rules.parsing.addresses import Address
from rules.text.likeness import skeleton, slips_between, unpacked

_PRIVATE_MAIL = re.compile(
    r"(?:^|\.)(?:[a-z0-9-]*mail[a-z0-9-]*|outlook|hotmail|live|msn|yahoo|icloud|me|mac|aol|gmx|web|"
    r"btinternet|sky|talktalk|virginmedia|ntlworld|"
    r"zoho|yandex|qq|163|inbox|postbox|fastmail|tutanota|hey|orange|wanadoo|laposte|free|"
    r"t-online)\.[a-z.]{2,12}$"
)
_SPREAD = re.compile(r"(?<![a-z0-9])((?:[a-z][ ._-]){2,}[a-z])(?![a-z0-9])")
_PIECES = re.compile(r"[._+-]+")
_DOMAIN_WORDS = OFFICE | frozenset(
    (
        "uk",
        "gb",
        "org",
        "online",
        "mail",
        "hub",
        "group",
        "society",
        "institute",
        "members",
        "online",
        "eu",
        "int",
    )
)
_OFFICE_SHAPES = frozenset(map(skeleton, OFFICE))
# What a member may be and write behind their name.
_HONOURS = frozenset(
    map(
        skeleton,
        ("president", "chair", "treasurer", "secretary", "trustees", "registrar", "web", "webmaster", "team"),
    )
)
_OF_A_PERSON = frozenset(map(skeleton, ("list", "member", "fellow", "via", "trainee", "student", "retired")))
_LONG_ENOUGH = 6
"""Letters: among shorter names one slip apart are those of honest other bodies."""


_NOTHING: Mapping["Seeming", str] = MappingProxyType({})


class Seeming(StrEnum):
    """As what an author appears."""

    OFFICIAL = "official"
    ORGANISATION = "organisation"
    STAFF = "staff"
    DIVERTED = "diverted"


@dataclass(frozen=True, slots=True)
class Author:
    """The author's mailbox in lower case; ``shape`` is what the display name looks like."""

    shown: str
    shape: str
    local: str
    domain: str
    display: str
    address: str

    @classmethod
    def of(cls, address: Address) -> "Author":
        """The author of a From field."""
        local, _, domain = address.address.casefold().strip(".").rpartition("@")
        shape = _SPREAD.sub(lambda spread: re.sub(r"[ ._-]", "", spread[0]), skeleton(address.display))
        return cls(
            as_written(address.display),
            " ".join(shape.split()),
            local.partition("+")[0],
            unpacked(domain),
            address.display,
            address.address,
        )


@lru_cache(maxsize=32)
def seeming(
    author: Address, answers: tuple[Address, ...], marks: Marks, facts: Facts, list_domain: str
) -> Mapping[Seeming, str]:
    """Return as what the author appears, each with a clause for people that begins with "it is from".

    Remembered for a moment, because several clauses ask it of the same post.
    """
    one = Author.of(author)
    if not one.domain or not (marks.own or marks.names):
        return _NOTHING
    if _within(one.domain, marks.own):
        return _of_the_domain(one, answers, marks, facts, list_domain)
    said = f"it is from {_named(one)}"
    found: dict[Seeming, str] = {}
    if _is_office(one, marks):
        found[Seeming.OFFICIAL] = said
    if domain := _imitated(one, marks):
        found[Seeming.ORGANISATION] = f"{said}, whose domain looks like {domain}"
    elif _bears_the_name(one, marks):
        found[Seeming.ORGANISATION] = said
    if one.address.casefold() not in marks.known and (name := _staff(one, marks)):
        found[Seeming.STAFF] = f"{said}, and {name} writes from elsewhere"
    return MappingProxyType(found)


def _of_the_domain(
    one: Author, answers: tuple[Address, ...], marks: Marks, facts: Facts, list_domain: str
) -> Mapping[Seeming, str]:
    """The organisation's own mail: believed, unless it is forged, or answers are to go to a stranger."""
    if facts.trusted or facts.authentication.vouches:
        return {}
    identity = facts.authentication
    if Result.FAIL in (identity.dmarc, identity.dkim, identity.spf):
        kind = Seeming.OFFICIAL if one.address.casefold() in marks.official else Seeming.ORGANISATION
        return {kind: f"it is from {_named(one)}, which its domain does not confirm"}
    for answer in answers:
        domain = unpacked(answer.domain)
        if domain and not _within(domain, marks.own | {list_domain}):
            return {Seeming.DIVERTED: f"it is from {_named(one)}, and answers go to {answer.address}"}
    return {}


def _named(one: Author) -> str:
    return f"{one.display} ({one.address})" if one.display else one.address


def _within(domain: str, domains: frozenset[str]) -> bool:
    return any(domain == own or domain.endswith("." + own) for own in domains)


def _is_office(one: Author, marks: Marks) -> bool:
    """Whether the name, or the address, says that an office of the organisation writes."""
    private = _PRIVATE_MAIL.search(one.domain) is not None
    if any(address in one.shown for address in marks.official) or is_office_alone(one.shown):
        return True
    place = _name_at(one, marks)
    if place and set(_words(one.shape)) & _OFFICE_SHAPES and not _is_affiliation(one, place):
        return True
    if private and is_perhaps_office(one.shown):
        return True
    return _is_official_local(one, marks, private)


def _is_official_local(one: Author, marks: Marks, private: bool) -> bool:
    if one.local in marks.official_locals:
        telling = len(one.local) >= 8 or _PIECES.search(one.local) is not None
        return telling or private or _name_at(one, marks) is not None or bool(_imitated(one, marks))
    pieces = {re.sub(r"\d+$", "", piece) for piece in _PIECES.split(one.local)}
    offices = OFFICE | marks.official_locals
    for brand, _ in marks.brands:
        joined = {piece.removeprefix(brand) for piece in pieces if piece.startswith(brand)}
        joined |= {piece.removesuffix(brand) for piece in pieces if piece.endswith(brand)}
        if (brand in pieces and pieces & offices) or joined & offices:
            return True
    return False


def _name_at(one: Author, marks: Marks) -> tuple[int, int] | None:
    """Where the organisation's name, or what looks like it, stands as whole words in the name's shape."""
    for name in marks.names:
        if match := name.search(one.shape):
            return match.span()
    return None


def _is_affiliation(one: Author, place: tuple[int, int]) -> bool:
    """Whether a person's name stands first, and the organisation only says whose member they are."""
    before, after = _words(one.shape[: place[0]]), _words(one.shape[place[1] :])
    return (
        len(before) >= 2 and not set(before) & _OFFICE_SHAPES and not set(after) & _OFFICE_SHAPES - _HONOURS
    )


def _words(shape: str) -> list[str]:
    return re.findall(r"[a-z']+", shape)


def _bears_the_name(one: Author, marks: Marks) -> bool:
    """Whether the name is the organisation's, alone or first, or the address is, on a private provider."""
    place = _name_at(one, marks)
    if place is not None and not set(_words(one.shape[: place[0]])) - {"the"}:
        after = _words(one.shape[place[1] :])[:1]
        if not set(after) & _OF_A_PERSON:
            return True
    pieces = [re.sub(r"\d+$", "", piece) for piece in _PIECES.split(one.local)]
    return (
        any(pieces == [brand] for brand, _ in marks.brands) and _PRIVATE_MAIL.search(one.domain) is not None
    )


def _imitated(one: Author, marks: Marks) -> str:
    """The organisation's domain that the author's looks like, "" where there is none."""
    shape = skeleton(one.domain)
    for own, own_shape in marks.domains:
        if shape == own_shape or shape.endswith("." + own_shape):
            return own
        if f".{own}." in f".{one.domain}.":
            return own
        if re.search(rf"(?<![a-z0-9]){re.escape(own.replace('.', '-'))}(?![a-z0-9])", one.domain):
            return own
        if _one_slip_apart(one.domain, own):
            return own
    return _branded(one.domain, marks)


def _one_slip_apart(domain: str, own: str) -> bool:
    """Whether the domains differ by a slip in a name that is long enough for that to be no chance."""
    name, _, ending = own.partition(".")
    if not domain.endswith("." + ending):
        return False
    label = domain[: -len(ending) - 1].rpartition(".")[2]
    most = 2 if len(name) >= 2 * _LONG_ENOUGH else 1
    return len(name) >= _LONG_ENOUGH and 0 < slips_between(label, name, most) <= most


def _branded(domain: str, marks: Marks) -> str:
    """The organisation's domain, where another's label is its short name, or that with an office's word."""
    labels = domain.split(".")
    for brand, shape in marks.brands:
        for label in labels:
            pieces = [brand if skeleton(piece) == shape else piece for piece in label.split("-")]
            rest = {piece for piece in pieces if piece != brand}
            joined = label.removeprefix(brand) if label.startswith(brand) else label
            if brand in pieces and rest <= _DOMAIN_WORDS | {""}:
                return marks.domains[0][0] if marks.domains else brand
            if joined != label and joined in _DOMAIN_WORDS:
                return marks.domains[0][0] if marks.domains else brand
    return ""


def _staff(one: Author, marks: Marks) -> str:
    """The member of staff whose name the author bears, "" where there is none."""
    shown = words_of(one.shown)
    local = frozenset(skeleton(piece) for piece in _PIECES.split(one.local) if len(piece) > 1)
    for name, words in marks.staff:
        if words <= shown or words <= local:
            return name
    return ""
