"""The SMTP dialogues of other servers, and the smuggling sequences, played against a running gateway."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.given.gatepost import LIST
from tests.given.near import Near
from tests.given.shared import shared
from tests.given.sink import Sink

SETTINGS = "max_size = 1048576\nrecipients = 1000\n"
# Addresses that the dialogues name themselves.
ALIASES = "aliases: [gilles@localhost, test@localhost, root@localhost, test@foo.bar]\n"

NO_BRACKETS = "sends RCPT without angle brackets, which RFC 5321 (4.1.1.3) asks for"
SOURCE_ROUTE = "sends a source route, which RFC 5321 (C) forbids clients to use; a list has no use for one"
HOUSE_RULES = {
    "chasquid/bad_data": NO_BRACKETS,
    "chasquid/bad_data_dot": NO_BRACKETS,
    "chasquid/bad_data_dot_2": NO_BRACKETS,
    "chasquid/bad_data_dot_on_message_too_big": NO_BRACKETS,
    "chasquid/data_dot_stuffing": NO_BRACKETS,
    "chasquid/message_too_big": NO_BRACKETS,
    "chasquid/sendmail": NO_BRACKETS,
    "opensmtpd/mailfrom/mailfrom.at-sign": "wants the sender <@> taken, which is no address",
    "opensmtpd/mailfrom/mailfrom.src-route": SOURCE_ROUTE,
    "opensmtpd/mailfrom/mailfrom.option-auth": "uses AUTH=, an extension that we do not offer",
    "opensmtpd/rcptto/rcptto.src-route": SOURCE_ROUTE,
    "opensmtpd/smtp0/case7": "ends a command in the middle with a bare LF, which we refuse everywhere",
    "opensmtpd/smtp2/case2": "wants the hundred-and-first message of a session put off; we count none",
}


@dataclass(frozen=True, slots=True)
class Played:
    """How the dialogues went: name and outcome of each, and how many of each kind went how."""

    outcomes: dict[str, str]
    totals: dict[str, dict[str, int]]
    journal: tuple[dict[str, object], ...]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    player = shared("dialogs/run_dialogs.py")
    folder = tmp_path_factory.mktemp("gatepost")
    delivered = folder / "delivered.jsonl"
    delivered.touch()
    with Sink("smtp", out=delivered) as onwards:
        gatepost = Near(folder, onwards.url, settings=SETTINGS, more=ALIASES)
        with gatepost:
            host, port = gatepost.smtp
            done = subprocess.run(
                [sys.executable, player, host, str(port), "--rcpt", LIST, "--sink-file", delivered, "-v"],
                capture_output=True,
                text=True,
                timeout=100,
                check=True,
            )
            lines = done.stdout.splitlines()
            outcomes = {words[1]: words[0] for line in lines[:-1] if len(words := line.split()) > 1}
            yield Played(outcomes, json.loads(lines[-1]), tuple(gatepost.journal()))


def test_every_dialogue_passes_but_those_that_state_another_servers_house_rules(played: Played) -> None:
    failed = {name for name, outcome in played.outcomes.items() if outcome in ("FAIL", "ERROR")}
    assert failed == set(HOUSE_RULES)
    ours = [name for name in played.outcomes if not name.startswith("smuggling/")]
    assert sum(played.outcomes[name] == "pass" for name in ours) >= 70


def test_nothing_is_smuggled(played: Played) -> None:
    sequences = played.totals["smuggling"]
    assert sequences["pass"] >= 10
    assert set(sequences) == {"pass"}


def test_no_dialogue_makes_an_exception(played: Played) -> None:
    assert [line for line in played.journal if "error" in line] == []
