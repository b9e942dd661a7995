"""A patient's number in a post is seen by the moderator who asks for it, and by nobody and nothing else."""

import re
import sqlite3
import time
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.given.client import post, submit
from tests.given.gatepost import MODERATOR
from tests.given.near import Near
from tests.given.sink import Sink

NUMBER, NAME = "943 476 5919", "Nettlethorpe"
PLANTED = re.compile(rf"943\W{{0,3}}476\W{{0,3}}5919|{NAME}", re.IGNORECASE)
BODY = f"Could somebody look at the plan of Alfred {NAME}, NHS number {NUMBER}?"
SUBJECT = f"Plan of {NAME}, 943-476-5919"
# Past 256 KiB the front spools to a temporary file.
LONG = "\n".join(f"Table line {n}: nothing but figures and the number 9434765919." for n in range(6000))


@dataclass
class Site:
    """What the posts pass through, and where the gateway may leave temporary files."""

    gatepost: Near
    onwards: Sink
    notices: Sink
    temporary: Path

    def held(self, body: str, ident: str) -> str:
        """The id under which a post is held."""
        code, text = submit(self.gatepost.smtp, post(body, subject=SUBJECT, ident=ident))
        assert code == 250, (text, self.gatepost.journal()[-3:])
        assert "held for moderation as" in text
        return text.split()[-1]

    def told(self, hold: str, count: int) -> str:
        """All notices about a hold, decoded, once there are ``count``."""
        for _ in range(100):
            found = [one.octets for one in self.notices.received if hold.encode() in one.octets]
            if len(found) >= count:
                break
            time.sleep(0.1)
        assert len(found) == count
        return "\n".join(f"{octets.decode()}\n{_decoded(octets)}" for octets in found)


def _decoded(octets: bytes) -> str:
    import quopri

    return quopri.decodestring(octets).decode("utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    temporary = tmp_path_factory.mktemp("temporary")
    with Sink("lmtp") as onwards, Sink("smtp") as notices, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        gatepost = Near(
            tmp_path_factory.mktemp("gatepost"),
            onwards.url,
            packs="hygiene, ipem",
            settings=f'[http]\nlisten = "127.0.0.1:0"\n[submission]\nurl = "{notices.url}"\n',
        )
        with gatepost:
            yield Site(gatepost, onwards, notices, temporary)


def fetched(site: Site, path: str) -> str:
    host, port = site.gatepost.ports["http"]
    with urllib.request.urlopen(f"http://{host}:{port}{path}", timeout=5) as answer:
        return str(answer.read().decode())


def everywhere(site: Site, hold: str) -> dict[str, str]:
    """All that anybody sees without asking for the post itself."""
    run = site.gatepost.run
    commands = (
        ("queue", "list"),
        ("queue", "list", "--all"),
        ("queue", "list", "--all", "--json"),
        ("queue", "history", hold),
        ("queue", "history", hold, "--json"),
        ("admin", "audit"),
        ("admin", "audit", "--json"),
        ("admin", "verify"),
        ("lists", "show", "physics"),
    )
    return {
        **{" ".join(command): run(*command) for command in commands},
        "journal": site.gatepost.log.read_text(encoding="utf-8"),
        "metrics": fetched(site, "/metrics"),
        "healthz": fetched(site, "/healthz"),
        "temporary files": "\n".join(
            path.read_bytes().decode("latin-1") for path in site.temporary.rglob("*") if path.is_file()
        ),
    }


def planted_in(texts: dict[str, str]) -> list[str]:
    return [where for where, text in texts.items() if PLANTED.search(text)]


def in_rows(folder: Path) -> list[str]:
    """The columns of the store in which the number stands, octets expanded."""
    found = set()
    with closing(sqlite3.connect(folder / "gatepost.db")) as store:
        tables = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = store.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            names = [column[0] for column in rows.description]
            for row in rows:
                found |= {f"{table}.{n}" for n, v in zip(names, row, strict=True) if PLANTED.search(_text(v))}
    return sorted(found)


def _text(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    for start in range(min(len(value), 8)):  # a codec may stand before the compressed octets
        try:
            return zlib.decompress(value[start:]).decode("latin-1")
        except zlib.error:
            continue
    return value.decode("latin-1")


def kept_bodies(folder: Path) -> tuple[bytes, ...]:
    with closing(sqlite3.connect(folder / "gatepost.db")) as store:
        return tuple(row[0] for row in store.execute("SELECT body FROM octets"))


def files(folder: Path) -> bytes:
    """The store as it lies on the disk, its log included."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("gatepost.db*")))


def test_a_planted_number_stays_where_it_may_be(site: Site) -> None:
    hold = site.held(BODY, "planted")
    assert planted_in({"notices": site.told(hold, 3)} | everywhere(site, hold)) == []
    assert PLANTED.search(site.gatepost.run("queue", "show", hold)), "who asks for the post sees it"

    why = ("--clause", "confidentiality", "--reason", f"Leave out 943-476-5919 {NUMBER}")
    site.gatepost.run("queue", "note", hold, f"It is 9434765919, {NUMBER}", "--as", MODERATOR)
    site.gatepost.run("queue", "reject", hold, *why, "--as", MODERATOR)
    assert planted_in({"notices": site.told(hold, 5)} | everywhere(site, hold)) == []


def test_a_long_post_leaves_nothing_in_temporary_files(site: Site) -> None:
    hold = site.held(f"{BODY}\n{LONG}", "long")
    assert planted_in({"notices": site.told(hold, 3)} | everywhere(site, hold)) == []
    assert [path for path in site.temporary.rglob("*") if path.is_file()] == []
    site.gatepost.run("queue", "discard", hold, "--as", MODERATOR, "--yes")


def test_a_released_post_goes_to_the_list_and_nowhere_else(site: Site) -> None:
    hold = site.held(BODY + " Again.", "released")
    site.gatepost.run("queue", "release", hold, "--as", MODERATOR, "--yes")
    site.gatepost.wait_for(hold, "released")
    assert PLANTED.search(site.onwards.received[-1].octets.decode())
    assert planted_in({"notices": site.told(hold, 5)} | everywhere(site, hold)) == []


def test_after_purge_nothing_of_it_is_in_the_stores_files(site: Site) -> None:
    folder, hold = site.gatepost.folder, site.held(BODY + " For the last time.", "purged")
    site.gatepost.run("queue", "reject", hold, "--clause", "confidentiality", "--as", MODERATOR)
    site.told(hold, 5)
    assert in_rows(folder), "else this test proves nothing"
    bodies = kept_bodies(folder)
    assert bodies
    # A decision of this second is not yet older than zero days.
    time.sleep(1)
    site.gatepost.run("admin", "purge", "--older-than", "0", "--as", MODERATOR, "--yes")
    assert in_rows(folder) == []
    left = files(folder)
    assert not PLANTED.search(left.decode("latin-1"))
    assert [body for body in bodies if body[8:40] in left] == []
    assert "sound" in site.gatepost.run("admin", "verify")
