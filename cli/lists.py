"""`gatepost lists …`: which lists are served, and what their files say."""

from pathlib import Path
from typing import Annotated

import typer

from cli import session
from cli.options import As, AsJson, Name, Yes

app = typer.Typer(help="The lists that are served.", callback=session.enter, no_args_is_help=True)


@app.command(epilog="Example: gatepost lists add physics.yaml")
def add(
    file: Annotated[Path, typer.Argument(help="A list file that has next_hop.")],
    by: As = None,
) -> None:
    """Serve a list from now on.

    Copies its file to lists/NAME.yaml beside gatepost.toml, proves it and
    publishes it. The list starts in shadow (posts pass, verdicts are recorded) unless its
    file says 'mode: enforce'; 'gatepost lists enforce LIST' changes that.
    """
    from cli.listfiles.serving import add_list

    add_list(file, by)


@app.command("list", epilog="Example: gatepost lists list --json")
def list_(as_json: AsJson = False) -> None:
    """List the lists that are served."""
    from cli.listfiles.serving import list_lists

    list_lists(as_json=as_json)


@app.command(epilog="Example: gatepost lists show physics")
def show(name: Name, as_json: AsJson = False) -> None:
    """Show what is in force on a list.

    Its addresses, next hop, mode, packs, people and local settings.
    """
    from cli.listfiles.serving import show_list

    show_list(name, as_json=as_json)


@app.command("set", epilog="Example: gatepost lists set physics next_hop lmtp://127.0.0.1:8024")
def set_(
    name: Name,
    key: Annotated[
        str, typer.Argument(help="A key of the list file, such as purpose or organisation.domain.")
    ],
    value: Annotated[str, typer.Argument(help="A word, a number, or a list as in '[one, two]'.")],
    by: As = None,
) -> None:
    """Change a key in a list's file, and publish it.

    The file's comments stay. What does not prove itself is refused and changes nothing.
    """
    from cli.listfiles.settle import settle

    settle(name, key, value, by)


@app.command(epilog="Example: gatepost lists enforce physics --yes")
def enforce(name: Name, by: As = None, yes: Yes = False) -> None:
    """Let verdicts act on a list.

    Shows first what the last posts would have met, and asks.
    """
    from cli.listfiles.serving import enforce_list

    enforce_list(name, by, yes=yes)


@app.command(epilog="Example: gatepost lists remove physics --holds reject")
def remove(
    name: Name,
    holds: Annotated[
        str | None, typer.Option(help="What becomes of posts that wait: release, reject, discard or keep.")
    ] = None,
    by: As = None,
    yes: Yes = False,
) -> None:
    """Stop serving a list; its records stay.

    Its file, versions, decisions and audit are kept. Posts that wait are
    released, rejected, discarded, or kept until the list is served again;
    without --holds a terminal is asked, and a program gets exit code 2.
    Released posts must be out before the list can go (exit code 1).
    """
    from cli.listfiles.removing import remove_list

    remove_list(name, holds, by, yes=yes)
