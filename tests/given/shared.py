"""Where the papers and the collected messages are: beside the repository, or beside the folder its worktrees are in."""

from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


def shared(name: str) -> Path:
    """The file or folder of that name; skips the test where it is not there."""
    for folder in (_ROOT.parent, _ROOT.parents[1]):
        if (found := folder / "shared" / name).exists():
            return found
    pytest.skip(f"../shared/{name} is not here")
