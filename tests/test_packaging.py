"""sdist, then wheel from the sdist, then all three packages imported from what the wheel holds."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cli.init import SETTINGS

ROOT = Path(__file__).parents[1]


def build(source: Path, out: Path, kind: str) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", out, source],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = (path for path in out.iterdir() if path.suffix in (".gz", ".whl"))
    return made


@pytest.mark.timeout(300)  # two builds, an installation and the demo
def test_a_wheel_built_from_the_sdist_has_all_three_packages(tmp_path: Path) -> None:
    sdist = build(ROOT, tmp_path / "sdist", "sdist")
    (tmp_path / "source").mkdir()
    # Python's own way to unpack differs between 3.11.2 and 3.14.
    subprocess.run(["tar", "-xzf", sdist, "-C", tmp_path / "source"], check=True)
    (source,) = (tmp_path / "source").iterdir()
    wheel = build(source, tmp_path / "wheel", "wheel")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); sys.path = [p for p in sys.path if p != sys.argv[2]]\n"
        "import rules, gateway, cli, rules.pack, cli.main\n"
        "from pathlib import Path\n"
        "from rules.pack import find_pack, read_pack\n"
        "print(rules.__file__, gateway.__file__, cli.__file__, sep='\\n')\n"
        "print(len(read_pack(find_pack('ipem', Path('.'))).clauses))\n"
        "cli.main.run(['init', 'mail'])"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, tmp_path / "installed", ROOT],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *files, clauses = done.stdout.partition("Wrote ")[0].split()
    assert all(Path(file).is_relative_to(tmp_path / "installed") for file in files)
    assert clauses == "11"
    assert (tmp_path / "mail" / "gatepost.toml").read_text(encoding="utf-8") == SETTINGS

    assert "1 still waiting for a person." in demo(tmp_path, tmp_path / "installed")


def demo(folder: Path, installed: Path) -> str:
    """What the demo prints when it, and the gateway that it starts, come from this folder."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", "import cli.main; print(cli.main.__file__); cli.main.run()", "demo"],
        env={**os.environ, "PYTHONPATH": str(installed)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(installed))
    return done.stdout


def test_make_asks_pip_to_build_old_packages_as_new_ones() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    # Of dependencies that have only a setup.py, pip before 23.1 says in long lines that it builds them otherwise.
    (install,) = (line for line in makefile.splitlines() if line.startswith("INSTALL "))
    assert "--use-pep517" in install.partition("-m pip install ")[2]
