"""The documentation tells the truth: what it names exists, what exists is named, and its commands do what it says."""

import json
import os
import re
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from gateway.faults import Point
from gateway.settings import Settings
from rules.clause import ClauseFile
from rules.conditions.combine import KINDS, AnySpec
from rules.conditions.condition import FAMILIES
from rules.conditions.fact import Known
from rules.conditions.sender import Who
from rules.detectors import DETECTORS
from rules.documents.document import DocumentFact
from rules.pack import PackFile
from tests.crash import figures, matrix
from tests.given import generated
from tests.given.pages import Reader, alike, blocks, steps
from tests.given.tools import needed
from tests.mutations import MUTATIONS, Mutation

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "deploy").rglob("*.md")])
FOR_READERS = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def words_of(page: str) -> set[str]:
    """What a page puts in backquotes, and the words of its headings."""
    text = (DOCS / page).read_text(encoding="utf-8")
    heads = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {*re.findall(r"`([^`\n]+)`", text), *(word for head in heads for word in re.split(r"[ ,]+", head))}


@pytest.mark.parametrize("page", [page for page in FOR_READERS if "```sh" in page.read_text()], ids=name_of)
def test_every_command_of_a_page_does_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    needed("curl", "apt install curl")
    text = page.read_text(encoding="utf-8")
    with Reader(text, tmp_path) as reader:
        for step in steps(text):
            printed = reader.type(step)
            if step.printed is not None:
                told = f"{name_of(page)}:{step.block.line} prints\n{printed}"
                assert alike(step.printed.text, printed), told


def test_every_file_of_the_walk_exists() -> None:
    walk = (ROOT / "gateway" / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w./]+\.py)`", walk))
    assert len(named) > 25
    assert [name for name in named if not (ROOT / "gateway" / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:)([^)#]*)#?([^)]*)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not leads_somewhere(page, *link)] == []


def leads_somewhere(page: Path, target: str, anchor: str) -> bool:
    file = page.parent / target if target else page
    if not file.exists():
        return False
    heads = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
    return not anchor or anchor in {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", generated.pages(), ids=name_of)
def test_a_generated_page_is_as_the_program_is_now(page: Path) -> None:
    how = "python -m tests.given.generated writes it anew"
    assert page.read_text(encoding="utf-8") == generated.pages()[page], how


def test_every_page_for_readers_is_found_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name_of(page) for page in FOR_READERS[1:] if f"({name_of(page)})" not in readme] == []


@pytest.mark.parametrize("page", FOR_READERS, ids=name_of)
def test_every_make_target_that_a_page_names_is_one(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|\$ )make ([a-z]+)", page.read_text(encoding="utf-8")))
    assert named <= targets


@pytest.mark.parametrize("program", ["pipx", "curl", "make"])
def test_the_readme_says_how_to_get_each_program_before_it_is_used(program: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    typed = re.search(rf"^(?:\$ |.*\{{ ){program} ", readme, re.MULTILINE)
    told = re.search(rf"`apt install [a-z0-9 -]*\b{program}\b", readme)
    assert typed
    assert told
    # The two commands of the project stand first; what they need is the next thing said.
    assert program == "make" or told.start() < typed.start()


def test_every_key_of_a_list_file_is_in_its_page() -> None:
    schema = json.loads((ROOT / "rules" / "schema" / "list.json").read_text(encoding="utf-8"))
    parts = [schema, *(schema["$defs"][name] for name in ("Organisation", "Border", "LocalSettings"))]
    keys = {key for part in parts for key in part["properties"]}
    assert len(keys) > 25
    page = (DOCS / "lists.md").read_text(encoding="utf-8")
    assert {key for key in keys if not re.search(rf"`{key}`|[{{, ]{key}:", page)} == set()


def test_everything_that_a_clause_file_may_say_is_in_its_page() -> None:
    known = {
        *KINDS,
        *FAMILIES,
        *DETECTORS,
        *(fact.value for fact in DocumentFact),
        *(who.value for who in Who),
        *(fact.value for fact in Known),
        *ClauseFile.model_fields,
        *PackFile.model_fields,
    }
    assert known - words_of("rules.md") == set()


def conditions() -> Iterator[Any]:
    for block in blocks((DOCS / "rules.md").read_text(encoding="utf-8")):
        said = YAML(typ="safe", pure=True).load(block.text) if block.kind == "yaml" else None
        if isinstance(said, dict) and set(said) & set(KINDS):
            yield said


def test_every_condition_of_the_rules_page_is_one() -> None:
    shown = list(conditions())
    for condition in shown:
        TypeAdapter(AnySpec).validate_python(condition)
    kinds = {kind for kind in KINDS if f"'{kind}'" in repr(shown)}
    assert kinds == set(KINDS)


def test_every_event_of_the_journal_is_explained() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "gateway").rglob("*.py"))
    said = re.findall(r"(?:\.event|\.trouble|\.tell|_journal)\(\s*\"(\w+)\"", source)
    said += re.findall(
        r"(?:event = |Next\.\w+: |return |, )\"((?:release|notice)_\w+|deferred|relayed)\"", source
    )
    assert len(set(said)) > 25
    assert set(said) - words_of("operating.md") == set()


def test_every_figure_is_explained() -> None:
    source = (ROOT / "gateway" / "metrics.py").read_text(encoding="utf-8")
    page = (DOCS / "operating.md").read_text(encoding="utf-8")
    assert [name for name in re.findall(r"\"(gatepost_\w+)\"", source) if name not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_setting_that_a_page_names_is_one(page: Path) -> None:
    known = {
        name: set(value) if isinstance(value, dict) else set()
        for name, value in Settings().model_dump().items()
    }
    named = re.findall(r"`([a-z]+)\.([a-z_]+)(?: =[^`]*)?`", page.read_text(encoding="utf-8"))
    assert [pair for pair in named if pair[0] in known and pair[1] not in {*known[pair[0]], "py", "db"}] == []


def test_every_setting_is_explained() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    known = {
        f"{name}.{key}" if key else name
        for name, value in Settings().model_dump().items()
        for key in (value if isinstance(value, dict) else [""])
    }
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| `[^`]+` \| [^|]+ \| ([^|]+) \|$", page, re.MULTILINE))
    assert set(rows) == known
    assert all(len(meaning) > 5 for meaning in rows.values())


def over_ssh(script: Path, typed: str) -> tuple[int, str]:
    done = subprocess.run(
        ["sh", script, "pat@uni.example"],
        env={**os.environ, "SSH_ORIGINAL_COMMAND": typed},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip()


def test_the_script_for_moderators_runs_queue_commands_as_the_owner_of_the_key(tmp_path: Path) -> None:
    page = (ROOT / "deploy" / "ssh.md").read_text(encoding="utf-8")
    text = textwrap.dedent(page[page.index("       #!/bin/sh") :].partition("\n\n")[0])
    script = tmp_path / "moderate"
    script.write_text(text.replace("/opt/gatepost/bin/gatepost", "echo"), encoding="utf-8")
    assert over_ssh(script, "") == (0, "queue list")
    assert over_ssh(script, "show k3f") == (0, "queue show k3f")
    for verb in ("release", "reject", "discard", "undo", "note"):
        assert over_ssh(script, f"{verb} k3f") == (0, f"queue {verb} k3f --as pat@uni.example")
    assert over_ssh(script, "show k3f; id $(id) *") == (0, "queue show k3f; id $(id) *")
    for typed in ("release k3f --as kim@uni.example", "list --config=/etc/passwd", "serve", "$(id)"):
        assert over_ssh(script, typed) == (2, "")


def test_the_crash_matrix_is_whole_and_its_page_says_so() -> None:
    assert figures.block("matrix") == matrix.table(), "python -m tests.crash.figures writes it anew"
    points = {point for row in matrix.ROWS for point in re.findall(r"M\d+", row.point)}
    assert points == {f"M{number}" for number in range(1, 24)}
    assert "| lost | 0 |" in figures.block("figures"), "make siege writes it"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.promise)
def test_what_breaks_a_promise_on_purpose_still_finds_its_place(mutation: Mutation) -> None:
    assert (ROOT / mutation.file).read_text(encoding="utf-8").count(mutation.old) == 1


def test_every_test_that_the_promises_name_exists() -> None:
    page = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/\S+?\.py)::(\w+)`", page)
    assert len(named) == len(MUTATIONS) + sum(len(row.tests) for row in matrix.ROWS)
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")
    for mutation in MUTATIONS:
        assert f"| {mutation.promise} |" in page
    for point in Point:
        assert f"`{point}`" in page
