"""The clauses in force on one list, after its local settings; compiled once, known by digest."""

import hashlib
import json
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
    """A policy ready to judge: the matcher that lists with the same packs share, and the list's own."""

    watches: tuple[Watch, ...]
    matchers: tuple[Matcher, ...]
    always: tuple[int, ...]
    nominated_by: dict[str, tuple[int, ...]]
    needs: frozenset[Need]


class Canonical(BaseModel):
    """The schema of canonical data. A later form of it reads the earlier ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    profile: Profile
    clauses: tuple[InForce, ...]


@dataclass(frozen=True)
class Policy:
    """The clauses of a list's packs in their order, with those that are off."""

    profile: Profile = field(compare=False)
    clauses: tuple[InForce, ...] = field(compare=False)
    data: bytes = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical data, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    def canonical(self) -> bytes:
        """All that is needed to judge and to serve the list, as JSON; no file is needed beside it."""
        return self.data

    @classmethod
    def of(cls, profile: Profile, clauses: tuple[InForce, ...]) -> Self:
        """The policy of these clauses."""
        held = Canonical(profile=profile, clauses=clauses)
        value = held.model_dump(mode="json", by_alias=True, exclude_none=True)
        data = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
        return cls(profile, clauses, data)

    @classmethod
    def from_canonical(cls, data: bytes) -> Self:
        """The policy that gave this data, under the same digest. Raises Unreadable."""
        try:
            held = Canonical.model_validate_json(data)
        except ValidationError as error:
            problem = f"cannot be read by this version ({error.error_count()} errors)"
            raise Unreadable("a published policy", 0, problem) from error
        return cls(held.profile, held.clauses, data)

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
    return Policy.of(profile, clauses)


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
        frozenset(need for watch in watches for need in watch.condition.needs()),
    )


def _condition(clause: InForce, profile: Profile) -> Condition:
    condition = clause.when.made(profile)
    if not clause.phrases:
        return condition
    own = Phrase(frozenset(map(as_written, clause.phrases)), Scope(), local=True)
    return AnyOf((condition, own))
