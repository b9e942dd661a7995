"""Run all benchmarks and print them: absolute figures for this machine, ratios for any other."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.budget import print_budget
from tests.bench.holds import print_holds
from tests.bench.load import Load, load
from tests.bench.many import print_many
from tests.bench.posts import post
from tests.bench.processes import BARE_SINK, cpu_seconds, resident_mib, start_printing_port
from tests.given.gatepost import LIST, Gatepost

SIZES = {"4 KiB": 4096, "100 KiB": 102_400}
MESSAGES = {"4 KiB": 3000, "100 KiB": 600}


@contextmanager
def sinks() -> Iterator[tuple[int, int, int]]:
    """A bare aiosmtpd sink (pid and port), and the sink behind Gatepost (port)."""
    bare, bare_port = start_printing_port("-c", BARE_SINK)
    behind, behind_port = start_printing_port("-m", "tests.given.sink", "--port", "0", "--protocol", "smtp")
    try:
        yield bare.pid, bare_port, behind_port
    finally:
        bare.kill()
        behind.kill()


def measured(
    address: tuple[str, int], pid: int, octets: bytes, connections: int, messages: int
) -> tuple[Load, float]:
    load(address, octets, connections=connections, messages=max(100, connections), recipient=LIST)
    before = cpu_seconds(pid)
    result = load(address, octets, connections=connections, messages=messages, recipient=LIST)
    return result, (cpu_seconds(pid) - before) / messages * 1000


def row(name: str, result: Load, cpu: float, extra: str = "") -> None:
    print(
        f"  {name:<22}{result.rate:>8.0f} msg/s  p50 {result.p50:>7.1f} ms  p99 {result.p99:>7.1f} ms  "
        f"{cpu:>6.2f} CPU-s/1000  {extra}"
    )


def inline(gatepost: Gatepost, bare_pid: int, bare_port: int) -> None:
    for size, octets_count in SIZES.items():
        octets = post(octets_count)
        for connections in (1, 10, 50):
            print(f"{size}, {connections} connections")
            peer, peer_cpu = measured(("127.0.0.1", bare_port), bare_pid, octets, connections, MESSAGES[size])
            ours, our_cpu = measured(gatepost.smtp, gatepost.pid, octets, connections, MESSAGES[size])
            row("bare aiosmtpd sink", peer, peer_cpu)
            ratio = f"rate {ours.rate / peer.rate:.2f}, CPU {our_cpu / peer_cpu:.1f} of the peer"
            row("through Gatepost", ours, our_cpu, ratio)
    print(f"resident memory of the gateway: {resident_mib(gatepost.pid):.0f} MiB")


def main() -> None:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, sinks() as (bare_pid, bare_port, behind_port):
        gatepost = Gatepost(Path(folder), f"smtp://127.0.0.1:{behind_port}")
        with gatepost:
            inline(gatepost, bare_pid, bare_port)
            print_budget(Path(folder) / "lists" / "physics.yaml")
            print_many(Path(folder) / "lists" / "physics.yaml")
            print_holds(gatepost)
    print(f"all measured in {time.monotonic() - started:.0f} s")


main()
