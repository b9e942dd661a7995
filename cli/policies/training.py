"""`gatepost rules train`: learns a pack's weights from its examples, and says how well that went."""

import contextlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.output import Ink, Piece, emit, remark, say, table
from cli.policies.sparing import spare
from gateway import extras
from gateway.errors import CouldNotBeDone, GivenWrong
from rules.learned import WeightsUnreadable, weights_in
from rules.pack import WEIGHTS, Pack, find_pack, read_untaught
from rules.teaching.fit import Grade
from rules.teaching.lessons import SPARED, digest

_KNOWN = "{} has learned from all its examples; nothing was changed."


@dataclass
class NothingToLearn(GivenWrong):
    """A pack of which no clause asks what reads like its examples."""

    pack: str

    def __str__(self) -> str:
        return f"no clause of {self.pack} says 'like: examples': there is nothing to learn"


@dataclass
class NoTeacher(CouldNotBeDone):
    """What learns is an extra, because judging needs none of it."""

    def __str__(self) -> str:
        return f"training needs the extra 'learn': {extras.command('learn')}"


@dataclass
class NotWritten(CouldNotBeDone):
    """A pack's folder that takes no file."""

    path: Path
    why: str

    def __str__(self) -> str:
        return f"{self.path} could not be written ({self.why}); copy the pack, and name your copy"


def train_pack(name: str, ordinary: tuple[Path, ...], *, again: bool, as_json: bool) -> None:
    """Learn a pack's weights and put them beside its clauses.

    ``ordinary`` are paths of posts that rightly passed. Whatever is raised, the pack is as it was.
    """
    pack = read_untaught(find_pack(name, Path()))
    if not pack.learning:
        raise NothingToLearn(pack.name)
    if not ordinary and not again and _knows_all(pack):
        say(_KNOWN.format(pack.name))
        return
    if importlib.util.find_spec("sklearn") is None:
        raise NoTeacher
    with _kept_unless_learned(pack.folder / SPARED):
        if ordinary:
            _put(pack, SPARED, spare(pack, ordinary))
            if not again and _knows_all(pack):
                say(_KNOWN.format(pack.name))
                return
        grades = _learn(pack)
    _report(pack, grades, as_json=as_json)


def _learn(pack: Pack) -> tuple[Grade, ...]:
    from rules.teaching.train import train

    grades: list[Grade] = []

    def told(grade: Grade) -> None:
        grades.append(grade)
        remark(
            f"{grade.clause}: {grade.lessons} posts learned ({len(grades)} of {len(pack.learning)} clauses)"
        )

    remark(f"reading the lessons of {pack.name}")
    _put(pack, WEIGHTS, train(pack, told).octets)
    return tuple(grades)


@contextlib.contextmanager
def _kept_unless_learned(path: Path) -> Iterator[None]:
    """Put the file back if learning ends early: with another one the weights would be stale."""
    before = path.read_bytes() if path.exists() else None
    try:
        yield
    except BaseException:
        if before is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(before)
        raise


def _knows_all(pack: Pack) -> bool:
    try:
        known = weights_in((pack.folder / WEIGHTS).read_bytes())
    except (OSError, WeightsUnreadable):
        return False
    return known.taught == digest(pack.folder, pack.clauses, pack.profile)


def _put(pack: Pack, name: str, octets: bytes) -> None:
    path = pack.folder / name
    beside = path.with_name(f"{name}.new")
    try:
        beside.write_bytes(octets)
        beside.replace(path)
    except OSError as error:
        raise NotWritten(path, error.strerror or str(error)) from error


def _report(pack: Pack, grades: tuple[Grade, ...], *, as_json: bool) -> None:
    if as_json:
        for grade in grades:
            emit(
                {
                    "pack": pack.name,
                    "clause": grade.clause,
                    "lessons": grade.lessons,
                    "found": round(grade.found, 4),
                    "false": round(grade.false, 4),
                    "stubborn": grade.stubborn,
                }
            )
        return
    table(
        ("clause", "posts to hold", "found unseen", "false unseen", "examples not learned"),
        [(g.clause, str(g.lessons), f"{g.found:.0%}", f"{g.false:.1%}", str(g.stubborn)) for g in grades],
    )
    say(Piece(f"{pack.name} has learned", Ink.GOOD), f"; next: gatepost rules prove {pack.name}")
    say("Lists that are served judge by it once a new version of their policy is published.")
