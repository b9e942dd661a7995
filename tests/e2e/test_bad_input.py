"""What is wrong is said in one sentence (what, where, what to do) with exit code 1 or 2, and nothing is lost."""

import copy
import re
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.given.client import post, submit
from tests.given.gatepost import COMMAND, HOUSE, LIST, LIST_FILE, MODERATOR
from tests.given.near import Near

NOBODY = "smtp://127.0.0.1:1"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Near:
    return Near(tmp_path_factory.mktemp("gatepost"), NOBODY)


@pytest.fixture
def near(made_once: Near, tmp_path: Path) -> Near:
    """An installation that nobody serves."""
    shutil.copytree(made_once.folder, tmp_path, dirs_exist_ok=True)
    near = copy.copy(made_once)
    near.folder, near.config, near.log = tmp_path, tmp_path / "gatepost.toml", tmp_path / "journal.log"
    return near


def sentence(done: subprocess.CompletedProcess[str], code: int) -> str:
    """The one line on standard error."""
    assert done.returncode == code, (done.stdout, done.stderr)
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "Traceback" not in line
    assert len(line) < 400
    return line


def served(near: Near) -> subprocess.CompletedProcess[str]:
    """`serve`, which has to end by itself, in a process of its own."""
    return subprocess.run(
        [*COMMAND, "--config", str(near.config), "serve"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# Settings


@pytest.mark.parametrize("words", [("queue", "list"), ("serve",), ("admin", "verify"), ("lists", "list")])
def test_an_unknown_key_is_named_with_its_file(near: Near, words: tuple[str, ...]) -> None:
    near.config.write_text('[smtp]\nlisten = "127.0.0.1:0"\nlissten = 1\n', encoding="utf-8")
    said = sentence(near.attempt(*words), 2)
    assert str(near.config) in said
    assert "smtp.lissten" in said


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("undo_seconds = -1\n", "undo_seconds"),
        ('[smtp]\nlisten = "nowhere"\n', "smtp.listen"),
        ('[submission]\nurl = "http://x"\n', "submission.url"),
        ("= 1\n", "line 1"),
        ("undo_seconds = 'x\n", "cannot be read"),
        ('[store]\nurl = "mysql://x"\n', "mysql"),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_its_file(near: Near, text: str, part: str) -> None:
    near.config.write_text(text, encoding="utf-8")
    assert part in sentence(near.attempt("queue", "list"), 2)


def test_settings_of_any_bytes_are_no_traceback(near: Near) -> None:
    near.config.write_bytes(b"\xff\xfe\0[smtp]")
    assert str(near.config) in sentence(near.attempt("queue", "list"), 2)


def test_a_settings_file_that_is_not_there_is_named(near: Near) -> None:
    near.config.unlink()
    assert "gatepost init" in sentence(near.attempt("queue", "list"), 2)


def test_init_overwrites_nothing(near: Near) -> None:
    before = near.config.read_bytes()
    assert str(near.config) in sentence(near.attempt("init", str(near.folder)), 1)
    assert near.config.read_bytes() == before


# List files and policies

_GOOD = LIST_FILE.format(list="biology@lists.example", hop=NOBODY, moderator=MODERATOR, packs=HOUSE)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (_GOOD.replace(f"next_hop: {NOBODY}\n", ""), "next_hop"),
        (_GOOD.replace("moderators:", "moderatros:"), "moderatros"),
        (_GOOD.replace("moderators:", "list: again@lists.example\nmoderators:"), "list"),
        (_GOOD.replace(HOUSE, "nowhere"), "nowhere"),
        (_GOOD.replace("mode: enforce", "mode: sometimes"), "mode"),
        (_GOOD + "clauses: {nonsense: {action: hold}}\n", "nonsense"),
        ("list: [\n", "line"),
        ("\x00\xff", "biology.yaml"),
        ("", "biology.yaml"),
        ("- a list\n- of words\n", "biology.yaml"),
    ],
)
def test_a_wrong_list_file_is_refused_with_its_place(near: Near, text: str, part: str) -> None:
    file = near.folder / "biology.yaml"
    file.write_text(text, encoding="latin-1")
    check = ("rules", "check", str(HOUSE), "--list-file", str(file))
    for words in (("lists", "add", str(file)), *((check,) if part != "next_hop" else ())):
        said = sentence(near.attempt(*words), 2)
        assert "biology.yaml" in said
        assert part in said or re.search(r"yaml:\d+: ", said)
    assert not (near.folder / "lists" / "biology.yaml").exists()
    assert [one["list"] for one in near.lines("lists", "list")] == [LIST]


def test_a_clause_that_does_not_prove_itself_cannot_be_served(near: Near) -> None:
    pack = near.folder / "pack"
    pack.mkdir()
    for file in Path(HOUSE).iterdir():
        text = file.read_text(encoding="utf-8").replace("vote for the", "vote against the", 1)
        (pack / file.name).write_text(text.replace("profile: ../../../../", f"profile: {Path.cwd()}/"))
    file = near.folder / "biology.yaml"
    file.write_text(_GOOD.replace(HOUSE, "./pack"), encoding="utf-8")
    done = near.attempt("lists", "add", str(file))
    assert done.returncode == 2
    assert "house/party: must_hold 'asks for votes' was not found" in done.stderr
    assert "Traceback" not in done.stderr
    assert [one["list"] for one in near.lines("lists", "list")] == [LIST]


@pytest.mark.parametrize("words", [("lists", "add"), ("rules", "check", "x.eml", "--list-file")])
def test_a_file_that_is_not_there_is_named(near: Near, words: tuple[str, ...]) -> None:
    missing = str(near.folder / "missing.yaml")
    assert missing in sentence(near.attempt(*words, missing), 2)


def test_a_path_without_messages_is_named_and_the_others_are_judged(near: Near) -> None:
    good, list_file = near.folder / "good.eml", near.folder / "physics.yaml"
    good.write_bytes(post("Hello"))
    done = near.attempt("rules", "check", str(good), "missing.eml", "--list-file", str(list_file), "--json")
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1
    assert "missing.eml" in done.stderr


# Ids, lists, people


@pytest.mark.parametrize(
    "words",
    [
        ("queue", "show", "zzzzzz"),
        ("queue", "show", "z"),
        ("queue", "show", "../../etc/passwd"),
        ("queue", "history", "%"),
        ("queue", "release", "zzzzzz", "--yes"),
        ("queue", "reject", "zzzzzz", "--reason", "because"),
        ("queue", "undo", "zzzzzz"),
        ("queue", "note", "zzzzzz", "text"),
        ("lists", "show", "nowhere"),
        ("rules", "versions", "nowhere"),
        ("rules", "disable", "nowhere", "party"),
        ("lists", "remove", "nowhere", "--yes", "--holds", "keep"),
        ("lists", "enforce", "nowhere", "--yes"),
    ],
    ids=" ".join,
)
def test_a_wrong_id_or_list_is_said_to_be_wrong(near: Near, words: tuple[str, ...]) -> None:
    said = sentence(near.attempt(*words, *(("--as", MODERATOR) if words[1] not in _READ else ())), 2)
    assert words[2] in said


_READ = ("show", "history", "versions")


def test_usage_that_is_wrong_leaves_with_two(near: Near) -> None:
    for words in (("queue", "shwo"), ("queue", "show"), ("rules", "set", "physics"), ("nonsense",)):
        done = near.attempt(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr


# The store


def test_a_store_that_is_not_a_database_is_named(near: Near) -> None:
    store = near.folder / "gatepost.db"
    for file in near.folder.glob("gatepost.db-*"):
        file.unlink()
    store.write_bytes(b"This is not a database, it is a shopping list.\n" * 100)
    before = store.read_bytes()
    for done in (near.attempt("queue", "list"), served(near)):
        assert str(store) in sentence(done, 1)
    assert store.read_bytes() == before


def test_a_store_of_a_newer_version_is_left_alone(near: Near) -> None:
    store = near.folder / "gatepost.db"
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'later'")
    for done in (near.attempt("queue", "list"), served(near)):
        said = sentence(done, 2)
        assert str(store) in said
        assert "newer" in said


def test_a_store_that_is_not_there_is_named(near: Near) -> None:
    for file in near.folder.glob("gatepost.db*"):
        file.unlink()
    assert "gatepost.db" in sentence(near.attempt("queue", "list"), 1)


def test_a_store_in_a_folder_that_cannot_be_is_named(near: Near) -> None:
    near.config.write_text('[store]\nurl = "sqlite:///no/such/folder/gatepost.db"\n', encoding="utf-8")
    assert "no/such/folder" in sentence(served(near), 1)


def test_a_locked_store_is_named_and_the_decision_can_be_made_again(near: Near) -> None:
    store = near.folder / "gatepost.db"
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        words = ("rules", "disable", "physics", "party", "--as", MODERATOR)
        said = sentence(near.attempt(*words), 1)
        assert str(store) in said
        assert "locked" in said
        other.execute("ROLLBACK")
    assert near.run(*words)


# Ports and next hops


@pytest.mark.parametrize("key", ["smtp.listen", "lmtp.listen", "http.listen"])
def test_a_port_in_use_is_named_with_its_key(near: Near, key: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        settings = {"smtp": "127.0.0.1:0"} | {key.partition(".")[0]: address}
        sections = (f'[{name}]\nlisten = "{value}"\n' for name, value in settings.items())
        near.config.write_text("".join(sections), encoding="utf-8")
        said = sentence(served(near), 1)
    assert address in said
    assert key in said


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Near]:
    """A gateway whose next hop is down."""
    with Near(tmp_path, NOBODY) as gatepost:
        yield gatepost


def test_a_next_hop_that_is_down_loses_nothing_and_is_said(running: Near) -> None:
    code, text = submit(running.smtp, post("A question."))
    assert (code, text[:5]) == (451, "4.4.1")
    _, text = submit(running.smtp, post("Please vote for the Blue Party."))
    hold = text.split()[-1]
    ill = running.attempt("admin", "doctor")
    assert ill.returncode == 1
    assert "127.0.0.1:1" in ill.stdout
    assert "Traceback" not in ill.stdout + ill.stderr
    running.run("queue", "release", hold, "--as", MODERATOR, "--yes")
    assert running.lines("queue", "show", hold)[0]["state"] == "releasing"
    stranger = running.attempt("queue", "discard", hold, "--as", "eve@else.example", "--yes")
    assert MODERATOR in sentence(stranger, 1)
    late = sentence(running.attempt("queue", "discard", hold, "--as", MODERATOR, "--yes"), 1)
    assert "already" in late
    assert MODERATOR in late
    until = time.monotonic() + 10
    while not (put_off := running.events("release_deferred")) and time.monotonic() < until:
        time.sleep(0.05)
    assert [(line["id"], line["reply"][:3]) for line in put_off] == [(hold, "451")]
