"""Where the CPU time of a 4 KiB post goes, by the lines of the budget in design.md, 5."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from gateway.journal import Journal
from gateway.metrics import Metrics
from gateway.reply import Reply
from gateway.settings import JournalSettings, SmtpSettings
from gateway.smtp import Front
from gateway.smtp.admission import Admitted
from rules.evaluate import evaluate
from rules.facts import Facts
from rules.message import Envelope, Message
from rules.policy import load_policy
from rules.reading import read
from rules.said import own_sentences
from rules.scan import scan
from tests.bench.posts import post

OCTETS = post(4096)
ENVELOPE = Envelope(b"ann@member.example", (b"physics@lists.example",))


def per_thousand(action: Callable[[], object], times: int = 1000) -> float:
    """CPU seconds of a thousand calls."""
    for _ in range(50):
        action()
    started = time.process_time()
    for _ in range(times):
        action()
    return (time.process_time() - started) / times * 1000


class TakesAll:
    """An admission that accepts whatever comes."""

    def sender(self) -> Reply | None:
        return None

    def recipient(self, address: bytes, size: int) -> Reply | None:
        return None

    def extensions(self) -> frozenset[str]:
        return frozenset()

    def most_octets(self) -> int | None:
        return None

    async def admit(self, message: Message, *, lmtp: bool = False) -> Admitted:
        return Admitted((Reply(250, 0, 0, "Ok"),) * len(message.envelope.recipients))

    def confirmed(self, transactions_seen: tuple[str, ...]) -> None:
        return None


async def _smtp_in(messages: int) -> float:
    journal = Journal(JournalSettings(), b"")
    front = Front(SmtpSettings(), "127.0.0.1:0", "smtp", TakesAll(), journal, Metrics())
    host, port = await front.start()
    program = (
        "import sys; from tests.bench.load import load; from tests.bench.posts import post\n"
        f"load(({host!r}, {port}), post(4096), connections=10, messages={messages}, recipient='physics@lists.example')"
    )
    process = await asyncio.create_subprocess_exec("python3", "-c", program)
    started = time.process_time()
    await process.wait()
    spent = time.process_time() - started
    await front.drain(1)
    return spent / messages * 1000


def print_budget(list_file: Path) -> None:
    """Print what each step costs alone."""
    policy = load_policy(list_file)
    reading = read(OCTETS, scan(OCTETS))
    print("CPU-s per 1,000 posts of 4 KiB, step by step (budget: 2.3 in all)")
    print(f"  SMTP in   {asyncio.run(_smtp_in(3000)):.2f}   (budget 0.45)")
    print(f"  read      {per_thousand(lambda: read(OCTETS, scan(OCTETS))):.2f}   (0.45, parsing)")
    print(
        f"  judge     {per_thousand(lambda: evaluate(policy, reading, Facts(), ENVELOPE)):.2f}   (1.00, learned conditions in it)"
    )
    print(f"  remember  {per_thousand(lambda: own_sentences(reading, b'key')):.2f}   (0.10)")
    print("  relay and record: the rest of the figure for 10 connections above (0.3 and 0.1)")
