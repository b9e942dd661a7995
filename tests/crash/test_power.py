"""What strace saw of each route: the disk had it, or the list server, before our 250 was written."""

import re
import time
from pathlib import Path

import pytest

from tests.crash.conftest import Place
from tests.crash.power import broken_promises
from tests.given.ledger import ROUTES, insist
from tests.given.strace import traced

CALLS = "trace=fdatasync,pwrite64,sendto,sendmsg,write,recvfrom"


def trace_of(place: Place, route: str, out: Path) -> str:
    with traced(place.gatepost.pid, out / "strace", CALLS) as strace:
        insist(place.ledger.owe(route), lambda: place.gatepost.smtp)
        place.drained()
        time.sleep(0.1)
    return strace.text


@pytest.mark.parametrize("route", ROUTES)
def test_a_power_cut_takes_nothing_that_was_answered(place: Place, tmp_path: Path, route: str) -> None:
    trace = trace_of(place, route, tmp_path)
    assert broken_promises(trace, place.gatepost.smtp[1], place.sink.port) == ()


HELD = """\
7 recvfrom(9<TCP:[127.0.0.1:25->127.0.0.1:5000]>, "Post.\\r\\n.\\r\\n", 262144, 0, NULL, NULL) = 9
8 pwrite64(4</s/gatepost.db-wal>, "\\r\\n"..., 4096, 56) = 4096
8 fdatasync(4</s/gatepost.db-wal>) = 0
7 sendto(9<TCP:[127.0.0.1:25->127.0.0.1:5000]>, "250 2.0.0 Ok: held for moderation as x\\r\\n", 9, 0, NULL, 0) = 9
"""
RELAYED = """\
7 recvfrom(9<TCP:[127.0.0.1:25->127.0.0.1:5000]>, "Post.\\r\\n.\\r\\n", 262144, 0, NULL, NULL) = 9
7 sendto(8<TCP:[127.0.0.1:99->127.0.0.1:24]>, "Post.\\r\\n.\\r\\n", 9, 0, NULL, 0) = 9
7 recvfrom(8<TCP:[127.0.0.1:99->127.0.0.1:24]>, "250 2.0.0 Ok: taken by the sink\\r\\n", 9, 0, NULL, NULL) = 9
7 sendto(9<TCP:[127.0.0.1:25->127.0.0.1:5000]>, "250 2.0.0 Ok: relayed 250\\r\\n", 9, 0, NULL, 0) = 9
"""
DELIVERED = """\
7 recvfrom(8<TCP:[127.0.0.1:99->127.0.0.1:24]>, "250 Ok\\r\\n354 Go on\\r\\n", 9, 0, NULL, NULL) = 9
8 pwrite64(4</s/gatepost.db-wal>, "\\r\\n"..., 4096, 56) = 4096
8 fdatasync(4</s/gatepost.db-wal>) = 0
7 sendto(8<TCP:[127.0.0.1:99->127.0.0.1:24]>, "Post.\\r\\n.\\r\\n", 9, 0, NULL, 0) = 9
"""


@pytest.mark.parametrize("trace", [HELD, RELAYED, HELD + DELIVERED])
def test_the_reader_of_traces_sees_that_all_is_well(trace: str) -> None:
    assert broken_promises(trace, 25, 24) == ()


def without(trace: str, word: str) -> str:
    return "".join(line for line in trace.splitlines(keepends=True) if word not in line)


def split(trace: str, call: str, until: str) -> str:
    """A call that another thread's came into: it ends after the line that has ``until``."""
    lines = trace.splitlines(keepends=True)
    (line,) = (each for each in lines if call in each)
    begun, result = line.rsplit(")", 1)
    late = f"8 <... {call} resumed>){result}"
    at = lines.index(line)
    lines[at] = f"{begun} <unfinished ...>\n"
    after = next(n for n, each in enumerate(lines) if until in each)
    return "".join([*lines[: after + 1], late, *lines[after + 1 :]])


@pytest.mark.parametrize(
    "doctored",
    [
        without(HELD, "fdatasync"),
        without(HELD, "pwrite64"),
        HELD.replace("4096, 56) = 4096", "32, 0) = 32"),
        HELD.replace("fdatasync(4</s/gatepost.db-wal>) = 0", "fdatasync(4</s/gatepost.db-wal>) = -1 EIO (Input/output error)"),
        HELD.replace("fdatasync(4</s/gatepost.db-wal>)", "fdatasync(5</s/other>)"),
        split(HELD, "fdatasync", "held for moderation"),
        "".join(sorted(HELD.splitlines(keepends=True), key=lambda line: "fdatasync" in line)),
        HELD + re.sub(r"(?m)^.*fdatasync.*\n", "", HELD),
        without(RELAYED, "taken by"),
        RELAYED.replace('"250 2.0.0 Ok: taken', '"451 4.3.0 Not: taken'),
        "".join(sorted(RELAYED.splitlines(keepends=True), key=lambda line: "taken by" in line)),
        without(DELIVERED, "fdatasync"),
        HELD + without(DELIVERED, "fdatasync"),
        "".join(sorted(DELIVERED.splitlines(keepends=True), key=lambda line: "354" in line or "Post" in line)),
        "",
    ],
)  # fmt: skip
def test_a_doctored_trace_is_seen_through(doctored: str) -> None:
    assert broken_promises(doctored, 25, 24)
