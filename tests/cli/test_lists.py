"""Lists are added, changed and removed by their files, and nothing unproved comes into force."""

import json
import re

import pytest

from cli.person import login
from tests.cli.given import CLAUSE, LIST, LIST_FILE, MO, POST, House
from tests.given.documents import picture


def test_a_new_list_starts_in_shadow_and_keeps_its_file(house: House):
    copy = house.serves()
    said = house.gatepost("lists", "list", "--json")
    line = json.loads(said.out)
    assert (line["list"], line["version"], line["mode"]) == (LIST, 1, "shadow")
    assert "# as the owner says it" in copy.read_text()
    assert "shadow" in copy.read_text()


def test_a_file_that_says_enforce_is_enforced(house: House):
    house.serves("mode: enforce\n")
    assert json.loads(house.gatepost("lists", "show", "physics", "--json").out)["mode"] == "enforce"


def test_without_next_hop_it_cannot_be_served(house: House):
    house.pack()
    file = house.write("physics.yaml", LIST_FILE.replace("next_hop: lmtp://127.0.0.1:9\n", ""))
    said = house.gatepost("lists", "add", str(file))
    assert said.code == 2
    assert "next_hop" in said.err
    assert not (house.folder / "lists" / "physics.yaml").exists()


def test_logo_and_members_go_with_the_file(house: House):
    house.pack()
    (house.folder / "logo.png").write_bytes(picture())
    house.write("members.txt", "a@example.org\nb@example.org\n")
    file = house.write("physics.yaml", LIST_FILE + "organisation: {logo: logo.png}\nmembers: members.txt\n")
    assert house.gatepost("lists", "add", str(file)).code == 0
    (house.folder / "logo.png").unlink()
    (house.folder / "members.txt").unlink()
    assert house.gatepost("lists", "set", "physics", "purpose", "Physics").code == 0
    assert json.loads(house.gatepost("lists", "show", "physics", "--json").out)["members"] == 2


def test_certificates_of_a_next_hop_stay_where_they_are(house: House):
    house.pack()
    pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    house.write("ca.pem", pem)
    hops = "next_hop:\n- {url: 'smtp://far.example:25', tls: required, ca: ca.pem}\n- lmtp://127.0.0.1:9\n"
    file = house.write("physics.yaml", LIST_FILE.replace("next_hop: lmtp://127.0.0.1:9\n", hops))
    assert house.gatepost("lists", "add", str(file)).code == 0
    assert house.gatepost("lists", "set", "physics", "purpose", "Physics").code == 0
    shown = json.loads(house.gatepost("lists", "show", "physics", "--json").out)["next_hop"]
    assert shown == [{"url": "smtp://far.example:25", "tls": "required", "ca": pem}, "lmtp://127.0.0.1:9"]
    assert "smtp://far.example:25, lmtp://127.0.0.1:9" in house.gatepost("lists", "list").out


def test_a_list_is_added_once(house: House):
    house.serves()
    said = house.gatepost("lists", "add", str(house.folder / "physics.yaml"))
    assert said.code == 1
    assert LIST in said.err


def test_an_unknown_list_is_named_with_those_that_are_served(house: House):
    house.serves()
    said = house.gatepost("lists", "show", "chemistry")
    assert said.code == 2
    assert "chemistry" in said.err
    assert LIST in said.err


def test_setting_a_key_keeps_comments_and_publishes(house: House):
    copy = house.serves()
    assert house.gatepost("lists", "set", LIST, "timezone", "Europe/London").code == 0
    assert "timezone: Europe/London" in copy.read_text()
    assert "# The physics list." in copy.read_text()
    assert json.loads(house.gatepost("lists", "show", "physics", "--json").out)["version"] == 2


def test_what_is_wrong_changes_nothing(house: House):
    copy = house.serves()
    before = copy.read_bytes()
    for key, value in (("next_hop", "here"), ("colour", "red"), ("mode.x", "1"), ("list", "b@example.org")):
        said = house.gatepost("lists", "set", "physics", key, value)
        assert said.code == 2, said
        assert said.err.count("\n") == 1
        assert ".draft" not in said.err
    assert copy.read_bytes() == before
    assert sorted(path.name for path in copy.parent.iterdir()) == [".lock", "physics.yaml"]
    assert json.loads(house.gatepost("lists", "show", "physics", "--json").out)["version"] == 1


@pytest.mark.parametrize(
    "words",
    [
        ("lists", "set", "physics", "next_hop", "here"),
        ("lists", "set", "physics", "packs", "[nowhere]"),
        ("lists", "set", "physics", "organisation.logo", "nowhere.png"),
        ("rules", "set", "physics", "conduct.threshold", "7"),
        ("rules", "set", "physics", "conduct.phrases", "[hall 2]"),
    ],
)
def test_what_is_refused_says_that_nothing_was_changed_and_names_no_line_that_is_not_there(
    house: House, words: tuple[str, ...]
):
    copy = house.serves()
    said = house.gatepost(*words)
    assert said.code == 2
    assert "nothing was changed" in said.err
    assert not re.search(rf"{copy}:\d", said.err)


def test_what_the_file_has_wrong_already_is_named_with_its_line(house: House):
    copy = house.serves()
    # Written anew, the two lines of this mapping become one.
    copy.write_text(copy.read_text() + "quotas: {author: 3,\n  list: 4}\ncolour: red\n")
    line = len(copy.read_text().splitlines())
    said = house.gatepost("lists", "set", "physics", "purpose", "Physics")
    assert (said.code, said.out) == (2, "")
    assert f"{copy}:{line}: " in said.err
    assert said.err.endswith("; nothing was changed\n")


def test_a_file_that_cannot_be_added_is_named_and_not_the_copy_that_never_was(house: House):
    house.pack()
    given = house.write("physics.yaml", LIST_FILE + "clauses: {nonesuch: {status: off}}\n")
    said = house.gatepost("lists", "add", str(given))
    assert (said.code, said.out) == (2, "")
    assert str(given) in said.err
    assert "lists/physics.yaml" not in said.err
    assert said.err.endswith("; nothing was changed\n")


def test_a_clause_is_set_enabled_and_disabled(house: House):
    copy = house.serves()
    for words in (("set", "physics", "conduct.threshold", "0.7"), ("disable", "physics", "conduct")):
        assert house.gatepost("rules", *words).code == 0
    assert json.loads(house.gatepost("rules", "list", "physics", "--json").out)["status"] == "off"
    assert house.gatepost("rules", "enable", "physics", "conduct").code == 0
    line = json.loads(house.gatepost("rules", "show", "conduct", "--list", "physics", "--json").out)
    assert (line["status"], line["threshold"]) == ("live", 0.7)
    assert "# as the owner says it" in copy.read_text()
    versions = [
        json.loads(line) for line in house.gatepost("rules", "versions", "physics", "--json").out.splitlines()
    ]
    assert [version["version"] for version in versions] == [4, 3, 2, 1]
    assert versions[0]["reason"] == "clauses.conduct.status set to live"


def test_a_policy_that_does_not_prove_itself_is_refused(house: House):
    copy = house.serves()
    before = copy.read_bytes()
    said = house.gatepost("rules", "set", "physics", "conduct.phrases", "[hall 2]")
    assert said.code == 2
    assert "an invitation" in said.err
    assert copy.read_bytes() == before


def test_a_clause_that_is_not_there_is_refused(house: House):
    house.serves()
    said = house.gatepost("rules", "set", "physics", "condct.action", "hold")
    assert said.code == 2
    assert "condct" in said.err


def test_enforcing_shows_what_the_last_posts_would_have_met(house: House):
    house.serves()
    house.holds(POST)
    said = house.gatepost("lists", "enforce", "physics")
    assert said.code == 2
    assert "Of the last 1 posts" in said.out
    assert "--yes" in said.err
    assert json.loads(house.gatepost("lists", "show", "physics", "--json").out)["mode"] == "shadow"
    assert house.gatepost("lists", "enforce", "physics", "--yes").code == 0
    assert json.loads(house.gatepost("lists", "show", "physics", "--json").out)["mode"] == "enforce"


def test_removing_a_list_asks_what_becomes_of_waiting_posts(house: House):
    house.serves()
    which = house.holds(POST)
    said = house.gatepost("lists", "remove", "physics", "--yes", "--as", MO)
    assert said.code == 2
    assert "--holds" in said.err
    assert house.gatepost("lists", "remove", "physics", "--yes", "--as", MO, "--holds", "reject").code == 0
    assert json.loads(house.gatepost("queue", "show", which, "--json").out)["state"] == "rejected"
    assert house.gatepost("lists", "list", "--json").out == ""


def test_a_list_stays_until_its_released_posts_are_out(house: House):
    house.serves()
    house.holds(POST)
    said = house.gatepost("lists", "remove", "physics", "--yes", "--as", MO, "--holds", "release")
    assert said.code == 1
    assert "on the way" in said.err
    assert house.gatepost("lists", "show", "physics").code == 0


def test_packs_are_proved_and_linted_by_folder(house: House):
    folder = house.pack()
    assert house.gatepost("rules", "prove", str(folder)).code == 0
    said = house.gatepost("rules", "lint", str(folder))
    assert said.code == 2
    assert "house/conduct" in said.out
    (folder / "conduct.yaml").write_text(CLAUSE.replace("Visit us", "Nobody makes better. Visit us"))
    said = house.gatepost("rules", "prove", str(folder), "--json")
    assert said.code == 2
    assert "an invitation" in json.loads(said.out)["problems"][0]


def _with_members(house: House, members: str) -> str:
    house.write("members.txt", members)
    return str(house.write("physics.yaml", LIST_FILE + "members: members.txt\n"))


def test_a_removed_list_that_cannot_be_added_again_keeps_its_files(house: House):
    folder = house.pack()
    assert house.gatepost("lists", "add", _with_members(house, "a@example.org\n")).code == 0
    assert house.gatepost("lists", "remove", "physics", "--yes").code == 0
    before = {path.name: path.read_bytes() for path in (house.folder / "lists").iterdir()}
    (folder / "conduct.yaml").write_text(CLAUSE.replace("Visit us", "Nobody makes better. Visit us"))
    said = house.gatepost("lists", "add", _with_members(house, "b@example.org\nc@example.org\n"))
    assert said.code == 2
    assert before["physics.members.txt"] == b"a@example.org\n"
    assert {path.name: path.read_bytes() for path in (house.folder / "lists").iterdir()} == before


def test_a_removed_list_is_added_again_with_its_new_files(house: House):
    house.pack()
    for members in ("a@example.org\n", "b@example.org\nc@example.org\n"):
        assert house.gatepost("lists", "add", _with_members(house, members)).code == 0
        shown = json.loads(house.gatepost("lists", "show", "physics", "--json").out)
        assert shown["members"] == members.count("@")
        house.gatepost("lists", "remove", "physics", "--yes")


def test_a_file_that_cannot_be_put_beside_the_copy_leaves_none_of_the_others(house: House):
    (house.folder / "lists" / "physics.members.txt").mkdir(parents=True)
    house.pack()
    (house.folder / "logo.png").write_bytes(picture())
    file = house.write("physics.yaml", LIST_FILE + "organisation: {logo: logo.png}\nmembers: members.txt\n")
    house.write("members.txt", "a@example.org\n")
    said = house.gatepost("lists", "add", str(file))
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert [path.name for path in (house.folder / "lists").iterdir()] == ["physics.members.txt"]


def test_the_record_says_who_was_at_the_terminal_where_as_names_another(house: House):
    house.serves()
    assert house.gatepost("lists", "set", "physics", "timezone", "Europe/Paris", "--as", MO).code == 0
    assert house.gatepost("rules", "disable", "physics", "conduct", "--as", "chair@example.org").code == 0
    assert house.gatepost("lists", "remove", "physics", "--yes", "--as", MO).code == 0
    entries = [json.loads(line) for line in house.gatepost("admin", "audit", "--json").out.splitlines()]
    assert [entry["by"] for entry in entries] == [
        login(),
        f"{MO} (login {login()})",
        f"chair@example.org (login {login()})",
        f"{MO} (login {login()})",
    ]


def test_a_login_that_names_its_own_address_is_recorded_by_it_alone(house: House):
    house.serves()
    people = f"[{{address: {MO}, user: {login()}}}]"
    assert house.gatepost("lists", "set", "physics", "moderators", people).code == 0
    assert house.gatepost("lists", "set", "physics", "timezone", "Europe/Paris", "--as", MO.upper()).code == 0
    assert house.gatepost("lists", "set", "physics", "timezone", "Europe/London").code == 0
    entries = [json.loads(line) for line in house.gatepost("admin", "audit", "--json").out.splitlines()]
    assert [entry["by"] for entry in entries[1:]] == [MO, MO, MO]
