"""`gatepost rules prove` and `lint`: packs by name, by folder, or those of a list file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.output import Ink, Piece, emit, say
from rules.errors import NoSuchPack, RulesError
from rules.files.yamlfile import read_yaml
from rules.pack import SHIPPED, Pack, find_pack, read_pack
from rules.profile import Profile, read_profile
from rules.prove import lint, prove


@dataclass(frozen=True, slots=True)
class Asked:
    """One pack to look at: where it is, and the list whose settings count, if any."""

    folder: Path
    local: Profile | None = None


def shipped() -> tuple[str, ...]:
    """The names of the packs that Gatepost brings."""
    return tuple(sorted(path.parent.name for path in SHIPPED.glob("*/pack.yaml")))


def packs_of(list_file: Path, profile: Profile) -> Iterator[Asked]:
    """The packs that a list file names. Raises Unreadable."""
    for number, name in enumerate(profile.packs):
        try:
            folder = find_pack(name, list_file.parent)
        except NoSuchPack as error:
            raise read_yaml(list_file).refuse(("packs", number), str(error)) from error
        yield Asked(folder, profile)


def prove_all(names: tuple[str, ...], *, as_json: bool) -> bool:
    """Run the examples of packs and print what does not come out; True when all do."""

    def examined(pack: Pack, local: Profile | None) -> tuple[str, ...]:
        return tuple(str(disproof) for disproof in prove(pack, local))

    return _each(names, examined, "proves itself", as_json=as_json)


def lint_all(names: tuple[str, ...], *, as_json: bool) -> bool:
    """Read packs and print what their files should not have; True when there is nothing."""
    return _each(names, lambda pack, _: lint(pack), "is well written", as_json=as_json)


def _each(
    names: tuple[str, ...],
    examined: Callable[[Pack, Profile | None], tuple[str, ...]],
    praise: str,
    *,
    as_json: bool,
) -> bool:
    sound = True
    for name in names or shipped():
        problems = _problems(name, examined)
        sound = sound and not problems
        if as_json:
            emit({"pack": name, "sound": not problems, "problems": list(problems)})
            continue
        for problem in problems:
            say(Piece(problem, Ink.BAD))
        if not problems:
            say(Piece(f"{name} {praise}.", Ink.GOOD))
    return sound


def _problems(name: str, examined: Callable[[Pack, Profile | None], tuple[str, ...]]) -> tuple[str, ...]:
    # A pack that cannot be read is the worst of its problems, and the next pack is looked at all the same.
    try:
        return tuple(
            sentence for asked in _asked(name) for sentence in examined(read_pack(asked.folder), asked.local)
        )
    except RulesError as error:
        return (str(error),)


def _asked(name: str) -> Iterator[Asked]:
    path = Path(name)
    if path.is_file() and (path.parent / "pack.yaml").is_file():
        yield Asked(path.parent)  # a clause is proved with its pack
    elif path.is_file():
        yield from packs_of(path, read_profile(path))
    else:
        yield Asked(find_pack(name, Path()))
