"""That clauses are proved by their examples, and what shipped packs must not have."""

import base64
from pathlib import Path

import pytest

from rules.pack import SHIPPED, read_pack
from rules.profile import read_profile
from rules.prove import lint, prove
from rules.reading import read
from tests.given.house import PROFILE, change, house
from tests.given.judging import example


def disproofs(pack: Path) -> list[str]:
    return [str(disproof) for disproof in prove(read_pack(pack))]


def test_a_clause_that_judges_as_it_says_is_proved(tmp_path: Path) -> None:
    assert disproofs(house(tmp_path)) == []


def test_what_is_judged_otherwise_is_named(tmp_path: Path) -> None:
    pack = house(tmp_path)
    change(pack / "tone.yaml", "[idiot, liar]", "[friend]")
    assert disproofs(pack) == [
        "house/tone: must_hold 'an insult' was not found",
        "house/tone: must_pass 'a kindness' was found: The post says “friend”.",
    ]


def test_an_example_below_the_threshold_is_not_found(tmp_path: Path) -> None:
    pack = house(tmp_path)
    change(pack / "tone.yaml", "[idiot, liar]}", "[idiot], confidence: 0.4}")
    assert disproofs(pack) == ["house/tone: must_hold 'an insult' was not found"]


@pytest.mark.parametrize(
    "settings", ["{status: shadow}", "{action: note}", "{status: off}", "{phrases: [fool]}"]
)
def test_local_settings_that_leave_the_examples_right_are_proved(tmp_path: Path, settings: str) -> None:
    pack = read_pack(house(tmp_path))
    (tmp_path / "list.yaml").write_text(PROFILE + f"clauses: {{tone: {settings}, other: {{status: off}}}}\n")
    assert prove(pack, read_profile(tmp_path / "list.yaml")) == ()


def test_a_list_may_ask_for_more_certainty_than_the_clause_does(tmp_path: Path) -> None:
    pack = house(tmp_path)
    change(pack / "tone.yaml", "[idiot, liar]}", "[idiot, liar], confidence: 0.7}")
    (tmp_path / "list.yaml").write_text(PROFILE + "clauses: {tone: {threshold: 0.9}}\n")
    assert prove(read_pack(pack), read_profile(tmp_path / "list.yaml")) == ()


def test_local_phrases_that_hold_the_innocent_are_disproved(tmp_path: Path) -> None:
    pack = read_pack(house(tmp_path))
    (tmp_path / "list.yaml").write_text(PROFILE + "clauses: {tone: {phrases: [friend]}}\n")
    found = prove(pack, read_profile(tmp_path / "list.yaml"))
    assert [disproof.example for disproof in found] == ["a kindness"]


def test_examples_beside_the_clause_find_their_files(tmp_path: Path) -> None:
    pack = house(tmp_path)
    (pack / "examples" / "rude.eml").write_text("From: a@b.example\n\nYou liar.\n")
    (pack / "examples" / "tone.yaml").write_text("must_hold:\n  - {name: a file, message: rude.eml}\n")
    assert disproofs(pack) == []


def test_an_example_becomes_the_same_proper_message_each_time() -> None:
    parts = {
        "html": "<p>Grüße</p>",
        "subject": "Größe der Kammer",
        "from": "Jörg Maß <j@example.org>",
        "attach": [{"name": "Maße.txt", "type": "text/plain", "text": "5 mm"}],
    }
    post = example("Grüße\nx", **parts)
    assert post == example("Grüße\nx", **parts)
    octets = post.message.octets
    assert octets.isascii()
    assert octets.count(b"\n") == octets.count(b"\r\n")
    assert octets.endswith(b"\r\n")
    reading = read(octets)
    assert (reading.doubts, reading.scan.ambiguities) == ((), ())
    assert (reading.subject, reading.authors[0].display) == ("Größe der Kammer", "Jörg Maß")
    assert reading.attachments[0].name == "Maße.txt"
    assert post.message.envelope.reverse_path == b"j@example.org"


def test_an_attachment_may_be_given_in_base64() -> None:
    octets = b"%PDF-1.4\n"
    item = {"name": "a.pdf", "type": "application/pdf", "base64": base64.b64encode(octets).decode()}
    reading = read(example("See", attach=[item]).message.octets)
    assert [(attachment.size, attachment.declared) for attachment in reading.attachments] == [
        (len(octets), "application/pdf")
    ]


def test_lint_asks_for_enough_examples_and_a_question(tmp_path: Path) -> None:
    pack = house(tmp_path)
    change(pack / "tone.yaml", "unkindly?", "unkindly.")
    assert lint(read_pack(pack)) == (
        "house/tone: 1 must_hold examples; write at least 8",
        "house/tone: 1 must_pass examples; write at least 8",
        "house/tone: 'ask' is no question",
    )


@pytest.mark.parametrize("name", ["hygiene", "civil", "ipem"])
def test_a_shipped_pack_proves_itself_and_passes_lint(name: str) -> None:
    pack = read_pack(SHIPPED / name)
    assert [str(disproof) for disproof in prove(pack)] == []
    assert lint(pack) == ()
