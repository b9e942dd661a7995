"""A process that judges whatever it is given, and says what each judgement cost."""

import os
import random
import time
from dataclasses import dataclass
from pathlib import Path

from rules.evaluate import evaluate
from rules.facts import Facts
from rules.message import Envelope
from rules.policy import Policy, load_policy
from rules.reading import read
from rules.scan import scan
from tests.fuzz.mutation import mutated
from tests.given.watch import forget_most_memory, most_memory

LIST_FILE = """\
list: physics@lists.example
packs: [hygiene, ipem]
organisation: {names: [IPEM], domain: ipem.example}
moderators: [mod@lists.example]
"""
_ENVELOPE = Envelope(reverse_path=b"ann@member.example", recipients=(b"physics@lists.example",))
_POLICIES: list[Policy] = []


@dataclass(frozen=True, slots=True)
class Cost:
    """What became of one message: its action, or the exception that came, and what it took."""

    name: str
    action: str
    seconds: float  # of CPU
    memory: int  # octets that the process had at most


def furnish(list_file: Path) -> None:
    """Make the process ready: compile the policy once."""
    _POLICIES.append(load_policy(list_file))


def judged(file: Path, times: int, seed: int) -> list[Cost]:
    """Judge so many mutations of a message, and say which one was what: ``NAME#N`` is made anew from the seed."""
    chance = random.Random(f"{file.name} {seed}")
    octets = file.read_bytes()
    octets = octets if b"\r" in octets else octets.replace(b"\n", b"\r\n")
    return [_cost(f"{file.name}#{number}", mutated(octets, chance)) for number in range(times)]


def _cost(name: str, octets: bytes) -> Cost:
    forget_most_memory(os.getpid())
    began = time.process_time()
    try:
        reading = read(octets, scan(octets))
        action = evaluate(_POLICIES[0], reading, Facts(), _ENVELOPE).action.name
    except Exception as problem:  # noqa: BLE001  a verdict is owed, and this is none
        action = f"no verdict: {problem!r}"
    return Cost(name, action, time.process_time() - began, most_memory(os.getpid()))
