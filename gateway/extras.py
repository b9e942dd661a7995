"""How an extra comes into the environment that this program runs in."""

import shlex
import sys
from pathlib import Path


def command(extra: str) -> str:
    """The command that installs an extra here: pipx has its own way into what it made."""
    here = Path(sys.prefix)
    wanted = f"'gatepost[{extra}]'"
    if (here / "pipx_metadata.json").exists():
        return f"pipx runpip {here.name} install {wanted}"
    # Not just "pip", which may be another environment's.
    return f"{shlex.quote(sys.executable)} -m pip install {wanted}"
