"""The lessons of a pack: its clauses' examples, further posts a line each, and everyday posts.

``lessons/<clause>.hold.txt`` and ``.pass.txt`` hold one post a line: "¶" stands
for the end of a paragraph, and "||" behind a subject.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rules.clause import ClauseFile, Examples
from rules.conditions.like import class_of_names
from rules.files.yamlfile import read_octets, read_text
from rules.profile import read_profile
from rules.proving.posted import posted
from rules.reading import read

READ_ANEW = 2
"""Raised when words are cut or counted otherwise: weights learned before then are stale."""

SPARED = "spared"
"""The file in a pack's folder that keeps passages of real mail, as `spared` writes it."""

ZONES = ("subject", "own", "html", "hidden", "quoted", "signature")
_ORDINARY = Path(__file__).parent.parent / "packs" / "ordinary"


@dataclass(frozen=True, slots=True)
class Lesson:
    """A post: its texts as displayed, and the ``clause`` that it breaks, "" for none.

    ``proved``: it is an example, which the clause must come to find or to
    leave alone; a line of a lessons file only teaches. ``spared`` are the
    buckets of a passage of real mail, of which nothing else was kept.
    """

    texts: tuple[str, ...]
    clause: str
    proved: bool = False
    spared: NDArray[np.int64] | None = None


def digest(folder: Path, clauses: Sequence[ClauseFile], profile: Path) -> str:
    """SHA-256 over all that weights are learned from, in hex. Raises Unreadable.

    The clauses' thresholds are not of it: a list may set its own, and `prove`
    says when an example does not reach one. Of the list file ``profile`` only
    the names count that it names.
    """
    told = hashlib.sha256(f"{READ_ANEW}\n".encode())
    for clause in clauses:
        shown = Examples.model_construct(must_hold=clause.must_hold, must_pass=clause.must_pass)
        told.update(f"{clause.clause} {shown.model_dump_json()}\n".encode())
    told.update(f"{sorted(class_of_names(read_profile(profile)).items())}\n".encode())
    for path in sources(folder, clauses):
        told.update(f"{path.name} {hashlib.sha256(read_octets(path)).hexdigest()}\n".encode())
    return told.hexdigest()


def sources(folder: Path, clauses: Iterable[ClauseFile]) -> tuple[Path, ...]:
    """The files beside the clauses that lessons are taken from, in order."""
    lessons = (path for clause in clauses for path in files_of(folder, clause.clause))
    return (
        *sorted((folder / "examples").glob("*.yaml")),
        *sorted(path for path in (*lessons, folder / SPARED) if path.is_file()),
        *sorted(_ORDINARY.glob("*.eml")),
        *sorted(_ORDINARY.glob("*.txt")),
    )


def files_of(folder: Path, clause: str) -> tuple[Path, Path]:
    """Where a clause's further posts would be: those to hold, those to pass."""
    return folder / "lessons" / f"{clause}.hold.txt", folder / "lessons" / f"{clause}.pass.txt"


def everyday() -> Iterator[Lesson]:
    """Everyday posts, which break no clause of any pack."""
    for path in sorted(_ORDINARY.glob("*.eml")):
        yield Lesson(_texts(read_octets(path)), "")
    for path in sorted(_ORDINARY.glob("*.txt")):
        yield from (Lesson(texts, "") for texts in written(path))


def of_clause(folder: Path, clause: str, examples: Examples, to: str) -> Iterator[Lesson]:
    """The lessons of a clause: its examples for the list ``to``, its files. Raises Unreadable."""
    for held, group in ((clause, examples.must_hold), ("", examples.must_pass)):
        for example in group:
            octets = posted(example, folder / "examples", to).message.octets
            yield Lesson(_texts(octets), held, proved=True)
    for held, path in zip((clause, ""), files_of(folder, clause), strict=True):
        if path.exists():
            yield from (Lesson(texts, held) for texts in written(path))


def written(path: Path) -> Iterator[tuple[str, ...]]:
    """The texts of each post in a lessons file. Raises Unreadable."""
    for line in read_text(path).splitlines():
        subject, bar, body = line.rpartition("||")
        texts = (subject, body) if bar else (line,)
        shown = tuple(text.replace("¶", "\n\n").strip() for text in texts)
        if any(shown):
            yield tuple(text for text in shown if text)


def _texts(octets: bytes) -> tuple[str, ...]:
    return tuple(zone.text for zone in read(octets).zones if zone.name in ZONES)
