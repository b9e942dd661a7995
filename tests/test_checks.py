"""The house rules that a tool can check: style, types, the direction of imports, sizes, names."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
SOURCES = sorted(path for package in ("rules", "gateway", "cli") for path in (ROOT / package).rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "manager", "lib"}


def run(*command: str) -> None:
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_code_is_formatted_and_linted() -> None:
    run("ruff", "check", "--no-cache", ".")
    run("ruff", "format", "--no-cache", "--check", ".")


@pytest.mark.timeout(170)
def test_the_types_hold() -> None:
    run("mypy")


def test_imports_go_one_way_and_judging_has_no_effects() -> None:
    run("lint-imports", "--no-cache")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert text.count("\n") <= 300
    assert path.stem not in FORBIDDEN_NAMES
    assert not text.strip() or ast.get_docstring(tree), "the first line says what the module does"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_first_line_of_a_module_and_of_a_class_is_a_sentence(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]
    firsts = [(ast.get_docstring(node) or ".").partition("\n")[0] for node in said]
    assert [first for first in firsts if first[-1] not in ".?!:"] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_fits_on_a_screen(path: Path) -> None:
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > 30
    ]
    assert long == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_is_given_no_more_than_it_can_mean(path: Path) -> None:
    # Typer's commands and pydantic's hook get what the command line and the library give them.
    crowded = [
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and len(node.args.posonlyargs + node.args.args) > 6
        and not (path.parent.name == "cli" or node.name == "settings_customise_sources")
    ]
    assert crowded == []


def test_mail_is_never_parsed_with_the_modern_policy() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom | ast.Import):
                names = {alias.name for alias in node.names} | {getattr(node, "module", "") or ""}
                assert not names & {"email.headerregistry", "email._header_value_parser", "headerregistry"}, (
                    path
                )
                # The demo's posters may use it; mail in our care never passes through it.
                assert "smtplib" not in names or path.is_relative_to(ROOT / "cli"), path
