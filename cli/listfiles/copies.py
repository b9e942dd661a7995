"""The copies of list files beside gatepost.toml: made by `lists add`, edited by `set`, found by name."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.listfiles.list_file import Change, ListFileFailed
from gateway.errors import CouldNotBeDone, GivenWrong
from rules.errors import RulesError
from rules.files.yamlfile import read_yaml
from rules.profile import Profile, read_profile

_FOLDER = "lists"


@dataclass
class NoCopy(CouldNotBeDone):
    """A served list whose file is not where `lists add` put it."""

    folder: Path
    name: str

    def __str__(self) -> str:
        return f"{self.folder}: no file of the list {self.name}; put its list file back as LISTNAME.yaml"


@dataclass
class AwkwardName(GivenWrong):
    """A list whose local part cannot be a file's name."""

    name: str

    def __str__(self) -> str:
        return f"the list's local part '{self.name}' cannot be a file's name; use letters, digits, - _ and ."


def folder_of(settings_folder: Path) -> Path:
    """The folder of the copies, made if it is not there."""
    folder = settings_folder / _FOLDER
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise ListFileFailed(str(folder), error.strerror or str(error)) from error
    return folder


def copy_of(settings_folder: Path, address: str) -> Path:
    """The copy of a served list's file. Raises NoCopy."""
    folder = folder_of(settings_folder)
    for path in _candidates(folder, address):
        if path.is_file() and _lists_address(path) in (None, address.lower()):
            return path
    raise NoCopy(folder, address)


def place_for(settings_folder: Path, profile: Profile) -> Path:
    """Where a new list's copy goes: lists/NAME.yaml, or by the whole address when the name is taken."""
    name = profile.name
    if "/" in name or "\\" in name or name.startswith((".", "-")):
        raise AwkwardName(name)
    short, long = _candidates(folder_of(settings_folder), profile.list)
    taken = short.is_file() and _lists_address(short) != profile.list.lower()
    return long if taken else short


def _candidates(folder: Path, address: str) -> tuple[Path, Path]:
    return folder / f"{address.partition('@')[0]}.yaml", folder / f"{address}.yaml"


def _lists_address(path: Path) -> str | None:
    # A file that cannot be read is nobody else's: the command that wants it will say what is wrong.
    try:
        return read_profile(path).list.lower()
    except RulesError:
        return None


@dataclass(frozen=True, slots=True)
class Beside:
    """A file put beside a list file's copy; ``before`` is what stood there, None for nothing."""

    path: Path
    octets: bytes
    before: bytes | None


@dataclass(frozen=True, slots=True)
class Carried:
    """What the copy of a list file must say instead, and the files that go beside it."""

    changes: tuple[Change, ...]
    files: tuple[Beside, ...]

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Put the files there; whatever is raised inside, what stood there before stands there again."""
        done: list[Beside] = []
        try:
            for file in self.files:
                _put_whole(file.path, file.octets)
                done.append(file)
            yield
        except BaseException:
            # A list that is served no more keeps its files: they are what its records were made from.
            for file in done:
                _put_whole(file.path, file.before)
            raise


def carry_along(source: Path, target: Path) -> Carried:
    """Read the files that a list file names, to be put beside its copy.

    A pack given by a path stays where it is, and is named by its whole path;
    so do the certificates of a next hop.
    """
    value = read_yaml(source).value
    changes: list[Change] = []
    files: list[Beside] = []
    for keys, name in _named_files(value):
        given = source.parent / name
        beside = target.with_name(f"{target.stem}.{given.name}")
        if given.resolve() != beside.resolve():
            files.append(_beside(given, beside))
        changes.append(Change(keys, beside.name))
    packs = value.get("packs")
    if isinstance(packs, list):
        moved = [_from_anywhere(source, entry) for entry in packs]
        if moved != packs:
            changes.append(Change(("packs",), moved))
    hops = value.get("next_hop")
    if (hops_moved := _certificates_from_anywhere(source, hops)) != hops:
        changes.append(Change(("next_hop",), hops_moved))
    return Carried(tuple(changes), tuple(files))


def _named_files(value: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    organisation = value.get("organisation")
    if isinstance(organisation, dict) and isinstance(organisation.get("logo"), str):
        yield ("organisation", "logo"), organisation["logo"]
    if isinstance(value.get("members"), str):
        yield ("members",), value["members"]


def _from_anywhere(source: Path, entry: Any) -> Any:
    is_path = isinstance(entry, str) and ("/" in entry or entry.startswith("."))
    return os.path.abspath(source.parent / entry) if is_path else entry  # noqa: PTH100  symlinks stay


def _certificates_from_anywhere(source: Path, hops: Any) -> Any:
    if isinstance(hops, list):
        return [_certificates_from_anywhere(source, hop) for hop in hops]
    if isinstance(hops, dict) and isinstance(hops.get("ca"), str):
        return hops | {"ca": os.path.abspath(source.parent / hops["ca"])}  # noqa: PTH100  symlinks stay
    return hops


def _beside(given: Path, beside: Path) -> Beside:
    try:
        return Beside(beside, given.read_bytes(), beside.read_bytes() if beside.exists() else None)
    except OSError as error:
        raise ListFileFailed(str(beside), error.strerror or str(error)) from error


def _put_whole(path: Path, octets: bytes | None) -> None:
    """Write the file under another name first, so that it is never half there; None removes it."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        if octets is None:
            path.unlink(missing_ok=True)
        else:
            draft.write_bytes(octets)
            draft.replace(path)
    except OSError as error:
        raise ListFileFailed(str(path), error.strerror or str(error)) from error
    finally:
        draft.unlink(missing_ok=True)
