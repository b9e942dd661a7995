"""`gatepost rules check` judges files without a store, in the form that other programs rely on."""

import json
from pathlib import Path

from tests.cli.given import LIST_FILE, POST, House
from tests.given.documents import docx, patient, pdf, post


def _list_file(house: House) -> str:
    house.pack()
    return str(house.write("physics.yaml", LIST_FILE))


def _post(house: House, name: str, octets: bytes = POST) -> str:
    path = house.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(octets)
    return str(path)


def test_a_verdict_is_one_line_of_json(house: House):
    path = _post(house, "a.eml")
    said = house.gatepost("rules", "check", path, "--list-file", _list_file(house), "--json")
    line = json.loads(said.out)
    assert list(line) == ["file", "action", "findings", "policy", "ms"]
    assert (line["file"], line["action"], said.code) == (path, "hold", 0)
    (found,) = line["findings"]
    assert list(found) == ["clause", "pack", "action", "status", "confidence", "says", "quotes"]
    assert (found["clause"], found["pack"], found["action"], found["status"]) == (
        "conduct",
        "house",
        "hold",
        "live",
    )
    quote = found["quotes"][0]
    assert quote == {"zone": "own", "text": "Nobody makes better", "start": 0, "end": 19}


def test_people_read_a_story_with_the_question(house: House):
    said = house.gatepost("rules", "check", _post(house, "a.eml"), "--list-file", _list_file(house))
    assert "house/conduct" in said.out
    assert "Nobody makes better" in said.out


def test_the_other_files_are_judged_before_a_missing_path_is_an_error(house: House):
    good = _post(house, "a.eml", POST.replace(b"\r\n", b"\n"))
    missing = str(house.folder / "gone.eml")
    said = house.gatepost("rules", "check", missing, good, "--list-file", _list_file(house), "--json")
    assert said.code == 2
    assert json.loads(said.out)["action"] == "hold"
    assert "gone.eml" in said.err
    assert said.err.count("\n") == 1


def test_a_folder_without_messages_is_an_error(house: House):
    (house.folder / "empty").mkdir()
    said = house.gatepost("rules", "check", str(house.folder / "empty"), "--list-file", _list_file(house))
    assert (said.out, said.code) == ("", 2)


def test_a_bad_policy_is_one_sentence_with_its_line(house: House):
    path = house.write("bad.yaml", "list: a@example.org\npurpos: x\n")
    said = house.gatepost("rules", "check", _post(house, "a.eml"), "--list-file", str(path), "--json")
    assert (said.out, said.code) == ("", 2)
    assert "bad.yaml:2" in said.err


def test_any_octets_are_a_message(house: House):
    _post(house, "in/a.eml", b"\xff\x00\r\r\n")
    _post(house, "in/b.eml", b"")
    _post(house, "in/c.eml", bytes(range(256)) * 40)
    said = house.gatepost(
        "rules", "check", str(house.folder / "in"), "--list-file", _list_file(house), "--json"
    )
    assert said.code == 0
    assert len(said.out.splitlines()) == 3


def test_shadow_findings_are_listed_and_change_nothing(house: House):
    house.pack()
    file = house.write("physics.yaml", LIST_FILE + "clauses: {conduct: {status: shadow}}\n")
    said = house.gatepost("rules", "check", _post(house, "a.eml"), "--list-file", str(file), "--json")
    line = json.loads(said.out)
    assert line["action"] == "pass"
    assert line["findings"][0]["status"] == "shadow"


def test_what_a_list_adds_is_ignored_in_its_archive(house: House):
    footer = b"_" * 47 + b"\r\nphysics mailing list\r\nBest in class archive: physics@lists.example.org\r\n"
    plain = POST.replace(b"Nobody makes better", b"We compared three")
    path = _post(
        house, "a.eml", b"List-Id: <physics.lists.example.org>\r\nPrecedence: list\r\n" + plain + footer
    )
    words = ("rules", "check", path, "--list-file", _list_file(house), "--json")
    assert json.loads(house.gatepost(*words).out)["action"] == "hold"
    assert json.loads(house.gatepost(*words, "--archive").out)["action"] == "pass"


def _labels(house: House, folder: Path) -> str:
    rows = ["file\texpect\tclauses\tdifficulty\tnote"]
    rows += ["0001-a.eml\thold\tconduct\tplain\tpraise", "0002-b.eml\thold\tconduct\thard\tmissed"]
    rows += ["0003-c.eml\thold\tconduct\tplain\tsealed", "0004-d.eml\tpass\t\tplain\tfine"]
    (folder / "0001-a.eml").write_bytes(POST)
    (folder / "0002-b.eml").write_bytes(POST.replace(b"Nobody makes better", b"I like their"))
    (folder / "0004-d.eml").write_bytes(POST)
    return str(house.write("labels.tsv", "\n".join(rows) + "\n"))


def test_a_score_counts_what_was_caught_missed_and_falsely_held(house: House):
    labels = _labels(house, house.folder)
    words = ("rules", "score", "--labels", labels, str(house.folder), "--list-file", _list_file(house))
    figures = json.loads(house.gatepost(*words, "--json").out)
    assert (
        figures["posts"],
        figures["all"]["caught"],
        figures["all"]["missed"],
        figures["all"]["false"],
    ) == (
        3,
        1,
        1,
        1,
    )
    assert figures["clauses"]["conduct"]["precision"]["value"] == 0.5
    assert [one["file"] for one in figures["misses"]] == ["0002-b.eml"]
    assert [one["file"] for one in figures["false_holds"]] == ["0004-d.eml"]
    assert "0002-b.eml (hard)" in house.gatepost(*words).out


def test_the_sealed_third_is_opened_on_request_only(house: House):
    labels = _labels(house, house.folder)
    words = ("rules", "score", "--labels", labels, str(house.folder), "--list-file", _list_file(house))
    said = house.gatepost(*words)
    assert (said.code, said.err) == (0, "1 sealed files are left out; --sealed judges them too\n")
    said = house.gatepost(*words, "--sealed")
    assert said.code == 2
    assert "0003-c.eml" in said.err


def test_a_label_that_the_policy_does_not_have_is_said(house: House):
    labels = Path(_labels(house, house.folder))
    labels.write_text(labels.read_text().replace("conduct\thard", "condukt\thard"))
    said = house.gatepost(
        "rules", "score", "--labels", str(labels), str(house.folder), "--list-file", _list_file(house)
    )
    assert "The labels name condukt, which the list file's policy does not have" in said.err


def test_a_file_that_cannot_be_read_is_named_and_the_next_message_is_judged(house: House):
    damaged = _post(house, "a.eml", post(("form.docx", docx("x")[:150]), text="The form is attached."))
    good = _post(house, "b.eml", post(("form.pdf", pdf("Nobody makes better chambers."))))
    said = house.gatepost("rules", "check", damaged, good, "--list-file", _list_file(house), "--json")
    first, second = map(json.loads, said.out.splitlines())
    assert (first["action"], second["action"], said.code) == ("hold", "pass", 0)
    (found,) = first["findings"]
    assert (found["pack"], found["clause"]) == ("hygiene", "unreadable")
    assert "The attachment form.docx is damaged" in found["says"]


def test_what_a_file_says_is_shown_as_a_zone(house: House):
    path = _post(house, "a.eml", post(("form.pdf", pdf("Jo is away.")), ("b.dcm", patient("SMITH^JOHN"))))
    said = house.gatepost("rules", "explain", path, "--list-file", _list_file(house))
    assert "Text of attachment 1" in said.out
    assert "Jo is away." in said.out
    assert "octets; patient)" in said.out
