"""What a test wants from the system: skipped and named when it is missing here, failed when it is missing in CI."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

SYS_PTRACE, SYS_ADMIN = 19, 21  # linux/capability.h


def needed(tool: str | Path, how: str) -> None:
    """Go on when ``tool`` is there; else skip, or fail in CI, saying ``how`` to get it."""
    found = tool.exists() if isinstance(tool, Path) else shutil.which(tool)
    if found:
        return
    sentence = f"missing system tool {tool}: {how}"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def barred(sentence: str, capability: int) -> NoReturn:
    """Skip for what this machine does not allow; fail in CI where the process holds the capability to do it."""
    if os.environ.get("CI") and capabilities() >> capability & 1:
        pytest.fail(sentence)
    pytest.skip(sentence)


def capabilities() -> int:
    """The bits of what this process may do (capabilities(7)); containers take some away from root."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("CapEff:")[2].split()[0], 16)
