"""Marks: what of a list file an impostor would imitate, worked out once for a policy."""

import re
from dataclasses import dataclass

from rules.matching.phrases import as_written
from rules.profile import Profile
from rules.text.likeness import skeleton

_OFFICE_WORDS = """
office offices secretariat headquarters hq membership communications comms news newsletter press media
events conference conferences admin administration support helpdesk accounts finance official
announcements info information bulletin noreply executive external relations national registrar secretary
president chair treasurer trustees webmaster web team desk enquiries
"""
OFFICE = frozenset(_OFFICE_WORDS.split())
"""Words by which a name or a local part says that it is no single person."""

_OFFICE_ALONE = re.compile(
    r"(?:the )?(?:national office|head office|central office|headquarters|secretariat|membership (?:office|"
    r"team|services|department)|"
    r"office of the (?:president|chief executive)|chief executive(?:'s)? office)(?: \([^)]*\)| [-,] .{0,40})?"
)
_OFFICE_PERHAPS = re.compile(
    r"(?:the )?(?:office|(?:press|events|conference|training|media|communications|external relations|admin|"
    r"administration|accounts|finance|"
    r"customer|member|news) ?(?:office|team|desk|services|relations|department|support)?|"
    r"external relations|chief executive|president)"
)
_TITLES = frozenset({"dr", "prof", "professor", "mr", "mrs", "ms", "miss", "mx", "sir", "dame", "rev", "the"})
_TOKEN = re.compile(r"[a-z0-9']+")


@dataclass(frozen=True, slots=True)
class Marks:
    """Names and addresses by which readers know the organisation.

    ``domains`` and ``brands`` are in pairs with their shapes, ``names`` are
    patterns of shapes. Brands are short names, as they may stand in a domain
    or a local part; ``staff`` are the words of each name. ``known`` addresses
    are the list's moderators' and owners'.
    """

    domains: tuple[tuple[str, str], ...]
    own: frozenset[str]
    official: frozenset[str]
    official_locals: frozenset[str]
    names: tuple[re.Pattern[str], ...]
    brands: tuple[tuple[str, str], ...]
    staff: tuple[tuple[str, frozenset[str]], ...]
    known: frozenset[str]


def marks_of(profile: Profile) -> Marks:
    """What an impostor would imitate on a list with this profile."""
    body = profile.organisation
    official = frozenset(address.casefold() for address in body.official_senders)
    own = {address.rpartition("@")[2] for address in official} | {body.domain.casefold().strip(".")} - {""}
    names = tuple(filter(None, map(as_written, body.names)))
    people = ((name, words_of(name)) for name in body.staff)
    return Marks(
        domains=tuple((domain, skeleton(domain)) for domain in sorted(own)),
        own=frozenset(own),
        official=official,
        official_locals=frozenset(address.rpartition("@")[0] for address in official),
        names=tuple(re.compile(rf"(?<![a-z0-9]){re.escape(skeleton(name))}(?![a-z0-9])") for name in names),
        brands=tuple((brand, skeleton(brand)) for brand in sorted(_brands(own, names))),
        staff=tuple((name, words) for name, words in people if len(words) > 1),
        known=frozenset(person.address.casefold() for person in (*profile.moderators, *profile.owners)),
    )


def _brands(domains: set[str], names: tuple[str, ...]) -> set[str]:
    """Short names; a domain's first label is one only where it is a name: anybody has "physics" in theirs."""
    joined = {name.replace(" ", "") for name in names}
    labels = {domain.partition(".")[0] for domain in domains}
    return {
        brand for brand in labels & joined | {name for name in names if " " not in name} if len(brand) > 2
    }


def words_of(name: str) -> frozenset[str]:
    """The words of a person's name as they look, without titles.

    >>> sorted(words_of("Prof. Ann Fern")) == sorted(words_of("FERN, Ann"))
    True
    """
    return frozenset(
        skeleton(word) for word in _TOKEN.findall(as_written(name)) if word not in _TITLES and len(word) > 1
    )


def is_office_alone(shown: str) -> bool:
    """Whether a display name is that of an office and nobody's."""
    return _OFFICE_ALONE.fullmatch(shown) is not None


def is_perhaps_office(shown: str) -> bool:
    """Whether a display name is that of some office, as many bodies have."""
    return _OFFICE_PERHAPS.fullmatch(shown) is not None
