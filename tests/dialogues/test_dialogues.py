"""Plays every conversation of this folder against a front, as README.md says."""

import ast
from pathlib import Path

import pytest

from tests.given.front import Client, RunningFront

FILES = sorted(Path(__file__).parent.glob("*.txt"))


def octets(expression: str) -> bytes:
    """The octets of a bytes literal, or of one times a number."""
    literal, _, times = expression.rpartition(" * ")
    if not literal:
        literal, times = expression, "1"
    return ast.literal_eval(literal) * int(times)


def opened(line: str) -> RunningFront:
    """A front with the settings of a `with:` line."""
    protocol, settings = "smtp", {}
    for word in filter(None, (word.strip() for word in line.split(","))):
        key, equals, value = word.partition("=")
        if equals:
            settings[key] = ast.literal_eval(value)
        else:
            protocol = word
    return RunningFront(protocol, **settings)


def play(step: str, client: Client, front: RunningFront) -> None:
    """Do, or check, what one line says."""
    kind, said = step[:2], step[2:].removeprefix(" ")
    match kind:
        case "c:":
            client.send(said.encode() + b"\r\n")
        case "c~":
            client.send(octets(said))
        case "s:":
            reply = client.reply()
            assert reply.startswith(said) if said != "closed" else not reply, f"{step!r} but got {reply!r}"
        case "n:":
            assert len(front.contents) == int(said)
        case "m:":
            assert front.contents[-1] == octets(said)
        case _:
            pytest.fail(f"not a line of a dialogue: {step!r}")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_dialogue_goes_as_written(file):
    steps = [line for line in file.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    settings = steps.pop(0).removeprefix("with:") if steps[0].startswith("with:") else ""
    with opened(settings) as front, front.client(greet=False) as client:
        for step in steps:
            play(step, client, front)


def test_every_dialogue_says_why_it_is_here():
    assert FILES
    assert all(file.read_text(encoding="utf-8").startswith("# ") for file in FILES)
