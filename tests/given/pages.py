"""A page of the documentation as a program: its `sh` blocks run in order, its `text` blocks are what they print.

In a page, ids, dates, ages and digests are examples: two outputs are alike
when they differ in those only. A line ``…`` in a `text` block stands for any
lines. ``python -m tests.given.pages`` writes the outputs of all pages anew.
"""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
HOME = "/home/pat"
"""Where the reader of a page is said to work."""

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ID = re.compile(r"\b(?=[a-z]*\d)[a-z][23456789abcdefghjkmnpqrstvwxyz]{11}\b")
_PORT = re.compile(r"127\.0\.0\.1:(\d{2,5})")
_LOOKS = ("cat ", "grep ", "ls ", "python -m quopri ")
_PATIENCE = 90.0  # seconds for one block on a busy machine
_MARK = "-- end of block"
_FAILED = "-- the shell has left"
_EXAMPLES = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"), "MOMENT"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?"), "MOMENT"),
    (re.compile(r"[A-Z][a-z]+day \d+ [A-Z][a-z]+ \d{4}, \d\d:\d\d"), "MOMENT"),
    (re.compile(r"[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"), "MOMENT"),
    (re.compile(r"\b\d+ (s|min|h|d)\b"), "AGE"),
    (re.compile(r"\b\d+\.\d+ ms\b"), "TIME"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "DIGEST"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "SHORT-DIGEST"),
    (re.compile(r"[ \t]+"), " "),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page; ``line`` is where its fence stands."""

    kind: str
    text: str
    line: int


def blocks(page: str) -> tuple[Block, ...]:
    """The fenced blocks of a page, in order."""
    return tuple(
        Block(match[1], match[2], page.count("\n", 0, match.start()) + 1) for match in _FENCE.finditer(page)
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A block to run, and what the page says that it prints; None where the page says nothing."""

    block: Block
    printed: Block | None


def steps(page: str) -> tuple[Step, ...]:
    """The `sh` blocks of a page, each with the `text` block that follows before any other block."""
    there = blocks(page)
    following = [*there[1:], Block("", "", 0)]
    return tuple(
        Step(block, after if after.kind == "text" else None)
        for block, after in zip(there, following, strict=True)
        if block.kind == "sh"
    )


def alike(said: str, printed: str) -> bool:
    """Whether what a page says and what was printed differ in examples only.

    >>> alike("held 2 s ago", "held 14 s ago"), alike("held", "released"), alike("f" * 12, "0" * 64)
    (True, False, False)
    """
    pieces = [re.escape(piece) for piece in re.split(r"^…\n", _plain(said), flags=re.MULTILINE)]
    return re.fullmatch("(?:.*\n)*?".join(pieces), _plain(printed)) is not None


def _plain(text: str) -> str:
    for pattern, word in _EXAMPLES:
        text = pattern.sub(word, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"


@dataclass
class Reader:
    """Somebody who types a page's blocks into one shell, in ``folder``, with the ports and ids that they get."""

    page: str
    folder: Path
    ports: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ids = tuple(dict.fromkeys(_ID.findall("".join(block.text for block in blocks(self.page)))))
        for port in dict.fromkeys(_PORT.findall(self.page)):
            self.ports.setdefault(port, _free_port())

    def __enter__(self) -> Self:
        # A reader has neither settings of Gatepost in the environment nor Python compiling anew at each start.
        left_out = ("GATEPOST_", "PYTHON")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        listen = {"GATEPOST_SMTP__LISTEN": f"127.0.0.1:{self.ports.get('8025', '0')}"}
        self._shell = subprocess.Popen(
            ["bash"],
            cwd=self.folder,
            env={**kept, **listen, "PATH": path, "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self._shell.stdin is not None
        # What runs in the background keeps the pipe open, so the shell has to say that it leaves.
        self._shell.stdin.write(f"trap 'echo; echo \"{_FAILED}\"' EXIT\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._shell.communicate()

    def type(self, step: Step) -> str:
        """Run one block and return what it printed, in the page's words. AssertionError when it fails."""
        if not step.block.text.startswith(_LOOKS):
            return self._run(step.block, "set -e")
        # A reader who looks before the mail has come looks again.
        deadline = time.monotonic() + 10
        while True:
            printed = self._run(step.block, "set +e")
            if step.printed is None or alike(step.printed.text, printed) or time.monotonic() > deadline:
                return printed
            time.sleep(0.2)

    def _run(self, block: Block, manner: str) -> str:
        assert self._shell.stdin is not None
        typed = f"{manner}\n{{\n{self._real(block.text)}}} </dev/null\nset +e\necho '{_MARK}'\n"
        with suppress(BrokenPipeError):
            self._shell.stdin.write(typed)
            self._shell.stdin.flush()
        stuck = threading.Timer(_PATIENCE, self._stop)
        stuck.start()
        said = "".join(self._heard("gatepost serve" in block.text))
        stuck.cancel()
        assert _FAILED not in said, f"line {block.line} failed:\n{block.text}\n{said}"
        return self._said(said)

    def _stop(self) -> None:
        # Whatever the page left running is in the shell's own process group.
        with suppress(ProcessLookupError):
            os.killpg(self._shell.pid, signal.SIGKILL)

    def _heard(self, serves: bool) -> Iterator[str]:
        assert self._shell.stdout is not None
        ended, ready = False, not serves
        for line in self._shell.stdout:
            before, mark, _ = line.partition(_MARK)
            ended |= bool(mark)
            ready |= line.startswith("ready ")
            yield before
            if (ended and ready) or _FAILED in line:
                return
        yield _FAILED

    def _real(self, text: str) -> str:
        """The page's commands with this reader's ports and ids in them."""
        text = _PORT.sub(lambda port: f"127.0.0.1:{self.ports[port[1]]}", text)
        for example, real in zip(self._ids, self._held(), strict=False):
            text = re.sub(rf"\b{example[:4]}(\w*)\b", lambda m, r=real: r[: len(m[0])], text)  # type: ignore[misc]
        return text

    def _said(self, text: str) -> str:
        """What was printed as the page would say it."""
        text = text.replace(str(self.folder), HOME)
        for example, port in self.ports.items():
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{example}")
        for example, real in zip(self._ids, self._held(), strict=False):
            text = re.sub(rf"\b{real[:4]}(\w*)\b", lambda m, e=example: e[: len(m[0])], text)  # type: ignore[misc]
        return text.strip("\n") + "\n"

    def _held(self) -> list[str]:
        """The ids of held posts, in the order in which the posts came."""
        for store in self.folder.rglob("gatepost.db"):
            with closing(sqlite3.connect(store, timeout=5)) as connection, suppress(sqlite3.OperationalError):
                return [row[0] for row in connection.execute("SELECT id FROM hold ORDER BY received")]
        return []


def _free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def walked(page: str, reader: Reader) -> str:
    """The page with what its blocks really print."""
    there, out, at = blocks(page), [], 0
    outputs = {}
    for step in steps(page):
        printed = reader.type(step)
        if step.printed is not None and "…\n" not in step.printed.text:
            outputs[step.printed.line] = printed
    lines = page.splitlines(keepends=True)
    for block in there:
        if block.line in outputs and not alike(block.text, outputs[block.line]):
            out += [*lines[at : block.line], outputs[block.line]]
            at = block.line + block.text.count("\n")
    return "".join([*out, *lines[at:]])


def main() -> None:
    """Write the outputs of the pages named, or of all pages with commands, as they are now."""
    named = [Path(name) for name in sys.argv[1:]]
    for page in named or [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder, Reader(text, Path(folder)) as reader:
            page.write_text(walked(text, reader), encoding="utf-8")


if __name__ == "__main__":
    main()
