"""What is made from the program itself: `python -m tests.given.generated` writes it anew."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from cli import init, main
from gateway.complaints import form
from gateway.settings import Settings
from rules.clause import ClauseFile
from rules.pack import SHIPPED, Pack, read_pack

DOCS = Path(__file__).parents[2] / "docs"
DEPLOY = DOCS.parent / "deploy" / "gatepost.toml"

_SETTINGS = """\
# Every setting of Gatepost with its default. A line that you leave out keeps its default.
# From the environment: GATEPOST_SMTP__LISTEN, GATEPOST_UNDO_SECONDS and so on go before this file.
# Sizes are octets and times are seconds, unless the key says otherwise.
# This file is made from cli/gatepost.toml, which 'gatepost init' writes.
"""

_COMMANDS = """\
# Commands

Every command with its arguments and options. This page is made from the program; `--help` after any command says the same.

`--config FILE` names the settings file, before or after the command; else `GATEPOST_CONFIG`, else `./gatepost.toml`. `-h` is `--help`. `gatepost --version` prints name and version.

Exit codes: 0 done; 1 could not be done (port, store, list server, already decided); 2 what was given is wrong (usage, settings, list file,
policy, path, id). What asks for confirmation takes `--yes`; without a terminal and without `--yes` nothing is done and the code is 2.
"""

_REFERENCE = """\
# Every setting

This page is made from what `gatepost init` writes. Sizes are octets and times are seconds, unless the key says otherwise. The variable of
`smtp.listen` is `GATEPOST_SMTP__LISTEN`, and so on; it goes before the file. [operating.md](operating.md#settings) says which to think about.
"""

_HEAD = "| Key | Default | May be | Meaning |\n|---|---|---|---|"

_PACKS = """\
# The shipped packs

Every clause that comes with Gatepost, with the heading of the document that it is drawn from, and the question that it asks the moderator.
This page is made from the packs; `gatepost rules show PACK/CLAUSE` prints a clause with its examples. A list file names its packs in
`packs`; without that, `hygiene` and `civil` judge. [rules.md](rules.md) says how to write your own.
"""


def pages() -> dict[Path, str]:
    """The generated pages by their files."""
    return {
        DOCS / "commands.md": commands(),
        DOCS / "packs.md": packs(),
        DEPLOY: settings(),
        DOCS / "settings.md": reference(),
    }


def settings() -> str:
    """Every setting, none of them behind a #."""
    _, _, sections = init.SETTINGS.partition("\n\n")
    return f"{_SETTINGS}\n{in_force(sections)}"


def in_force(text: str) -> str:
    """What a settings file says once the # is taken from before each of its keys."""
    return re.sub(r"^#(?=[a-z_]+ = )", "", text, flags=re.MULTILINE)


def reference() -> str:
    """The table of all settings."""
    _, _, sections = settings().partition("\n\n")
    parts, section, above = [_REFERENCE, _HEAD], "", ""
    for line in sections.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            parts.append(f"\n## {section}\n\n{_HEAD}")
        elif line.startswith("# "):
            above = above or line.removeprefix("# ")
        elif line:
            parts.append(_of_setting(section, line, above))
            above = ""
    return "\n".join(parts) + "\n"


def _of_setting(section: str, line: str, above: str) -> str:
    key, _, rest = line.partition(" = ")
    default, _, meaning = rest.partition("  # ")
    names = (section, key) if section else (key,)
    cells = (f"`{'.'.join(names)}`", f"`{default.strip()}`", form(Settings, names), meaning or above)
    return f"| {' | '.join(map(_one_cell, cells))} |"


def commands() -> str:
    """The reference of all commands."""
    top = typer.Typer()
    for name, module in main._COMMANDS.items():
        top.command(name)(getattr(importlib.import_module(module), name))
    parts = [_COMMANDS, *(_of_command(("gatepost", name), one) for name, one in _in(top))]
    for room in main._ROOMS:
        app = importlib.import_module(f"cli.{room}").app
        parts.append(f"## gatepost {room}\n\n{app.info.help}\n")
        parts += [_of_command(("gatepost", room, name), one) for name, one in _in(app)]
    return "\n".join(parts)


def _in(app: typer.Typer) -> list[tuple[str, Any]]:
    group: Any = get_command(app)
    return list(group.commands.items())


def _of_command(words: tuple[str, ...], command: Any) -> str:
    arguments = [_bare(one) for one in command.params if one.param_type_name == "argument"]
    options = ["[OPTIONS]"] if len(arguments) < len(command.params) else []
    usage = " ".join((*words, *options, *arguments))
    said = [f"{'#' * len(words)} {' '.join(words)}", f"`{usage}`", _flowing(command.help or "")]
    rows = list(_rows(command))
    if rows:
        said.append("\n".join(("| | |", "|---|---|", *rows)))
    if command.epilog:
        said.append(_example(command.epilog))
    return "\n\n".join(said) + "\n"


def _flowing(text: str) -> str:
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(_example(part) if part.startswith("Example:") else part for part in paragraphs)


def _example(text: str) -> str:
    return f"    {' '.join(text.removeprefix('Example:').split())}"


def _rows(command: Any) -> Iterator[str]:
    for parameter in command.params:
        is_option = parameter.param_type_name == "option"
        names = (*parameter.opts, *parameter.secondary_opts) if is_option else (_bare(parameter),)
        shown = _one_cell(", ".join(f"`{name}`" for name in names))
        says = _one_cell(" ".join((parameter.help or "").split()))
        yield f"| {shown} | {says}{_choices(parameter)} |"


def _bare(parameter: Any) -> str:
    name = str(parameter.metavar or parameter.name.upper())
    return name if parameter.required or name.startswith("[") else f"[{name}]"


def _choices(parameter: Any) -> str:
    words = getattr(parameter.type_descriptor.annotation, "__members__", {}).values()
    return f" ({', '.join(f'`{word.value}`' for word in words)})" if words else ""


def _one_cell(text: str) -> str:
    return text.replace("|", "\\|")


def packs() -> str:
    """The table of all shipped clauses."""
    found = [read_pack(path.parent) for path in sorted(SHIPPED.glob("*/pack.yaml"))]
    return "\n".join([_PACKS, *map(_of_pack, found)])


def _of_pack(pack: Pack) -> str:
    by_id = {clause.clause: clause for clause in pack.clauses}
    rows = ["| Clause | Title | Drawn from | The question |", "|---|---|---|---|"]
    for heading in pack.contents:
        rows += [_clause_row(by_id[clause]) for clause in heading.clauses]
    without = [f"- {one.heading}: {one.no_clause}" for one in pack.contents if one.no_clause]
    review = f"To be read against it again by {pack.review.day} {pack.review:%B %Y}."
    parts = [f"## {pack.name}: {pack.title}", f"Source: {pack.source.document}. {review}", "\n".join(rows)]
    if without:
        parts += ["Headings without a clause:", "\n".join(without)]
    return "\n\n".join(parts) + "\n"


def _clause_row(clause: ClauseFile) -> str:
    name = f"`{clause.clause}`" + (" (masked)" if clause.sensitive else "")
    cells = (name, clause.title, clause.source.heading, clause.ask)
    return "| " + " | ".join(_one_cell(re.sub(r"\s+", " ", cell)) for cell in cells) + " |"


if __name__ == "__main__":
    for file, text in pages().items():
        file.write_text(text, encoding="utf-8")
