"""The malformed messages of other mail software, mutated: a verdict each, within the time and memory of a reader."""

import multiprocessing
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from gateway.confined.limits import MEMORY, SECONDS
from tests.fuzz.judging import LIST_FILE, Cost, furnish, judged
from tests.fuzz.mutation import mutated
from tests.given.shared import shared

MESSAGES = Path(__file__).parents[1] / "messages"

pytestmark = pytest.mark.timeout(3600)  # a busy machine takes its time; what counts is that of the processor


def judge_all(folder: Path, files: list[Path], times: int, seed: int) -> list[Cost]:
    """Each message so many times, by two processes."""
    list_file = folder / "list.yaml"
    list_file.write_text(LIST_FILE, encoding="utf-8")
    # Not forked: a process of pytest has threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context, furnish, (list_file,)) as judges:
        tasks = [judges.submit(judged, file, times, seed) for file in files]
        costs = [cost for task in tasks for cost in task.result()]
    assert len(costs) == times * len(files)
    return costs


def collected() -> list[Path]:
    """The malformed messages of other mail software."""
    files = sorted(shared("torture").glob("*.eml"))
    assert len(files) > 300
    return files


def hold_the_laws(costs: list[Cost]) -> None:
    """A verdict each, none of them too dear."""
    actions = Counter(cost.action for cost in costs)
    assert [cost for cost in costs if cost.action.startswith("no verdict")] == []
    assert min(actions["PASS"] + actions["NOTE"], actions["HOLD"]) > 20, actions
    assert [cost for cost in costs if cost.seconds > SECONDS or cost.memory > MEMORY] == []


def test_a_judge_finds_our_tests_wherever_it_was_spawned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A dependency installs a package "tests" too, and multiprocessing remembers where it was first imported.
    monkeypatch.setattr("multiprocessing.process.ORIGINAL_DIR", str(tmp_path))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as judges:
        assert judges.submit(mutated, b"one line\r\n", random.Random(1)).result()


def test_every_message_of_ours_mutated_gets_a_verdict(tmp_path: Path) -> None:
    files = sorted(MESSAGES.glob("*.eml"))
    assert len(files) >= 20
    hold_the_laws(judge_all(tmp_path, files, 20, seed=0))


def test_every_malformed_message_mutated_gets_a_verdict(tmp_path: Path) -> None:
    hold_the_laws(judge_all(tmp_path, collected(), 2, seed=0))


@pytest.mark.siege
def test_every_malformed_message_mutated_a_hundred_times_gets_a_verdict(tmp_path: Path) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201  shown when it fails
    costs = judge_all(tmp_path, collected(), 100, seed)
    hold_the_laws(costs)
    dearest = max(costs, key=lambda cost: cost.seconds)
    print(f"{len(costs)} messages, dearest {dearest}, most memory {max(c.memory for c in costs)}")  # noqa: T201
