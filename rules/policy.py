"""The clauses in force on one list, after its local settings; compiled once, known by digest."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from rules.clause import Clause, InForce
from rules.conditions.combine import AnyOf
from rules.conditions.condition import Atoms, Condition
from rules.conditions.phrase import Phrase
from rules.conditions.scope import Scope
from rules.errors import NoSuchClause, NoSuchPack, Unreadable
from rules.facts import Need
from rules.files.force import ClauseStatus
from rules.files.yamlfile import Document, read_yaml
from rules.learned import Weights, WeightsUnreadable, weights_in
from rules.matching.matcher import Matcher, matcher_of
from rules.matching.phrases import as_written
from rules.pack import Pack, find_pack, read_pack
from rules.profile import LocalSettings, Profile, profile_of


@dataclass(frozen=True, slots=True)
class Watch:
    """A clause with the condition made for this list, and the atoms of which one must be found first."""

    clause: InForce
    condition: Condition
    triggers: Atoms | None


@dataclass(frozen=True)
class Compiled:
    """A policy ready to judge: the matcher that lists with the same packs share, and the list's own.

    ``relied_on`` is what clauses need that act.
    """

    watches: tuple[Watch, ...]
    matchers: tuple[Matcher, ...]
    always: tuple[int, ...]
    nominated_by: dict[str, tuple[int, ...]]
    needs: frozenset[Need]
    relied_on: frozenset[Need]


class Canonical(BaseModel):
    """The schema of canonical data; ``weights`` are digests by pack. A later form reads the earlier ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    profile: Profile
    clauses: tuple[InForce, ...]
    weights: dict[str, str] | None = None


Finder = Callable[[str], bytes]
"""Gives the octets of a weights file for its digest. Raises LookupError."""


def _nowhere(digest: str) -> bytes:
    raise LookupError(digest)


@dataclass(frozen=True)
class Policy:
    """The clauses of a list's packs in their order, with those that are off.

    ``taught`` names the weights of each pack by digest; ``finder`` has them
    when the policy is to judge.
    """

    profile: Profile = field(compare=False)
    clauses: tuple[InForce, ...] = field(compare=False)
    data: bytes = field(repr=False)
    taught: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    finder: Finder = field(default=_nowhere, compare=False, repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical data, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    def canonical(self) -> bytes:
        """All that is needed to judge and to serve the list but its weights, as JSON."""
        return self.data

    def learned(self) -> dict[str, bytes]:
        """The octets of its weights files by digest. Raises LookupError where they are not to be had."""
        return {digest: self.finder(digest) for digest in self.taught.values()}

    @cached_property
    def weights(self) -> dict[str, Weights]:
        """The weights of each pack that has any. Raises Unreadable where they are not to be had."""
        return {pack: _weights(pack, digest, self.finder) for pack, digest in self.taught.items()}

    @classmethod
    def of(
        cls, profile: Profile, clauses: tuple[InForce, ...], weights: Mapping[str, Weights] | None = None
    ) -> Self:
        """The policy of these clauses, with the weights of each pack that has any."""
        taught = {pack: found.digest for pack, found in (weights or {}).items()}
        held = Canonical(profile=profile, clauses=clauses, weights=taught or None)
        value = held.model_dump(mode="json", by_alias=True, exclude_none=True)
        data = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
        octets = {found.digest: found.octets for found in (weights or {}).values()}
        return cls(profile, clauses, data, taught, octets.__getitem__)

    @classmethod
    def from_canonical(cls, data: bytes, finder: Finder = _nowhere) -> Self:
        """The policy that gave this data, under the same digest. Raises Unreadable.

        ``finder`` is asked only when the policy is to judge.
        """
        try:
            held = Canonical.model_validate_json(data)
        except ValidationError as error:
            problem = f"cannot be read by this version ({error.error_count()} errors)"
            raise Unreadable("a published policy", 0, problem) from error
        return cls(held.profile, held.clauses, data, held.weights or {}, finder)

    @cached_property
    def compiled(self) -> Compiled:
        """The policy ready to judge, made on first use."""
        return _compiled(self)

    def clause(self, name: str) -> InForce | None:
        """The clause with this id, or pack/id."""
        return next((clause for clause in self.clauses if name in (clause.clause, clause.name)), None)


def load_policy(list_file: Path) -> Policy:
    """Return the policy that a list file and its packs make. Raises Unreadable with a place."""
    document = read_yaml(list_file)
    profile = profile_of(document)
    packs = tuple(_pack(document, number, name) for number, name in enumerate(profile.packs))
    names = [pack.name for pack in packs]
    if len(set(names)) < len(names):
        raise document.refuse(("packs",), "names the same pack twice")
    try:
        return compose(profile, packs)
    except NoSuchClause as error:
        raise document.refuse(("clauses", error.name), str(error)) from error


def compose(profile: Profile, packs: tuple[Pack, ...]) -> Policy:
    """Return the policy of a list with these packs. Raises NoSuchClause for settings of a strange clause."""
    clauses = tuple(_in_force(clause, pack.name, profile) for pack in packs for clause in pack.clauses)
    known = {name for clause in clauses for name in (clause.clause, clause.name)}
    for name in profile.clauses:
        if name not in known:
            raise NoSuchClause(name, tuple(clause.name for clause in clauses))
    return Policy.of(profile, clauses, {pack.name: pack.weights for pack in packs if pack.weights})


def _weights(pack: str, digest: str, finder: Finder) -> Weights:
    try:
        return weights_in(finder(digest))
    except (LookupError, WeightsUnreadable) as error:
        why = str(error) if isinstance(error, WeightsUnreadable) else "are not there"
        raise Unreadable(
            "a published policy", 0, f"cannot judge: the weights of {pack} ({digest[:12]}) {why}"
        ) from error


def _pack(document: Document, number: int, name: str) -> Pack:
    try:
        return read_pack(find_pack(name, document.path.parent))
    except NoSuchPack as error:
        raise document.refuse(("packs", number), str(error)) from error


def _in_force(clause: Clause, pack: str, profile: Profile) -> InForce:
    values: dict[str, Any] = {name: getattr(clause, name) for name in Clause.model_fields}
    local = profile.clauses
    for settings in (local.get(clause.clause), local.get(f"{pack}/{clause.clause}")):
        values |= _said(settings) if settings else {}
    return InForce(pack=pack, **values)


def _said(settings: LocalSettings) -> dict[str, Any]:
    return {
        name: getattr(settings, name)
        for name in settings.model_fields_set
        if getattr(settings, name) is not None
    }


def _compiled(policy: Policy) -> Compiled:
    policy.weights  # noqa: B018  what cannot be had should fail here, and not on the first post
    watches: list[Watch] = []
    atoms = Atoms()
    for clause in policy.clauses:
        if clause.status is ClauseStatus.OFF:
            continue
        condition = _condition(clause, policy.profile)
        atoms |= condition.atoms()
        watches.append(Watch(clause, condition, condition.triggers()))
    nominated_by: dict[str, list[int]] = {}
    for index, watch in enumerate(watches):
        for atom in watch.triggers.all if watch.triggers is not None else ():
            nominated_by.setdefault(atom, []).append(index)
    return Compiled(
        tuple(watches),
        (matcher_of(Atoms(atoms.phrases, atoms.patterns)), matcher_of(Atoms(atoms.names))),
        tuple(index for index, watch in enumerate(watches) if watch.triggers is None),
        {atom: tuple(indexes) for atom, indexes in nominated_by.items()},
        _needs(watches),
        _needs(watch for watch in watches if watch.clause.status is ClauseStatus.LIVE),
    )


def _needs(watches: Iterable[Watch]) -> frozenset[Need]:
    return frozenset(need for watch in watches for need in watch.condition.needs())


def _condition(clause: InForce, profile: Profile) -> Condition:
    condition = clause.when.made(profile)
    if not clause.phrases:
        return condition
    own = Phrase(frozenset(map(as_written, clause.phrases)), Scope(), local=True)
    return AnyOf((condition, own))
