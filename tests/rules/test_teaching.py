"""Teaching: adding an example and training changes the judgement, and nothing else does."""

import shutil
from pathlib import Path

import pytest

from rules.errors import Unreadable
from rules.evaluate import evaluate
from rules.facts import Facts
from rules.message import Envelope
from rules.pack import WEIGHTS, read_pack, read_untaught
from rules.policy import Policy, load_policy
from rules.prove import prove
from rules.reading import read
from rules.teaching.fit import Grade
from rules.teaching.lessons import Lesson, written
from rules.teaching.train import train
from tests.given.house import change, house

HELD = """\
must_hold:
  - text: What a dreadful committee, they could not run a bath.
  - text: The dreadful people on the committee have done it again.
  - text: A dreadful meeting, run by dreadful people.
  - text: Dreadful minutes, as ever from this committee.
  - text: I have seldom read anything so dreadful as the committee's letter.
  - text: The committee is dreadful at answering.
must_pass:
  - text: The committee meets on Friday.
  - text: Thank you to the committee for the minutes.
  - text: The weather was fine on Friday.
  - text: Minutes of the committee are attached.
  - text: The people on the committee are listed below.
  - text: The letter of the committee is on the web pages.
"""
ORDINARY = [
    Lesson((f"{noun} of May are on the web pages, and the next are due in June.",), "")
    for noun in ("Minutes", "Readings")
]
NEW = "They are a shower, the lot of them."


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack that has learned, in a folder that no test changes."""
    folder = tmp_path_factory.mktemp("taught")
    pack = house(folder)
    change(
        pack / "tone.yaml",
        "when: {phrase: [idiot, liar]}",
        "when: {any_of: [{phrase: [idiot]}, {like: examples}]}",
    )
    (pack / "examples" / "tone.yaml").write_text(HELD)
    learn(pack)
    return folder


@pytest.fixture
def folder(taught: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(taught, tmp_path / "own"))


def learn(pack: Path) -> list[Grade]:
    grades: list[Grade] = []
    weights = train(read_untaught(pack), grades.append, ORDINARY)
    (pack / WEIGHTS).write_bytes(weights.octets)
    return grades


def clauses_on(policy: Policy, text: str) -> tuple[str, ...]:
    octets = f"From: a@b.example\r\nSubject: A post\r\n\r\n{text}\r\n".encode()
    return evaluate(policy, read(octets), Facts(), Envelope(b"a@b.example", (b"l@b.example",))).clauses


def test_a_pack_that_has_learned_proves_itself(folder: Path) -> None:
    assert prove(read_pack(folder / "house")) == ()


def test_examples_come_out_as_sure_as_likeness_alone_must_be(folder: Path) -> None:
    pack = folder / "house"
    change(pack / "tone.yaml", "{like: examples}", "{like: examples, at_least: 0.95}")
    assert prove(read_pack(pack)) != (), "else its examples are that sure anyhow"
    learn(pack)
    assert prove(read_pack(pack)) == ()


def test_one_bad_sentence_in_a_long_post_counts(folder: Path) -> None:
    calm = "The next calibration is due in May, and we would like to use the larger chamber for it. " * 10
    policy = load_policy(folder / "list.yaml")
    assert clauses_on(policy, calm) == ()
    assert clauses_on(policy, f"{calm}They really are dreadful people on that committee. {calm}") == ("tone",)


def test_the_same_lessons_give_the_same_octets(folder: Path) -> None:
    before = (folder / "house" / WEIGHTS).read_bytes()
    learn(folder / "house")
    assert (folder / "house" / WEIGHTS).read_bytes() == before


def test_an_example_and_training_change_the_judgement(folder: Path) -> None:
    pack = folder / "house"
    assert clauses_on(load_policy(folder / "list.yaml"), NEW) == ()
    change(pack / "examples" / "tone.yaml", "must_pass:", f"  - text: {NEW}\nmust_pass:")
    with pytest.raises(Unreadable, match="learned from other examples, clauses or names"):
        load_policy(folder / "list.yaml")
    (grade,) = learn(pack)
    assert (grade.clause, grade.lessons, grade.stubborn) == ("tone", 8, 0)
    assert clauses_on(load_policy(folder / "list.yaml"), NEW) == ("tone",)
    assert prove(read_pack(pack)) == ()


def test_lines_of_a_lessons_file_teach_too(folder: Path) -> None:
    pack = folder / "house"
    (pack / "lessons").mkdir()
    (pack / "lessons" / "tone.hold.txt").write_text(f"Re: them || {NEW} ¶ Yours\n\n")
    assert list(written(pack / "lessons" / "tone.hold.txt")) == [("Re: them", f"{NEW} \n\n Yours")]
    learn(pack)
    assert clauses_on(load_policy(folder / "list.yaml"), NEW) == ("tone",)


def test_a_lessons_file_of_no_clause_is_refused(folder: Path) -> None:
    (folder / "house" / "lessons").mkdir()
    (folder / "house" / "lessons" / "tune.hold.txt").write_text(NEW)
    with pytest.raises(Unreadable, match=r"tune.hold.txt: is no clause's file; name it CLAUSE.hold.txt"):
        read_untaught(folder / "house")


def test_of_the_profile_only_its_names_are_learned(folder: Path) -> None:
    profile = folder / "house" / "profile.yaml"
    text = profile.read_text()
    profile.write_text(f"# A remark.\n{text}purpose: Physics.\n")
    read_pack(folder / "house")
    profile.write_text(f"{text}company_members: [Lumidose Ltd]\n")
    with pytest.raises(Unreadable, match="learned from other examples, clauses or names"):
        read_pack(folder / "house")


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [(None, "is not there, and clauses ask for 'like: examples'"), (b"no weights", "is no weights file")],
)
def test_weights_that_are_missing_or_damaged_are_a_located_error(
    folder: Path, octets: bytes | None, sentence: str
) -> None:
    path = folder / "house" / WEIGHTS
    path.unlink()
    if octets is not None:
        path.write_bytes(octets)
    with pytest.raises(Unreadable, match=sentence) as error:
        load_policy(folder / "list.yaml")
    assert error.value.path == str(path)


def test_a_published_policy_judges_with_the_weights_that_it_names(folder: Path) -> None:
    policy = load_policy(folder / "list.yaml")
    again = Policy.from_canonical(policy.canonical(), policy.learned().__getitem__)
    assert again.digest == policy.digest
    assert clauses_on(again, "What a dreadful committee.") == ("tone",)
    with pytest.raises(Unreadable, match=r"the weights of house .* are not there"):
        Policy.from_canonical(policy.canonical()).compiled  # noqa: B018
