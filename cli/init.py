"""`gatepost init`: writes a settings file with every setting, explained."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli.output import say
from gateway.errors import CouldNotBeDone

_NAME = "gatepost.toml"

# Every setting at its default, most of them behind a #; deploy/gatepost.toml is made from it.
SETTINGS = Path(__file__).with_name(_NAME).read_text(encoding="utf-8")


@dataclass
class AlreadyThere(CouldNotBeDone):
    """The settings file exists, and is somebody's work."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path} exists already and was left as it is"


@dataclass
class Unwritable(CouldNotBeDone):
    """A folder or file that cannot be written."""

    path: Path
    problem: str

    def __str__(self) -> str:
        return f"{self.path} cannot be written: {self.problem}"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; made if it is not there.")],
) -> None:
    """Write DIR/gatepost.toml, with every setting at its default and explained.

    Most stand behind a #, which goes when you change them. Asks nothing.
    Exit code 1 if the file is there already.

    Example: gatepost init mail && cd mail && gatepost lists add ../physics.yaml
    """
    file = folder / _NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(SETTINGS)
    except FileExistsError:
        raise AlreadyThere(file if file.exists() else folder) from None
    except OSError as error:
        raise Unwritable(file, error.strerror or "unknown reason") from error
    say(f"Wrote {file}.")
    say(f"Next: gatepost --config {file} lists add LISTFILE, then gatepost --config {file} serve")
