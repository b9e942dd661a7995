"""The posts of one call are each other's history: what one says in its own words, another may quote."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.posts import together
from gateway import said
from gateway.said import Memory
from gateway.store.database import Store
from rules.reading import read
from tests.cli.given import CLAUSE, LIST, LIST_FILE, POST, House
from tests.given.store import NOW

REPLY = (
    b"From: Bob <bob@example.org>\r\nSubject: Re: Chambers\r\n\r\nI disagree.\r\n\r\n"
    b"On Sun, 22 Nov 2026 at 10:00, Ann <ann@example.org> wrote:\r\n"
    b"> Nobody makes better chambers\r\n> than Lumidose.\r\n"
)
INVENTED = REPLY.replace(b"than Lumidose", b"than I and my two brothers")
BOTH = POST + b"\r\n" + REPLY.partition(b"\r\n\r\n")[2]
READS_QUOTES = CLAUSE.replace("best in class]", "best in class], in: [subject, own, quoted]")


def reads_quotes(house: House) -> str:
    """A list file whose clause reads quoted text."""
    (house.pack() / "conduct.yaml").write_text(READS_QUOTES, encoding="utf-8")
    return str(house.write("physics.yaml", LIST_FILE))


def files(house: House, **posts: bytes) -> Path:
    folder = house.folder / "posts"
    folder.mkdir()
    for name, octets in posts.items():
        (folder / f"{name}.eml").write_bytes(octets)
    return folder


def actions(house: House, list_file: str, *paths: Path, more: tuple[str, ...] = ()) -> dict[str, str]:
    said = house.gatepost("rules", "check", *map(str, paths), "--list-file", list_file, "--json", *more)
    assert said.code == 0, said.err
    return {Path(line["file"]).stem: line["action"] for line in map(json.loads, said.out.splitlines())}


@pytest.fixture(params=[2_000, 1], ids=["kept", "read twice"])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Posts of which the readings are kept; with one, every call is a large one."""
    monkeypatch.setattr(together, "FEW", request.param)


@pytest.mark.usefixtures("few")
def test_what_another_file_says_may_be_quoted_whatever_their_order(house: House):
    list_file = reads_quotes(house)
    folder = files(house, a=REPLY, b=POST, c=INVENTED)
    assert actions(house, list_file, folder) == {"a": "pass", "b": "hold", "c": "hold"}
    assert actions(house, list_file, folder / "b.eml", folder / "a.eml") == {"a": "pass", "b": "hold"}
    assert actions(house, list_file, folder, more=("--archive",))["a"] == "pass"


def test_alone_a_quotation_is_judged_and_the_finding_says_that_it_was_quoted(house: House):
    list_file = reads_quotes(house)
    path = str(files(house, a=REPLY) / "a.eml")
    (line,) = map(
        json.loads,
        house.gatepost("rules", "check", path, "--list-file", list_file, "--json").out.splitlines(),
    )
    (found,) = line["findings"]
    assert found["says"] == "The post says “Nobody makes better” (in quoted text)."
    assert found["quotes"][0]["zone"] == "quoted"


@pytest.mark.usefixtures("few")
def test_own_words_do_not_excuse_what_the_same_file_quotes(house: House):
    list_file = reads_quotes(house)
    folder = files(house, a=BOTH.replace(b"\r\n\r\nNobody", b"\r\n\r\nIndeed.\r\n\r\nNobody"))
    words = ("rules", "check", str(folder), str(folder), "--list-file", list_file, "--json")
    for line in map(json.loads, house.gatepost(*words).out.splitlines()):
        assert {quote["zone"] for quote in line["findings"][0]["quotes"]} == {"own", "quoted"}


def test_each_message_of_a_mailbox_counts(house: House):
    list_file = reads_quotes(house)
    box = b"".join(b"From ann Thu Jan  1 00:00:00 2026\n" + octets + b"\n" for octets in (REPLY, POST))
    path = house.write("box", box.replace(b"\r\n", b"\n").decode())
    said = house.gatepost("rules", "check", str(path), "--list-file", list_file, "--json")
    assert [json.loads(line)["action"] for line in said.out.splitlines()] == ["pass", "hold"]


@pytest.mark.usefixtures("few")
def test_a_missing_path_is_said_once_and_the_others_are_each_others_history(house: House):
    list_file = reads_quotes(house)
    folder = files(house, a=REPLY, b=POST)
    words = (
        "rules",
        "check",
        str(house.folder / "gone.eml"),
        str(folder),
        "--list-file",
        list_file,
        "--json",
    )
    said = house.gatepost(*words)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert [json.loads(line)["action"] for line in said.out.splitlines()] == ["pass", "hold"]


def test_nothing_is_read_twice_where_no_clause_reads_quoted_text(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    house.pack()
    list_file = str(house.write("physics.yaml", LIST_FILE))
    monkeypatch.setattr(together, "FEW", 0)
    prepared: list[str] = []
    prepare = together.prepare

    def counted(*given: Any, **more: Any) -> together.Case:
        prepared.append(given[1].name)
        return prepare(*given, **more)

    monkeypatch.setattr(together, "prepare", counted)
    folder = files(house, a=REPLY, b=POST)
    assert actions(house, list_file, folder) == {"a": "pass", "b": "hold"}
    assert len(prepared) == 2
    (house.folder / "house" / "conduct.yaml").write_text(READS_QUOTES, encoding="utf-8")
    assert actions(house, list_file, folder) == {"a": "pass", "b": "hold"}
    assert len(prepared) == 2 + 4


def test_labelled_posts_are_each_others_history(house: House):
    list_file = reads_quotes(house)
    folder = files(house, **{"1-a": REPLY, "2-b": POST, "4-c": INVENTED})
    rows = ["file\texpect\tclauses\tdifficulty\tnote", "1-a.eml\tpass\t\tplain\t"]
    rows += ["2-b.eml\thold\tconduct\tplain\t", "4-c.eml\thold\tconduct\tplain\t"]
    labels = str(house.write("labels.tsv", "\n".join(rows) + "\n"))
    words = ("rules", "score", "--labels", labels, str(folder), "--list-file", list_file, "--json")
    figures = json.loads(house.gatepost(*words).out)["all"]
    assert (figures["caught"], figures["missed"], figures["false"]) == (2, 0, 0)


def test_a_served_list_has_a_history_of_its_own(house: House):
    house.serves()
    (house.folder / "house" / "conduct.yaml").write_text(READS_QUOTES, encoding="utf-8")
    assert house.gatepost("lists", "set", "physics", "purpose", "Physics", "--as", "mo@example.org").code == 0
    path = str(files(house, a=REPLY) / "a.eml")

    def explained() -> str:
        line = json.loads(house.gatepost("rules", "explain", path, "--list", "physics", "--json").out)
        return str(line["action"])

    assert explained() == "hold"
    store = house.store()
    remember(store)
    store.close()
    assert explained() == "pass"


def remember(store: Store) -> None:
    """The list has passed POST on."""
    sentences = Memory(store, store.secret()).sentences(LIST, read(POST))
    store.write(lambda connection: said.keep(connection, sentences, NOW))
