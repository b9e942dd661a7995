"""What a test wants from the system: skipped and named when it is missing here, failed when it is missing in CI."""

import os
import shutil
from pathlib import Path

import pytest


def needed(tool: str | Path, how: str) -> None:
    """Go on when ``tool`` is there; else skip, or fail in CI, saying ``how`` to get it."""
    found = tool.exists() if isinstance(tool, Path) else shutil.which(tool)
    if found:
        return
    sentence = f"missing system tool {tool}: {how}"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
