"""No room on the disk: what was kept stays, what comes is the client's, and all goes on when there is room again."""

import os
import resource
import shutil
import smtplib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.conftest import SETTINGS, Place
from tests.given.client import DEFAULT_SENDER
from tests.given.gatepost import MODERATOR
from tests.given.ledger import ROUTES, Ledger, Owed, insist, offer
from tests.given.sink import Sink
from tests.given.tools import SYS_ADMIN, barred
from tests.given.warm import Warm

MEBIBYTE = 1 << 20


@contextmanager
def tmpfs(folder: Path, size: int) -> Iterator[None]:
    """A small file system of its own; skips where none may be mounted."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "gatepost-test", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        barred(f"a tmpfs cannot be mounted here: {done.stderr.strip()}", SYS_ADMIN)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def unlike_any_other() -> str:
    """Words that compression makes shorter by half only, 64 KiB."""
    return "\n".join(os.urandom(32).hex() for _ in range(1000))


def until_full(place: Place) -> Owed:
    """Held posts until one is not accepted."""
    for _ in range(200):
        owed = place.ledger.owe("held", unlike_any_other())
        if not offer(owed, place.gatepost.smtp):
            return owed
    raise AssertionError("it never became full")


def test_a_full_file_system_is_452_until_there_is_room(tmp_path: Path) -> None:
    with tmpfs(tmp_path, 3 * MEBIBYTE), Sink("lmtp") as sink:
        ballast = tmp_path / "ballast"
        gatepost = Warm(tmp_path, sink.url, settings=SETTINGS)
        ballast.write_bytes(bytes(MEBIBYTE))
        with gatepost:
            place = Place(gatepost, sink, Ledger(gatepost, sink))
            refused = until_full(place)
            assert refused.code == 452
            ballast.unlink()
            insist(refused, lambda: gatepost.smtp)
            place.restart()
            place.ledger.settle()


def at_mail(place: Place) -> tuple[int, bytes]:
    """What a client is told at MAIL."""
    with smtplib.SMTP(*place.gatepost.smtp, timeout=20) as client:
        client.ehlo("client.example")
        return client.mail(DEFAULT_SENDER)


def test_low_space_is_452_at_mail_and_the_reserve_is_enough_for_a_release(tmp_path: Path) -> None:
    # The gateway looks once a second: the reserve must be more than comes in meanwhile.
    reserve = 4 * MEBIBYTE
    with tmpfs(tmp_path, 3 * reserve), Sink("lmtp") as sink:
        settings = SETTINGS.replace("min_free = 0", f"min_free = {reserve}")
        gatepost = Warm(tmp_path, sink.url, settings=settings)
        ballast = tmp_path / "ballast"
        with gatepost:
            place = Place(gatepost, sink, Ledger(gatepost, sink))
            first = place.accepted("held")
            ballast.write_bytes(bytes(shutil.disk_usage(tmp_path).free - reserve - MEBIBYTE // 8))
            refused = until_full(place)
            assert (refused.code, at_mail(place)[0]) == (452, 452)
            assert gatepost.events("store_full") == [], "refused before the disk was full"
            held = first.text.rpartition(" ")[2]
            gatepost.run("queue", "release", held, "--as", MODERATOR, "--yes")
            sink.wait(1)
            ballast.unlink()
            insist(refused, lambda: gatepost.smtp)
            place.drained()
            place.ledger.settle()


def test_a_file_that_may_grow_no_more_is_trouble_of_ours(place: Place) -> None:
    pid = place.gatepost.pid
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    longest = max(file.stat().st_size for file in place.gatepost.folder.glob("gatepost.db-wal"))
    posts = [place.ledger.owe(route) for route in ROUTES]
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (longest + 100, hard))
    for owed in posts:
        assert not offer(owed, place.gatepost.smtp)
        assert owed.code in (451, 452)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
    for owed in posts:
        insist(owed, lambda: place.gatepost.smtp)
        place.drained()
