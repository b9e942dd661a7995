"""What a pack must hold together, and where packs are found."""

from pathlib import Path

import pytest

from rules.errors import NoSuchPack, Unreadable
from rules.pack import SHIPPED, find_pack, read_pack
from tests.given.house import TONE, change, house


def refused(pack: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read_pack(pack)
    return str(caught.value).removeprefix(f"{pack}/")


def test_a_pack_knows_its_clauses_its_document_and_its_day_of_review(tmp_path: Path) -> None:
    pack = read_pack(house(tmp_path))
    assert [clause.clause for clause in pack.clauses] == ["tone"]
    assert (pack.name, pack.source.document, pack.review.isoformat()) == (
        "house",
        "House rules",
        "2027-01-31",
    )
    assert pack.contents[1].no_clause


def test_further_examples_are_counted_with_those_in_the_clause_file(tmp_path: Path) -> None:
    folder = house(tmp_path)
    (folder / "examples" / "tone.yaml").write_text("must_hold:\n  - {name: more, text: Liar.}\n")
    pack = read_pack(folder)
    assert [example.name for example in pack.examples(pack.clauses[0]).must_hold] == ["an insult", "more"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[tone]", "[tone, tune]", "pack.yaml:6: names clause 'tune', but there is no tune.yaml"),
        (
            "no_clause: A duty",
            "clauses: [tone]\n    no_clause: A",
            "pack.yaml:9: 'contents' should have one of",
        ),
        ("heading: Tone", "heading: Voice", "tone.yaml:3: heading 'Tone' is not the one of this clause"),
        ("review: 2027-01-31", "review: soon", "pack.yaml:4: 'review'"),
        ("review: 2027-01-31", "review: 2027", "pack.yaml:4: 'review'"),
        ("title: House rules", "titel: House rules", "pack.yaml:2: unknown key 'titel'"),
    ],
)
def test_a_pack_that_does_not_hold_together_is_refused(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    pack = house(tmp_path)
    change(pack / "pack.yaml", old, new)
    assert refused(pack).startswith(sentence)


def test_a_clause_that_no_heading_names_is_refused(tmp_path: Path) -> None:
    pack = house(tmp_path)
    (pack / "stray.yaml").write_text(TONE)
    assert refused(pack) == "pack.yaml:6: no heading names the clause in stray.yaml"


def test_examples_without_a_clause_are_refused(tmp_path: Path) -> None:
    pack = house(tmp_path)
    (pack / "examples" / "stray.yaml").write_text("must_hold: []\n")
    assert refused(pack) == "examples/stray.yaml:1: there is no clause 'stray' for these examples"


def test_packs_are_found_beside_the_list_file_before_the_shipped_ones(tmp_path: Path) -> None:
    pack = house(tmp_path)
    assert find_pack("./house", tmp_path) == pack
    assert find_pack("house", tmp_path) == pack
    assert find_pack("hygiene", tmp_path) == SHIPPED / "hygiene"


@pytest.mark.parametrize("name", ["none", "./none", "../none", "/none"])
def test_a_pack_that_is_nowhere_is_named_with_the_places_looked_at(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoSuchPack, match=f"no pack '{name}'"):
        find_pack(name, tmp_path)
