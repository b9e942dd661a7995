"""Setting up, looking after and showing an installation."""

import json
import os
import pty
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from gateway.holds import Outcome
from gateway.settings import Settings, load
from tests.cli.given import LIST_FILE, MO, POST, House
from tests.cli.test_output import PAINTS
from tests.given.generated import in_force
from tests.given.near import Near
from tests.given.sink import Sink
from tests.given.store import NOW, decide, keep

GATEPOST = Path(sys.executable).with_name("gatepost")


def test_init_writes_settings_that_load_and_asks_nothing(tmp_path: Path):
    done = subprocess.run([GATEPOST, "init", tmp_path / "a"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert load(tmp_path / "a" / "gatepost.toml").undo_seconds == 120
    before = (tmp_path / "a" / "gatepost.toml").read_bytes()
    again = subprocess.run([GATEPOST, "init", tmp_path / "a"], capture_output=True, check=False)
    assert again.returncode == 1
    assert again.stderr.count(b"\n") == 1
    assert (tmp_path / "a" / "gatepost.toml").read_bytes() == before


def test_init_shows_every_setting_and_changes_none(tmp_path: Path):
    subprocess.run([GATEPOST, "init", tmp_path], capture_output=True, check=True)
    file = tmp_path / "gatepost.toml"
    every = Settings().model_dump(mode="json")
    assert load(file).model_dump(mode="json") == every
    shown = in_force(file.read_text(encoding="utf-8"))
    assert tomllib.loads(shown) == every
    keys = [line for line in shown.splitlines() if re.match(r"[a-z_]+ = ", line)]
    # The two on the first lines have theirs above.
    assert [line for line in keys[2:] if "  # " not in line] == []


def test_an_unknown_setting_is_named_with_its_file(house: House):
    house.write("gatepost.toml", "undo_secnods = 1\n")
    said = house.gatepost("queue", "list")
    assert said.code == 2
    assert "undo_secnods" in said.err
    assert "gatepost.toml" in said.err


@contextmanager
def _closed_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers, nobody else gets it
        yield taken.getsockname()[1]


def test_the_doctor_finds_a_next_hop_that_does_not_answer(house: House):
    with _closed_port() as port:
        house.serves()
        house.gatepost("lists", "set", "physics", "next_hop", f"lmtp://127.0.0.1:{port}")
        said = house.gatepost("admin", "doctor")
    assert said.code == 1
    assert f"lmtp://127.0.0.1:{port} cannot be reached" in said.out


def test_the_doctor_cares_about_one_of_several_next_hops(house: House):
    with _closed_port() as port, Sink("lmtp") as sink:
        house.pack()
        hops = f"next_hop: ['lmtp://127.0.0.1:{port}', '{sink.url}']\n"
        file = house.write("physics.yaml", LIST_FILE.replace("next_hop: lmtp://127.0.0.1:9\n", hops))
        assert house.gatepost("lists", "add", str(file)).code == 0
        said = house.gatepost("admin", "doctor")
    assert said.code == 0
    assert "another takes its place" in said.out


def test_the_doctor_is_content_with_a_sound_installation(house: House):
    with Sink("lmtp") as sink:
        house.serves()
        house.gatepost("lists", "set", "physics", "next_hop", sink.url)
        said = house.gatepost("admin", "doctor", "--json")
    healths = {line["what"]: line["health"] for line in map(json.loads, said.out.splitlines())}
    assert said.code == 0
    assert healths["submission"] == "care"
    assert {health for what, health in healths.items() if what != "submission"} == {"well"}


def test_the_doctor_says_that_mail_is_refused_for_want_of_space(house: House):
    house.serves()
    house.write("gatepost.toml", "[store]\nmin_free = 1152921504606846976\n")
    said = house.gatepost("admin", "doctor")
    assert said.code == 1
    kept = "MiB free, 1099511627776 MiB are kept free (store.min_free): mail is answered with 452"
    assert re.search(rf"ill   store: \d+ {re.escape(kept)}", said.out)
    house.write("gatepost.toml", "[store]\nmin_free = 0\n")
    assert "min_free" not in house.gatepost("admin", "doctor").out


def test_who_serves_on_a_disk_without_room_is_told_at_the_start(tmp_path: Path):
    with Sink("lmtp") as sink:
        gatepost = Near(tmp_path, sink.url, settings="[store]\nmin_free = 1152921504606846976\n")
        with gatepost:
            assert "are kept free (store.min_free): mail is answered with 452; make room" in gatepost.remarks
            (low,) = gatepost.events("space_low")
            assert low["free"] < low["kept"] == 1 << 60


def test_the_doctor_notices_a_file_that_is_not_what_is_in_force(house: House):
    copy = house.serves()
    copy.write_text(copy.read_text() + "timezone: Europe/London\n")
    said = house.gatepost("admin", "doctor")
    assert "not as in version 1" in said.out


def test_purging_deletes_the_words_for_good(house: House):
    house.serves()
    secret = b"xyzzy-plugh-424242"
    which = house.holds(POST.replace(b"Lumidose", secret))
    house.gatepost("queue", "discard", which, "--as", MO, "--yes")
    assert house.gatepost("admin", "purge", "--as", MO, "--older-than", "0").code == 2
    assert house.gatepost("queue", "show", which).out.count(secret.decode()) == 1
    store = house.store()
    store.write(lambda connection: connection.exec_driver_sql("UPDATE decision SET effective = 1, at = 1"))
    store.close()
    assert house.gatepost("admin", "purge", "--as", MO, "--older-than", "0", "--yes").code == 0
    assert "was deleted" in house.gatepost("queue", "show", which).out


def test_purging_many_goes_in_parts_and_is_one_entry_of_the_audit(house: House):
    house.serves()
    store = house.store()
    commits: list[object] = []

    def count(connection: object) -> None:
        commits.append(connection)

    for number in range(51):
        decide(store, keep(store, octets=b"%d\r\n" % number), Outcome.DISCARD, at=NOW - timedelta(days=900))
    store.close()
    event.listen(Engine, "commit", count)
    try:
        said = house.gatepost("admin", "purge", "--as", MO, "--older-than", "0", "--yes")
    finally:
        event.remove(Engine, "commit", count)
    assert "Deleted 51 messages" in said.out
    assert len(commits) >= 3
    acts = [json.loads(line) for line in house.gatepost("admin", "audit", "--json").out.splitlines()]
    (entry,) = (act for act in acts if act["act"] == "purge")
    assert entry["reason"] == "51 messages decided more than 0 days ago"


def test_a_person_at_a_terminal_is_asked_and_sees_colours(house: House):
    house.serves()
    which = house.holds(POST)
    ours, theirs = pty.openpty()
    words = [GATEPOST, "--config", house.folder / "gatepost.toml", "queue", "discard", which, "--as", MO]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(ours, 1000)
    os.write(ours, b"y\n")
    assert process.wait(timedelta(seconds=60).seconds) == 0
    said += os.read(ours, 10_000)
    os.close(ours)
    assert b"\x1b[32mdiscarded" in said


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.text(max_size=40))
@example(b"Subject: \x1b]0;x\x07\x9b1m\r\n\r\n\x1b[2J\x9b\xc2\x9b\xe2\x80\xae", "\x1b[2J\u202e\x9b")
def test_no_stored_message_paints_the_terminal(house: House, octets: bytes, subject: str):
    which = house.holds(b"From: a@b.example\r\n" + octets, subject=subject)
    for words in (("show", which), ("list",), ("history", which), ("list", "--json")):
        said = house.gatepost("queue", *words)
        assert said.code == 0
        assert not PAINTS.search(said.out + said.err)


def test_whoever_wants_text_in_pictures_read_is_told_that_tesseract_is_missing(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    house.serves()
    monkeypatch.setenv("GATEPOST_READERS__OCR", "true")
    monkeypatch.setenv("PATH", str(house.folder))
    said = house.gatepost("admin", "doctor")
    assert "apt install tesseract-ocr" in said.out
    post = house.write("a.eml", "From: a@example.org\n\nhello\n")
    checked = house.gatepost(
        "rules", "check", str(post), "--list-file", str(house.folder / "physics.yaml"), "--ocr"
    )
    assert "apt install tesseract-ocr" in checked.err


def test_nobody_else_is_told_of_tesseract(house: House, monkeypatch: pytest.MonkeyPatch):
    house.serves()
    monkeypatch.setenv("PATH", str(house.folder))
    assert "tesseract" not in house.gatepost("admin", "doctor").out
