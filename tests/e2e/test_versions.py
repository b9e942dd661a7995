"""A running gateway judges by what was published last, within a second, and never by what does not prove itself."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.given.behaviour import Behaviour
from tests.given.client import post, submit
from tests.given.gatepost import LIST, MODERATOR
from tests.given.near import Near
from tests.given.sink import Sink

FLAGGED = "Please vote for the Blue Party on Thursday."
WITHIN = 1.0  # second, as the issue asks; polling takes a quarter of it
_IDENTS = count()


@dataclass(frozen=True, slots=True)
class Site:
    """A gateway with one list, and what is behind it."""

    gatepost: Near
    onwards: Sink

    @property
    def list_file(self) -> Path:
        """The copy of the list file that the commands edit."""
        return self.gatepost.folder / "lists" / "physics.yaml"

    @property
    def version(self) -> int:
        """The number of the version in force."""
        (one,) = [each for each in self.gatepost.lines("lists", "list") if each["list"] == LIST]
        return int(one["version"])

    def said(self, body: str = FLAGGED, to: str = LIST) -> str:
        """What is said to a new post."""
        ident = f"m{next(_IDENTS)}"
        code, text = submit(self.gatepost.smtp, post(f"{body}\n{ident}", ident=ident, to=to), to=to)
        return f"{code} {text}"

    def soon(self, start: str, body: str = FLAGGED) -> None:
        """AssertionError unless posts are answered so within a second; five where the machine is slow."""
        until = time.monotonic() + 5 * WITHIN
        while not (said := self.said(body)).startswith(start):
            assert time.monotonic() < until, said
            time.sleep(0.1)


HELD, RELAYED = "250 2.0.0 Ok: held", "250 2.0.0 Ok: relayed"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Sink("smtp") as onwards:
        gatepost = Near(tmp_path_factory.mktemp("gatepost"), onwards.url)
        with gatepost:
            yield Site(gatepost, onwards)


@pytest.fixture(autouse=True)
def in_force(site: Site) -> Iterator[None]:
    """Each test begins with the clause in force, and whatever it changes is put back."""
    before = site.list_file.read_text(encoding="utf-8")
    yield
    if site.list_file.read_text(encoding="utf-8") != before:
        for words in (("rules", "set", "physics", "party.status", "live"), ("lists", "enforce", "physics")):
            site.gatepost.run(*words, "--as", MODERATOR, *(("--yes",) if words[0] == "lists" else ()))
        site.gatepost.run("rules", "set", "physics", "party.action", "hold", "--as", MODERATOR)
        site.soon(HELD)


def change(site: Site, *words: str) -> None:
    number = site.version
    site.gatepost.run(*words, "--as", MODERATOR)
    assert site.version == number + 1


def test_a_clause_that_is_disabled_acts_no_more_and_enabled_acts_again(site: Site) -> None:
    assert site.said().startswith(HELD)
    change(site, "rules", "disable", "physics", "party")
    site.soon(RELAYED)
    change(site, "rules", "enable", "physics", "party")
    site.soon(HELD)


def test_a_new_action_and_new_phrases_are_judged_by(site: Site) -> None:
    change(site, "rules", "set", "physics", "party.action", "reject")
    site.soon("550 5.7.1 Refused under clause party")
    change(site, "rules", "set", "physics", "party.phrases", "[canvass with us]")
    site.soon("550 5.7.1 ", body="Come and canvass with us on Sunday.")


def test_a_hold_names_the_version_that_it_was_judged_by(site: Site) -> None:
    change(site, "rules", "set", "physics", "party.phrases", "[stand for election with us]")
    number = site.version
    site.soon(HELD, body="Will you stand for election with us?")
    newest = site.gatepost.lines("queue", "list")[-1]
    assert newest["version"] == number
    versions = site.gatepost.lines("rules", "versions", "physics")
    assert {each["version"] for each in versions} == set(range(1, number + 1))


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("rules", "set", "physics", "party.threshold", "seven"), "threshold"),
        (("rules", "set", "physics", "party.action", "explode"), "action"),
        (("rules", "set", "physics", "party.status", "sleepy"), "status"),
        (("rules", "set", "physics", "nonsense.action", "hold"), "nonsense"),
        (("rules", "set", "physics", "party.colour", "red"), "colour"),
        (("rules", "disable", "physics", "nonsense"), "nonsense"),
        # Then an example that must pass would be held: the policy does not prove itself.
        (("rules", "set", "physics", "party.phrases", "[will be elected on Friday]"), "committee"),
        (("lists", "set", "physics", "next_hop", "carrier-pigeon"), "next_hop"),
        (("lists", "set", "physics", "packs", "[nowhere]"), "nowhere"),
    ],
    ids=lambda value: " ".join(value[3:]) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_or_does_not_prove_itself_is_refused_and_changes_nothing(
    site: Site, words: tuple[str, ...], part: str
) -> None:
    text, number = site.list_file.read_bytes(), site.version
    done = site.gatepost.attempt(*words, "--as", MODERATOR)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert part in done.stderr
    assert site.list_file.read_bytes() == text
    assert site.version == number
    assert site.said().startswith(HELD)


def test_comments_of_the_list_file_stay(site: Site) -> None:
    text = site.list_file.read_text(encoding="utf-8")
    site.list_file.write_text(f"# Ours since 1998.\n{text}", encoding="utf-8")
    site.gatepost.run("rules", "disable", "physics", "party", "--as", MODERATOR)
    assert site.list_file.read_text(encoding="utf-8").startswith("# Ours since 1998.\n")


def test_an_edited_file_is_not_judged_by_until_it_is_published(site: Site) -> None:
    text = site.list_file.read_text(encoding="utf-8")
    site.list_file.write_text(text.replace("mode: enforce", "mode: shadow"), encoding="utf-8")
    time.sleep(2 * 0.25)
    assert site.said().startswith(HELD)
    site.list_file.write_text(text, encoding="utf-8")


def test_a_new_list_starts_in_shadow_shows_what_would_have_been_and_is_enforced(site: Site) -> None:
    run, address = site.gatepost.run, "chemistry@lists.example"
    file = site.gatepost.folder / "chemistry.yaml"
    text = (site.gatepost.folder / "physics.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace(LIST, address).replace("mode: enforce\n", ""), encoding="utf-8")
    assert site.said(to=address).startswith("550 5.1.1 ")
    run("lists", "add", str(file), "--as", MODERATOR)
    until = time.monotonic() + 5 * WITHIN
    while not (said := site.said(to=address)).startswith("250"):
        assert time.monotonic() < until, said
    assert said.startswith(RELAYED)
    asked = site.gatepost.attempt("lists", "enforce", "chemistry", "--as", MODERATOR)
    assert asked.returncode == 2, "no terminal and no --yes"
    assert site.said(to=address).startswith(RELAYED)
    shown = run("lists", "enforce", "chemistry", "--yes", "--as", MODERATOR)
    assert "would not have passed" in shown
    assert "party" in shown
    until = time.monotonic() + 5 * WITHIN
    while not site.said(to=address).startswith(HELD):
        assert time.monotonic() < until
    run("lists", "remove", "chemistry", "--holds", "discard", "--yes", "--as", MODERATOR)
    until = time.monotonic() + 5 * WITHIN
    while not (said := site.said(to=address)).startswith("550 5.1.1 "):
        assert time.monotonic() < until, said


def test_the_audit_tells_who_published_what(site: Site) -> None:
    change(site, "rules", "disable", "physics", "party")
    last = site.gatepost.lines("admin", "audit")[-1]
    # --as says one name, and the record says who was at the terminal besides.
    assert last["by"].startswith(f"{MODERATOR} (login ")
    assert (last["act"], last["list"]) == ("publish", LIST)
    assert last["version"] == site.version
    assert "sound" in site.gatepost.run("admin", "verify")


def test_a_next_hop_that_says_nothing_keeps_no_publication_waiting(tmp_path: Path) -> None:

    with Sink("smtp", Behaviour(replies={"GREETING": b""})) as silent:
        gatepost = Near(tmp_path, silent.url)
        with gatepost:
            mute = Site(gatepost, silent)
            assert mute.said().startswith(HELD)
            gatepost.run("rules", "set", "physics", "party.action", "reject", "--as", MODERATOR)
            mute.soon("550 5.7.1 ")


def test_no_exception_is_in_the_journal(site: Site) -> None:
    assert [line for line in site.gatepost.journal() if "error" in line] == []
