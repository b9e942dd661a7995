"""Messages are found where people keep them, and read as they would have been sent."""

from pathlib import Path

import pytest

from cli.posts.archive import NoMessages, post, posts
from cli.posts.submitted import as_submitted
from rules.profile import Profile

ONE = b"From: a@example.org\n\nfirst\n"
TWO = b"From: b@example.org\n\nsecond\n>From here on\n"


def test_a_file_with_lf_alone_is_read_with_crlf(tmp_path: Path):
    (tmp_path / "a.eml").write_bytes(ONE)
    assert post(tmp_path / "a.eml").octets == b"From: a@example.org\r\n\r\nfirst\r\n"


def test_mixed_line_ends_are_left_for_judging_to_see(tmp_path: Path):
    (tmp_path / "a.eml").write_bytes(b"From: a@example.org\r\n\nfirst\r\n")
    assert post(tmp_path / "a.eml").octets == b"From: a@example.org\r\n\nfirst\r\n"


def test_messages_of_a_mailbox_are_numbered_from_one(tmp_path: Path):
    (tmp_path / "box").write_bytes(b"From a@b Thu\n" + ONE + b"\nFrom b@b Fri\n" + TWO + b"\n")
    found = list(posts(tmp_path / "box"))
    assert [one.name for one in found] == [f"{tmp_path}/box#1", f"{tmp_path}/box#2"]
    assert found[0].octets == b"From: a@example.org\r\n\r\nfirst\r\n"
    assert found[1].octets.endswith(b"second\r\nFrom here on\r\n")


def test_from_inside_a_paragraph_begins_no_message(tmp_path: Path):
    (tmp_path / "box").write_bytes(b"From a@b Thu\nSubject: x\n\nwords\nFrom the start\n")
    assert len(list(posts(tmp_path / "box"))) == 1


def test_a_maildir_gives_what_is_in_cur_and_new(tmp_path: Path):
    for folder, name in (("cur", "2:2,S"), ("new", "1"), ("tmp", "3")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(ONE)
    assert [Path(one.name).name for one in posts(tmp_path)] == ["2:2,S", "1"]


def test_a_folder_gives_its_eml_files_at_any_depth(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    for name in ("b.eml", "deep/a.eml", "notes.txt"):
        (tmp_path / name).write_bytes(ONE)
    assert [one.name for one in posts(tmp_path)] == [f"{tmp_path}/b.eml", f"{tmp_path}/deep/a.eml"]


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_path_without_messages_is_said_to_be_one(tmp_path: Path, name: str):
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoMessages, match=name):
        list(posts(tmp_path / name))


def test_an_empty_file_is_a_message(tmp_path: Path):
    (tmp_path / "a.eml").touch()
    assert post(tmp_path / "a.eml").octets == b""


def test_a_path_that_no_file_can_have_is_an_error_and_no_traceback(tmp_path: Path):
    with pytest.raises(NoMessages, match="too long"):
        list(posts(tmp_path / ("x" * 300)))


SCRUBBED = (
    b"From: a@b.example\r\nSubject: x\r\n\r\nSee the picture.\r\n"
    b"-------------- next part --------------\r\nA non-text attachment was scrubbed...\r\n"
    b"Name: beam.png\r\nType: image/png\r\nSize: 12 bytes\r\nDesc: not available\r\nURL: <http://lists.example/1.png>\r\n"
    b"-------------- next part --------------\r\nThe notes, as text.\r\n"
)


def test_what_an_archive_put_in_the_place_of_parts_is_no_word_of_the_author() -> None:
    left = as_submitted(SCRUBBED, Profile(list="physics@lists.example"))
    assert left.endswith(b"\r\n\r\nSee the picture.\r\nThe notes, as text.\r\n")
