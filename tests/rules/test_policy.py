"""What is in force on a list, and that its canonical form says all of it."""

from pathlib import Path

import pytest

from rules.errors import Unreadable
from rules.files.force import ClauseAction, ClauseStatus
from rules.policy import Policy, load_policy
from rules.verdict import Action
from tests.given.documents import picture
from tests.given.house import PROFILE, change, house
from tests.given.judging import clause, example, judged, policy


def listed(folder: Path, more: str = "") -> Path:
    house(folder)
    path = folder / "list.yaml"
    path.write_text(PROFILE + more)
    return path


def test_local_settings_replace_what_the_clause_says(tmp_path: Path) -> None:
    more = "clauses:\n  tone: {status: shadow, action: reject, threshold: 0.9, expiry: 14}\n"
    tone = load_policy(listed(tmp_path, more)).clauses[0]
    assert (tone.status, tone.action) == (ClauseStatus.SHADOW, ClauseAction.REJECT)
    assert (tone.threshold, tone.expiry, tone.name) == (0.9, 14, "house/tone")


def test_settings_by_pack_and_clause_count_too(tmp_path: Path) -> None:
    loaded = load_policy(listed(tmp_path, "clauses: {house/tone: {action: note}}\n"))
    assert loaded.clauses[0].action is ClauseAction.NOTE


def test_the_lists_own_phrases_find_the_clause(tmp_path: Path) -> None:
    loaded = load_policy(listed(tmp_path, "clauses: {tone: {phrases: [numpty]}}\n"))
    assert judged(loaded, example("What a numpty.")).clauses == ("tone",)
    assert judged(loaded, example("You liar.")).clauses == ("tone",)


def test_a_clause_that_is_off_is_kept_but_not_examined(tmp_path: Path) -> None:
    loaded = load_policy(listed(tmp_path, "clauses: {tone: {status: off}}\n"))
    assert [each.status for each in loaded.clauses] == [ClauseStatus.OFF]
    assert judged(loaded, example("You liar.")).findings == ()


def test_settings_of_an_unknown_clause_are_located_in_the_list_file(tmp_path: Path) -> None:
    path = listed(tmp_path, "clauses:\n  tone: {status: live}\n  tune: {status: off}\n")
    with pytest.raises(Unreadable) as caught:
        load_policy(path)
    sentence = f"{path}:5: no clause 'tune' in the list's packs; there are house/tone"
    assert str(caught.value) == sentence


def test_an_unknown_pack_is_located_in_the_list_file(tmp_path: Path) -> None:
    path = listed(tmp_path)
    change(path, "[./house]", "\n  - ./house\n  - hause")
    with pytest.raises(Unreadable, match=r"list.yaml:4: no pack 'hause' \(looked at"):
        load_policy(path)


def test_a_pack_named_twice_is_refused(tmp_path: Path) -> None:
    path = listed(tmp_path)
    change(path, "[./house]", "[./house, house]")
    with pytest.raises(Unreadable, match=r"list.yaml:2: names the same pack twice"):
        load_policy(path)


def test_canonical_data_rebuilds_an_equal_policy_without_files(tmp_path: Path) -> None:
    (tmp_path / "members").write_text("ann@example.org\n")
    (tmp_path / "logo.png").write_bytes(picture())
    more = (
        "members: members\norganisation: {logo: logo.png, names: [É]}\nclauses: {tone: {phrases: [numpty]}}\n"
    )
    loaded = load_policy(listed(tmp_path, more))
    again = Policy.from_canonical(loaded.canonical())
    assert again == loaded
    assert (again.profile, again.clauses, again.digest) == (loaded.profile, loaded.clauses, loaded.digest)
    assert Policy.of(again.profile, again.clauses).canonical() == loaded.canonical()
    assert judged(again, example("What a numpty.")) == judged(loaded, example("What a numpty."))


def test_the_digest_is_of_what_is_in_force_and_not_of_examples(tmp_path: Path) -> None:
    path = listed(tmp_path)
    before = load_policy(path).digest
    change(tmp_path / "house" / "tone.yaml", "text: You friend.", "text: You good friend.")
    assert load_policy(path).digest == before
    change(tmp_path / "house" / "tone.yaml", "[idiot, liar]", "[idiot, liar, fool]")
    assert load_policy(path).digest != before


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[" * 5000, b'{"format": 2}'])
def test_data_that_is_no_policy_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match="a published policy: cannot be read by this version"):
        Policy.from_canonical(data)


def test_lists_with_the_same_packs_share_the_large_matcher() -> None:
    words = clause({"any_of": [{"phrase": ["idiot"]}, {"mentions": "staff"}]})
    one = policy(words)
    other = policy(words, purpose="another list")
    assert one.compiled.matchers[0] is other.compiled.matchers[0]


def test_a_clause_is_nominated_by_its_rarest_words_only() -> None:
    both = clause({"all_of": [{"phrase": ["liar", "idiot"]}, {"phrase": ["office"]}]})
    free = clause({"all_of": [{"none_of": [{"phrase": ["office"]}]}, {"fact": "automatic"}]}, clause="free")
    compiled = policy(both, free).compiled
    assert compiled.nominated_by == {"office": (0,)}
    assert compiled.always == (1,)


def test_actions_reach_the_verdict() -> None:
    for word, action in (("note", Action.NOTE), ("reject", Action.REJECT), ("discard", Action.DISCARD)):
        by = policy(clause({"phrase": ["idiot"]}, action=word))
        assert judged(by, example("You idiot.")).action is action
