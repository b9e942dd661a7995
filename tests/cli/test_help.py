"""Every command explains itself on one screen, with an example."""

import importlib
import tomllib
from pathlib import Path

import pytest
import typer
from typer.main import get_command

ROOMS = ("queue", "lists", "rules", "admin")
ROOT = Path(__file__).resolve().parents[2]
SCREEN = 40  # lines


def _commands() -> list[tuple[str, str]]:
    found = []
    for room in ROOMS:
        app: typer.Typer = importlib.import_module(f"cli.{room}").app
        for command in app.registered_commands:
            assert command.callback is not None
            found.append((room, command.name or command.callback.__name__))
    return [*found, ("", "init"), ("", "demo"), ("", "serve")]


@pytest.mark.parametrize(("room", "command"), _commands())
def test_help_fits_a_screen_and_has_an_example(room: str, command: str, capsys: pytest.CaptureFixture[str]):
    from cli.main import run

    with pytest.raises(SystemExit) as left:
        run([*([room] if room else []), command, "--help"])
    said = capsys.readouterr().out
    assert left.value.code == 0
    assert len(said.splitlines()) <= SCREEN
    assert room == "" or f"Example: gatepost {room} {command}" in said


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_lists_its_commands_in_whole_sentences(room: str, capsys: pytest.CaptureFixture[str]):
    from cli.main import run

    with pytest.raises(SystemExit):
        run([room, "--help"])
    assert "..." not in capsys.readouterr().out.partition("Commands:")[2]


def test_the_version_is_printed_with_the_name(capsys: pytest.CaptureFixture[str]):
    from cli.main import run

    with pytest.raises(SystemExit) as left:
        run(["--version"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert capsys.readouterr().out == f"gatepost {project['version']}\n"
    assert left.value.code == 0


def test_reading_commands_take_json():
    reading = {
        "list",
        "show",
        "history",
        "check",
        "explain",
        "score",
        "prove",
        "lint",
        "versions",
        "verify",
        "audit",
    }
    for room in ROOMS:
        group = get_command(importlib.import_module(f"cli.{room}").app)
        for name, command in group.commands.items():  # type: ignore[attr-defined]
            options = {option for parameter in command.params for option in parameter.opts}
            assert (name in reading) <= ("--json" in options), f"{room} {name}"
