"""What was once found keeps being tried, and so do the seeds and a few mutations of them."""

import random
import time
from pathlib import Path

import pytest

from tests.fuzz.__main__ import FOUND, at_random
from tests.fuzz.mutation import mutated
from tests.fuzz.targets import TARGETS, Target


def within_its_time(name: str, octets: bytes) -> None:
    began = time.process_time()
    TARGETS[name].run(octets)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("name", TARGETS)
def test_what_was_found_is_found_no_more(name: str) -> None:
    files = sorted((FOUND / name).glob("*-*"))
    assert len(files) >= 5
    for file in files:
        within_its_time(name, file.read_bytes())


def test_what_breaks_a_law_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_nul(octets: bytes) -> None:
        assert b"\0" not in octets

    monkeypatch.setattr("tests.fuzz.__main__.FOUND", tmp_path)
    monkeypatch.setitem(TARGETS, "nul", Target(no_nul, lambda: [b"a message"]))
    assert at_random("nul", 20) == 1
    (kept,) = (tmp_path / "nul").iterdir()
    assert b"\0" in kept.read_bytes()
    assert at_random("address", 1) == 0


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_mutations_of_them_break_no_law(name: str) -> None:
    target, chance = TARGETS[name], random.Random(name)
    seeds = target.seeds()
    assert len(seeds) >= 5
    for seed in (*seeds[:20], *(mutated(chance.choice(seeds), chance, target.longest) for _ in range(150))):
        within_its_time(name, seed)
