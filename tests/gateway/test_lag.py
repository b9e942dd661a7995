"""A loop that was kept is told of, and counted, however short the time."""

import asyncio
import io
import json
import time
from collections.abc import Callable
from pathlib import Path

from gateway.journal import Journal
from gateway.lag import LONG, TICK, Lag
from gateway.metrics import Metrics
from gateway.settings import JournalSettings


def watched(*keep: Callable[[], None]) -> tuple[list[dict[str, float]], Metrics]:
    """The journal's lines and the figures after the loop was kept by these, one after the other."""
    lines, metrics = io.StringIO(), Metrics()

    async def run() -> None:
        watch = asyncio.create_task(Lag(Journal(JournalSettings(), b"secret", lines), metrics).watch())
        for each in (*keep, lambda: None):
            await asyncio.sleep(0.2)
            each()
        await asyncio.sleep(0.2)
        watch.cancel()

    asyncio.run(run())
    return [json.loads(line) for line in lines.getvalue().splitlines()], metrics


def compute() -> None:
    end = time.thread_time() + 0.4
    while time.thread_time() < end:
        pass


def longest(lines: list[dict[str, float]]) -> dict[str, float]:
    return max(lines, key=lambda line: line["ms"])


def test_a_loop_that_is_kept_waiting_is_told_with_how_long() -> None:
    lines, metrics = watched(lambda: time.sleep(0.5))
    line = longest(lines)
    assert line["event"] == "loop_late"
    assert line["ms"] >= 400
    assert line["busy_ms"] < 200, "it waited"
    count, quick = (
        metrics.registry.get_sample_value(f"gatepost_loop_lag_seconds_{name}", labels)
        for name, labels in (("count", {}), ("bucket", {"le": "0.25"}))
    )
    assert count is not None
    assert quick is not None
    assert 0 < quick < count


def test_what_the_documents_say_is_told_of_is_told_of_whenever_it_begins() -> None:
    assert round((LONG + TICK) * 1000) == 150
    for page in ("promises", "operating"):
        assert "more than 150 ms" in Path(f"docs/{page}.md").read_text(encoding="utf-8")


def test_a_loop_that_computes_all_the_while_is_told_from_one_that_waits() -> None:
    line = longest(watched(compute)[0])
    assert line["busy_ms"] >= 300
    assert line["ms"] >= 300


def test_a_loop_that_is_late_all_the_time_is_told_once_a_second() -> None:
    began = time.monotonic()
    lines, _ = watched(*[lambda: time.sleep(0.2)] * 6)
    assert len(lines) <= 2 + (time.monotonic() - began)
    assert sum(line["times"] for line in lines) >= len(lines) + 1, "a line has all that came since the last"
