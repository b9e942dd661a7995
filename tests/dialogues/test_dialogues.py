"""Plays every conversation of this folder against a front, as README.md says."""

import ast
import re
from pathlib import Path

import pytest

from tests.given.certificate import make, trusting
from tests.given.front import Client, RunningFront

ROOT = Path(__file__).parents[2]
FILES = sorted(Path(__file__).parent.glob("*.txt"))


def octets(expression: str) -> bytes:
    """The octets of a bytes literal, or of one times a number."""
    literal, _, times = expression.rpartition(" * ")
    if not literal:
        literal, times = expression, "1"
    return ast.literal_eval(literal) * int(times)


def opened(line: str, pair: tuple[Path, Path]) -> RunningFront:
    """A front with the settings of a `with:` line."""
    protocol, settings, keeper = "smtp", {}, {}
    for word in filter(None, (word.strip() for word in line.split(","))):
        key, equals, value = word.partition("=")
        if equals:
            (keeper if key in ("offers", "most") else settings)[key] = ast.literal_eval(value)
        elif key in ("tls", "implicit"):
            settings |= {"pair": pair} if key == "tls" else {"implicit": True}
        else:
            protocol = word
    front = RunningFront(protocol, **settings)
    front.keeper.offered = frozenset(keeper.get("offers", front.keeper.offered))
    front.keeper.most = keeper.get("most")
    return front


def play(step: str, client: Client, front: RunningFront, certificate: Path) -> None:
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
        case "t:":
            client.secure(trusting(certificate))
        case "f:":
            assert front.keeper.messages[-1].envelope.client == said
        case "n:":
            assert len(front.contents) == int(said)
        case "m:":
            assert front.contents[-1] == octets(said)
        case _:
            pytest.fail(f"not a line of a dialogue: {step!r}")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_dialogue_goes_as_written(file: Path, pair: tuple[Path, Path]) -> None:
    steps = [line for line in file.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    settings = steps.pop(0).removeprefix("with:") if steps[0].startswith("with:") else ""
    with opened(settings, pair) as front, front.client(greet=False) as client:
        for step in steps:
            play(step, client, front, pair[0])


def test_every_dialogue_says_why_it_is_here() -> None:
    assert FILES
    assert all(file.read_text(encoding="utf-8").startswith("# ") for file in FILES)


# What one conversation cannot show, because it needs a next hop, many clients, time or memory.
ELSEWHERE = {
    "T2": "tests/gateway/relay/test_wire.py::test_a_message_that_could_smuggle_is_refused",
    "T8": "tests/gateway/relay/test_tls.py::test_without_tls_nothing_of_the_message_goes_out",
    "T19": "tests/gateway/relay/test_hostile.py::test_control_characters_in_a_refusal_reach_nobody",
    "T23": "tests/gateway/relay/test_refusals.py::test_lmtp_gives_each_recipient_its_own_reply",
    "T24": "tests/gateway/relay/test_refusals.py::test_all_or_nothing_sends_nothing_when_one_recipient_is_refused",
    "T25": "tests/gateway/test_relaying.py::test_whatever_it_looks_like_only_a_lists_address_is_taken",
    "T27": "tests/gateway/smtp/test_limits.py::test_a_message_of_tiny_lines_costs_its_size_and_little_more",
    "T30": "tests/gateway/smtp/test_flood.py::test_a_flood_of_connections_costs_no_more_than_its_limit",
}


def test_every_threat_to_the_front_has_a_dialogue_or_a_test() -> None:
    first_lines = " ".join(file.read_text(encoding="utf-8").partition("\n")[0] for file in FILES)
    told = set(re.findall(r"\bT\d+\b", first_lines))
    threats = {f"T{number}" for number in range(1, 32)}
    assert threats - told - set(ELSEWHERE) == set()
    assert told <= threats
    for place in ELSEWHERE.values():
        file, _, name = place.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), place
