"""A list's file edited by key: comments kept, proved before it counts, written whole or not at all."""

import fcntl
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from cli.output import on_terminal, remark
from cli.policies.proof import packs_of
from gateway.errors import CouldNotBeDone, GivenWrong
from rules.errors import RulesError, Unreadable
from rules.files.yamlfile import read_text, read_yaml
from rules.pack import read_pack
from rules.policy import Policy, compose, load_policy
from rules.profile import Profile, read_profile
from rules.prove import prove

_WORDS = {"true": True, "false": False, "null": None}
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?")
_INDENTED_ITEMS = re.compile(r"^( *)[^\s#-][^\n]*:[ \t]*\n\1 +- ", re.MULTILINE)


@dataclass
class NotProved(GivenWrong):
    """A policy whose examples do not come out as they say; it cannot come into force."""

    path: str
    disproofs: tuple[str, ...]

    def __str__(self) -> str:
        more = f" (and {len(self.disproofs) - 1} more)" if len(self.disproofs) > 1 else ""
        return f"{self.path} does not prove itself, nothing was changed: {self.disproofs[0]}{more}"


@dataclass
class Refused(GivenWrong):
    """A list file that cannot come into force as it would stand."""

    problem: str

    def __str__(self) -> str:
        return f"{self.problem.removesuffix('.')}; nothing was changed"


@dataclass
class NotAValue(GivenWrong):
    """A value on the command line that is not what its first character promises."""

    value: str

    def __str__(self) -> str:
        return f"{self.value!r} is no YAML list or mapping; write it as in '[one, two]'"


@dataclass
class NoPlaceFor(GivenWrong):
    """A key below something that has no keys."""

    path: str
    key: str

    def __str__(self) -> str:
        return f"{self.path}: '{self.key}' cannot be set, because what stands above it is no mapping"


@dataclass
class ListFileFailed(CouldNotBeDone):
    """A list file that could not be written."""

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: cannot be written ({self.problem}); nothing was changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One key set to a value; ``value`` None removes the key."""

    keys: tuple[str, ...]
    value: Any


def value_of(text: str) -> Any:
    """The value that words on a command line mean: a list or mapping in YAML, a number, true, false, or text.

    >>> value_of("0.6"), value_of("hold"), value_of("[a, b]")
    (0.6, 'hold', ['a', 'b'])
    """
    if text[:1] in ("[", "{"):
        try:
            return YAML(typ="safe", pure=True).load(text)
        except YAMLError as error:
            raise NotAValue(text) from error
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return _WORDS.get(text, text)


def changed(path: Path, changes: Sequence[Change]) -> str:
    """The file's text with the changes made and its comments kept. Raises Unreadable, NoPlaceFor."""
    read_yaml(path)  # strict first: what it refuses has no business in a round trip
    text = read_text(path)
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    if _INDENTED_ITEMS.search(text.replace("\r\n", "\n")):
        yaml.indent(mapping=2, sequence=4, offset=2)
    content = yaml.load(text.replace("\r\n", "\n"))
    for change in changes:
        _put(path, content, change)
    out = io.StringIO()
    yaml.dump(content, out)
    return out.getvalue().replace("\n", "\r\n") if "\r\n" in text else out.getvalue()


def _put(path: Path, content: CommentedMap, change: Change) -> None:
    place = content
    for key in change.keys[:-1]:
        if place.get(key) is None:
            place[key] = CommentedMap()
        place = place[key]
        if not isinstance(place, CommentedMap):
            raise NoPlaceFor(str(path), ".".join(change.keys))
    if change.value is None:
        place.pop(change.keys[-1], None)
    else:
        place[change.keys[-1]] = change.value


def proved(path: Path) -> Policy:
    """The policy of a list file. Raises RulesError when it cannot be read, NotProved when it is not true."""
    profile = read_profile(path)
    _refuse_what_cannot_be_asked(path, profile)
    packs = tuple(read_pack(asked.folder) for asked in packs_of(path, profile))
    if len({pack.name for pack in packs}) < len(packs):
        return load_policy(path)  # which refuses it, naming the line
    try:
        policy = compose(profile, packs)
    except (RulesError, ValueError):
        return load_policy(path)  # likewise: packs are read twice only to say what is wrong
    if on_terminal(sys.stderr):
        remark(f"proving {', '.join(pack.name for pack in packs)} by their examples ...")
    disproofs = tuple(str(disproof) for pack in packs for disproof in prove(pack, profile))
    if disproofs:
        raise NotProved(str(path), disproofs)
    return policy


def _refuse_what_cannot_be_asked(path: Path, profile: Profile) -> None:
    # Here, and not where list files are read: a file can be checked where no scanner is ever asked.
    if profile.scanners is None or profile.scanners.rspamd is None:
        return
    from gateway.scanners.rspamd import missing  # and so its room, only where a list needs it

    if lack := missing():
        raise read_yaml(path).refuse(("scanners", "rspamd"), f"'rspamd' {lack}")


def rewrite(path: Path, source: Path, changes: Sequence[Change], publish: Callable[[Policy], int]) -> int:
    """Prove ``source`` with the changes as the file ``path``, publish it and put it there.

    Returns the version's number. Whatever is raised, the file is as it was.
    """
    draft = path.with_name(f".{path.name}.draft")
    try:
        with _alone(path.parent):
            policy = _proved(draft, source, changes)
            before = path.read_bytes() if path.exists() else None
            draft.replace(path)
            try:
                return publish(policy)
            except BaseException:
                # What is published and what the file says must stay one thing.
                path.unlink() if before is None else path.write_bytes(before)
                raise
    except OSError as error:
        raise ListFileFailed(str(path), error.strerror or str(error)) from error
    finally:
        draft.unlink(missing_ok=True)


def _proved(draft: Path, source: Path, changes: Sequence[Change]) -> Policy:
    # The draft stands beside the file, so that relative paths in it lead to the same places.
    try:
        _write(draft, changed(source, changes))
        return proved(draft)
    except NotProved as error:
        raise replace(error, path=str(source)) from error
    except Unreadable as error:
        raise Refused(_in_terms_of(source, error) if error.path == str(draft) else str(error)) from error
    except RulesError as error:
        raise Refused(str(error)) from error


def _in_terms_of(source: Path, error: Unreadable) -> str:
    """What is wrong with the draft; a line only where the file that people have is wrong there too."""
    try:
        _refuse_what_cannot_be_asked(source, read_profile(source))
        load_policy(source)
    except Unreadable as own:
        if own.problem == error.problem:
            return str(own)
    except RulesError:
        pass  # something else again, of which the draft is free
    return f"{source}: {error.problem}"


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    # Two people may edit at once; the second reads what the first has written.
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
