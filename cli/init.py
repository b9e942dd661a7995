"""`gatepost init`: writes a settings file with the keys that people need, explained."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli.output import say
from gateway.errors import CouldNotBeDone

_NAME = "gatepost.toml"

SETTINGS = """\
# Gatepost's settings. Each key shown is at its default unless it says otherwise; the complete list is
# deploy/gatepost.toml. A variable such as GATEPOST_SMTP__LISTEN overrides a key.

# How long a decision can still be undone; its effects and notices wait that long.
undo_seconds = 120

[smtp]
# Where mail comes in. Port 0 takes any free port and prints it.
listen = "127.0.0.1:8025"
# Name in our greeting and Received fields; "" is the machine's own.
hostname = ""

[lmtp]
# "127.0.0.1:8024" takes mail by LMTP too; "" is off.
listen = ""

[http]
# "127.0.0.1:8026" serves /healthz and /metrics; "" is off.
listen = ""

[store]
# Holds, decisions and versions. A relative path starts at this file's folder.
url = "sqlite:///gatepost.db"

[submission]
# The server that takes our notices to moderators and authors, as in "smtp://127.0.0.1:25".
# While it is "", notices wait in the store.
url = ""

[journal]
# "json" or "console".
format = "json"

# Who may decide on every list. "user" is a login name on this machine.
# [[admins]]
# address = "you@example.org"
# name = "Your Name"
# user = "you"
"""


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
    """Write DIR/gatepost.toml, with the keys that people need explained in it.

    Asks nothing. Exit code 1 if the file is there already.

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
