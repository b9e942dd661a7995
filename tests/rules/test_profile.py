"""What a list file may say, and how a wrong one is refused."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.errors import RulesError, Unreadable
from rules.profile import Mode, Nonmembers, Profile, read_profile
from tests.given.documents import picture

GOOD = """\
list: Physics@lists.example.org   # the posting address
moderators:
  - mo@example.org
  - {address: kit@example.org, name: Kit, user: kit}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "list.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> str:
    with pytest.raises(Unreadable) as caught:
        read_profile(written(folder, text))
    return str(caught.value).removeprefix(f"{folder}/")


def outcome(path: Path) -> str:
    """The list's address, or the error as people see it."""
    try:
        return read_profile(path).address
    except RulesError as error:
        return str(error)


def test_a_list_file_with_only_its_address_has_the_usual_settings(tmp_path: Path) -> None:
    profile = read_profile(written(tmp_path, "list: physics@lists.example.org\n"))
    assert profile == Profile(list="physics@lists.example.org")
    assert profile.packs == ("hygiene", "civil")
    assert profile.nonmembers is Nonmembers.PASS
    assert (profile.name, profile.domain, profile.mode) == ("physics", "lists.example.org", None)


def test_moderators_are_addresses_or_people(tmp_path: Path) -> None:
    profile = read_profile(written(tmp_path, GOOD + "mode: enforce\n"))
    assert [person.address for person in profile.moderators] == ["mo@example.org", "kit@example.org"]
    assert profile.moderators[1].user == "kit"
    assert profile.mode is Mode.ENFORCE


def test_members_and_logo_are_read_from_their_files(tmp_path: Path) -> None:
    (tmp_path / "members.txt").write_text("# ours\nAnn <ann@example.org>\nben@example.org  # new\n\n")
    (tmp_path / "logo.png").write_bytes(picture())
    text = GOOD + "members: members.txt\nnonmembers: hold\norganisation: {names: [IPEM], logo: logo.png}\n"
    profile = read_profile(written(tmp_path, text))
    assert profile.members == ("ann@example.org", "ben@example.org")
    assert profile.member_names == ("Ann",)
    assert profile.organisation.logo is not None
    assert base64.b64decode(profile.organisation.logo.octets) == picture()


@pytest.mark.parametrize("octets", [b"", b"PNG", picture()[:60], picture(size=(8, 8)), b"<svg/>"])
def test_a_logo_that_is_no_picture_is_an_error_with_its_line(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "logo.png").write_bytes(octets)
    said = outcome(written(tmp_path, GOOD + "organisation:\n  names: [IPEM]\n  logo: logo.png\n"))
    assert said.startswith(f"{tmp_path / 'list.yaml'}:7: 'logo' names logo.png, which is no picture")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("purpose: x\n", "list.yaml:1: key 'list' is missing"),
        ("list: nowhere\n", "list.yaml:1: 'list' should be an address, such as"),
        (GOOD + "moderator: x\n", "list.yaml:5: unknown key 'moderator'"),
        (GOOD + "list: again@example.org\n", "list.yaml:5: key 'list' given twice"),
        (GOOD + "timezone: Mars/Olympus\n", "list.yaml:5: 'timezone' should be a time zone"),
        (GOOD + "next_hop: mail.example.org:25\n", "list.yaml:5: 'next_hop' should be smtp://HOST:PORT"),
        (GOOD + "next_hop: smtp://h:99999\n", "list.yaml:5: 'next_hop' should be"),
        (GOOD + "trusted_networks:\n  - 192.0.2.0/24\n  - here\n", "list.yaml:7: 'trusted_networks' should"),
        (GOOD + "purpose: 2019\n", "list.yaml:5: 'purpose' should be text; put quotes around it"),
        (GOOD + "purpose: true\n", "list.yaml:5: 'purpose' should be text; put quotes around it"),
        (GOOD + "mode: maybe\n", "list.yaml:5: 'mode': should be 'shadow' or 'enforce'"),
        (GOOD + "nonmembers: hold\n", "list.yaml:1: 'nonmembers: hold' needs 'members'"),
        (GOOD + "members: none.txt\n", "none.txt: cannot be read (No such file or directory)"),
        (GOOD + "clauses: {tone: {threshold: 3}}\n", "list.yaml:5: 'threshold': should be less than"),
        (
            GOOD + "clauses: {tone: {status: of}}\n",
            "list.yaml:5: 'status': should be 'live', 'shadow' or 'off'",
        ),
        (GOOD + "clauses: {tone: {phrases: ['*']}}\n", "list.yaml:5: 'phrases' holds '*', in which there"),
        (GOOD + "aliases: &a [x@y.example]\n", "list.yaml:5: anchors, aliases and tags"),
        ("list: [\n", "list.yaml:2: is not YAML"),
        ("- a\n", "list.yaml:1: this file should hold keys with values"),
        ("", "list.yaml:1: is empty"),
        ("list: a\x07b\n", "list.yaml:1: holds a control character"),
    ],
)
def test_a_wrong_list_file_is_refused_with_file_and_line(tmp_path: Path, text: str, sentence: str) -> None:
    assert refused(tmp_path, text).startswith(sentence)


def test_yes_no_and_dates_are_text(tmp_path: Path) -> None:
    profile = read_profile(written(tmp_path, GOOD + "organisation: {names: [yes, no, 2019-01-01, 010]}\n"))
    assert profile.organisation.names == ("yes", "no", "2019-01-01", "010")


def test_a_list_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be read"):
        read_profile(tmp_path / "none.yaml")


@given(st.binary(max_size=300))
def test_any_bytes_as_a_list_file_give_a_profile_or_a_located_error(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "list.yaml"
    path.write_bytes(octets)
    assert outcome(path).startswith((str(path), "a@b.example"))


YAMLISH = st.text(alphabet="list:ab@. \n-[]{}#&*!|>'\"%\t\\?,01<~=", max_size=80)


@given(YAMLISH)
def test_anything_like_yaml_gives_a_profile_or_a_located_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "list.yaml"
    path.write_text("list: a@b.example\n" + text)
    assert outcome(path).startswith((f"{path}:", "a@b.example"))
