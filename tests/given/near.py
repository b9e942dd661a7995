"""A running Gatepost whose other commands are run in this process: a second each would be a minute in all."""

import contextlib
import io
import subprocess
from pathlib import Path
from typing import Any

from cli.main import app, run
from tests.given.gatepost import HOUSE, Gatepost


class Near(Gatepost):
    """As `Gatepost`; only `serve` is a process of its own. The house's pack, unless others are named."""

    def __init__(self, folder: Path, hop: str, **more: Any) -> None:
        super().__init__(folder, hop, **{"packs": HOUSE} | more)

    def events(self, name: str) -> list[Any]:
        """The journal's lines of one event so far."""
        return [line for line in self.journal() if line["event"] == name]

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command, whatever comes of it; an exception comes through, as a traceback would."""
        given = ["--config", str(self.config), *arguments]
        # Each run furnishes the app anew, as a process of its own would.
        app.registered_groups.clear()
        app.registered_commands.clear()
        out, err, code = io.StringIO(), io.StringIO(), 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                run(given)
            except SystemExit as left:
                code = left.code if isinstance(left.code, int) else 0
        return subprocess.CompletedProcess(given, code, out.getvalue(), err.getvalue())
