"""What CI installs or may do is no reason to skip there."""

from pathlib import Path

import pytest

from tests.given import tools
from tests.given.tools import SYS_ADMIN, SYS_PTRACE, barred, needed


@pytest.mark.parametrize("capability", [SYS_ADMIN, SYS_PTRACE])
def test_what_the_process_may_do_fails_in_ci_where_it_does_not_work(
    capability: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "capabilities", lambda: 1 << capability)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no such luck"):
        barred("no such luck", capability)
    monkeypatch.setattr(tools, "capabilities", lambda: ~(1 << capability))
    with pytest.raises(pytest.skip.Exception, match="no such luck"):
        barred("no such luck", capability)


def test_a_missing_tool_skips_here_and_fails_in_ci(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt install tool"):
        needed(tmp_path / "tool", "apt install tool")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="apt install tool"):
        needed(tmp_path / "tool", "apt install tool")
