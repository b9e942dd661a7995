"""`gatepost rules train` learns a pack's weights, once, and says how well."""

import json

import pytest

from cli.policies import training
from rules.learned import weights_in
from rules.teaching import fit
from rules.teaching.spared import to_octets
from tests.cli.given import CLAUSE, House

LIKE = CLAUSE.replace("when: {phrase: [nobody makes better, best in class]}", "when: {like: examples}")
MORE = """\
must_hold:
  - text: Their chambers are simply superb, buy them.
  - text: A superb array, better than all others.
  - text: Superb service and superb chambers.
must_pass:
  - text: The chambers were calibrated in May.
  - text: Their array was calibrated with ours.
"""


@pytest.fixture
def learning(house: House) -> House:
    """A pack that has something to learn."""
    house.pack()
    house.write("house/conduct.yaml", LIKE)
    (house.folder / "house" / "examples").mkdir()
    house.write("house/examples/conduct.yaml", MORE)
    return house


@pytest.mark.timeout(300)  # it learns twice, from some five thousand everyday posts
def test_a_pack_learns_and_then_proves_itself(learning: House) -> None:
    folder = str(learning.folder / "house")
    past = str(
        learning.write("one.eml", "From: a@b.example\nSubject: boats\n\nA superb day, a superb sail.\n")
    )
    first = learning.gatepost("rules", "train", folder, "--ordinary", past)
    assert (first.code, "run 'gatepost rules train house' first, alone" in first.err) == (1, True)
    assert (
        "is not there, and clauses ask for 'like: examples'"
        in learning.gatepost("rules", "prove", folder).out
    )
    assert "Their chambers are simply superb" in learning.gatepost("rules", "show", f"{folder}/conduct").out
    assert "conduct" in learning.gatepost("rules", "list", folder).out
    said = learning.gatepost("rules", "train", folder, "--json")
    assert said.code == 0
    grade = json.loads(said.out)
    assert (grade["pack"], grade["clause"], grade["lessons"], grade["stubborn"]) == ("house", "conduct", 4, 0)
    assert weights_in((learning.folder / "house" / "weights").read_bytes()).clauses == ("conduct",)
    assert learning.gatepost("rules", "prove", folder).code == 0
    again = learning.gatepost("rules", "train", folder)
    assert (again.code, again.out) == (0, "house has learned from all its examples; nothing was changed.\n")
    spared = learning.gatepost("rules", "train", folder, "--ordinary", past)
    assert (spared.code, "posts read: 1; passages kept: 1\n" in spared.err) == (0, True)
    assert learning.gatepost("rules", "prove", folder).code == 0
    missing = learning.gatepost("rules", "train", folder, "--ordinary", "nowhere")
    assert (missing.code, missing.err.count("nowhere")) == (2, 1)


def test_learning_that_ends_early_leaves_the_pack_as_it_was(
    learning: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = learning.folder / "house"
    past = learning.write("one.eml", "From: a@b.example\nSubject: boats\n\nA superb day, a superb sail.\n")
    assert learning.gatepost("rules", "train", str(folder)).code == 0
    monkeypatch.setattr(fit, "_ROUNDS", "interrupted")
    for _ in range(2):
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        with pytest.raises(TypeError):
            training.train_pack(str(folder), (past,), again=False, as_json=False)
        assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
        (folder / "spared").write_bytes(to_octets(()))


def test_a_pack_without_such_a_clause_has_nothing_to_learn(house: House) -> None:
    house.pack()
    said = house.gatepost("rules", "train", str(house.folder / "house"))
    assert (said.code, said.err) == (
        2,
        "gatepost: no clause of house says 'like: examples': there is nothing to learn\n",
    )


def test_without_the_extra_it_says_what_to_install(learning: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training.importlib.util, "find_spec", lambda name: None)
    said = learning.gatepost("rules", "train", str(learning.folder / "house"))
    assert said.code == 1
    assert "pip install 'gatepost[learn]'" in said.err
