"""Fixtures of the command line's tests."""

from pathlib import Path

import pytest

from tests.cli.given import House


@pytest.fixture
def house(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> House:
    """A fresh installation, by `gatepost init`."""
    monkeypatch.delenv("GATEPOST_CONFIG", raising=False)
    made = House(tmp_path / "mail", capsys)
    assert made.gatepost("init", str(made.folder)).code == 0
    return made
