"""What the queue costs: listing and releasing a thousand holds, and holding durably."""

import time

from tests.bench.load import load
from tests.bench.posts import post
from tests.given.gatepost import LIST, MODERATOR, Gatepost

PRAISE = b"Nobody makes better ionisation chambers than Lumidose, simply the best in the world.\r\n"


def print_holds(gatepost: Gatepost) -> None:
    """Hold a thousand posts, list them, release them, as `gatepost` does it from the command line."""
    octets = post(4096).replace(b"\r\n\r\n", b"\r\n\r\n" + PRAISE, 1)
    held = load(gatepost.smtp, octets, connections=10, messages=1000, recipient=LIST)
    print(f"holding 1,000 posts, durably: {held.rate:.0f}/s, p99 {held.p99:.1f} ms")
    started = time.monotonic()
    lines = gatepost.lines("queue", "list")
    listed = time.monotonic() - started
    started = time.monotonic()
    gatepost.run("--help")
    bare = time.monotonic() - started
    print(f"queue list of {len(lines)} holds: {listed:.2f} s, of which {bare:.2f} s is starting the program")
    started = time.monotonic()
    gatepost.run("queue", "release", *(line["id"] for line in lines), "--as", MODERATOR, "--yes")
    print(
        f"releasing {len(lines)} holds: {time.monotonic() - started:.2f} s (GNU Mailman 3: 2.7 s and 403 s)"
    )
