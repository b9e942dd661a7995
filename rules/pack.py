"""A pack: the clauses drawn from one document, in the order of its headings."""

from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from rules.clause import ClauseFile, Examples, Id, load_clause, load_examples
from rules.conditions.combine import every
from rules.conditions.condition import Spec
from rules.conditions.like import LikeSpec
from rules.errors import NoSuchPack, Unreadable
from rules.files.values import Text
from rules.files.yamlfile import Document, read_octets, read_yaml, validated
from rules.learned import Weights, WeightsUnreadable, weights_in
from rules.teaching.lessons import digest, files_of

WEIGHTS = "weights"
"""The file of a pack that holds what was learned from its examples."""

SHIPPED = Path(__file__).parent / "packs"
USUAL_PROFILE = SHIPPED / "example-profile.yaml"

_STALE = "was learned from other examples, clauses or names than there are"


class PackSource(Spec):
    """The document that a pack is drawn from."""

    document: Text
    publisher: Text | None = None
    url: Text | None = None


class Heading(Spec):
    """A heading of the document: the clauses drawn from it, or why there are none."""

    heading: Text
    clauses: tuple[Id, ...] = ()
    no_clause: Text | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.clauses) == bool(self.no_clause):
            raise ValueError("should have one of clauses and no_clause")
        return self


class PackFile(Spec):
    """The schema of ``pack.yaml``: the table of contents of the document."""

    pack: Id
    title: Text
    source: PackSource
    review: Annotated[date, Field(strict=True)]
    profile: Text | None = None
    contents: Annotated[tuple[Heading, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Pack:
    """A pack as read: ``clauses`` in the order of ``contents``; ``review`` is the day to read it anew."""

    name: str
    title: str
    source: PackSource
    review: date
    clauses: tuple[ClauseFile, ...]
    contents: tuple[Heading, ...]
    folder: Path
    profile: Path
    weights: Weights | None = None

    @property
    def learning(self) -> tuple[ClauseFile, ...]:
        """The clauses that ask what reads like their examples."""
        return tuple(
            clause
            for clause in self.clauses
            if any(isinstance(spec, LikeSpec) for spec in every(clause.when))
        )

    def examples(self, clause: ClauseFile) -> Examples:
        """All examples of a clause, those beside it included. Raises Unreadable."""
        path = self.folder / "examples" / f"{clause.clause}.yaml"
        further = load_examples(path) if path.exists() else Examples()
        return Examples.model_construct(
            must_hold=(*clause.must_hold, *further.must_hold),
            must_pass=(*clause.must_pass, *further.must_pass),
        )


def find_pack(name_or_path: str, relative_to: Path) -> Path:
    """Return the folder of a pack: beside the list file, shipped, or of an installed distribution.

    ``relative_to`` is the folder of the list file. Raises NoSuchPack.
    """
    beside = relative_to / name_or_path
    tried = [beside, SHIPPED / name_or_path]
    plain = "/" not in name_or_path and not name_or_path.startswith(".")
    for folder in tried if plain else tried[:1]:
        if (folder / "pack.yaml").is_file():
            return folder
    if plain and (installed := _installed(name_or_path)) is not None:
        return installed
    raise NoSuchPack(name_or_path, tuple(str(folder) for folder in (tried if plain else tried[:1])))


def read_pack(path: Path) -> Pack:
    """Return the pack in a folder, ready to judge.

    Raises Unreadable for any file of it that is not as it should be, and for
    weights that were learned from other lessons than there are.
    """
    pack = read_untaught(path)
    return replace(pack, weights=_weights(pack)) if pack.learning else pack


def read_untaught(path: Path) -> Pack:
    """Return the pack in a folder without its weights. Raises Unreadable."""
    document = read_yaml(path / "pack.yaml")
    file = validated(PackFile, document)
    order = tuple(dict.fromkeys(clause for heading in file.contents for clause in heading.clauses))
    clauses = tuple(load_clause(_clause_path(document, path, clause), file.pack) for clause in order)
    profile = path / file.profile if file.profile else USUAL_PROFILE
    _refuse_strays(document, path, order, profile)
    for clause in clauses:
        _refuse_unknown_heading(path, clause, file)
    return Pack(file.pack, file.title, file.source, file.review, clauses, file.contents, path, profile)


def _weights(pack: Pack) -> Weights:
    path = pack.folder / WEIGHTS
    again = f"run 'gatepost rules train {pack.name}'"
    if not path.is_file():
        raise Unreadable(str(path), 0, f"is not there, and clauses ask for 'like: examples'; {again}")
    try:
        weights = weights_in(read_octets(path))
    except WeightsUnreadable as error:
        raise Unreadable(str(path), 0, str(error)) from error
    learning = tuple(clause.clause for clause in pack.learning)
    if weights.clauses != learning or weights.taught != digest(pack.folder, pack.clauses, pack.profile):
        raise Unreadable(str(path), 0, f"{_STALE}; {again}")
    return weights


def _clause_path(document: Document, folder: Path, clause: str) -> Path:
    found = folder / f"{clause}.yaml"
    if not found.is_file():
        raise document.refuse(("contents",), f"names clause '{clause}', but there is no {clause}.yaml")
    return found


def _refuse_strays(document: Document, folder: Path, order: tuple[str, ...], profile: Path) -> None:
    known = {"pack", *order}
    for found in sorted(folder.glob("*.yaml")):
        if found.stem not in known and found != profile:
            raise document.refuse(("contents",), f"no heading names the clause in {found.name}")
    for found in sorted((folder / "examples").glob("*.yaml")):
        if found.stem not in order:
            raise Unreadable(str(found), 1, f"there is no clause '{found.stem}' for these examples")
    lessons = {path for clause in order for path in files_of(folder, clause)}
    for found in sorted((folder / "lessons").glob("*")):
        if found not in lessons:
            problem = "is no clause's file; name it CLAUSE.hold.txt or CLAUSE.pass.txt"
            raise Unreadable(str(found), 0, problem)


def _refuse_unknown_heading(folder: Path, clause: ClauseFile, file: PackFile) -> None:
    headings = {heading.heading for heading in file.contents if clause.clause in heading.clauses}
    if clause.source.heading not in headings:
        path = folder / f"{clause.clause}.yaml"
        line = read_yaml(path).line(("source", "heading"))
        raise Unreadable(
            str(path), line, f"heading '{clause.source.heading}' is not the one of this clause in pack.yaml"
        )


def _installed(name: str) -> Path | None:
    """The folder of the package that a distribution offers under ``gatepost.packs``; nothing of it is run."""
    for entry in entry_points(group="gatepost.packs"):
        if entry.name == name and (found := find_spec(entry.module)) is not None:
            for place in found.submodule_search_locations or ():
                if (Path(place) / "pack.yaml").is_file():
                    return Path(place)
    return None
