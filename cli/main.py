"""The Typer app: every command, `--config` anywhere on the line, a sentence and an exit code for what fails.

Exit codes: 0 done; 1 could not be done (port, store, next hop, already
decided); 2 what was given is wrong (usage, settings, list file, policy, id).
"""

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gateway.settings import CONFIG_VARIABLE, Settings, SettingsWrong, load
from rules.errors import RulesError

DONE, FAILED, WRONG = 0, 1, 2

app = typer.Typer(
    name="gatepost",
    help="A moderation gateway for mailing lists.\n\nExit codes: 0 done; 1 could not be done; "
    "2 what was given is wrong.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Only the room that a command lives in is imported, so that `gatepost queue list` answers at once.
_ROOMS = ("queue", "lists", "rules", "admin")
_COMMANDS = {"init": "cli.init", "serve": "cli.serve", "duties": "cli.serve", "demo": "cli.demo"}


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # for those alone who ask

        typer.echo(f"gatepost {version('gatepost')}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="The settings file [default: $GATEPOST_CONFIG, else ./gatepost.toml]."),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Print name and version."),
    ] = False,
) -> None:
    context.obj = config


def settings_of(context: typer.Context) -> Settings:
    """The settings that this command line names. Raises SettingsWrong."""
    return load(context.obj)


def run(arguments: Sequence[str] | None = None) -> None:
    """The `gatepost` command: run it and leave with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _furnish(given)
    sys.exit(_outcome(_config_first(given)))


def _furnish(given: Sequence[str]) -> None:
    wanted = next((word for word in given if word in _ROOMS or word in _COMMANDS), None)
    for room in _ROOMS:
        if wanted in (room, None):
            app.add_typer(importlib.import_module(f"cli.{room}").app, name=room)
    for command, module in _COMMANDS.items():
        if wanted in (command, None):
            app.command(command)(getattr(importlib.import_module(module), command))


def _config_first(given: list[str]) -> list[str]:
    # `--config` is one option of the whole program, so it may stand behind the command too.
    for place, word in enumerate(given):
        if word == "--":
            break
        if word == "--config" and place + 1 < len(given):
            return [*given[place : place + 2], *given[:place], *given[place + 2 :]]
        if word.startswith("--config="):
            return [word, *given[:place], *given[place + 1 :]]
    return given


def _outcome(arguments: list[str]) -> int:
    try:
        app(arguments, standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED
    except (SettingsWrong, RulesError) as error:
        return _tell(error, WRONG)
    except BrokenPipeError:
        # The reader (a pager, `head`) has seen enough; Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return _tell("interrupted", FAILED)
    except Exception as error:
        # What a room foresees has its sentence; whatever else comes is ours to mend, with its traceback.
        code = _foreseen(error)
        if code is None:
            raise
        return _tell(error, code)
    return DONE


def _foreseen(error: Exception) -> int | None:
    # Imported here, because a command that fails early never needed the store.
    from gateway.errors import CouldNotBeDone, GivenWrong

    if isinstance(error, GivenWrong):
        return WRONG
    if isinstance(error, CouldNotBeDone):
        return FAILED
    return None


def _tell(error: object, code: int) -> int:
    from cli.output import complain

    complain(str(error))
    return code


__all__ = ["CONFIG_VARIABLE", "app", "run", "settings_of"]
