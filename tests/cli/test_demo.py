"""`gatepost demo` plays to its end, and leaves nothing behind."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

GATEPOST = Path(sys.executable).with_name("gatepost")
NUMBER = "999 000 0018"


def _played(folder: Path, *words: str) -> str:
    # A setting of another installation must have no say in it.
    environment = {**os.environ, "TMPDIR": str(folder), "GATEPOST_SMTP__LISTEN": "127.0.0.1:1"}
    done = subprocess.run(
        [GATEPOST, "demo", *words], env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def test_the_demo_tells_its_story_and_leaves_nothing(tmp_path: Path):
    said = _played(tmp_path)
    for word in ("relayed", "held", "released", "rejected"):
        assert re.search(rf"\b{word}\b", said), word
    for clause in ("endorsement", "confidentiality", "non-discriminatory"):
        assert clause in said
    assert NUMBER not in said
    assert list(tmp_path.iterdir()) == []


def test_a_kept_demo_can_be_looked_at_afterwards(tmp_path: Path):
    said = _played(tmp_path, "--keep")
    (folder,) = tmp_path.iterdir()
    assert str(folder) in said
    assert NUMBER not in (folder / "journal.log").read_text()
    listed = subprocess.run(
        [GATEPOST, "--config", folder / "gatepost.toml", "queue", "list"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "carys.penn@hospital.example" in listed.stdout
    shutil.rmtree(folder)
