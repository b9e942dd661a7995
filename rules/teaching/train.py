"""train(pack) -> Weights: gathers a pack's lessons and learns from them."""

from collections.abc import Callable, Iterable, Sequence

from rules.clause import ClauseFile
from rules.conditions.combine import every
from rules.conditions.condition import Atoms
from rules.conditions.like import LikeSpec, class_of_names
from rules.errors import TooFewLessons, Unreadable
from rules.features import Named, apart
from rules.files.yamlfile import read_octets
from rules.learned import Weights
from rules.matching.haystack import CANARY, Haystack, View
from rules.matching.matcher import Matcher, matcher_of
from rules.normal import Normal
from rules.pack import Pack
from rules.profile import Profile, read_profile
from rules.teaching.fit import FEWEST, Grade, fitted
from rules.teaching.lessons import SPARED, Lesson, digest, everyday, of_clause
from rules.teaching.spared import Row, SparedUnreadable, spared_in


def train(pack: Pack, told: Callable[[Grade], None], ordinary: Iterable[Lesson] | None = None) -> Weights:
    """Return weights for the clauses that ask for them; ``told`` hears how each did. Raises RulesError.

    ``ordinary`` are everyday posts, those that Gatepost brings where none are given.
    """
    profile = read_profile(pack.profile)
    lessons = (
        *lessons_of(pack, profile),
        *(everyday() if ordinary is None else ordinary),
        *(Lesson((), "", spared=row) for row in spared(pack)),
    )
    clauses = {clause.clause: _asked(clause) for clause in pack.learning}
    for clause in clauses:
        _refuse_too_few(clause, lessons)
    taught = digest(pack.folder, pack.clauses, pack.profile)
    return fitted(lessons, clauses, namer(profile), taught, told)


def _asked(clause: ClauseFile) -> float:
    """How sure of a clause its examples are to make one: a finding, where likeness alone may be it."""
    likes = (spec for spec in every(clause.when) if isinstance(spec, LikeSpec))
    return max(clause.threshold, *(spec.at_least or 0.0 for spec in likes))


def _refuse_too_few(clause: str, lessons: Sequence[Lesson]) -> None:
    held = sum(lesson.clause == clause for lesson in lessons)
    passed = sum(not lesson.clause for lesson in lessons)
    if held < FEWEST or passed < FEWEST:
        raise TooFewLessons(clause, held, passed, FEWEST)


def spared(pack: Pack) -> tuple[Row, ...]:
    """The passages of real mail that the pack keeps. Raises Unreadable."""
    path = pack.folder / SPARED
    if not path.is_file():
        return ()
    try:
        return spared_in(read_octets(path))
    except SparedUnreadable as error:
        raise Unreadable(str(path), 0, str(error)) from error


def lessons_of(pack: Pack, profile: Profile) -> Sequence[Lesson]:
    """The lessons of all the pack's clauses. Raises Unreadable."""
    return [
        lesson
        for clause in pack.clauses
        for lesson in of_clause(pack.folder, clause.clause, pack.examples(clause), profile.list)
    ]


def namer(profile: Profile) -> Callable[[str], tuple[Named, ...]]:
    """Return what finds the names of the pack's profile, as a policy's own matcher does."""
    classes = class_of_names(profile)
    matcher: Matcher = matcher_of(Atoms(phrases=frozenset(classes)))

    def named(text: str) -> tuple[Named, ...]:
        view = View(0, Normal(text, range(len(text) + 1)), False, 1)
        around = f"\n{text}\n{CANARY}\n"
        hay = Haystack((text,), ("own",), (view,), around, len(around))
        return apart(
            (start - 1, end - 1, classes[name])
            for name, spans in matcher.phrases(hay).items()
            for _, start, end in spans
        )

    return named
